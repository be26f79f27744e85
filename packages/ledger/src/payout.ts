// A payout: money on its way to a bank account, a merchant's or a shopper's who withdraws. Sent once, then confirmed by the bank
// or returned; a bank may return it even after it confirmed.
import { type AccountRef, platformOwnerId } from './account.ts';
import { type Command, legsOf, type Transfer } from './command.ts';
import type { Currency } from './money.ts';

export type PayoutState = 'sent' | 'confirmed' | 'returned';
export type PayoutBeneficiary = { readonly is: 'merchant' | 'payer'; readonly id: string };
export type Payout = {
  readonly id: string;
  readonly beneficiary: PayoutBeneficiary;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly state: PayoutState;
};

export type PayoutCommand = Extract<Command, { readonly payoutId: string }>;

export function payoutAccounts(command: PayoutCommand, payout: Payout | null): AccountRef[] {
  switch (command.kind) {
    case 'withdraw':
    case 'pay_out':
      return [sourceOf(beneficiaryOf(command), command.amount.currency), clearingOf(command.amount.currency)];
    case 'payout_confirm':
      return payout === null ? [] : [clearingOf(payout.currency), bankOf(payout.currency)];
    case 'payout_return':
      return payout === null ? [] : [clearingOf(payout.currency), bankOf(payout.currency), sourceOf(payout.beneficiary, payout.currency)];
  }
}

export function payoutStateAllows(command: PayoutCommand, payout: Payout | null): boolean {
  switch (command.kind) {
    case 'withdraw':
    case 'pay_out':
      return payout === null;
    case 'payout_confirm':
      return payout?.state === 'sent';
    case 'payout_return':
      return payout?.state === 'sent' || payout?.state === 'confirmed';
  }
}

/** The caller has passed the guards. */
export function payoutTransfer(command: PayoutCommand, known: Payout | null): Transfer {
  if (command.kind === 'withdraw' || command.kind === 'pay_out') {
    const { amountMinor, currency } = command.amount;
    const beneficiary = beneficiaryOf(command);
    const payout: Payout = { id: command.payoutId, beneficiary, currency, amountMinor, state: 'sent' };
    return transferOf(command, payout, [sourceOf(beneficiary, currency), -amountMinor], [clearingOf(currency), amountMinor]);
  }
  const payout = known!;
  const { amountMinor, currency } = payout;
  if (command.kind === 'payout_confirm') {
    return transferOf(command, { ...payout, state: 'confirmed' }, [clearingOf(currency), -amountMinor], [bankOf(currency), amountMinor]);
  }
  // Once confirmed the money had left the bank: it is the bank that has it again.
  const from = payout.state === 'confirmed' ? bankOf(currency) : clearingOf(currency);
  return transferOf(command, { ...payout, state: 'returned' }, [from, -amountMinor], [sourceOf(payout.beneficiary, currency), amountMinor]);
}

function transferOf(command: PayoutCommand, payout: Payout, ...legs: [AccountRef, bigint][]): Transfer {
  const { currency, amountMinor } = payout;
  return { kind: command.kind, currency, amountMinor, feeMinor: 0n, hold: null, payout, legs: legsOf(...legs) };
}

function beneficiaryOf(command: PayoutCommand & { kind: 'withdraw' | 'pay_out' }): PayoutBeneficiary {
  return command.kind === 'withdraw' ? { is: 'payer', id: command.payerId } : { is: 'merchant', id: command.merchantId };
}

function sourceOf(beneficiary: PayoutBeneficiary, currency: Currency): AccountRef {
  return { class: beneficiary.is === 'payer' ? 'payer_wallet' : 'merchant_settled', ownerId: beneficiary.id, currency };
}

const clearingOf = (currency: Currency): AccountRef => ({ class: 'payout_clearing', ownerId: platformOwnerId, currency });
const bankOf = (currency: Currency): AccountRef => ({ class: 'funding_clearing', ownerId: platformOwnerId, currency });
