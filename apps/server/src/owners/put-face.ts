// A face comes to an account that is there already: an owner's, or a child's on its guardian's phone.
//
// In this order, so that whatever is cut off or refused in between ends in one more look, never in a face that pays by accident: the
// vault keeps the new face as pending, lets tills find it (which counts for nothing under the old epoch), whom it looks like is noted,
// and only then the payer's epoch rises and the face is on, in one transaction with what the owner is told.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Activated, CaptureOutcome, LookAlikes, TakenLook } from '@sonrisa/protocol/vault-api.ts';
import { sql } from 'kysely';
import type { AccountEvents } from '../account-events/index.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';
import { noteLookAlikes } from '../face-reviews/index.ts';
import type { Messages } from '../messages/index.ts';
import { endLookProofs } from './look-proof.ts';
import { tellOwner } from './tell-owner.ts';

export type PutFaceVault = {
  capture(look: TakenLook): Promise<CaptureOutcome>;
  activate(payerRef: string, faceEpoch: number): Promise<Activated>;
  forget(payerRef: string, faceEpoch: number): Promise<{ templatesErased: number }>;
  lookAlikes(payerRef: string): Promise<LookAlikes>;
};
export type PutFaceDeps = {
  db: Database;
  clock: Clock;
  ids: Pick<Ids, 'make'>;
  vault: PutFaceVault;
  messages: Pick<Messages, 'available' | 'queue' | 'nudge'>;
  events: Pick<AccountEvents, 'tell'>;
};

/**
 * `payerId`: whose face it is; only a look that was opened for them is taken. Throws ProblemError of the capture, also
 * `face_of_guardian`, and `face_paused` when the face was deleted or paused, or the account closed, meanwhile.
 */
export async function putFace(deps: PutFaceDeps, { payerId, nonce, sealed }: { payerId: string; nonce: string; sealed: Uint8Array }): Promise<void> {
  const { db, vault, clock, messages } = deps;
  const outcome = await vault.capture({ nonce, of: { purpose: 'enrolment', subjectId: payerId }, sealed });
  if (outcome.outcome !== 'enrolled') throw new ProblemError('internal', { cause: new Error(`the vault answered ${outcome.outcome} to a new look`) });
  const { faceEpoch } = outcome;
  // A face that is off and has a date is one the vault is to forget: so will this one be, should nothing come after this line.
  await db.updateTable('payer').set({ face_enrolled_at: new Date(clock.nowMs()) }).where('id', '=', payerId).where('face_state', '=', 'off').where('face_epoch', '=', faceEpoch - 1).execute();
  const { activated } = await vault.activate(payerId, faceEpoch);
  if (!activated) throw new ProblemError('face_paused');
  await noteLookAlikes(deps, payerId);
  if (!(await db.transaction().execute((trx) => switchOn(deps, trx, { payerId, faceEpoch })))) {
    // The epoch may have moved on, and what was just kept goes again.
    const { face_epoch: epoch } = await db.selectFrom('payer').select('face_epoch').where('id', '=', payerId).executeTakeFirstOrThrow();
    await vault.forget(payerId, epoch);
    throw new ProblemError('face_paused');
  }
  messages.nudge();
}

/** False where a deletion, a pause or a closing was quicker. */
async function switchOn(deps: PutFaceDeps, trx: Database, { payerId, faceEpoch }: { payerId: string; faceEpoch: number }): Promise<boolean> {
  const before = await trx.selectFrom('payer').select(['guardian_id', 'face_state', 'face_epoch', 'closed_at', 'child_closed_at']).where('id', '=', payerId).forUpdate().executeTakeFirstOrThrow();
  if (before.face_state === 'paused' || before.face_epoch !== faceEpoch - 1 || before.closed_at !== null || before.child_closed_at !== null) return false;
  const now = new Date(deps.clock.nowMs());
  // While somebody looks into a payment the owner says was not theirs a new face rests as the old one did.
  const { rows: cases } = await sql`SELECT FROM face_case WHERE payer_id = ${payerId} AND state = 'open' LIMIT 1`.execute(trx);
  const rests = cases.length > 0;
  await trx
    .updateTable('payer')
    .set({ face_epoch: faceEpoch, face_enrolled_at: now, face_state: rests ? 'paused' : 'on', face_paused_at: rests ? now : null })
    .where('id', '=', payerId)
    .execute();
  await endLookProofs(trx, { payerId: before.guardian_id ?? payerId, faceOf: payerId });
  await tell(deps, trx, { payerId, guardianId: before.guardian_id, wasOff: before.face_state === 'off' });
  return true;
}

// A face that pays for a wallet is news, also to an owner who did not bring it about.
async function tell({ events, messages }: PutFaceDeps, trx: Database, { payerId, guardianId, wasOff }: { payerId: string; guardianId: string | null; wasOff: boolean }): Promise<void> {
  const ownerId = guardianId ?? payerId;
  const { phone_e164: to } = await trx.selectFrom('payer').select('phone_e164').where('id', '=', ownerId).executeTakeFirstOrThrow();
  const kind = guardianId === null ? 'face_new' : 'child_face_new';
  const isBack = guardianId === null && wasOff;
  await events.tell(trx, { payerId: ownerId, kind, notices: to === null || isBack ? [] : [{ to, kind, url: null }] });
  if (isBack) await tellOwner(trx, { messages, payerId, notice: { name: 'face_on' } });
}
