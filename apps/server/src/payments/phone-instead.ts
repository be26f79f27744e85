// No phone at hand: below the store's limit the PIN at the till takes its place, and what else may (sms-code.ts).
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { answerInSteps } from './answers.ts';
import { attemptPinAtTill, settleApproved } from './confirm.ts';
import { isChild } from './guardian.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { approvalOf, closeRequest, lapsePhone, type PhoneRequestRow, waitingRequestOf } from './phone.ts';
import { pinInsteadOfPhone } from './phone-need.ts';
import { type PaymentRow, readOwn, refuseExpired, refuseSuperseded, stepIn } from './record.ts';
import { phaseOf } from './state.ts';
import { viewOf } from './views.ts';

type OfWait = OfTerminal & { key: string; nonce: string };
export type PhonePinInput = OfWait & { pin: string };

export function payWithPinInstead(deps: PaymentsDependencies, input: PhonePinInput): Promise<PaymentView> {
  const { pin } = input;
  return payInstead(deps, { ...input, asked: ['phone-pin', pin], take: (waiting) => takePin(deps, { ...waiting, pin }) });
}

type Instead = OfWait & {
  /** What tells this request from others under its key: its name first. */
  readonly asked: readonly [string, string];
  /** Makes the waiting payment `phone_approved`, or throws. */
  readonly take: (waiting: { row: PaymentRow; request: PhoneRequestRow }) => Promise<void>;
};

/** Throws `payment_state_conflict`, `phone_timed_out`, and whatever `take` throws. */
export function payInstead(deps: PaymentsDependencies, input: Instead): Promise<PaymentView> {
  const { terminalId, paymentId, key, nonce, asked: [name, proof], take } = input;
  return answerInSteps(deps.db, { principal: `terminal:${terminalId}`, key, input: [name, paymentId, nonce, proof] }, async () => {
    const row = await readOwn(deps.db, input);
    if (row.look_nonce !== nonce) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
    if (row.state === 'awaiting_phone') await take({ row, request: await stillWaiting(deps, row) });
    const now = await readOwn(deps.db, input);
    // Another run of this may have taken the proof and died.
    if (phaseOf(now.state) !== 'paid' && (await approvalOf(deps.db, now))) await settleApproved(deps, now);
    const paid = await readOwn(deps.db, input);
    if (phaseOf(paid.state) === 'paid') return viewOf(deps, paid);
    throw new ProblemError('payment_state_conflict', { facts: { state: paid.state } });
  });
}

/** Throws `payment_expired`, `phone_timed_out`. */
export async function stillWaiting(deps: PaymentsDependencies, row: PaymentRow): Promise<PhoneRequestRow> {
  await refuseExpired(deps.db, row, deps.nowMs());
  if (await lapsePhone(deps, row)) throw new ProblemError('phone_timed_out');
  const request = await waitingRequestOf(deps.db, row);
  if (!request) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  return request;
}

async function takePin(deps: PaymentsDependencies, { row, request, pin }: { row: PaymentRow; request: PhoneRequestRow; pin: string }): Promise<void> {
  const store = await deps.db.selectFrom('store').select('pin_from_minor').where('id', '=', row.store_id).executeTakeFirstOrThrow();
  if (!pinInsteadOfPhone({ way: row.way, amountMinor: row.amount_minor, pinFromMinor: store.pin_from_minor, isChild: await isChild(deps.db, row.payer_id) })) throw new ProblemError('phone_needed');
  await attemptPinAtTill(deps, { row, payerId: request.payer_id, pin });
  const atMs = deps.nowMs();
  await deps.db.transaction().execute(async (trx) => {
    await stepIn(trx, { paymentId: row.id, event: 'phone_approved', reason: 'by PIN at the till', atMs, check: (locked) => refuseSuperseded(locked, row), set: { last_problem: null } });
    await closeRequest(trx, { id: request.id, state: 'pin_at_till', atMs });
  });
}
