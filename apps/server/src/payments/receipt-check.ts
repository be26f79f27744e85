// What a match receipt must be bound to before this payment may use it. Signature and expiry were checked before; that it
// is used once and that the face is still the same is checked by the books, in the posting transaction.
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';

export type ReceiptExpected = {
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly merchantId: string;
  readonly storeId: string;
  readonly terminalThumbprint: string;
  readonly terminalMode: 'sandbox' | 'live';
  /** What this server may risk, whatever the vault was told. */
  readonly errorBudget: number;
  readonly mode: 'sandbox' | 'production';
};

type ReceiptRule = { readonly says: string; readonly holds: (claims: ReceiptClaims, expected: ReceiptExpected) => boolean; readonly code: ProblemCode };

/** A missing row is a missing check. */
export const receiptRules: readonly ReceiptRule[] = [
  { says: 'made for a payment', holds: (claims) => claims.purpose === 'payment', code: 'receipt_invalid' },
  { says: 'made for this payment', holds: (claims, expected) => claims.subjectId === expected.paymentId, code: 'receipt_invalid' },
  { says: 'made for this amount', holds: (claims, expected) => claims.amountMinor === String(expected.amountMinor), code: 'receipt_invalid' },
  { says: 'made in this currency', holds: (claims, expected) => claims.currency === expected.currency, code: 'receipt_invalid' },
  { says: 'made for this merchant', holds: (claims, expected) => claims.merchantId === expected.merchantId, code: 'receipt_invalid' },
  { says: 'made for this store', holds: (claims, expected) => claims.storeId === expected.storeId, code: 'receipt_invalid' },
  { says: 'captured by this terminal', holds: (claims, expected) => claims.signerThumbprint === expected.terminalThumbprint, code: 'receipt_invalid' },
  { says: 'within its error budget', holds: (claims) => claims.bound <= claims.budget, code: 'receipt_invalid' },
  { says: 'of a vault that risks no more than we do', holds: (claims, expected) => claims.budget <= expected.errorBudget, code: 'receipt_invalid' },
  { says: 'live, from a live terminal', holds: (claims, expected) => expected.terminalMode === 'sandbox' || claims.liveness === 'active', code: 'receipt_invalid' },
  {
    says: 'live, in production',
    holds: (claims, expected) => expected.mode === 'sandbox' || claims.liveness === 'active',
    code: 'production_refuses_sandbox',
  },
];

export function checkReceipt(claims: ReceiptClaims, expected: ReceiptExpected): { ok: true } | { ok: false; code: ProblemCode } {
  const broken = receiptRules.find((rule) => !rule.holds(claims, expected));
  return broken ? { ok: false, code: broken.code } : { ok: true };
}
