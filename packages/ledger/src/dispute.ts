// A dispute: the shopper says "this was not me" and has the money back at once; who pays for it is decided afterwards.
// The platform and the insurer carry it in a clearing account until then; a merchant who bears it has paid at the opening.
import { type AccountRef, accountId, platformOwnerId } from './account.ts';
import { type Command, type Facts, legsOf, type Transfer } from './command.ts';
import { disputeHold, type Hold, refundableMinor } from './hold.ts';

export const disputeBearers = ['platform', 'merchant', 'insurer'] as const;
/** Who pays for a dispute unless somebody else turns out to. */
export type DisputeBearer = (typeof disputeBearers)[number];
export const disputeSources = ['payer', 'merchant', 'insurer'] as const;
/** Who the money is recovered from. */
export type DisputeSource = (typeof disputeSources)[number];

export type Dispute = {
  readonly id: string;
  readonly holdId: string;
  readonly bearer: DisputeBearer;
  readonly amountMinor: bigint;
  readonly recoveredMinor: bigint;
  readonly state: 'open' | 'recovered' | 'lost';
};

export type DisputeCommand = Extract<Command, { readonly disputeId: string }>;

export function disputeAccounts(command: DisputeCommand, hold: Hold | null, dispute: Dispute | null): AccountRef[] {
  if (hold === null) return [];
  const { wallet, payable, reserve, bank, loss, clearingOf } = accountsOf(hold);
  if (command.kind === 'dispute_open') return command.bearer === 'merchant' ? [wallet, payable, reserve] : [wallet, clearingOf(command.bearer)];
  if (dispute === null) return [];
  const bearing = dispute.bearer === 'merchant' ? payable : clearingOf(dispute.bearer);
  if (command.kind === 'dispute_lose') return [bearing, loss];
  return [bearing, { payer: wallet, merchant: payable, insurer: bank }[command.from]];
}

export function disputeStateAllows(command: DisputeCommand, dispute: Dispute | null): boolean {
  return command.kind === 'dispute_open' ? dispute === null : dispute?.state === 'open';
}

/** Not more than is left, and from somebody who has not paid for it already. A merchant who bears it has lost it from the start. */
export function disputeAmountAllows(command: DisputeCommand, dispute: Dispute | null): boolean {
  if (command.kind === 'dispute_open' || dispute === null) return true;
  const leftMinor = dispute.amountMinor - dispute.recoveredMinor;
  if (command.kind === 'dispute_lose') return dispute.bearer !== 'merchant';
  return !(command.from === 'merchant' && dispute.bearer === 'merchant') && (command.amount?.amountMinor ?? leftMinor) <= leftMinor;
}

/** The caller has passed the guards. */
export function disputeTransfer(command: DisputeCommand, facts: Facts): Transfer {
  const hold = facts.hold!;
  switch (command.kind) {
    case 'dispute_open':
      return open(command, hold, facts);
    case 'dispute_recover':
      return recover(command, hold, facts.dispute!);
    case 'dispute_lose':
      return lose(hold, facts.dispute!);
  }
}

function open(command: DisputeCommand & { kind: 'dispute_open' }, hold: Hold, facts: Facts): Transfer {
  const { wallet, payable, reserve, clearingOf } = accountsOf(hold);
  const amountMinor = command.amount?.amountMinor ?? refundableMinor(hold);
  const kept = facts.balances.get(accountId(reserve)) ?? 0n;
  const fromReserve = kept < amountMinor ? kept : amountMinor;
  const bearing: [AccountRef, bigint][] =
    command.bearer === 'merchant'
      ? [[reserve, -fromReserve], [payable, fromReserve - amountMinor]]
      : [[clearingOf(command.bearer), -amountMinor]];
  return {
    kind: command.kind,
    currency: hold.currency,
    amountMinor,
    feeMinor: 0n,
    hold: disputeHold(hold, amountMinor),
    dispute: { id: command.disputeId, holdId: hold.id, bearer: command.bearer, amountMinor, recoveredMinor: 0n, state: 'open' },
    legs: legsOf(...bearing, [wallet, amountMinor]),
  };
}

function recover(command: DisputeCommand & { kind: 'dispute_recover' }, hold: Hold, dispute: Dispute): Transfer {
  const [bearing, source] = disputeAccounts(command, hold, dispute) as [AccountRef, AccountRef];
  const amountMinor = command.amount?.amountMinor ?? dispute.amountMinor - dispute.recoveredMinor;
  const recoveredMinor = dispute.recoveredMinor + amountMinor;
  return {
    kind: command.kind,
    currency: hold.currency,
    amountMinor,
    feeMinor: 0n,
    // From anybody else the shopper keeps the money, and it stays out of reach of a refund.
    hold: command.from === 'payer' ? disputeHold(hold, -amountMinor) : hold,
    dispute: { ...dispute, recoveredMinor, state: recoveredMinor === dispute.amountMinor ? 'recovered' : 'open' },
    legs: legsOf([source, -amountMinor], [bearing, amountMinor]),
  };
}

function lose(hold: Hold, dispute: Dispute): Transfer {
  const { loss, clearingOf } = accountsOf(hold);
  const amountMinor = dispute.amountMinor - dispute.recoveredMinor;
  const bearing = clearingOf(dispute.bearer);
  return {
    kind: 'dispute_lose',
    currency: hold.currency,
    amountMinor,
    feeMinor: 0n,
    hold,
    dispute: { ...dispute, state: 'lost' },
    legs: legsOf([loss, -amountMinor], [bearing, amountMinor]),
  };
}

function accountsOf({ payerId, merchantId, currency }: Hold) {
  const of = (accountClass: AccountRef['class'], ownerId: string): AccountRef => ({ class: accountClass, ownerId, currency });
  return {
    wallet: of('payer_wallet', payerId),
    payable: of('merchant_payable', merchantId),
    reserve: of('merchant_reserve', merchantId),
    bank: of('funding_clearing', platformOwnerId),
    loss: of('dispute_loss', platformOwnerId),
    clearingOf: (bearer: DisputeBearer) => of('dispute_clearing', bearer === 'insurer' ? 'insurer' : platformOwnerId),
  };
}
