// The child looks into the guardian's phone, which the guardian has just proved to be theirs. The vault refuses the guardian's own face;
// what comes of the look is put on like anybody's (../owners/put-face.ts).
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { OpenNewLook } from '@sonrisa/protocol/my-face-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { calculateJwkThumbprint } from 'jose';
import { lastFourOf } from '../enrolment/index.ts';
import type { OwnProofs } from '../owner-proof/index.ts';
import { type NewLookVault, putFace, type PutFaceDeps, requireLookProof } from '../owners/index.ts';
import { childFor, type ChildRecord, type OfChild, type RecordDeps } from './record.ts';

export type LookDeps = RecordDeps & PutFaceDeps & { vault: NewLookVault; proofs: OwnProofs; mode: 'sandbox' | 'production' };

/** The vault has yet to forget the face from before, and would forget a new one with it. */
const retryForgetS = 30;

/** While the vault does not answer nobody is sent to the camera. */
export async function needsNewLook({ vault }: Pick<LookDeps, 'vault'>, child: Pick<ChildRecord, 'id' | 'state' | 'face_epoch'>): Promise<boolean> {
  if (child.state !== 'on') return false;
  const kept = await vault.faceState(child.id).catch(() => undefined);
  return kept !== undefined && !(kept.state === 'active' && kept.epoch === child.face_epoch);
}

/** Throws ProblemError `consent_required`, `child_of_age`, `enrolment_state_conflict` for a face that pays, `look_needs_proof`, of a proof, `looks_used_up`, `vault_unavailable`. */
export async function openChildLook(deps: LookDeps, input: OfChild & OpenNewLook & { sessionHash: string }): Promise<LookTicket> {
  const child = await childFor(deps, input, 'look');
  if (child.state === 'on' && !(await needsNewLook(deps, child))) throw new ProblemError('enrolment_state_conflict');
  if (child.state !== 'on' && child.face_enrolled_at !== null) throw new ProblemError('vault_unavailable', { facts: { retryAfterS: retryForgetS } });
  const { phone_e164: phone } = await deps.db.selectFrom('payer').select('phone_e164').where('id', '=', child.guardian_id).executeTakeFirstOrThrow();
  if (phone === null) throw new ProblemError('number_missing');
  await requireLookProof(deps, { payerId: child.guardian_id, faceOf: child.id, sessionHash: input.sessionHash, proof: input.proof });
  return deps.vault.mintLook({
    purpose: 'enrolment',
    subjectId: child.id,
    payerRef: child.id,
    faceEpoch: child.face_epoch + 1,
    // A till may ask for digits; the child knows its guardian's.
    lastFour: lastFourOf(phone),
    unlike: child.guardian_id,
    signerThumbprint: await calculateJwkThumbprint(input.signer),
    // As at an enrolment: a face that pays in production was a living person's.
    mode: deps.mode === 'production' ? 'live' : 'sandbox',
    avoid: [...(input.avoid ?? [])],
  });
}

/** Throws ProblemError, also `face_of_guardian`, and `face_paused` when the face was erased or the wallet closed meanwhile. */
export async function takeChildLook(deps: LookDeps, input: OfChild & { nonce: string; sealed: Uint8Array }): Promise<void> {
  const { id: payerId } = await childFor(deps, input, 'look');
  await putFace(deps, { payerId, nonce: input.nonce, sealed: input.sealed });
}
