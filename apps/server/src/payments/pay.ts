import type { z } from 'zod';
import type { merchantPaymentSchema, operatorPaymentSchema, Refund } from '@sonrisa/protocol/back-office-api.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import type { VerifiedReceipt } from '@sonrisa/protocol/receipt.ts';
import type { createPaymentSchema, LookResult, PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import type { VaultClient } from './vault-port.ts';

export type PinCheck = { ok: true } | { ok: false; code: 'pin_wrong' | 'pin_sealed_wrong' };
/** Opens and verifies the sealed PIN of this payer, bound to this payment. Counts nothing: payments count. */
export type CheckPin = (input: { payerId: string; paymentId: string; sealedPin: string }) => Promise<PinCheck>;

export type PaymentsDependencies = {
  readonly db: Database;
  readonly books: Books;
  readonly vault: VaultClient;
  readonly checkPin: CheckPin;
  readonly verifyReceipt: (receipt: string) => Promise<VerifiedReceipt>;
  /** Production refuses receipts without real liveness. */
  readonly mode: 'sandbox' | 'production';
  readonly nowMs: () => number;
  readonly newId: (kind: IdKind) => string;
};

export type MerchantPayment = z.infer<typeof merchantPaymentSchema>;
export type OperatorPayment = z.infer<typeof operatorPaymentSchema>;
export type OfTerminal = { readonly terminalId: string; readonly paymentId: string };

/** Every refusal is thrown as a ProblemError with a catalogue code. */
export type Payments = {
  create(input: { terminalId: string; key: string; request: z.infer<typeof createPaymentSchema> }): Promise<PaymentView>;
  view(input: OfTerminal): Promise<PaymentView>;
  openLook(input: OfTerminal): Promise<LookTicket>;
  submitCapture(input: OfTerminal & { nonce: string; sealed: Uint8Array }): Promise<LookResult>;
  digits(input: OfTerminal & { digits: string }): Promise<LookResult>;
  confirm(input: OfTerminal & { key: string; pin?: string | undefined }): Promise<PaymentView>;
  notMe(input: OfTerminal): Promise<PaymentView>;
  cancel(input: OfTerminal): Promise<PaymentView>;
  refund(input: {
    merchantId: string;
    paymentId: string;
    key: string;
    amount?: { amountMinor: string; currency: string } | undefined;
    reason: string;
  }): Promise<Refund>;
  listForMerchant(input: { merchantId: string; limit: number }): Promise<MerchantPayment[]>;
  oneForMerchant(input: { merchantId: string; paymentId: string }): Promise<MerchantPayment>;
  /** Newest first, what the payer's phone shows. */
  listForPayer(input: { payerId: string; limit: number }): Promise<PayerPayment[]>;
  story(paymentId: string): Promise<OperatorPayment>;
  /** At boot and every few seconds: finishes what a killed process left authorised, ends what waited too long. */
  sweep(): Promise<{ expired: number; completed: number; voided: number }>;
  /** Face + PIN of this payer works again after too many failures. */
  clearFacePinLock(payerId: string): Promise<void>;
};

export type PayerPayment = {
  id: string;
  state: PaymentView['state'];
  amount: { amountMinor: string; currency: string };
  refundedMinor: string;
  storeName: string;
  storeNameZh: string;
  atMs: number;
};

export function createPayments(_dependencies: PaymentsDependencies): Payments {
  throw new Error('not written yet');
}
