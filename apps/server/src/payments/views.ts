// What a terminal, a merchant, a payer and the operator may see of a payment.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { decisionSentence } from '@sonrisa/protocol/decision-sentence.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { limitsOf } from './admit.ts';
import { isChild } from './guardian.ts';
import { shownToGuardian } from './guardian-view.ts';
import type { MerchantPayment, OperatorPayment, PayerPayment, PaymentsDependencies } from './pay.ts';
import { approvedGraceMs, looksMax } from './limits.ts';
import { approvalOf, isSecondFactor, waitingRequestOf, whyAskPhone } from './phone.ts';
import { needsPin, pinInsteadOfPhone } from './phone-need.ts';
import { type PaymentRow, claimsOf } from './record.ts';
import { smsCodeState } from './sms-state.ts';
import { phaseOf } from './state.ts';

/** `db`: the transaction, when the view must show what it just wrote. */
export async function viewOf(deps: Pick<PaymentsDependencies, 'db' | 'limits' | 'nowMs' | 'sms'>, row: PaymentRow): Promise<PaymentView> {
  const { db, limits, nowMs } = deps;
  const store = await db.selectFrom('store').select('pin_from_minor').where('id', '=', row.store_id).executeTakeFirstOrThrow();
  const isPaid = phaseOf(row.state) === 'paid';
  const hold = isPaid ? await db.selectFrom('hold').select('refunded_minor').where('id', '=', row.id).executeTakeFirst() : undefined;
  const claims = claimsOf(row);
  const waiting = row.state === 'awaiting_phone' ? await waitingRequestOf(db, row) : undefined;
  // Whose phone is asked, or has said yes, needs no PIN at the till.
  const approval = row.state === 'identified' ? await approvalOf(db, row) : undefined;
  const byPhone = row.state === 'identified' && (approval === undefined ? (await whyAskPhone({ db, limits }, row)) !== null : isSecondFactor(approval));
  // Who has just said yes is not asked again: the money moves in the phone's own request. Later on that request has died, and Pay goes on with it.
  const paysNow = approval?.answered_at != null && approval.answered_at.getTime() > nowMs() - approvedGraceMs;
  const looked = row.state === 'identified' && row.way === 'face' && !byPhone ? await limitsOf({ limits }, { db, row }) : null;
  const confirmationDue = looked !== null && looked.verdict.allowed && looked.verdict.confirmationDue;
  const lastProblem = row.last_problem ?? (confirmationDue ? 'confirmation_due' : null);
  return {
    id: row.id,
    state: row.state,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    lines: row.lines,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
    looksLeft: Math.max(0, looksMax - row.looks_used),
    next: nextOf(row, { claims, pinFromMinor: store.pin_from_minor, byPhone, paysNow, confirmationDue }),
    phone: waiting
      ? {
          expiresAtMs: waiting.expires_at.getTime(),
          pinInstead: pinInsteadOfPhone({ way: row.way, amountMinor: row.amount_minor, pinFromMinor: store.pin_from_minor, isChild: await isChild(db, row.payer_id) }),
          smsCode: await smsCodeState(deps, { row, request: waiting }),
        }
      : null,
    lastProblem: lastProblem === null ? null : { code: lastProblem },
    payer: row.payer_masked_name === null || row.look_nonce === null ? null : { maskedName: row.payer_masked_name, nonce: row.look_nonce },
    decision: claims && {
      rung: claims.rung,
      threshold: claims.threshold,
      bound: claims.bound,
      budget: claims.budget,
      candidateCount: claims.candidateCount,
    },
    liveness: claims?.liveness ?? null,
    paid: isPaid
      ? { receiptNumber: row.receipt_number, paidAtMs: row.paid_at?.getTime() ?? 0, refundedMinor: String(hold?.refunded_minor ?? 0n) }
      : null,
  };
}

export async function listForMerchant(db: Database, input: { merchantId: string; limit: number; paymentId?: string }): Promise<MerchantPayment[]> {
  let query = db
    .selectFrom('payment')
    .leftJoin('hold', 'hold.id', 'payment.id')
    .selectAll('payment')
    .select(['hold.fee_minor', 'hold.refunded_minor'])
    .where('payment.merchant_id', '=', input.merchantId)
    .orderBy('payment.created_at', 'desc')
    .orderBy('payment.id', 'desc')
    .limit(input.limit);
  if (input.paymentId !== undefined) query = query.where('payment.id', '=', input.paymentId);
  return (await query.execute()).map((row) => {
    const state = (row as unknown as PaymentRow).state;
    return {
      id: row.id,
      storeId: row.store_id,
      terminalId: row.terminal_id,
      state,
      amount: { amountMinor: String(row.amount_minor), currency: row.currency },
      feeMinor: String(row.fee_minor ?? 0n),
      refundedMinor: String(row.refunded_minor ?? 0n),
      receiptNumber: phaseOf(state) === 'paid' ? row.receipt_number : null,
      createdAtMs: row.created_at.getTime(),
    };
  });
}

export async function oneForMerchant(db: Database, input: { merchantId: string; paymentId: string }): Promise<MerchantPayment> {
  const [payment] = await listForMerchant(db, { ...input, limit: 1 });
  if (!payment) throw new ProblemError('payment_not_found');
  return payment;
}

/** `toGuardian`: who asks is the guardian of this payer. */
export type ForPayer = { readonly payerId: string; readonly limit: number; readonly toGuardian?: boolean };

export async function listForPayer({ db, nowMs }: Pick<PaymentsDependencies, 'db' | 'nowMs'>, input: ForPayer): Promise<PayerPayment[]> {
  const rows = await db
    .selectFrom('payment')
    .innerJoin('store', 'store.id', 'payment.store_id')
    .innerJoin('hold', 'hold.id', 'payment.id')
    .innerJoin('payer', 'payer.id', 'hold.payer_id')
    .leftJoin('limit_use', 'limit_use.payment_id', 'payment.id')
    .leftJoin('face_case', 'face_case.payment_id', 'payment.id')
    .select(['face_case.state as case_state', 'payment.id', 'payment.state', 'payment.amount_minor', 'payment.currency', 'payment.paid_at', 'payment.created_at', 'payment.way'])
    .select(['hold.refunded_minor', 'store.name', 'store.name_zh', 'limit_use.undo_until'])
    .where('hold.payer_id', '=', input.payerId)
    .where('hold.state', '=', 'captured')
    .$if(input.toGuardian === true, (query) => query.where(shownToGuardian(nowMs())))
    .orderBy('payment.created_at', 'desc')
    .limit(input.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    state: row.state as PaymentView['state'],
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    refundedMinor: String(row.refunded_minor),
    storeName: row.name,
    storeNameZh: row.name_zh,
    atMs: (row.paid_at ?? row.created_at).getTime(),
    way: row.way,
    undoUntilMs: undoUntilOf(row, nowMs()),
    caseState: row.case_state,
  }));
}

/** Null: it cannot be taken back with a tap, or not any more. */
export function undoUntilOf({ state, undo_until: undoUntil }: { state: string; undo_until: Date | null }, nowMs: number): number | null {
  const isKept = state === 'captured' || state === 'partially_refunded';
  return isKept && undoUntil !== null && undoUntil.getTime() > nowMs ? undoUntil.getTime() : null;
}

/** Everything the operator needs to explain one payment. */
export async function storyOf({ db, books }: { db: Database; books: Books }, paymentId: string): Promise<OperatorPayment> {
  const found = await db.selectFrom('payment').selectAll().where('id', '=', paymentId).executeTakeFirst();
  if (!found) throw new ProblemError('payment_not_found');
  const row = found as PaymentRow;
  const events = await db.selectFrom('payment_event').selectAll().where('payment_id', '=', paymentId).orderBy('id').execute();
  const claims = claimsOf(row);
  return {
    id: row.id,
    state: row.state,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    events: events.map((event) => ({
      atMs: event.at.getTime(),
      event: event.event,
      from: event.from_state,
      to: event.to_state,
      reason: event.reason,
    })),
    decision: claims && { sentence: decisionSentence(claims), claims },
    postings: await books.postingsOf(paymentId),
  };
}

function nextOf(row: PaymentRow, input: { claims: ReceiptClaims | null; pinFromMinor: bigint; byPhone: boolean; paysNow: boolean; confirmationDue: boolean }): PaymentView['next'] {
  switch (row.state) {
    case 'created':
    case 'capturing':
      return row.looks_used < looksMax ? 'look' : null;
    case 'awaiting_digits':
      return 'digits';
    case 'identified':
      // Named by a code: the money is on its way already.
      if (row.way === 'code' || input.paysNow) return 'wait';
      return !input.byPhone && (input.confirmationDue || needsPin(row, input)) ? 'confirm_with_pin' : 'confirm';
    case 'awaiting_phone':
      return 'wait_phone';
    case 'authorised':
      return 'wait';
    default:
      return null;
  }
}
