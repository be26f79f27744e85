// A new look for somebody who has an account: because the vault can no longer compare their face (its models have changed; the owner
// agreed to face payment and never took that back, and no photo was kept to make a template from), or because they erased it and have
// agreed again (consent-again.ts).
// What comes of it is put on in put-face.ts.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { OpenNewLook } from '@sonrisa/protocol/my-face-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FaceState, MintLook } from '@sonrisa/protocol/vault-api.ts';
import { calculateJwkThumbprint } from 'jose';
import { lastFourOf } from '../enrolment/index.ts';
import { hasConsentedAgain } from './consent-again.ts';
import { type LookProofDeps, requireLookProof } from './look-proof.ts';

export type NewLookVault = {
  faceState(payerRef: string): Promise<FaceState>;
  mintLook(look: MintLook): Promise<LookTicket>;
};

export type NewLookDeps = LookProofDeps & { vault: NewLookVault; mode: 'sandbox' | 'production' };

type Face = { id: string; face_state: 'on' | 'paused' | 'off'; face_epoch: number };

/** While the vault does not answer nobody is sent to the camera. */
export async function needsNewLook({ vault }: Pick<NewLookDeps, 'vault'>, face: Face): Promise<boolean> {
  if (face.face_state !== 'on') return false;
  const kept = await vault.faceState(face.id).catch(() => undefined);
  return kept !== undefined && isOutdated(kept, face);
}

const isOutdated = (kept: FaceState, face: Face): boolean => !(kept.state === 'active' && kept.epoch === face.face_epoch);

/** Throws ProblemError `enrolment_state_conflict` where no new look is needed, `consent_required` where a face is off, `number_missing`, `look_needs_proof`, of a proof, `looks_used_up`, `vault_unavailable`. */
export async function openNewLook(deps: NewLookDeps, input: OpenNewLook & { payerId: string; sessionHash: string }): Promise<LookTicket> {
  const payer = await deps.db.selectFrom('payer').select(['id', 'face_state', 'face_epoch', 'face_enrolled_at', 'phone_e164']).where('id', '=', input.payerId).executeTakeFirstOrThrow();
  if (payer.face_state === 'off') await refuseWithoutConsent(deps, payer);
  else if (payer.face_state !== 'on' || !isOutdated(await deps.vault.faceState(payer.id), payer)) throw new ProblemError('enrolment_state_conflict');
  if (payer.phone_e164 === null) throw new ProblemError('number_missing');
  await requireLookProof(deps, { payerId: payer.id, faceOf: payer.id, sessionHash: input.sessionHash, proof: input.proof });
  return deps.vault.mintLook({
    purpose: 'enrolment',
    subjectId: payer.id,
    payerRef: payer.id,
    faceEpoch: payer.face_epoch + 1,
    lastFour: lastFourOf(payer.phone_e164),
    signerThumbprint: await calculateJwkThumbprint(input.signer),
    // As at an enrolment: a face that pays in production was a living person's.
    mode: deps.mode === 'production' ? 'live' : 'sandbox',
    avoid: [...(input.avoid ?? [])],
  });
}

async function refuseWithoutConsent(deps: NewLookDeps, { id, face_enrolled_at: toBeForgotten }: Pick<Face, 'id'> & { face_enrolled_at: Date | null }): Promise<void> {
  // The vault has yet to forget the face from before, and would forget a new one with it.
  if (toBeForgotten !== null) throw new ProblemError('vault_unavailable', { facts: { retryAfterS: 30 } });
  if (!(await hasConsentedAgain(deps, id))) throw new ProblemError('consent_required');
}
