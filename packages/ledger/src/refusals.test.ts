// What a refusal means for whoever was refused: whether the same request, unchanged, may succeed later.
import { expect, it } from 'vitest';
import { isTransientRefusal, refusalCodes, type RefusalCode } from './refusals.ts';

const mayPass = true;
const isFinal = false;

it.each<[RefusalCode, boolean]>([
  ['books_stopped', mayPass],
  // Money moved already, or the payment went another way.
  ['receipt_used', isFinal],
  ['payment_state_conflict', isFinal],
  // The request itself is wrong.
  ['amount_invalid', isFinal],
  ['amount_too_large', isFinal],
  ['account_unknown', isFinal],
  ['currency_mismatch', isFinal],
  ['reason_missing', isFinal],
  ['same_person', isFinal],
  ['account_not_adjustable', isFinal],
  // What it names is over, paused or used up. Whoever wants it all the same asks anew.
  ['face_paused', isFinal],
  ['hold_not_open', isFinal],
  ['payout_not_open', isFinal],
  ['dispute_not_open', isFinal],
  ['refund_exceeds_payment', isFinal],
  ['dispute_amount_invalid', isFinal],
  ['balance_insufficient', isFinal],
])('%s may pass by itself: %s', (code, expected) => {
  expect(isTransientRefusal(code)).toBe(expected);
});

it('the list names each reason once, and all of them stand in the table above', () => {
  expect(new Set(refusalCodes).size).toBe(refusalCodes.length);
  expect(refusalCodes).toHaveLength(17);
});
