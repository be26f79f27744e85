// The number has an account: its owner proves themselves by its PIN or a passkey before this phone is signed in. A code on the number
// alone opens nothing, since numbers are stolen and given out again; whoever has the number now and no account here says so.
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { SignIn } from '@sonrisa/protocol/recovery-api.ts';
import { finishInvite } from './invite-row.ts';
import type { EnrolmentDeps } from './ports.ts';
import { endSessions, openSession } from './session.ts';
import { knownView, lockEnrolment, stepOf, updateEnrolment, viewOf, type EnrolmentRow } from './view.ts';

/** Throws whatever is wrong with the proof: `pin_wrong`, `sign_in_locked`, `sign_in_off`, `passkey_invalid`. */
export async function signIn(deps: EnrolmentDeps, { id, proof, endOthers }: { id: string; proof: SignIn['proof']; endOthers: boolean }): Promise<EnrolmentView> {
  const before = await deps.db.selectFrom('enrolment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  stepOf(before, 'owner_proved', deps.clock.nowMs());
  await deps.owners.prove({ payerId: ownerOf(before), enrolmentId: id, proof });
  const view = await deps.db.transaction().execute(async (trx) => {
    const row = await lockEnrolment(trx, id);
    const nowMs = deps.clock.nowMs();
    const state = stepOf(row, 'owner_proved', nowMs);
    const payerId = ownerOf(row);
    // The number may have moved on meanwhile.
    const owner = await trx.selectFrom('payer').select('id').where('id', '=', payerId).where('phone_e164', '=', row.phone_e164).forUpdate().executeTakeFirst();
    if (!owner) throw new ProblemError('enrolment_state_conflict');
    const session = await openSession(deps, trx, payerId);
    if (endOthers) await endSessions(deps, trx, { payerId, keep: session.token });
    await finishInvite(trx, { inviteId: row.invite_id, payerId, nowMs });
    await deps.events.tell(trx, { payerId, kind: 'signed_in' });
    return viewOf(await updateEnrolment(trx, id, { state }), { session });
  });
  return view;
}

/** A number that its old account has lost goes on as one that never had any. Throws `rate_limited`. */
export async function notMine(deps: EnrolmentDeps, id: string): Promise<EnrolmentView> {
  const row = await deps.db.transaction().execute(async (trx) => {
    const enrolment = await lockEnrolment(trx, id);
    const state = stepOf(enrolment, 'number_released', deps.clock.nowMs());
    const { released } = await deps.owners.claimNumber(trx, { payerId: ownerOf(enrolment), phone: enrolment.phone_e164 });
    return released ? updateEnrolment(trx, id, { state, payer_id: null, existing_payer: false }) : enrolment;
  });
  return knownView(deps, row);
}

function ownerOf({ id, payer_id: payerId }: EnrolmentRow): string {
  if (payerId === null) throw new Error(`enrolment ${id} knows a number and no account`);
  return payerId;
}
