// The change itself, once it has cooled down: a new PIN, a new number, or an account on another phone. Told everywhere when it is
// made, and watched for a while after.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { openPin } from '@sonrisa/protocol/seal.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { endSessions, isSimplePin } from '../enrolment/index.ts';
import { noPinFailures } from '../payments/index.ts';
import type { RecoveryDeps } from './index.ts';
import { endRecovery, type Payer, type RecoveryRow } from './record.ts';

const events = { pin: 'pin_changed', number: 'number_changed', account: 'account_recovered' } as const;
const notices = { pin: 'pin_done', number: 'number_done', account: 'account_done' } as const;

/** The hash of the new PIN. Throws `pin_sealed_wrong`, `pin_too_simple`. */
export async function openNewPin({ pins, pinKey }: RecoveryDeps, { sealedPin, subjectId }: { sealedPin: string; subjectId: string }): Promise<string> {
  const pin = await openPin(sealedPin, { subjectId, privateKey: pinKey });
  if (pin === undefined) throw new ProblemError('pin_sealed_wrong');
  if (isSimplePin(pin)) throw new ProblemError('pin_too_simple');
  return pins.hash(pin);
}

/** Under the payer's lock. Throws `recovery_not_found` unless staff have attested it, `recovery_waits`, `number_taken`. */
export async function changeOf(deps: RecoveryDeps, trx: Database, { payer, row, pinHash }: { payer: Payer; row: RecoveryRow; pinHash: string | null }): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (row.state !== 'cooling' || row.effective_at === null || row.kind === 'claim' || row.kind === 'identity') throw new ProblemError('recovery_not_found');
  const waitMs = row.effective_at.getTime() - nowMs;
  if (waitMs > 0) throw new ProblemError('recovery_waits', { facts: { retryAfterS: Math.ceil(waitMs / 1000) } });
  if (pinHash !== null) await setPin(trx, { payerId: payer.id, pinHash });
  if (row.new_phone_e164 !== null) await setPhone(trx, { payerId: payer.id, phone: row.new_phone_e164 });
  if (row.kind === 'account') {
    await endSessions(deps, trx, { payerId: payer.id });
    // Whoever has the lost phone has its passkeys, too.
    await trx.deleteFrom('passkey').where('payer_id', '=', payer.id).execute();
  }
  await endRecovery(trx, { id: row.id, state: 'done', by: 'asker', nowMs, guardedUntilMs: nowMs + deps.coolDowns.watchMs });
  const numbers = new Set([payer.phone_e164, row.new_phone_e164].filter((number) => number !== null));
  await deps.events.tell(trx, { payerId: payer.id, recoveryId: row.id, kind: events[row.kind], notices: [...numbers].map((to) => ({ to, kind: notices[row.kind as keyof typeof notices], url: null })) });
}

async function setPin(trx: Database, { payerId, pinHash }: { payerId: string; pinHash: string }): Promise<void> {
  await trx.updateTable('payer').set({ pin_hash: pinHash, ...noPinFailures }).where('id', '=', payerId).execute();
}

async function setPhone(trx: Database, { payerId, phone }: { payerId: string; phone: string }): Promise<void> {
  const changed = await sql`
    UPDATE payer SET phone_e164 = ${phone} WHERE id = ${payerId} AND NOT EXISTS (SELECT FROM payer other WHERE other.phone_e164 = ${phone} AND other.id <> ${payerId})`.execute(trx);
  if (changed.numAffectedRows !== 1n) throw new ProblemError('number_taken');
}
