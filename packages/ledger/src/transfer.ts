// What each command does to the books. `accountsOf` says which accounts it will touch (so that they can be locked first),
// `decide` walks the guards in their order and answers with the first refusal, or with legs that sum to zero.
import { type AccountRef, accountId, breaksSignRule, platformOwnerId } from './account.ts';
import { adjustmentTransfer, isAdjustable } from './adjustment.ts';
import { amountOf, type Command, type Decision, type Facts, legsOf, settlementAccounts, settlementTransfer, type Transfer } from './command.ts';
import { disputeAccounts, disputeAmountAllows, type DisputeCommand, disputeStateAllows, disputeTransfer } from './dispute.ts';
import { type FeePart, feeMinorOf, feeReturnPartsOf, splitByLargestRemainder } from './fees.ts';
import { type Hold, captureHold, openHold, refundHold, refundableMinor, voidHold } from './hold.ts';
import { type Money, paymentMaxMinorOf, storedMaxMinor } from './money.ts';
import { payoutAccounts, type PayoutCommand, payoutStateAllows, payoutTransfer } from './payout.ts';
import type { RefusalCode } from './refusals.ts';

export { type Command, type CommandKind, type Decision, type Facts, type Leg, type Transfer, sumOfLegs } from './command.ts';

type Situation = { readonly command: Command; readonly facts: Facts; readonly hold: Hold | null; readonly amount: Money | undefined };
type Guard = { readonly code: RefusalCode; readonly objects: (situation: Situation) => boolean };

/** The ladder, in the order of refusals.ts: the first guard that objects is the answer. What needs sums comes last, in `decide`. */
export const guards: readonly Guard[] = [
  { code: 'books_stopped', objects: ({ facts }) => facts.booksStopped },
  { code: 'receipt_used', objects: ({ facts }) => facts.receiptUsed },
  { code: 'payment_state_conflict', objects: ({ facts }) => facts.paymentStateAllows === false },
  { code: 'amount_invalid', objects: ({ amount }) => amount !== undefined && amount.amountMinor <= 0n },
  { code: 'amount_too_large', objects: ({ command, amount }) => amount !== undefined && amount.amountMinor > amountMaxMinor(command, amount) },
  { code: 'account_unknown', objects: ({ command, facts }) => namesUnknown(command, facts) },
  { code: 'currency_mismatch', objects: ({ command, amount, hold }) => amount !== undefined && currenciesOf(command, hold).some((code) => code !== amount.currency) },
  { code: 'reason_missing', objects: ({ command }) => command.kind === 'adjust' && command.explanation.trim() === '' },
  { code: 'same_person', objects: ({ command }) => command.kind === 'adjust' && command.makerId === command.checkerId },
  { code: 'account_not_adjustable', objects: ({ command }) => command.kind === 'adjust' && !isAdjustable(command) },
  { code: 'face_paused', objects: ({ facts }) => facts.faceEpochHolds === false },
  { code: 'hold_not_open', objects: ({ command, hold }) => !holdStateAllows(command, hold) },
  { code: 'payout_not_open', objects: ({ command, facts }) => namesPayout(command) && !payoutStateAllows(command, facts.payout ?? null) },
  { code: 'dispute_not_open', objects: ({ command, facts }) => namesDispute(command) && !disputeStateAllows(command, facts.dispute ?? null) },
  { code: 'refund_exceeds_payment', objects: ({ command, hold }) => (command.kind === 'refund' || command.kind === 'dispute_open') && !isRefundable(command, hold) },
  { code: 'dispute_amount_invalid', objects: ({ command, facts }) => namesDispute(command) && !disputeAmountAllows(command, facts.dispute ?? null) },
  { code: 'balance_insufficient', objects: ({ command, hold, facts }) => asksForMoreThanIsThere(command, hold, facts) },
];

export function decide(command: Command, facts: Facts): Decision {
  const situation: Situation = { command, facts, hold: facts.hold, amount: amountOf(command) };
  const objection = guards.find((guard) => guard.objects(situation));
  if (objection) return { ok: false, code: objection.code };
  const transfer = transferOf(command, facts);
  for (const leg of transfer.legs) {
    const balance = (facts.balances.get(accountId(leg.account)) ?? 0n) + leg.amountMinor;
    if (breaksSignRule(leg.account, balance)) return { ok: false, code: 'balance_insufficient' };
    if (balance > storedMaxMinor || balance < -storedMaxMinor) return { ok: false, code: 'amount_too_large' };
  }
  return { ok: true, transfer };
}

/** Every account the command can touch. For a command that names a hold, a payout or a dispute, that must be read first. */
export function accountsOf(command: Command, hold: Hold | null, others: Pick<Facts, 'payout' | 'dispute'> = {}): AccountRef[] {
  switch (command.kind) {
    case 'top_up': {
      const { currency } = command.amount;
      return [{ class: 'funding_clearing', ownerId: platformOwnerId, currency }, { class: 'payer_wallet', ownerId: command.payerId, currency }];
    }
    case 'authorise': {
      const { currency } = command.amount;
      return [{ class: 'payer_wallet', ownerId: command.payerId, currency }, { class: 'payer_hold', ownerId: command.payerId, currency }];
    }
    case 'allowance': {
      const { currency } = command.amount;
      return [{ class: 'payer_wallet', ownerId: command.payerId, currency }, { class: 'payer_wallet', ownerId: command.toPayerId, currency }];
    }
    case 'capture':
      return hold === null ? [] : [...holdAccounts(hold), ...(command.feeShares ?? []).map((share) => feeAccount(share, hold))];
    case 'void':
    case 'refund':
      return hold === null ? [] : [...holdAccounts(hold), ...hold.feeParts.map((part) => feeAccount(part, hold))];
    case 'settle':
      return settlementAccounts(command);
    case 'adjust':
      return [command.from, command.to];
    default:
      return namesPayout(command) ? payoutAccounts(command, others.payout ?? null) : disputeAccounts(command, hold, others.dispute ?? null);
  }
}

function transferOf(command: Command, facts: Facts): Transfer {
  const { hold } = facts;
  switch (command.kind) {
    case 'top_up':
      return topUp(command);
    case 'authorise':
      return authorise(command);
    case 'allowance':
      return allowance(command);
    case 'capture':
      return capture(command, hold!);
    case 'void':
      return release(hold!);
    case 'refund':
      return refund(command, hold!);
    case 'settle':
      return settlementTransfer(command);
    case 'adjust':
      return adjustmentTransfer(command);
    default:
      return namesPayout(command) ? payoutTransfer(command, facts.payout ?? null) : disputeTransfer(command, facts);
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

// The giver's leg first: their wallet is what the answer tells of.
function allowance(command: Command & { kind: 'allowance' }): Transfer {
  const { amountMinor, currency } = command.amount;
  const [from, to] = accountsOf(command, null) as [AccountRef, AccountRef];
  return { kind: 'allowance', currency, amountMinor, feeMinor: 0n, hold: null, legs: legsOf([from, -amountMinor], [to, amountMinor]) };
}

function capture(command: Command & { kind: 'capture' }, hold: Hold): Transfer {
  const [wallet, held, merchant] = holdAccounts(hold);
  const amountMinor = captureMinorOf(command, hold);
  const feeMinor = feeMinorOf({ ...command, capturedMinor: amountMinor });
  const feeParts = command.feeShares?.length ? splitByLargestRemainder(feeMinor, command.feeShares) : [];
  return {
    kind: 'capture',
    currency: hold.currency,
    amountMinor,
    feeMinor,
    hold: captureHold(hold, { capturedMinor: amountMinor, feeMinor, feeParts }),
    legs: legsOf([held, -hold.amountMinor], [merchant, amountMinor - feeMinor], ...feeLegs(hold, { feeMinor, feeParts }), [wallet, hold.amountMinor - amountMinor]),
  };
}

function release(hold: Hold): Transfer {
  const [wallet, held] = holdAccounts(hold);
  const { amountMinor, currency } = hold;
  return { kind: 'void', currency, amountMinor, feeMinor: 0n, hold: voidHold(hold), legs: legsOf([held, -amountMinor], [wallet, amountMinor]) };
}

function refund(command: Command & { kind: 'refund' }, hold: Hold): Transfer {
  const [wallet, , merchant] = holdAccounts(hold);
  const amountMinor = refundMinorOf(command, hold);
  const parts = hold.feeParts.length > 0 ? hold.feeParts : [{ receiverId: platformOwnerId, feeMinor: hold.feeMinor }];
  const returned = feeReturnPartsOf({ feeParts: parts, capturedMinor: hold.capturedMinor, refundedBeforeMinor: hold.refundedMinor, refundMinor: amountMinor });
  const feeMinor = returned.reduce((sum, part) => sum + part.feeMinor, 0n);
  const feesBack = returned.map((part): [AccountRef, bigint] => [feeAccount(part, hold), -part.feeMinor]);
  return {
    kind: 'refund',
    currency: hold.currency,
    amountMinor,
    feeMinor,
    hold: refundHold(hold, { refundMinor: amountMinor, feeReturnedMinor: feeMinor }),
    legs: legsOf([merchant, feeMinor - amountMinor], ...feesBack, [wallet, amountMinor]),
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

function feeAccount({ receiverId }: { readonly receiverId: string }, { currency }: Hold): AccountRef {
  return { class: 'platform_fees', ownerId: receiverId, currency };
}

function feeLegs(hold: Hold, { feeMinor, feeParts }: { feeMinor: bigint; feeParts: readonly FeePart[] }): [AccountRef, bigint][] {
  const parts = feeParts.length > 0 ? feeParts : [{ receiverId: platformOwnerId, feeMinor }];
  return parts.map((part) => [feeAccount(part, hold), part.feeMinor]);
}

// What a person may pay is limited; what adds up over a day, and what two people answer for, is not.
function amountMaxMinor({ kind }: Command, { currency }: Money): bigint {
  return kind === 'settle' || kind === 'pay_out' || kind === 'adjust' ? storedMaxMinor : paymentMaxMinorOf(currency);
}

function namesHold(command: Command): boolean {
  return 'holdId' in command && command.kind !== 'authorise';
}

function namesPayout(command: Command): command is PayoutCommand {
  return 'payoutId' in command;
}

function namesDispute(command: Command): command is DisputeCommand {
  return 'disputeId' in command;
}

function namesUnknown(command: Command, { hold, payout = null, dispute = null, payerExists, receiverExists }: Facts): boolean {
  if ('payerId' in command && !payerExists) return true;
  // From a wallet to itself nothing moves: there is no second one.
  if (command.kind === 'allowance' && (receiverExists !== true || command.toPayerId === command.payerId)) return true;
  if (namesHold(command) && hold === null) return true;
  if ((command.kind === 'payout_confirm' || command.kind === 'payout_return') && payout === null) return true;
  return (command.kind === 'dispute_recover' || command.kind === 'dispute_lose') && dispute?.holdId !== command.holdId;
}

function currenciesOf(command: Command, hold: Hold | null): string[] {
  if (command.kind === 'adjust') return [command.from.currency, command.to.currency];
  return hold === null ? [] : [hold.currency];
}

function holdStateAllows(command: Command, hold: Hold | null): boolean {
  switch (command.kind) {
    case 'authorise':
      return hold === null;
    case 'capture':
    case 'void':
      return hold?.state === 'open';
    case 'refund':
    case 'dispute_open':
      return hold?.state === 'captured';
    default:
      return true;
  }
}

// The sign rule cannot say it: a hold may be smaller than the payer's other holds, and a merchant may owe us.
function asksForMoreThanIsThere(command: Command, hold: Hold | null, { balances }: Facts): boolean {
  if (command.kind === 'capture') return hold !== null && captureMinorOf(command, hold) > hold.amountMinor;
  if (command.kind !== 'pay_out') return false;
  const [settled] = payoutAccounts(command, null);
  return (balances.get(accountId(settled!)) ?? 0n) < command.amount.amountMinor;
}

function captureMinorOf(command: Command & { kind: 'capture' }, hold: Hold): bigint {
  return command.amount?.amountMinor ?? hold.amountMinor;
}

function refundMinorOf(command: { readonly amount?: Money }, hold: Hold): bigint {
  return command.amount?.amountMinor ?? refundableMinor(hold);
}

function isRefundable(command: { readonly amount?: Money }, hold: Hold | null): boolean {
  if (hold === null) return false;
  const leftMinor = refundableMinor(hold);
  return leftMinor > 0n && refundMinorOf(command, hold) <= leftMinor;
}
