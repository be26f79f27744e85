// The last step: the PIN. Only now is there an account, and only if the number has none yet.
import { openPin } from '@sonrisa/protocol/seal.ts';
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import { faceOf } from './face.ts';
import { finishInvite } from './invite-row.ts';
import { isSimplePin } from './pin-rules.ts';
import type { EnrolmentDeps } from './ports.ts';
import { openSession } from './session.ts';
import { lockEnrolment, stepOf, updateEnrolment, viewOf, type EnrolmentRow } from './view.ts';

export async function openAccount(deps: EnrolmentDeps, input: { id: string; sealedPin: string }): Promise<EnrolmentView> {
  const row = await deps.db.selectFrom('enrolment').selectAll().where('id', '=', input.id).executeTakeFirstOrThrow();
  stepOf(row, 'pin_set', deps.clock.nowMs());
  const pin = await openPin(input.sealedPin, { subjectId: input.id, privateKey: deps.pinKey });
  if (pin === undefined) throw new ProblemError('pin_sealed_wrong');
  if (isSimplePin(pin)) throw new ProblemError('pin_too_simple');
  const pinHash = await deps.pins.hash(pin);
  const opened = await deps.db.transaction().execute((transaction) => open(deps, transaction, { id: input.id, pinHash }));
  if (opened.existing) await forgetFace(deps, row);
  return opened.view;
}

async function open(deps: EnrolmentDeps, transaction: Database, input: { id: string; pinHash: string }) {
  const row = await lockEnrolment(transaction, input.id);
  const nowMs = deps.clock.nowMs();
  const state = stepOf(row, 'pin_set', nowMs);
  const { existing, payerId } = await insertPayer(deps, transaction, { row, pinHash: input.pinHash });
  await transaction.updateTable('consent_record').set({ payer_id: payerId }).where('enrolment_id', '=', row.id).execute();
  await finishInvite(transaction, { inviteId: row.invite_id, payerId, nowMs });
  const session = await openSession(deps, transaction, payerId);
  const done = await updateEnrolment(transaction, row.id, { state, payer_id: payerId, existing_payer: existing });
  return { existing, view: viewOf(done, session) };
}

// Two enrolments of one number may both reach this line: the first one owns the account, the second signs in to it.
async function insertPayer(deps: EnrolmentDeps, transaction: Database, { row, pinHash }: { row: EnrolmentRow; pinHash: string }) {
  const { payerRef, faceEpoch } = faceOf(row);
  const now = new Date(deps.clock.nowMs());
  const inserted = await transaction
    .insertInto('payer')
    .values({
      id: payerRef,
      name: row.name,
      phone_e164: row.phone_e164,
      locale: row.locale,
      currency: deps.currency,
      pin_hash: pinHash,
      face_epoch: faceEpoch,
      face_state: 'on',
      face_enrolled_at: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('phone_e164').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { existing: false, payerId: inserted.id };
  const owner = await transaction.selectFrom('payer').select('id').where('phone_e164', '=', row.phone_e164).executeTakeFirstOrThrow();
  return { existing: true, payerId: owner.id };
}

/** A face that will never belong to an account leaves the vault; the sweep tries again when the vault is away. */
async function forgetFace(deps: EnrolmentDeps, row: EnrolmentRow): Promise<void> {
  const { payerRef, faceEpoch } = faceOf(row);
  await deps.vault.forget(payerRef, faceEpoch).then(
    () => updateEnrolment(deps.db, row.id, { payer_ref: null }),
    () => undefined,
  );
}
