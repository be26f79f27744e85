// A new PIN or a new number, from a phone that is signed in: asked for with a second proof, made after it has cooled down, on the
// same phone. Until then, and for a while after, the account spends little and changes nothing.
import { recoveryChallenge, type OwnRecovery } from '@sonrisa/protocol/recovery-api.ts';
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { takeProvedNumber } from '../enrolment/index.ts';
import { checkProof } from '../owner-proof/index.ts';
import { changeOf, openNewPin } from './change.ts';
import { decideRecovery, type CoolDown, type Proof } from './decide.ts';
import type { RecoveryDeps } from './index.ts';
import { endRecovery, expireRecoveries, insertRecovery, lockPayer, openRows, refuseTooMany, type RecoveryRow } from './record.ts';

export type OfOwner = { readonly payerId: string; readonly sessionHash: string };

/** Throws `recovery_needs_proof`, `recovery_under_way`, `number_taken`, `rate_limited`, and whatever is wrong with a proof. */
export async function askOwn(deps: RecoveryDeps, { payerId, sessionHash, wanted }: OfOwner & { wanted: OwnRecovery }): Promise<void> {
  const proved: Proof[] = ['session', ...(await proofOf(deps, { payerId, wanted }))];
  const nowMs = deps.clock.nowMs();
  await deps.db.transaction().execute(async (trx) => {
    const number = await numberOf(deps, trx, { payerId, wanted });
    const payer = await lockPayer(trx, payerId);
    await expireRecoveries(trx, { nowMs, payerId });
    if ((await openRows(trx, sql`payer_id = ${payerId} AND state = 'cooling' AND kind <> 'claim'`, nowMs)).length > 0) throw new ProblemError('recovery_under_way');
    await refuseTooMany(trx, { payerId, by: 'owner', nowMs });
    const decided = decideRecovery(wanted.kind, [...proved, ...number.proofs]);
    if (!decided.ok) throw new ProblemError(decided.code);
    const stop = deps.tokens.mint();
    const newPhone = wanted.kind === 'number' ? number.phone : null;
    const row = await insertRecovery(trx, {
      id: deps.ids.make('recovery'), payer_id: payerId, kind: wanted.kind, proofs: [...proved, ...number.proofs], old_phone_e164: payer.phone_e164, new_phone_e164: newPhone,
      session_hash: sessionHash, cancel_hash: stop.hash, nowMs, coolDownMs: coolDownMs(deps, decided.coolDown),
    });
    const { kind } = wanted;
    await deps.events.tell(trx, {
      payerId, recoveryId: row.id, kind: kind === 'pin' ? 'pin_cooling' : 'number_cooling',
      notices: [...(payer.phone_e164 === null ? [] : [{ to: payer.phone_e164, kind, url: stopUrl(deps, stop.token) }]), ...(newPhone === null ? [] : [{ to: newPhone, kind, url: null }])],
    });
  });
  deps.messages.nudge();
}

/** Throws `recovery_not_found`, `forbidden` on another phone than the one that asked, `recovery_waits`, `number_taken`. */
export async function finishOwn(deps: RecoveryDeps, input: OfOwner & { id: string; sealedPin: string | undefined }): Promise<void> {
  const { payerId, sessionHash, id, sealedPin } = input;
  const pinHash = sealedPin === undefined ? null : await openNewPin(deps, { sealedPin, subjectId: id });
  await deps.db.transaction().execute(async (trx) => {
    const payer = await lockPayer(trx, payerId);
    const [row] = await openRows(trx, sql`id = ${id} AND payer_id = ${payerId} AND kind IN ('pin', 'number')`, deps.clock.nowMs());
    if (!row) throw new ProblemError('recovery_not_found');
    if (row.session_hash !== sessionHash) throw new ProblemError('forbidden');
    if ((row.kind === 'pin') !== (pinHash !== null)) throw new ProblemError('input_invalid', { errors: [{ path: 'pin', message: row.kind === 'pin' ? 'is missing' : 'a new number has none' }] });
    await changeOf(deps, trx, { payer, row, pinHash });
  });
  deps.messages.nudge();
}

/** From any phone that is signed in, also what somebody without one has asked for. Throws `recovery_not_found`. */
export async function cancelOwn(deps: RecoveryDeps, { payerId, id }: { payerId: string; id: string }): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    await lockPayer(trx, payerId);
    const [row] = await openRows(trx, sql`id = ${id} AND payer_id = ${payerId}`, deps.clock.nowMs());
    if (!row) throw new ProblemError('recovery_not_found');
    await stop(deps, trx, { row, by: 'owner' });
  });
}

export async function stop(deps: RecoveryDeps, trx: Database, { row, by }: { row: RecoveryRow; by: 'owner' | 'asker' | 'link' }): Promise<void> {
  await endRecovery(trx, { id: row.id, state: 'cancelled', by, nowMs: deps.clock.nowMs(), guardedUntilMs: null });
  if (row.payer_id !== null && row.kind !== 'identity') await deps.events.tell(trx, { payerId: row.payer_id, kind: 'cancelled', recoveryId: row.id });
}

/** In the part of the address that is not sent to any server; a tap stops it, opening the page does not. */
export const stopUrl = ({ publicUrl }: RecoveryDeps, token: string): string => `${publicUrl}/phone/#stop=${token}`;

export function coolDownMs({ coolDowns }: RecoveryDeps, coolDown: CoolDown): number {
  switch (coolDown) {
    case 'none':
      return 0;
    case 'passkey':
      return coolDowns.passkeyMs;
    case 'sms':
      return coolDowns.smsMs;
    case 'number':
      return coolDowns.numberMs;
    case 'staff':
      return coolDowns.staffMs;
  }
}

async function proofOf(deps: RecoveryDeps, { payerId, wanted }: { payerId: string; wanted: OwnRecovery }): Promise<Proof[]> {
  if ('enrolment' in wanted.proof) return [];
  return [await checkOwn(deps, { payerId, purpose: wanted.kind, enrolmentId: wanted.kind === 'number' ? wanted.enrolment.id : '', proof: wanted.proof })];
}

/** Throws when the proof does not hold for exactly this. */
export async function checkOwn(deps: RecoveryDeps, input: { payerId: string; purpose: Parameters<typeof recoveryChallenge>[0]['purpose']; enrolmentId: string; proof: RaiseProof }): Promise<'pin' | 'passkey'> {
  const { payerId, purpose, enrolmentId, proof } = input;
  return (await checkProof(deps.proofs, { payerId, proof, challenge: (nonce) => recoveryChallenge({ payerId, purpose, enrolmentId, nonce }) })).by;
}

// An enrolment that has proved a number, used up for it: the account's own, or one that is nobody's.
async function numberOf(deps: RecoveryDeps, trx: Database, { payerId, wanted }: { payerId: string; wanted: OwnRecovery }): Promise<{ phone: string | null; proofs: Proof[] }> {
  const enrolment = wanted.kind === 'number' ? wanted.enrolment : 'enrolment' in wanted.proof ? wanted.proof.enrolment : null;
  if (enrolment === null) return { phone: null, proofs: [] };
  const { phone, ownerId } = await takeProvedNumber(deps, trx, { id: enrolment.id, purpose: wanted.kind === 'pin' ? 'new_pin' : 'new_number' });
  if (wanted.kind === 'pin') return { phone, proofs: ownerId === payerId ? ['sms'] : [] };
  if (ownerId !== null) throw new ProblemError('number_taken');
  return { phone, proofs: ['new_sms'] };
}
