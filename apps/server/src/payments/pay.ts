// The payments of all tills, put together: what each step needs comes in as an argument, each step has its own file.
import type { z } from 'zod';
import type { merchantPaymentSchema, operatorPaymentSchema, Refund } from '@sonrisa/protocol/back-office-api.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { VerifiedReceipt } from '@sonrisa/protocol/receipt.ts';
import type { createPaymentSchema, LookResult, PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import type { Risk } from '../risk/index.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { confirmPayment } from './confirm.ts';
import { createPayment } from './create.ts';
import { cancelPayment, notMe } from './leave.ts';
import { enterDigits, openLook, submitCapture } from './looks.ts';
import { clearPinFailures } from './pin-attempts.ts';
import { readOwn, refuseExpired } from './record.ts';
import { refundPayment, type RefundInput } from './refund.ts';
import { type AttemptScope, clearTillAttempts } from './till-attempts.ts';
import { sweepPayments, type Swept } from './sweep.ts';
import type { VaultClient } from './vault-port.ts';
import { listForMerchant, listForPayer, oneForMerchant, storyOf, viewOf } from './views.ts';

export type PinCheck = { ok: true } | { ok: false; code: 'pin_wrong' | 'pin_sealed_wrong' };
/** Opens and verifies the sealed PIN of this payer, bound to this payment. Counts nothing: payments count. */
export type CheckPin = (input: { payerId: string; paymentId: string; sealedPin: string }) => Promise<PinCheck>;

export type PaymentsDependencies = {
  readonly db: Database;
  readonly books: Books;
  readonly vault: VaultClient;
  readonly checkPin: CheckPin;
  readonly risk: Pick<Risk, 'judge' | 'noteNetwork'>;
  readonly verifyReceipt: (receipt: string) => Promise<VerifiedReceipt>;
  /** Most acceptable probability of charging the wrong person: receipts of a vault with a larger one are refused. */
  readonly errorBudget: number;
  /** Production refuses receipts without real liveness. */
  readonly mode: 'sandbox' | 'production';
  readonly nowMs: () => number;
  readonly newId: (kind: IdKind) => string;
};

export type MerchantPayment = z.infer<typeof merchantPaymentSchema>;
export type OperatorPayment = z.infer<typeof operatorPaymentSchema>;
export type CreatePayment = z.infer<typeof createPaymentSchema>;
export type OfTerminal = { readonly terminalId: string; readonly paymentId: string };
/** `avoid`: what the shopper cannot do; a live terminal's challenge goes without. `address`: where the terminal asks from. */
export type OpenLook = OfTerminal & { readonly avoid?: readonly ChallengeKind[] | undefined; readonly address?: string | undefined };

/** Every refusal is thrown as a ProblemError with a catalogue code. */
export type Payments = {
  create(input: { terminalId: string; key: string; request: CreatePayment }): Promise<PaymentView>;
  view(input: OfTerminal): Promise<PaymentView>;
  openLook(input: OpenLook): Promise<LookTicket>;
  submitCapture(input: OfTerminal & { nonce: string; sealed: Uint8Array }): Promise<LookResult>;
  digits(input: OfTerminal & { digits: string }): Promise<LookResult>;
  /** `nonce`: of the payer the terminal showed when Pay was pressed. */
  confirm(input: OfTerminal & { key: string; nonce: string; pin?: string | undefined }): Promise<PaymentView>;
  notMe(input: OfTerminal): Promise<PaymentView>;
  cancel(input: OfTerminal): Promise<PaymentView>;
  refund(input: RefundInput): Promise<Refund>;
  listForMerchant(input: { merchantId: string; limit: number }): Promise<MerchantPayment[]>;
  oneForMerchant(input: { merchantId: string; paymentId: string }): Promise<MerchantPayment>;
  /** Newest first, what the payer's phone shows. */
  listForPayer(input: { payerId: string; limit: number }): Promise<PayerPayment[]>;
  story(paymentId: string): Promise<OperatorPayment>;
  /** At boot and every few seconds: finishes what a killed process left authorised, ends what waited too long. */
  sweep(): Promise<Swept>;
  /** Face + PIN of this payer works again after too many failures. */
  clearFacePinLock(payerId: string): Promise<void>;
  /** Face payment at this terminal or store works again after too many failures. Throws `not_found`. */
  clearTillAttempts(input: { scope: AttemptScope; id: string }): Promise<void>;
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

export function createPayments(deps: PaymentsDependencies): Payments {
  const { db } = deps;
  return {
    create: (input) => createPayment(deps, input),
    view: (input) => viewFor(deps, input),
    openLook: (input) => openLook(deps, input),
    submitCapture: (input) => submitCapture(deps, input),
    digits: (input) => enterDigits(deps, input),
    confirm: (input) => confirmPayment(deps, input),
    notMe: (input) => notMe(deps, input),
    cancel: (input) => cancelPayment(deps, input),
    refund: (input) => refundPayment(deps, input),
    listForMerchant: (input) => asMerchant(db, input.merchantId, (scoped) => listForMerchant(scoped, input)),
    oneForMerchant: (input) => asMerchant(db, input.merchantId, (scoped) => oneForMerchant(scoped, input)),
    listForPayer: (input) => listForPayer(db, input),
    story: (paymentId) => storyOf(deps, paymentId),
    sweep: () => sweepPayments(deps),
    clearFacePinLock: (payerId) => clearPinFailures(db, payerId),
    clearTillAttempts: (input) => clearTillAttempts(db, input),
  };
}

// A terminal that asks too late hears `expired`, not a state that no longer leads anywhere.
async function viewFor(deps: PaymentsDependencies, input: OfTerminal): Promise<PaymentView> {
  const row = await readOwn(deps.db, input);
  try {
    await refuseExpired(deps.db, row, deps.nowMs());
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  return viewOf(deps.db, await readOwn(deps.db, input));
}
