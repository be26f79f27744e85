// The fourth step: the phone looks at its owner. The capture is sealed for the vault and passes through here unread.
import type { LookTicket, PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { calculateJwkThumbprint } from 'jose';
import { lastFourOf } from './phone.ts';
import type { EnrolmentDeps } from './ports.ts';
import { lockEnrolment, stepOf, updateEnrolment, viewOf, type EnrolmentRow } from './view.ts';

export const enrolmentLooksMax = 10;

export async function openEnrolmentLook(
  deps: EnrolmentDeps,
  input: { id: string; signer: PublicJwk; avoid?: readonly ChallengeKind[] | undefined },
): Promise<LookTicket> {
  const signerThumbprint = await calculateJwkThumbprint(input.signer);
  const row = await deps.db.transaction().execute((transaction) => countLook(deps, transaction, { id: input.id, signerThumbprint }));
  const { payerRef, faceEpoch } = faceOf(row);
  const ticket = await deps.vault.mintLook({
    purpose: 'enrolment',
    subjectId: row.id,
    payerRef,
    faceEpoch,
    lastFour: lastFourOf(row.phone_e164),
    signerThumbprint,
    // A face that pays in production was a living person's when it enrolled.
    mode: deps.mode === 'production' ? 'live' : 'sandbox',
    avoid: [...(input.avoid ?? [])],
  });
  await updateEnrolment(deps.db, row.id, { look_nonce: ticket.nonce });
  return ticket;
}

// Counted before the vault is asked: looks are limited even when their answers get lost.
async function countLook(deps: EnrolmentDeps, transaction: EnrolmentDeps['db'], input: { id: string; signerThumbprint: string }) {
  const row = await lockEnrolment(transaction, input.id);
  stepOf(row, 'look_opened', deps.clock.nowMs());
  if (row.looks_used >= enrolmentLooksMax) throw new ProblemError('looks_used_up');
  return updateEnrolment(transaction, row.id, { looks_used: row.looks_used + 1, signer_thumbprint: input.signerThumbprint });
}

export async function submitEnrolmentCapture(
  deps: EnrolmentDeps,
  input: { id: string; nonce: string; sealed: Uint8Array },
): Promise<EnrolmentView> {
  const before = await deps.db.selectFrom('enrolment').selectAll().where('id', '=', input.id).executeTakeFirstOrThrow();
  stepOf(before, 'face_enrolled', deps.clock.nowMs());
  if (before.look_nonce !== input.nonce) throw new ProblemError('nonce_unknown');
  const outcome = await deps.vault.capture({ nonce: input.nonce, of: { purpose: 'enrolment', subjectId: input.id }, sealed: input.sealed });
  if (outcome.outcome !== 'enrolled') throw new ProblemError('internal', { cause: new Error(`the vault answered ${outcome.outcome} to an enrolment`) });
  const row = await deps.db.transaction().execute(async (transaction) => {
    const now = await lockEnrolment(transaction, input.id);
    // A newer look was opened meanwhile: the vault waits for that one.
    if (now.look_nonce !== input.nonce) throw new ProblemError('nonce_expired');
    const state = stepOf(now, 'face_enrolled', deps.clock.nowMs());
    return updateEnrolment(transaction, input.id, { state, face_epoch: outcome.faceEpoch });
  });
  return viewOf(row);
}

export function faceOf(row: EnrolmentRow): { payerRef: string; faceEpoch: number } {
  if (row.payer_ref === null || row.face_epoch === null) throw new ProblemError('enrolment_state_conflict');
  return { payerRef: row.payer_ref, faceEpoch: row.face_epoch };
}
