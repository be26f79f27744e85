// What can be asked of the books, what must be known to decide it, and what comes out.
import type { AccountRef } from './account.ts';
import type { Dispute, DisputeBearer, DisputeSource } from './dispute.ts';
import type { FeeShare, FeeTerms } from './fees.ts';
import type { Hold } from './hold.ts';
import type { Currency, Money } from './money.ts';
import type { Payout } from './payout.ts';
import type { RefusalCode } from './refusals.ts';

export type Command =
  | { readonly kind: 'top_up'; readonly payerId: string; readonly amount: Money }
  | { readonly kind: 'authorise'; readonly holdId: string; readonly payerId: string; readonly merchantId: string; readonly amount: Money }
  /** Without an amount: all that is held. What is not captured goes back to the wallet. */
  | ({ readonly kind: 'capture'; readonly holdId: string; readonly amount?: Money; readonly feeShares?: readonly FeeShare[] } & FeeTerms)
  | { readonly kind: 'void'; readonly holdId: string }
  /** Without an amount: all that is left. */
  | { readonly kind: 'refund'; readonly holdId: string; readonly amount?: Money }
  /** Money between the wallets of a guardian and their child, either way. */
  | { readonly kind: 'allowance'; readonly payerId: string; readonly toPayerId: string; readonly amount: Money }
  /** A shopper's money to their own bank account. */
  | { readonly kind: 'withdraw'; readonly payoutId: string; readonly payerId: string; readonly amount: Money }
  /** A merchant's settled money to their bank account. */
  | { readonly kind: 'pay_out'; readonly payoutId: string; readonly merchantId: string; readonly amount: Money }
  | { readonly kind: 'payout_confirm'; readonly payoutId: string }
  | { readonly kind: 'payout_return'; readonly payoutId: string }
  /** What a merchant earned in a day becomes theirs to be paid out; a day of more refunds than sales is owed by them. */
  | { readonly kind: 'settle'; readonly settlementId: string; readonly merchantId: string; readonly direction: 'to_merchant' | 'from_merchant'; readonly amount: Money }
  /** Without an amount: all that could still be refunded. */
  | { readonly kind: 'dispute_open'; readonly disputeId: string; readonly holdId: string; readonly amount?: Money; readonly bearer: DisputeBearer }
  /** Without an amount: all that is left. */
  | { readonly kind: 'dispute_recover'; readonly disputeId: string; readonly holdId: string; readonly amount?: Money; readonly from: DisputeSource }
  /** Nobody pays the rest: it is the bearer's loss. */
  | { readonly kind: 'dispute_lose'; readonly disputeId: string; readonly holdId: string }
  /** A correction that two people answer for. */
  | {
      readonly kind: 'adjust';
      readonly adjustmentId: string;
      readonly from: AccountRef;
      readonly to: AccountRef;
      readonly amount: Money;
      readonly makerId: string;
      readonly checkerId: string;
      readonly explanation: string;
    };
export type CommandKind = Command['kind'];

/** What is true right now, read under the locks. */
export type Facts = {
  readonly booksStopped: boolean;
  /** The hold the command names; null when there is none. */
  readonly hold: Hold | null;
  /** The same for the payout and the dispute; absent for commands that name none. */
  readonly payout?: Payout | null;
  readonly dispute?: Dispute | null;
  readonly payerExists: boolean;
  /** The same for who receives; absent for commands that name nobody. */
  readonly receiverExists?: boolean;
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
  /** As they are after this transfer. */
  readonly hold: Hold | null;
  readonly payout?: Payout;
  readonly dispute?: Dispute;
};
export type Decision = { readonly ok: true; readonly transfer: Transfer } | { readonly ok: false; readonly code: RefusalCode };

// A leg of nothing says nothing: left out.
export function legsOf(...legs: [AccountRef, bigint][]): Leg[] {
  return legs.filter(([, amountMinor]) => amountMinor !== 0n).map(([account, amountMinor]) => ({ account, amountMinor }));
}

export function sumOfLegs(legs: readonly Leg[]): bigint {
  return legs.reduce((sum, leg) => sum + leg.amountMinor, 0n);
}

export function amountOf(command: Command): Money | undefined {
  return 'amount' in command ? command.amount : undefined;
}

/** The two accounts of a settlement, the merchant's earnings first. */
export function settlementAccounts({ merchantId, amount: { currency } }: Command & { kind: 'settle' }): [payable: AccountRef, settled: AccountRef] {
  return [
    { class: 'merchant_payable', ownerId: merchantId, currency },
    { class: 'merchant_settled', ownerId: merchantId, currency },
  ];
}

export function settlementTransfer(command: Command & { kind: 'settle' }): Transfer {
  const { amountMinor, currency } = command.amount;
  const [payable, settled] = settlementAccounts(command);
  const toMerchant = command.direction === 'to_merchant' ? amountMinor : -amountMinor;
  return { kind: 'settle', currency, amountMinor, feeMinor: 0n, hold: null, legs: legsOf([payable, -toMerchant], [settled, toMerchant]) };
}
