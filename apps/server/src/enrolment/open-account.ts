// The last step: the PIN. Only now is there an account, and only if the number has none yet; and only then may the vault
// let tills find its face. The account comes first and its face is off until the vault has answered: whatever is cut off
// in between, no till ever knows a face without an account, and the sweep asks again.
import { openPin } from '@sonrisa/protocol/seal.ts';
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import { activateFace } from './activate-face.ts';
import { faceOf } from './face.ts';
import { finishInvite } from './invite-row.ts';
import { isSimplePin } from './pin-rules.ts';
import type { EnrolmentDeps } from './ports.ts';
import { openSession } from './session.ts';
import { knownView, lockEnrolment, stepOf, updateEnrolment, viewOf, type EnrolmentRow } from './view.ts';

export async function openAccount(deps: EnrolmentDeps, input: { id: string; sealedPin: string }): Promise<EnrolmentView> {
  const row = await deps.db.selectFrom('enrolment').selectAll().where('id', '=', input.id).executeTakeFirstOrThrow();
  stepOf(row, 'pin_set', deps.clock.nowMs());
  const pin = await openPin(input.sealedPin, { subjectId: input.id, privateKey: deps.pinKey });
  if (pin === undefined) throw new ProblemError('pin_sealed_wrong');
  if (isSimplePin(pin)) throw new ProblemError('pin_too_simple');
  const pinHash = await deps.pins.hash(pin);
  const opened = await deps.db.transaction().execute((transaction) => open(deps, transaction, { id: input.id, pinHash }));
  // What the vault does not hear now, the sweep tells it.
  if (opened.existing) await forgetFace(deps, row).catch(() => undefined);
  else await activateFace(deps, row).catch(() => undefined);
  await forgetUnfinished(deps, row).catch(() => undefined);
  return opened.session === null ? knownView(deps, opened.row) : viewOf(opened.row, { session: opened.session });
}

async function open(deps: EnrolmentDeps, transaction: Database, input: { id: string; pinHash: string }) {
  const row = await lockEnrolment(transaction, input.id);
  const nowMs = deps.clock.nowMs();
  const state = stepOf(row, 'pin_set', nowMs);
  const { existing, payerId } = await insertPayer(deps, transaction, { row, pinHash: input.pinHash });
  // The first one's account: whoever came second proves that it is theirs, too.
  if (existing) return { existing, row: await updateEnrolment(transaction, row.id, { state: stepOf(row, 'owner_found', nowMs), payer_id: payerId, existing_payer: true }), session: null };
  await transaction.updateTable('consent_record').set({ payer_id: payerId }).where('enrolment_id', '=', row.id).execute();
  await finishInvite(transaction, { inviteId: row.invite_id, payerId, nowMs });
  const session = await openSession(deps, transaction, payerId);
  return { existing, row: await updateEnrolment(transaction, row.id, { state, payer_id: payerId }), session };
}

// Two enrolments of one number may both reach this line: the first one owns the account.
async function insertPayer(deps: EnrolmentDeps, transaction: Database, { row, pinHash }: { row: EnrolmentRow; pinHash: string }) {
  const { payerRef, faceEpoch } = faceOf(row);
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
      face_state: 'off',
      created_at: new Date(deps.clock.nowMs()),
    })
    .onConflict((conflict) => conflict.column('phone_e164').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { existing: false, payerId: inserted.id };
  const owner = await transaction.selectFrom('payer').select('id').where('phone_e164', '=', row.phone_e164).executeTakeFirstOrThrow();
  return { existing: true, payerId: owner.id };
}

// A face that will never belong to an account leaves the vault.
async function forgetFace(deps: EnrolmentDeps, row: EnrolmentRow): Promise<void> {
  const { payerRef, faceEpoch } = faceOf(row);
  await deps.vault.forget(payerRef, faceEpoch);
  await updateEnrolment(deps.db, row.id, { payer_ref: null });
}

// Other enrolments of this number can only sign in to the account from here on. Each keeps its reference until its time
// is over: a capture of it that is still under way is forgotten then.
async function forgetUnfinished(deps: EnrolmentDeps, { id, phone_e164 }: EnrolmentRow): Promise<void> {
  const others = await deps.db
    .selectFrom('enrolment')
    .selectAll()
    .where('phone_e164', '=', phone_e164)
    .where('id', '!=', id)
    .where('state', 'in', ['consented', 'face_captured'])
    .where('payer_ref', 'is not', null)
    .where('looks_used', '>', 0)
    .execute();
  for (const other of others) {
    const { payerRef, faceEpoch } = faceOf(other);
    await deps.vault.forget(payerRef, faceEpoch);
  }
}
