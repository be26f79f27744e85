// Without any phone that is signed in: somebody proves a number, gets a reference and shows a document to staff. Whether the number
// typed in has an account is told to nobody but staff who hold a document of its owner.
import type { AskedRecovery } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { openPin } from '@sonrisa/protocol/seal.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { openSession, provedNumber, readPhone, takeProvedNumber } from '../enrolment/index.ts';
import { changeOf, openNewPin } from './change.ts';
import { dayMs, recoveriesPerDayMax, referenceLifetimeMs } from './cool-downs.ts';
import type { Proof } from './decide.ts';
import type { RecoveryDeps } from './index.ts';
import { stop } from './own.ts';
import { askedToday, insertRecovery, lockPayer, openRows, viewOf, type RecoveryRow } from './record.ts';
import { newReference } from './reference.ts';

type Ask = { enrolmentId: string; oldPhone: string | undefined; sealedPin: string | undefined };

/** Throws `phone_invalid`, `number_taken`, `pin_sealed_wrong`, `enrolment_state_conflict`. */
export async function askAccount(deps: RecoveryDeps, { enrolmentId, oldPhone, sealedPin }: Ask): Promise<AskedRecovery> {
  const old = oldPhone === undefined ? undefined : readPhone(oldPhone);
  if (oldPhone !== undefined && old === undefined) throw new ProblemError('phone_invalid');
  const proved = await provedNumber(deps, deps.db, { id: enrolmentId, purpose: 'enter' });
  const isOwnNumber = old === undefined || old === proved.phone;
  if (isOwnNumber && proved.ownerId === null) throw new ProblemError('enrolment_state_conflict');
  if (!isOwnNumber && proved.ownerId !== null) throw new ProblemError('number_taken');
  const [payerId = null] = isOwnNumber ? [proved.ownerId] : await accountsOf(deps.db, old);
  const pinIsRight = sealedPin !== undefined && (await tryPin(deps, { payerId, enrolmentId, sealedPin, asking: { phone: proved.phone, oldPhone: isOwnNumber ? null : old ?? null } }));
  const proofs: Proof[] = [isOwnNumber ? 'sms' : 'new_sms', ...(pinIsRight ? (['pin'] as const) : [])];
  const nowMs = deps.clock.nowMs();
  const { token, hash } = deps.tokens.mint();
  const { reference, hmac } = newReference(deps);
  const row = await deps.db.transaction().execute(async (trx) => {
    await takeProvedNumber(deps, trx, { id: enrolmentId, purpose: 'enter' });
    // More than a few a day: the same answer, and nothing behind it.
    const by = pinIsRight ? 'owner' : 'stranger';
    const isTooMany = payerId !== null && (await lockPayer(trx, payerId)) && (await askedToday(trx, { payerId, by, nowMs })) >= recoveriesPerDayMax;
    const owner = isTooMany ? null : payerId;
    const asked = await insertRecovery(trx, {
      id: deps.ids.make('recovery'), payer_id: owner, kind: 'account', proofs, old_phone_e164: isOwnNumber ? proved.phone : old, new_phone_e164: isOwnNumber ? null : proved.phone,
      token_hash: hash, reference_hmac: hmac, nowMs, lifetimeMs: referenceLifetimeMs,
    });
    if (owner !== null) await deps.events.tell(trx, { payerId: owner, kind: 'account_asked', recoveryId: asked.id });
    return asked;
  });
  return { ...viewOf(row, { nowMs, sessionHash: null }), reference, token };
}

/** Whose number it is, then those it was taken from who have no other since. */
export async function accountsOf(db: Database, phone: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM payer WHERE phone_e164 = ${phone}
    UNION ALL
    (SELECT p.id FROM recovery r JOIN payer p ON p.id = r.payer_id WHERE r.old_phone_e164 = ${phone} AND r.kind = 'claim' AND r.state = 'done' AND p.phone_e164 IS NULL
      ORDER BY r.ended_at DESC LIMIT 5)`.execute(db);
  return [...new Set(rows.map(({ id }) => id))];
}

/** Throws `unauthorised`. */
export async function readMine(deps: RecoveryDeps, token: string) {
  return viewOf(await rowOf(deps, deps.db, token), { nowMs: deps.clock.nowMs(), sessionHash: null });
}

/** A new PIN, and signed in on this phone alone. Throws `unauthorised`, `recovery_not_found`, `recovery_waits`, `number_taken`. */
export async function finishMine(deps: RecoveryDeps, { token, sealedPin }: { token: string; sealedPin: string }) {
  const { id } = await rowOf(deps, deps.db, token);
  const pinHash = await openNewPin(deps, { sealedPin, subjectId: id });
  const session = await deps.db.transaction().execute(async (trx) => {
    const { payer_id: payerId } = await rowOf(deps, trx, token);
    if (payerId === null) throw new ProblemError('recovery_not_found');
    const payer = await lockPayer(trx, payerId);
    const [row] = await openRows(trx, sql`id = ${id} AND payer_id = ${payerId}`, deps.clock.nowMs());
    if (!row) throw new ProblemError('recovery_not_found');
    await changeOf(deps, trx, { payer, row, pinHash });
    return openSession(deps, trx, payerId);
  });
  deps.messages.nudge();
  return { session };
}

/** Of one that is over already, nothing. */
export async function cancelMine(deps: RecoveryDeps, token: string): Promise<void> {
  await stopOpen(deps, { where: (hash) => sql`token_hash = ${hash}`, token, by: 'asker' });
}

/** By the link of a notice. Throws `recovery_not_found` when nothing is open under it. */
export async function stopByLink(deps: RecoveryDeps, token: string): Promise<void> {
  if (!(await stopOpen(deps, { where: (hash) => sql`cancel_hash = ${hash}`, token, by: 'link' }))) throw new ProblemError('recovery_not_found');
}

async function stopOpen(deps: RecoveryDeps, { where, token, by }: { where: (hash: string) => ReturnType<typeof sql>; token: string; by: 'asker' | 'link' }): Promise<boolean> {
  return deps.db.transaction().execute(async (trx) => {
    const [row] = await openRows(trx, where(deps.tokens.hash(token)), deps.clock.nowMs());
    if (row) await stop(deps, trx, { row, by });
    return row !== undefined;
  });
}

async function rowOf({ tokens }: RecoveryDeps, db: Database, token: string): Promise<RecoveryRow> {
  const { rows } = await sql<RecoveryRow>`SELECT * FROM recovery WHERE token_hash = ${tokens.hash(token)}`.execute(db);
  if (!rows[0]) throw new ProblemError('unauthorised');
  return rows[0];
}

/** `oldPhone` null: of the account whose number they have. */
type Asking = { phone: string; oldPhone: string | null };

// Right or wrong is told to nobody: a stranger with some other number must not learn a PIN here. It takes the same time for a
// number without an account, and for a PIN that is not looked at any more. Guesses by who does not have the account's number are counted
// apart from those of signing in: knowing a number must not shut its owner out.
async function tryPin(deps: RecoveryDeps, input: { payerId: string | null; enrolmentId: string; sealedPin: string; asking: Asking }): Promise<boolean> {
  const { payerId, enrolmentId, sealedPin, asking } = input;
  const pin = await openPin(sealedPin, { subjectId: enrolmentId, privateKey: deps.pinKey });
  if (pin === undefined) throw new ProblemError('pin_sealed_wrong');
  if (payerId === null || (await hasAskedOften(deps, asking))) {
    await deps.pins.hash(pin);
    return false;
  }
  return deps.checkPin({ payerId, place: asking.oldPhone === null ? 'sign_in' : 'lost', subjectId: enrolmentId, sealedPin }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ProblemError) return false;
      throw error;
    },
  );
}

// From one number about one account: nobody can spend everybody's guesses with a single number.
async function hasAskedOften({ db, clock }: RecoveryDeps, { phone, oldPhone }: Asking): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM recovery
     WHERE kind = 'account' AND asked_at > ${new Date(clock.nowMs() - dayMs)} AND old_phone_e164 = ${oldPhone ?? phone} AND new_phone_e164 IS NOT DISTINCT FROM ${oldPhone === null ? null : phone}`.execute(db);
  return (rows[0]?.n ?? 0) >= recoveriesPerDayMax;
}
