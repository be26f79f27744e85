// The payments of all tills, put together: what each step needs comes in as an argument, each step has its own file.
import type { z } from 'zod';
import type { merchantPaymentSchema, operatorPaymentSchema, Refund, Ways } from '@sonrisa/protocol/back-office-api.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import type { Approve, Notices, PasskeyAnswer, PhoneAnswer, PhoneRequest } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { VerifiedReceipt } from '@sonrisa/protocol/receipt.ts';
import type { createPaymentSchema, LookResult, PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import type { Limits } from '../limits/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Risk } from '../risk/index.ts';
import type { SmsCodeDeps } from '../sms-codes/index.ts';
import type { SmsLimits } from '../sms-guard/index.ts';
import type { Places } from '../terminals/index.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { approveRequest, denyRequest, openRequests, type OfRequest } from './approve.ts';
import { payWithCode, type CodeInput } from './by-code.ts';
import { confirmPayment } from './confirm.ts';
import { createPayment } from './create.ts';
import { isShownToGuardian } from './guardian-view.ts';
import { cancelPayment, notMe } from './leave.ts';
import { enterDigits, openLook, submitCapture } from './looks.ts';
import { noticesOf, noticesSeen } from './notices.ts';
import { lapsePhone } from './phone.ts';
import { payWithPinInstead, type PhonePinInput } from './phone-instead.ts';
import { payWithSmsCode, sendPaymentCode, type SmsCodeInput } from './sms-code.ts';
import { clearPinFailures } from './pin-attempts.ts';
import { readOwn, refuseExpired } from './record.ts';
import { refundPayment, type RefundInput } from './refund.ts';
import { type AttemptScope, clearTillAttempts } from './till-attempts.ts';
import { sweepPayments, type Swept } from './sweep.ts';
import { undoPayment } from './undo.ts';
import type { VaultClient } from './vault-port.ts';
import { type ForPayer, listForMerchant, listForPayer, oneForMerchant, storyOf, viewOf } from './views.ts';
import { waysOf } from './ways.ts';

export type PinCheck = { ok: true } | { ok: false; code: 'pin_wrong' | 'pin_sealed_wrong' };
/** Opens and verifies the sealed PIN of this payer, bound to this subject (a payment, or the payer). Counts nothing: callers count. */
export type CheckPin = (input: { payerId: string; subjectId: string; sealedPin: string }) => Promise<PinCheck>;
/** Throws `passkey_unknown` or `passkey_invalid` unless a passkey of this payer signed this challenge. */
export type CheckPasskey = (input: { payerId: string; challenge: string; answer: PasskeyAnswer }) => Promise<{ passkeyId: string }>;
/** `ref` names one code of one key, and stays the same however often it is checked. */
export type CodeCheck =
  | { ok: true; ref: string; payerId: string; handle: string; step: number }
  | { ok: false; code: 'payment_code_invalid' }
  | { ok: false; code: 'payment_code_used'; ref: string };

export type PaymentsDependencies = {
  readonly db: Database;
  readonly books: Books;
  readonly vault: VaultClient;
  readonly checkPin: CheckPin;
  readonly risk: Pick<Risk, 'judge'>;
  readonly places: Pick<Places, 'admit' | 'noteCamera'>;
  readonly limits: Pick<Limits, 'look' | 'take' | 'settings'>;
  readonly checkPasskey: CheckPasskey;
  readonly checkCode: (code: string) => Promise<CodeCheck>;
  /** From here on that code and older ones of its key are used. Throws `payment_code_used` when they are already. */
  readonly useCode: (db: Database, code: CodeCheck & { ok: true }) => Promise<void>;
  /** What a code by text message takes (sms-code.ts). */
  readonly sms: SmsCodeDeps & { readonly messages: Pick<Messages, 'stateOf' | 'nudge'>; readonly smsLimits: Pick<SmsLimits, 'entered'> };
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
/** `avoid`: what the shopper cannot do; a live terminal's challenge goes without. `address`: where the terminal asks from; `clockMs`: what its clock shows. */
export type OpenLook = OfTerminal & { readonly avoid?: readonly ChallengeKind[] | undefined; readonly address?: string | undefined; readonly clockMs?: number | undefined };

/** Every refusal is thrown as a ProblemError with a catalogue code. */
export type Payments = {
  create(input: { terminalId: string; key: string; request: CreatePayment }): Promise<PaymentView>;
  view(input: OfTerminal): Promise<PaymentView>;
  openLook(input: OpenLook): Promise<LookTicket>;
  submitCapture(input: OfTerminal & { nonce: string; sealed: Uint8Array }): Promise<LookResult>;
  digits(input: OfTerminal & { digits: string }): Promise<LookResult>;
  /** `nonce`: of the payer the terminal showed when Pay was pressed. */
  confirm(input: OfTerminal & { key: string; nonce: string; pin?: string | undefined }): Promise<PaymentView>;
  /** No phone at hand: the PIN instead, where the amount allows it. Throws `phone_needed` where not. */
  phonePin(input: PhonePinInput): Promise<PaymentView>;
  /** No phone and no PIN at hand: the code by text message, where the amount and the account allow it. Throws `sms_code_impossible` where not. */
  sendSmsCode(input: OfTerminal & { nonce: string }): Promise<PaymentView>;
  paySmsCode(input: SmsCodeInput): Promise<PaymentView>;
  /** A payment code; waits for the phone from the store's limit on. */
  payWithCode(input: CodeInput): Promise<PaymentView>;
  notMe(input: OfTerminal): Promise<PaymentView>;
  cancel(input: OfTerminal): Promise<PaymentView>;
  refund(input: RefundInput): Promise<Refund>;
  listForMerchant(input: { merchantId: string; limit: number }): Promise<MerchantPayment[]>;
  oneForMerchant(input: { merchantId: string; paymentId: string }): Promise<MerchantPayment>;
  /** Newest first, what the payer's phone shows. */
  listForPayer(input: ForPayer): Promise<PayerPayment[]>;
  /** Of this child's, and not after its guardianship ended. */
  isShownToGuardian(input: { payerId: string; paymentId: string }): Promise<boolean>;
  /** What tills wait for on this payer's phone. */
  openRequests(payerId: string): Promise<PhoneRequest[]>;
  approve(input: OfRequest & { proof: Approve }): Promise<PhoneAnswer>;
  deny(input: OfRequest & { why: 'denied' | 'not_me' }): Promise<PhoneAnswer>;
  /** One tap: a first payment goes back to its payer. */
  undo(input: { payerId: string; paymentId: string }): Promise<PhoneAnswer>;
  notices(payerId: string): Promise<Notices>;
  noticesSeen(input: { payerId: string; untilMs: number }): Promise<void>;
  /** How people paid in the last days. */
  ways(input: { merchantId?: string; days: number }): Promise<Ways>;
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
  way: 'face' | 'code';
  undoUntilMs: number | null;
  /** Of "that was not me"; null: nobody said so. */
  caseState: 'open' | 'closed' | null;
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
    phonePin: (input) => payWithPinInstead(deps, input),
    sendSmsCode: (input) => sendPaymentCode(deps, input),
    paySmsCode: (input) => payWithSmsCode(deps, input),
    payWithCode: (input) => payWithCode(deps, input),
    openRequests: (payerId) => openRequests(deps, payerId),
    approve: (input) => approveRequest(deps, input),
    deny: (input) => denyRequest(deps, input),
    undo: (input) => undoPayment(deps, input),
    notices: (payerId) => noticesOf(deps, payerId),
    noticesSeen: (input) => noticesSeen(db, input),
    ways: ({ merchantId, days }) =>
      merchantId === undefined
        ? waysOf(db, { days, nowMs: deps.nowMs() })
        : asMerchant(db, merchantId, (scoped) => waysOf(scoped, { merchantId, days, nowMs: deps.nowMs() })),
    notMe: (input) => notMe(deps, input),
    cancel: (input) => cancelPayment(deps, input),
    refund: (input) => refundPayment(deps, input),
    listForMerchant: (input) => asMerchant(db, input.merchantId, (scoped) => listForMerchant(scoped, input)),
    oneForMerchant: (input) => asMerchant(db, input.merchantId, (scoped) => oneForMerchant(scoped, input)),
    listForPayer: (input) => listForPayer(deps, input),
    isShownToGuardian: (input) => isShownToGuardian(deps, input),
    story: (paymentId) => storyOf(deps, paymentId),
    sweep: () => sweepPayments(deps),
    clearFacePinLock: (payerId) => clearPinFailures(db, payerId),
    clearTillAttempts: (input) => clearTillAttempts(db, input),
  };
}

// A terminal that asks too late hears `expired`, or that the phone did not answer, not a state that no longer leads anywhere.
async function viewFor(deps: PaymentsDependencies, input: OfTerminal): Promise<PaymentView> {
  const row = await readOwn(deps.db, input);
  try {
    await refuseExpired(deps.db, row, deps.nowMs());
    await lapsePhone(deps, row);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  return viewOf(deps, await readOwn(deps.db, input));
}
