// No phone at hand: below the store's limit the PIN at the till takes its place.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { answerInSteps } from './answers.ts';
import { attemptPinAtTill, settleApproved } from './confirm.ts';
import { isChild } from './guardian.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { approvalOf, closeRequest, lapsePhone, waitingRequestOf } from './phone.ts';
import { pinInsteadOfPhone } from './phone-need.ts';
import { type PaymentRow, readOwn, refuseExpired, refuseSuperseded, stepIn } from './record.ts';
import { phaseOf } from './state.ts';
import { viewOf } from './views.ts';

export type PhonePinInput = OfTerminal & { key: string; nonce: string; pin: string };

export function payWithPinInstead(deps: PaymentsDependencies, input: PhonePinInput): Promise<PaymentView> {
  const { terminalId, paymentId, key, nonce, pin } = input;
  return answerInSteps(deps.db, { principal: `terminal:${terminalId}`, key, input: ['phone-pin', paymentId, nonce, pin] }, async () => {
    const row = await readOwn(deps.db, input);
    if (row.look_nonce !== nonce) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
    if (row.state === 'awaiting_phone') await takePin(deps, { row, pin });
    const now = await readOwn(deps.db, input);
    // Another run of this may have taken the PIN and died.
    if (phaseOf(now.state) !== 'paid' && (await approvalOf(deps.db, now))) await settleApproved(deps, now);
    const paid = await readOwn(deps.db, input);
    if (phaseOf(paid.state) === 'paid') return viewOf(deps, paid);
    throw new ProblemError('payment_state_conflict', { facts: { state: paid.state } });
  });
}

async function takePin(deps: PaymentsDependencies, { row, pin }: { row: PaymentRow; pin: string }): Promise<void> {
  await refuseExpired(deps.db, row, deps.nowMs());
  if (await lapsePhone(deps, row)) throw new ProblemError('phone_timed_out');
  const request = await waitingRequestOf(deps.db, row);
  const store = await deps.db.selectFrom('store').select('pin_from_minor').where('id', '=', row.store_id).executeTakeFirstOrThrow();
  if (!request) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  if (!pinInsteadOfPhone({ way: row.way, amountMinor: row.amount_minor, pinFromMinor: store.pin_from_minor, isChild: await isChild(deps.db, row.payer_id) })) throw new ProblemError('phone_needed');
  const { payer_id: payerId } = request;
  await attemptPinAtTill(deps, { row, payerId, pin });
  const atMs = deps.nowMs();
  await deps.db.transaction().execute(async (trx) => {
    await stepIn(trx, { paymentId: row.id, event: 'phone_approved', reason: 'by PIN at the till', atMs, check: (locked) => refuseSuperseded(locked, row), set: { last_problem: null } });
    await closeRequest(trx, { id: request.id, state: 'pin_at_till', atMs });
  });
}
