// A number that was given out again: whoever has it now cannot reach the account that had it, and opens their own once the old owner
// had time to object. Both ends of the wait take a code on the number, so that a moment with somebody's phone is not enough.
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { RecoveryDeps } from './index.ts';
import { endRecovery, expireRecoveries, insertRecovery, lockPayer, openRows, refuseTooMany } from './record.ts';

/** Under the lock of an enrolment that has proved the number. `released`: it belongs to no account any more. Throws `rate_limited`. */
export async function claimNumber(deps: RecoveryDeps, trx: Database, { payerId, phone }: { payerId: string; phone: string }): Promise<{ released: boolean; endsAtMs: number }> {
  const nowMs = deps.clock.nowMs();
  const payer = await lockPayer(trx, payerId);
  if (payer.phone_e164 !== phone) return { released: true, endsAtMs: nowMs };
  const [open] = await openRows(trx, sql`payer_id = ${payerId} AND kind = 'claim'`, nowMs);
  if (!open) {
    await refuseTooMany(trx, { payerId, by: 'stranger', nowMs });
    await expireRecoveries(trx, { nowMs, payerId });
    const row = await insertRecovery(trx, { id: deps.ids.make('recovery'), payer_id: payerId, kind: 'claim', proofs: ['sms'], old_phone_e164: phone, nowMs, coolDownMs: deps.coolDowns.claimMs });
    await deps.events.tell(trx, { payerId, kind: 'number_claimed', recoveryId: row.id });
    return { released: false, endsAtMs: nowMs + deps.coolDowns.claimMs };
  }
  const endsAtMs = open.effective_at?.getTime() ?? nowMs;
  if (endsAtMs > nowMs) return { released: false, endsAtMs };
  await trx.updateTable('payer').set({ phone_e164: null }).where('id', '=', payerId).execute();
  await endRecovery(trx, { id: open.id, state: 'done', by: 'asker', nowMs, guardedUntilMs: null });
  await deps.events.tell(trx, { payerId, kind: 'number_lost', recoveryId: open.id });
  return { released: true, endsAtMs: nowMs };
}

/** When the number is free if nobody objects; null: nobody asked for it. */
export async function claimEndsAtMs({ db, clock }: Pick<RecoveryDeps, 'db' | 'clock'>, payerId: string): Promise<number | null> {
  const { rows } = await sql<{ at: Date }>`SELECT effective_at AS at FROM recovery WHERE payer_id = ${payerId} AND kind = 'claim' AND state = 'cooling' AND expires_at > ${new Date(clock.nowMs())}`.execute(db);
  return rows[0]?.at.getTime() ?? null;
}
