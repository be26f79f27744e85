// A pause: the template stays, and no match of it counts. Postings read the state under the payer's lock, so also a look
// that was taken a moment before is refused.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { receiptLifetimeMs } from '@sonrisa/protocol/receipt.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

type PauseDeps = { db: Database; clock: Clock };

/** Of a face that is off already, nothing. */
export async function pauseFace({ db, clock }: PauseDeps, payerId: string): Promise<void> {
  await db.updateTable('payer').set({ face_state: 'paused', face_paused_at: new Date(clock.nowMs()) }).where('id', '=', payerId).where('face_state', '=', 'on').execute();
}

/** Throws ProblemError `face_case_open` while somebody looks into a payment they say was not theirs, and `busy` until every look from before the pause has run out: none of them may pay after all. */
export async function resumeFace({ db, clock }: PauseDeps, payerId: string): Promise<void> {
  const { face_paused_at: pausedAt } = await db.selectFrom('payer').select('face_paused_at').where('id', '=', payerId).executeTakeFirstOrThrow();
  if (pausedAt === null) return;
  const { rows: cases } = await sql`SELECT FROM face_case WHERE payer_id = ${payerId} AND state = 'open' LIMIT 1`.execute(db);
  if (cases.length > 0) throw new ProblemError('face_case_open');
  const leftMs = pausedAt.getTime() + receiptLifetimeMs - clock.nowMs();
  if (leftMs > 0) throw new ProblemError('busy', { facts: { retryAfterS: Math.ceil(leftMs / 1000) } });
  await db.updateTable('payer').set({ face_state: 'on', face_paused_at: null }).where('id', '=', payerId).where('face_state', '=', 'paused').execute();
}
