// A new look for somebody who has an account: because the vault can no longer compare their face (its models have changed; the owner
// agreed to face payment and never took that back, and no photo was kept to make a template from), or because they erased it and have
// agreed again (consent-again.ts).
//
// In this order, so that whatever is cut off or refused in between ends in "needs a new look" again, never in a face that pays by
// accident: the vault keeps the new face as pending, lets tills find it (which counts for nothing under the old epoch), and only then the
// payer's epoch rises.
import type { LookTicket, PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Activated, CaptureOutcome, FaceState, MintLook, TakenLook } from '@sonrisa/protocol/vault-api.ts';
import { calculateJwkThumbprint } from 'jose';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { lastFourOf } from '../enrolment/index.ts';
import { hasConsentedAgain } from './consent-again.ts';

export type NewLookVault = {
  faceState(payerRef: string): Promise<FaceState>;
  mintLook(look: MintLook): Promise<LookTicket>;
  capture(look: TakenLook): Promise<CaptureOutcome>;
  activate(payerRef: string, faceEpoch: number): Promise<Activated>;
  forget(payerRef: string, faceEpoch: number): Promise<{ templatesErased: number }>;
};

export type NewLookDeps = { db: Database; clock: Clock; vault: NewLookVault; mode: 'sandbox' | 'production' };

type Face = { id: string; face_state: 'on' | 'paused' | 'off'; face_epoch: number };

/** While the vault does not answer nobody is sent to the camera. */
export async function needsNewLook({ vault }: NewLookDeps, face: Face): Promise<boolean> {
  if (face.face_state !== 'on') return false;
  const kept = await vault.faceState(face.id).catch(() => undefined);
  return kept !== undefined && isOutdated(kept, face);
}

const isOutdated = (kept: FaceState, face: Face): boolean => !(kept.state === 'active' && kept.epoch === face.face_epoch);

/** Throws ProblemError `enrolment_state_conflict` where no new look is needed, `consent_required` where a face is off, `number_missing`, `looks_used_up`, `vault_unavailable`. */
export async function openNewLook(deps: NewLookDeps, input: { payerId: string; signer: PublicJwk; avoid?: readonly ChallengeKind[] | undefined }): Promise<LookTicket> {
  const payer = await deps.db.selectFrom('payer').select(['id', 'face_state', 'face_epoch', 'face_enrolled_at', 'phone_e164']).where('id', '=', input.payerId).executeTakeFirstOrThrow();
  if (payer.face_state === 'off') await refuseWithoutConsent(deps, payer);
  else if (payer.face_state !== 'on' || !isOutdated(await deps.vault.faceState(payer.id), payer)) throw new ProblemError('enrolment_state_conflict');
  if (payer.phone_e164 === null) throw new ProblemError('number_missing');
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

/** `wasOff`: no face of theirs paid before. Throws ProblemError, also `face_paused` when the owner deleted their face, or took the consent back, meanwhile. */
export async function takeNewLook(deps: NewLookDeps, input: { payerId: string; nonce: string; sealed: Uint8Array }): Promise<{ wasOff: boolean }> {
  const { db, vault, clock } = deps;
  const { payerId, nonce, sealed } = input;
  const outcome = await vault.capture({ nonce, of: { purpose: 'enrolment', subjectId: payerId }, sealed });
  if (outcome.outcome !== 'enrolled') throw new ProblemError('internal', { cause: new Error(`the vault answered ${outcome.outcome} to a new look`) });
  const { faceEpoch } = outcome;
  const { face_state: before } = await db.selectFrom('payer').select('face_state').where('id', '=', payerId).executeTakeFirstOrThrow();
  const now = new Date(clock.nowMs());
  // A face that is off and has a date is one the vault is to forget: so will this one be, should nothing come after this line.
  await db.updateTable('payer').set({ face_enrolled_at: now }).where('id', '=', payerId).where('face_state', '=', 'off').where('face_epoch', '=', faceEpoch - 1).execute();
  const { activated } = await vault.activate(payerId, faceEpoch);
  if (!activated) throw new ProblemError('face_paused');
  // While somebody looks into a payment the owner says was not theirs a new face rests as the old one did.
  const { rows: cases } = await sql`SELECT FROM face_case WHERE payer_id = ${payerId} AND state = 'open' LIMIT 1`.execute(db);
  const rests = cases.length > 0;
  const raised = await db
    .updateTable('payer')
    .set({ face_epoch: faceEpoch, face_enrolled_at: now, face_state: rests ? 'paused' : 'on', face_paused_at: rests ? now : null })
    .where('id', '=', payerId)
    .where('face_state', '!=', 'paused')
    .where('face_epoch', '=', faceEpoch - 1)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (raised.numUpdatedRows !== 1n) {
    // Deleted while the look was under way: the epoch has moved on, and what was just kept goes again.
    const { face_epoch: epoch } = await db.selectFrom('payer').select('face_epoch').where('id', '=', payerId).executeTakeFirstOrThrow();
    await vault.forget(payerId, epoch);
    throw new ProblemError('face_paused');
  }
  return { wasOff: before === 'off' };
}
