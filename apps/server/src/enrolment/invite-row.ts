// What an enrolment does to the invitation it came from.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

/** Throws `invite_invalid` when the invitation is unknown, over or used. */
export async function markInviteStarted({ clock }: { clock: Clock }, transaction: Database, inviteId: string): Promise<void> {
  const started = await transaction
    .updateTable('invite')
    .set({ state: 'started' })
    .where('id', '=', inviteId)
    .where('state', 'in', ['open', 'started'])
    .where('expires_at', '>', new Date(clock.nowMs()))
    .returning('id')
    .executeTakeFirst();
  if (!started) throw new ProblemError('invite_invalid');
}

/** An invitation that ran out meanwhile stays so: the till stopped waiting. */
export async function finishInvite(transaction: Database, input: { inviteId: string | null; payerId: string; nowMs: number }): Promise<void> {
  if (input.inviteId === null) return;
  await transaction
    .updateTable('invite')
    .set({ state: 'enrolled', payer_id: input.payerId })
    .where('id', '=', input.inviteId)
    .where('state', '=', 'started')
    .where('expires_at', '>', new Date(input.nowMs))
    .execute();
}
