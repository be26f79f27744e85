// What each command does to the books. `accountsOf` says which accounts it will touch (so that they can be locked first),
// `decide` walks the guards in their order and answers with the first refusal, or with legs that sum to zero.
import { type AccountRef, accountId, breaksSignRule, platformOwnerId } from './account.ts';
import { feeMinorOf, feeReturnMinorOf } from './fees.ts';
import { type Hold, captureHold, openHold, refundHold, refundableMinor, voidHold } from './hold.ts';
import { type Currency, type Money, paymentMaxMinor, storedMaxMinor } from './money.ts';
import type { RefusalCode } from './refusals.ts';

export type Command =
  | { readonly kind: 'top_up'; readonly payerId: string; readonly amount: Money }
  | { readonly kind: 'authorise'; readonly holdId: string; readonly payerId: string; readonly merchantId: string; readonly amount: Money }
  /** Without an amount: all that is held. What is not captured goes back to the wallet. */
  | { readonly kind: 'capture'; readonly holdId: string; readonly amount?: Money; readonly feeBasisPoints: number }
  | { readonly kind: 'void'; readonly holdId: string }
  /** Without an amount: all that is left. */
  | { readonly kind: 'refund'; readonly holdId: string; readonly amount?: Money };
export type CommandKind = Command['kind'];

/** What is true right now, read under the locks. */
export type Facts = {
  readonly booksStopped: boolean;
  /** The hold the command names; null when there is none. */
  readonly hold: Hold | null;
  readonly payerExists: boolean;
  /** Balances by account id, of every account that `accountsOf` names. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** False when the face was paused, erased or renewed since the look. Null for commands without a face. */
  readonly faceEpochHolds: boolean | null;
  /** True when the match receipt already moved money. */
  readonly receiptUsed: boolean;
  /** False when the payment's state does not allow what this command would do to it. Null without a payment. */
  readonly paymentStateAllows: boolean | null;
};

/** Positive credits the account, negative debits it. */
export type Leg = { readonly account: AccountRef; readonly amountMinor: bigint };
export type Transfer = {
  readonly kind: CommandKind;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** Fee charged by a capture or given back by a refund. */
  readonly feeMinor: bigint;
  readonly legs: readonly Leg[];
  readonly hold: Hold | null;
};
export type Decision = { readonly ok: true; readonly transfer: Transfer } | { readonly ok: false; readonly code: RefusalCode };

type Situation = { readonly command: Command; readonly facts: Facts; readonly hold: Hold | null; readonly amount: Money | undefined };
type Guard = { readonly code: RefusalCode; readonly objects: (situation: Situation) => boolean };

/** The ladder, in the order of refusals.ts: the first guard that objects is the answer. What needs sums comes last, in `decide`. */
export const guards: readonly Guard[] = [
  { code: 'books_stopped', objects: ({ facts }) => facts.booksStopped },
  { code: 'receipt_used', objects: ({ facts }) => facts.receiptUsed },
  { code: 'payment_state_conflict', objects: ({ facts }) => facts.paymentStateAllows === false },
  { code: 'amount_invalid', objects: ({ amount }) => amount !== undefined && amount.amountMinor <= 0n },
  { code: 'amount_too_large', objects: ({ amount }) => amount !== undefined && amount.amountMinor > paymentMaxMinor },
  { code: 'account_unknown', objects: ({ command, facts, hold }) => (namesHold(command) ? hold === null : !facts.payerExists) },
  { code: 'currency_mismatch', objects: ({ amount, hold }) => amount !== undefined && hold !== null && amount.currency !== hold.currency },
  { code: 'face_paused', objects: ({ facts }) => facts.faceEpochHolds === false },
  { code: 'hold_not_open', objects: ({ command, hold }) => !holdStateAllows(command, hold) },
  { code: 'refund_exceeds_payment', objects: ({ command, hold }) => command.kind === 'refund' && !isRefundable(command, hold) },
  { code: 'balance_insufficient', objects: ({ command, hold }) => command.kind === 'capture' && hold !== null && captureMinorOf(command, hold) > hold.amountMinor },
];

export function decide(command: Command, facts: Facts): Decision {
  const situation: Situation = { command, facts, hold: facts.hold, amount: amountOf(command) };
  const objection = guards.find((guard) => guard.objects(situation));
  if (objection) return { ok: false, code: objection.code };
  const transfer = transferOf(command, facts.hold);
  for (const leg of transfer.legs) {
    const balance = (facts.balances.get(accountId(leg.account)) ?? 0n) + leg.amountMinor;
    if (breaksSignRule(leg.account, balance)) return { ok: false, code: 'balance_insufficient' };
    if (balance > storedMaxMinor || balance < -storedMaxMinor) return { ok: false, code: 'amount_too_large' };
  }
  return { ok: true, transfer };
}

/** Every account the command can touch. For a command that names a hold, the hold must be read first. */
export function accountsOf(command: Command, hold: Hold | null): AccountRef[] {
  if (namesHold(command)) return hold === null ? [] : holdAccounts(hold);
  const { currency } = command.amount;
  const wallet: AccountRef = { class: 'payer_wallet', ownerId: command.payerId, currency };
  if (command.kind === 'top_up') return [{ class: 'funding_clearing', ownerId: platformOwnerId, currency }, wallet];
  return [wallet, { class: 'payer_hold', ownerId: command.payerId, currency }];
}

export function sumOfLegs(legs: readonly Leg[]): bigint {
  return legs.reduce((sum, leg) => sum + leg.amountMinor, 0n);
}

function transferOf(command: Command, hold: Hold | null): Transfer {
  switch (command.kind) {
    case 'top_up':
      return topUp(command);
    case 'authorise':
      return authorise(command);
    case 'capture':
      return capture(command, hold!);
    case 'void':
      return release(hold!);
    case 'refund':
      return refund(command, hold!);
  }
}

function topUp(command: Command & { kind: 'top_up' }): Transfer {
  const { amountMinor, currency } = command.amount;
  const [clearing, wallet] = accountsOf(command, null) as [AccountRef, AccountRef];
  return { kind: 'top_up', currency, amountMinor, feeMinor: 0n, hold: null, legs: legsOf([clearing, -amountMinor], [wallet, amountMinor]) };
}

function authorise(command: Command & { kind: 'authorise' }): Transfer {
  const { amountMinor, currency } = command.amount;
  const [wallet, held] = accountsOf(command, null) as [AccountRef, AccountRef];
  const hold = openHold({ id: command.holdId, payerId: command.payerId, merchantId: command.merchantId, currency, amountMinor });
  return { kind: 'authorise', currency, amountMinor, feeMinor: 0n, hold, legs: legsOf([wallet, -amountMinor], [held, amountMinor]) };
}

function capture(command: Command & { kind: 'capture' }, hold: Hold): Transfer {
  const [wallet, held, merchant, fees] = holdAccounts(hold);
  const amountMinor = captureMinorOf(command, hold);
  const feeMinor = feeMinorOf({ capturedMinor: amountMinor, feeBasisPoints: command.feeBasisPoints });
  return {
    kind: 'capture',
    currency: hold.currency,
    amountMinor,
    feeMinor,
    hold: captureHold(hold, { capturedMinor: amountMinor, feeMinor }),
    legs: legsOf([held, -hold.amountMinor], [merchant, amountMinor - feeMinor], [fees, feeMinor], [wallet, hold.amountMinor - amountMinor]),
  };
}

function release(hold: Hold): Transfer {
  const [wallet, held] = holdAccounts(hold);
  const { amountMinor, currency } = hold;
  return { kind: 'void', currency, amountMinor, feeMinor: 0n, hold: voidHold(hold), legs: legsOf([held, -amountMinor], [wallet, amountMinor]) };
}

function refund(command: Command & { kind: 'refund' }, hold: Hold): Transfer {
  const [wallet, , merchant, fees] = holdAccounts(hold);
  const amountMinor = refundMinorOf(command, hold);
  const feeMinor = feeReturnMinorOf({
    feeMinor: hold.feeMinor,
    capturedMinor: hold.capturedMinor,
    refundedBeforeMinor: hold.refundedMinor,
    refundMinor: amountMinor,
  });
  return {
    kind: 'refund',
    currency: hold.currency,
    amountMinor,
    feeMinor,
    hold: refundHold(hold, { refundMinor: amountMinor, feeReturnedMinor: feeMinor }),
    legs: legsOf([merchant, feeMinor - amountMinor], [fees, -feeMinor], [wallet, amountMinor]),
  };
}

function holdAccounts(hold: Hold): [wallet: AccountRef, held: AccountRef, merchant: AccountRef, fees: AccountRef] {
  const { currency } = hold;
  return [
    { class: 'payer_wallet', ownerId: hold.payerId, currency },
    { class: 'payer_hold', ownerId: hold.payerId, currency },
    { class: 'merchant_payable', ownerId: hold.merchantId, currency },
    { class: 'platform_fees', ownerId: platformOwnerId, currency },
  ];
}

// A leg of nothing says nothing: left out.
function legsOf(...legs: [AccountRef, bigint][]): Leg[] {
  return legs.filter(([, amountMinor]) => amountMinor !== 0n).map(([account, amountMinor]) => ({ account, amountMinor }));
}

function amountOf(command: Command): Money | undefined {
  return command.kind === 'void' ? undefined : command.amount;
}

function namesHold(command: Command): command is Extract<Command, { kind: 'capture' | 'void' | 'refund' }> {
  return command.kind === 'capture' || command.kind === 'void' || command.kind === 'refund';
}

function holdStateAllows(command: Command, hold: Hold | null): boolean {
  switch (command.kind) {
    case 'top_up':
      return true;
    case 'authorise':
      return hold === null;
    case 'capture':
    case 'void':
      return hold?.state === 'open';
    case 'refund':
      return hold?.state === 'captured';
  }
}

function captureMinorOf(command: Command & { kind: 'capture' }, hold: Hold): bigint {
  return command.amount?.amountMinor ?? hold.amountMinor;
}

function refundMinorOf(command: Command & { kind: 'refund' }, hold: Hold): bigint {
  return command.amount?.amountMinor ?? refundableMinor(hold);
}

function isRefundable(command: Command & { kind: 'refund' }, hold: Hold | null): boolean {
  if (hold === null) return false;
  const leftMinor = refundableMinor(hold);
  return leftMinor > 0n && refundMinorOf(command, hold) <= leftMinor;
}
