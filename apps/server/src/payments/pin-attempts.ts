// Wrong PINs, counted where they are typed: of face + PIN at tills, of confirming on the own phone, of signing in, of asking for an account
// from a number that is not its own. Each attempt is counted
// before it is checked, under the payer's row lock, so guesses in parallel gain nothing and a killed server forgets nothing.
// What closes is that one use of the PIN: a stranger in front of a camera cannot lock the matched person out of anything else.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import * as limits from './limits.ts';
import type { PinCheck } from './pay.ts';

export type PinPlace = 'till' | 'phone' | 'sign_in' | 'lost';
type Attempt = { readonly payerId: string; readonly place: PinPlace; readonly nowMs: number; readonly check: () => Promise<PinCheck> };

const places = {
  till: { failures: 'face_pin_failures', lockedUntil: 'face_pin_locked_until', beforeDelay: limits.facePinFailuresBeforeDelay, delayMs: limits.facePinDelayMs, max: limits.facePinFailuresMax, locked: 'pin_locked', off: 'pin_off' },
  phone: { failures: 'phone_pin_failures', lockedUntil: 'phone_pin_locked_until', beforeDelay: limits.phonePinFailuresBeforeDelay, delayMs: limits.phonePinDelayMs, max: limits.phonePinFailuresMax, locked: 'approval_locked', off: 'approval_off' },
  sign_in: { failures: 'sign_in_failures', lockedUntil: 'sign_in_locked_until', beforeDelay: limits.signInFailuresBeforeDelay, delayMs: limits.signInDelayMs, max: limits.signInFailuresMax, locked: 'sign_in_locked', off: 'sign_in_off' },
  lost: { failures: 'lost_pin_failures', lockedUntil: 'lost_pin_locked_until', beforeDelay: limits.lostPinFailuresBeforeDelay, delayMs: limits.lostPinDelayMs, max: Infinity, locked: 'sign_in_locked', off: 'sign_in_off' },
} as const;

/** Throws `pin_wrong` with `triesLeft`, `pin_sealed_wrong`, and by place `pin_locked`, `approval_locked` or (`sign_in`, `lost`) `sign_in_locked` with `retryAfterS`, `pin_off`, `approval_off` or `sign_in_off` when only clearing helps. */
export async function attemptPin(db: Database, attempt: Attempt): Promise<void> {
  const failures = await reserve(db, attempt);
  const checked = await attempt.check().catch(async (error: unknown) => {
    await giveBack(db, attempt);
    throw error;
  });
  if (checked.ok) return forget(db, attempt);
  if (checked.code === 'pin_sealed_wrong') {
    // Nothing was learnt about the PIN: not a guess.
    await giveBack(db, attempt);
    throw new ProblemError('pin_sealed_wrong');
  }
  throw new ProblemError('pin_wrong', { facts: { triesLeft: triesLeftAfter(failures, places[attempt.place].beforeDelay) } });
}

/** What a payer's row has at every place when nothing was wrong. */
export const noPinFailures = { face_pin_failures: 0, face_pin_locked_until: null, phone_pin_failures: 0, phone_pin_locked_until: null, sign_in_failures: 0, sign_in_locked_until: null, lost_pin_failures: 0, lost_pin_locked_until: null } as const;

/** At every place. Throws `not_found` when there is no such payer. */
export async function clearPinFailures(db: Database, payerId: string): Promise<void> {
  const cleared = await db.updateTable('payer').set(noPinFailures).where('id', '=', payerId).executeTakeFirst();
  if (cleared.numUpdatedRows === 0n) throw new ProblemError('not_found');
}

function reserve(db: Database, { payerId, place, nowMs }: Attempt): Promise<number> {
  const at = places[place];
  return db.transaction().execute(async (trx) => {
    const payer = await trx
      .selectFrom('payer')
      .select((column) => [column.ref(at.failures).as('failures'), column.ref(at.lockedUntil).as('lockedUntil')])
      .where('id', '=', payerId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (payer.failures >= at.max) throw new ProblemError(at.off);
    const waitMs = (payer.lockedUntil?.getTime() ?? 0) - nowMs;
    if (waitMs > 0) throw new ProblemError(at.locked, { facts: { retryAfterS: Math.ceil(waitMs / 1000) } });
    const failures = payer.failures + 1;
    const lockedUntil = failures % at.beforeDelay === 0 ? new Date(nowMs + at.delayMs) : null;
    await write(trx, { payerId, place, failures, lockedUntil });
    return failures;
  });
}

function forget(db: Database, { payerId, place }: Attempt): Promise<void> {
  return write(db, { payerId, place, failures: 0, lockedUntil: null });
}

async function giveBack(db: Database, { payerId, place }: Attempt): Promise<void> {
  const { failures, lockedUntil } = places[place];
  await db
    .updateTable('payer')
    .set((column) => ({ [failures]: column(failures, '-', 1), [lockedUntil]: null }))
    .where('id', '=', payerId)
    .where(failures, '>', 0)
    .execute();
}

async function write(db: Database, input: { payerId: string; place: PinPlace; failures: number; lockedUntil: Date | null }): Promise<void> {
  const { failures, lockedUntil } = places[input.place];
  await db
    .updateTable('payer')
    .set({ [failures]: input.failures, [lockedUntil]: input.lockedUntil })
    .where('id', '=', input.payerId)
    .execute();
}

function triesLeftAfter(failures: number, beforeDelay: number): number {
  const inThisRound = failures % beforeDelay;
  return inThisRound === 0 ? 0 : beforeDelay - inThisRound;
}
