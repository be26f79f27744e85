// Every reason the ledger may have to say no, in order of precedence: when several hold, the first is the answer.
export const refusalCodes = [
  'books_stopped',
  'receipt_used',
  'payment_state_conflict',
  'amount_invalid',
  'amount_too_large',
  'account_unknown',
  'currency_mismatch',
  'reason_missing',
  'same_person',
  'account_not_adjustable',
  'face_paused',
  'hold_not_open',
  'payout_not_open',
  'dispute_not_open',
  'refund_exceeds_payment',
  'dispute_amount_invalid',
  'balance_insufficient',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Whether the same request may succeed later, unchanged. A transient refusal is never stored as an answer. */
export function isTransientRefusal(code: RefusalCode): boolean {
  switch (code) {
    case 'books_stopped':
      return true;
    case 'receipt_used':
    case 'payment_state_conflict':
    case 'amount_invalid':
    case 'amount_too_large':
    case 'account_unknown':
    case 'currency_mismatch':
    case 'reason_missing':
    case 'same_person':
    case 'account_not_adjustable':
    case 'face_paused':
    case 'hold_not_open':
    case 'payout_not_open':
    case 'dispute_not_open':
    case 'refund_exceeds_payment':
    case 'dispute_amount_invalid':
    case 'balance_insufficient':
      return false;
  }
}
