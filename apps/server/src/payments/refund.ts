// A refund, full or in part, as often as there is something left. Here a merchant asks; whether it may be and what moves is
// decided by the ledger under the payment's lock: packages/ledger/src/transfer.ts (guards `hold_not_open` and
// `refund_exceeds_payment`, then `refund`), hold.ts (what is left), fees.ts (the fee goes back in proportion).
import { type Money, parseMoney } from '@sonrisa/ledger/money.ts';
import type { Refund } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentState } from '@sonrisa/protocol/terminal-api.ts';
import { asMerchant } from '../db/merchant-access.ts';
import type { PaymentsDependencies } from './pay.ts';
import { moveOf } from './state.ts';

export type RefundInput = {
  merchantId: string;
  paymentId: string;
  key: string;
  amount?: { amountMinor: string; currency: string } | undefined;
  reason: string;
};

export async function refundPayment(deps: PaymentsDependencies, input: RefundInput): Promise<Refund> {
  const { merchantId, paymentId, key, reason } = input;
  const payment = await asMerchant(deps.db, merchantId, (scoped) =>
    scoped.selectFrom('payment').select('currency').where('id', '=', paymentId).where('merchant_id', '=', merchantId).executeTakeFirst());
  if (!payment) throw new ProblemError('payment_not_found');
  const amount = input.amount && parseAmount(input.amount, payment.currency);
  const result = await deps.books.post({
    idempotency: { principal: `merchant:${merchantId}`, key },
    command: { kind: 'refund', holdId: paymentId, ...(amount ? { amount } : {}) },
    atMs: deps.nowMs(),
    reason,
    payment: { id: paymentId, posted: moveOf('refunded_in_full'), postedInPart: moveOf('refunded_in_part') },
  });
  if (!result.ok) throw new ProblemError(result.code);
  return {
    id: result.transferId,
    paymentId,
    amount: { amountMinor: result.amountMinor, currency: result.currency },
    feeReturnedMinor: result.feeMinor,
    state: result.paymentState as PaymentState,
    refundedMinor: result.refundedMinor,
  };
}

function parseAmount(wire: { amountMinor: string; currency: string }, currency: string): Money {
  const parsed = parseMoney(wire, { currency });
  if (!parsed.ok) throw new ProblemError(parsed.code);
  return parsed.money;
}
