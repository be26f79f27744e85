// Wrong PINs of face + PIN at a till. Each attempt is counted before it is checked, under the payer's row lock, so guesses
// in parallel gain nothing and a killed server forgets nothing. What closes is this one way to pay: a stranger in front of
// the camera cannot lock the matched person out of anything else.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import { facePinDelayMs, facePinFailuresBeforeDelay, facePinFailuresMax } from './limits.ts';
import type { PinCheck } from './pay.ts';

type Attempt = { readonly payerId: string; readonly nowMs: number; readonly check: () => Promise<PinCheck> };

/** Throws `pin_wrong` with `triesLeft`, `pin_locked` with `retryAfterS`, `pin_off` when only clearing helps, `pin_sealed_wrong`. */
export async function attemptPin(db: Database, attempt: Attempt): Promise<void> {
  const { payerId } = attempt;
  const failures = await reserve(db, attempt);
  const checked = await attempt.check().catch(async (error: unknown) => {
    await giveBack(db, payerId);
    throw error;
  });
  if (checked.ok) return clearPinFailures(db, payerId);
  if (checked.code === 'pin_sealed_wrong') {
    // Nothing was learnt about the PIN: not a guess.
    await giveBack(db, payerId);
    throw new ProblemError('pin_sealed_wrong');
  }
  throw new ProblemError('pin_wrong', { facts: { triesLeft: triesLeftAfter(failures) } });
}

/** Throws `not_found` when there is no such payer. */
export async function clearPinFailures(db: Database, payerId: string): Promise<void> {
  const cleared = await db.updateTable('payer').set({ face_pin_failures: 0, face_pin_locked_until: null }).where('id', '=', payerId).executeTakeFirst();
  if (cleared.numUpdatedRows === 0n) throw new ProblemError('not_found');
}

function reserve(db: Database, { payerId, nowMs }: Attempt): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const payer = await trx
      .selectFrom('payer')
      .select(['face_pin_failures', 'face_pin_locked_until'])
      .where('id', '=', payerId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (payer.face_pin_failures >= facePinFailuresMax) throw new ProblemError('pin_off');
    const waitMs = (payer.face_pin_locked_until?.getTime() ?? 0) - nowMs;
    if (waitMs > 0) throw new ProblemError('pin_locked', { facts: { retryAfterS: Math.ceil(waitMs / 1000) } });
    const failures = payer.face_pin_failures + 1;
    const locks = failures % facePinFailuresBeforeDelay === 0;
    await trx
      .updateTable('payer')
      .set({ face_pin_failures: failures, face_pin_locked_until: locks ? new Date(nowMs + facePinDelayMs) : null })
      .where('id', '=', payerId)
      .execute();
    return failures;
  });
}

async function giveBack(db: Database, payerId: string): Promise<void> {
  await db
    .updateTable('payer')
    .set((column) => ({ face_pin_failures: column('face_pin_failures', '-', 1), face_pin_locked_until: null }))
    .where('id', '=', payerId)
    .where('face_pin_failures', '>', 0)
    .execute();
}

function triesLeftAfter(failures: number): number {
  const inThisRound = failures % facePinFailuresBeforeDelay;
  return inThisRound === 0 ? 0 : facePinFailuresBeforeDelay - inThisRound;
}
