// The child looks into the guardian's phone. In this order, so that whatever is cut off in between ends in one more look, never in a
// face that pays by accident: the vault keeps the new face as pending (and refuses the guardian's own), the epoch rises, the vault lets
// tills find it, and only then the face is on.
import type { LookTicket, PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Activated, CaptureOutcome, FaceState, LookAlikes, MintLook, TakenLook } from '@sonrisa/protocol/vault-api.ts';
import { calculateJwkThumbprint } from 'jose';
import { sql } from 'kysely';
import { lastFourOf } from '../enrolment/index.ts';
import { noteLookAlikes, type ReviewDeps } from '../face-reviews/index.ts';
import { childFor, type ChildRecord, type OfChild, type RecordDeps } from './record.ts';

export type ChildVault = {
  faceState(payerRef: string): Promise<FaceState>;
  mintLook(look: MintLook): Promise<LookTicket>;
  capture(look: TakenLook): Promise<CaptureOutcome>;
  activate(payerRef: string, faceEpoch: number): Promise<Activated>;
  forget(payerRef: string, faceEpoch: number): Promise<unknown>;
  lookAlikes(payerRef: string): Promise<LookAlikes>;
};
export type LookDeps = RecordDeps & { vault: ChildVault; ids: ReviewDeps['ids']; mode: 'sandbox' | 'production' };

/** The vault has yet to forget the face from before, and would forget a new one with it. */
const retryForgetS = 30;

/** While the vault does not answer nobody is sent to the camera. */
export async function needsNewLook({ vault }: Pick<LookDeps, 'vault'>, child: Pick<ChildRecord, 'id' | 'state' | 'face_epoch'>): Promise<boolean> {
  if (child.state !== 'on') return false;
  const kept = await vault.faceState(child.id).catch(() => undefined);
  return kept !== undefined && !(kept.state === 'active' && kept.epoch === child.face_epoch);
}

/** Throws ProblemError `consent_required`, `child_of_age`, `enrolment_state_conflict` for a face that pays, `looks_used_up`, `vault_unavailable`. */
export async function openChildLook(deps: LookDeps, input: OfChild & { signer: PublicJwk; avoid?: readonly ChallengeKind[] | undefined }): Promise<LookTicket> {
  const child = await childFor(deps, input, 'look');
  if (child.state === 'on' && !(await needsNewLook(deps, child))) throw new ProblemError('enrolment_state_conflict');
  if (child.state !== 'on' && child.face_enrolled_at !== null) throw new ProblemError('vault_unavailable', { facts: { retryAfterS: retryForgetS } });
  const { phone_e164: phone } = await deps.db.selectFrom('payer').select('phone_e164').where('id', '=', child.guardian_id).executeTakeFirstOrThrow();
  if (phone === null) throw new ProblemError('number_missing');
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
  const { db, vault } = deps;
  const child = await childFor(deps, input, 'look');
  const outcome = await vault.capture({ nonce: input.nonce, of: { purpose: 'enrolment', subjectId: child.id }, sealed: input.sealed });
  if (outcome.outcome !== 'enrolled') throw new ProblemError('internal', { cause: new Error(`the vault answered ${outcome.outcome} to a look at a child`) });
  const { faceEpoch } = outcome;
  const raised = await db
    .updateTable('payer')
    .set({ face_epoch: faceEpoch })
    .where('id', '=', child.id)
    .where('face_state', '!=', 'paused')
    .where('face_epoch', '=', faceEpoch - 1)
    .where('child_closed_at', 'is', null)
    .executeTakeFirst();
  if (raised.numUpdatedRows !== 1n) {
    const { face_epoch: epoch } = await db.selectFrom('payer').select('face_epoch').where('id', '=', child.id).executeTakeFirstOrThrow();
    await vault.forget(child.id, epoch);
    throw new ProblemError('face_paused');
  }
  const { activated } = await vault.activate(child.id, faceEpoch);
  if (!activated) throw new ProblemError('face_paused');
  await noteLookAlikes({ ...deps, vault }, child.id);
  await switchOn(deps, { childId: child.id, faceEpoch });
}

// An erasure or a closing meanwhile has raised the epoch: it stays off.
async function switchOn({ db, clock }: LookDeps, { childId, faceEpoch }: { childId: string; faceEpoch: number }): Promise<void> {
  const now = new Date(clock.nowMs());
  await db.transaction().execute(async (trx) => {
    // While somebody looks into a payment the guardian says was not the child's a new face rests as the old one did.
    const { rows: cases } = await sql`SELECT FROM face_case WHERE payer_id = ${childId} AND state = 'open' LIMIT 1`.execute(trx);
    const rests = cases.length > 0;
    await trx
      .updateTable('payer')
      .set({ face_state: rests ? 'paused' : 'on', face_paused_at: rests ? now : null, face_enrolled_at: now })
      .where('id', '=', childId)
      .where('face_epoch', '=', faceEpoch)
      .where('child_closed_at', 'is', null)
      .execute();
  });
}
