// Every reason the ledger may have to say no, in order of precedence: when several hold, the first is the answer.
export const refusalCodes = [
  'books_stopped',
  'receipt_used',
  'payment_state_conflict',
  'amount_invalid',
  'amount_too_large',
  'account_unknown',
  'currency_mismatch',
  'face_paused',
  'hold_not_open',
  'refund_exceeds_payment',
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
    case 'face_paused':
    case 'hold_not_open':
    case 'refund_exceeds_payment':
    case 'balance_insufficient':
      return false;
  }
}
