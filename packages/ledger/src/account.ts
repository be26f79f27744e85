// The chart of accounts. A balance is credits minus debits: what we owe is positive, what we own is negative.
import type { Currency } from './money.ts';

/**
 * `never_negative`: a shopper cannot spend what is not there, and no payout arrives twice. `never_positive`: no more comes back of a
 * dispute than was paid out for it. `any`: assets and losses, and merchants and fees, because a refund may take back what
 * was paid out already.
 */
export const accountClasses = {
  /** What a shopper may spend. */
  payer_wallet: { kind: 'liability', sign: 'never_negative' },
  /** What a shopper has set aside for payments that are authorised and not yet captured. */
  payer_hold: { kind: 'liability', sign: 'never_negative' },
  /** What a merchant has earned since the last settlement. */
  merchant_payable: { kind: 'liability', sign: 'any' },
  /** What was settled with a merchant and is not paid out yet. Below zero: what the merchant owes us. */
  merchant_settled: { kind: 'liability', sign: 'any' },
  /** What is kept back of a merchant's money. */
  merchant_reserve: { kind: 'liability', sign: 'never_negative' },
  /** What the platform, and whoever shares with it, has earned. */
  platform_fees: { kind: 'income', sign: 'any' },
  /** What banks and providers hold for us. */
  funding_clearing: { kind: 'asset', sign: 'any' },
  /** What our bank was told to pay and has not confirmed. */
  payout_clearing: { kind: 'liability', sign: 'never_negative' },
  /** What shoppers were paid in disputes that nobody has decided, by who is asked for it: the platform or the insurer. */
  dispute_clearing: { kind: 'asset', sign: 'never_positive' },
  /** What disputes have cost. */
  dispute_loss: { kind: 'loss', sign: 'any' },
} as const satisfies Record<string, { kind: 'liability' | 'asset' | 'income' | 'loss'; sign: 'never_negative' | 'never_positive' | 'any' }>;

export type AccountClass = keyof typeof accountClasses;
export type AccountRef = { readonly class: AccountClass; readonly ownerId: string; readonly currency: Currency };

/** Owner of the accounts that belong to nobody else. */
export const platformOwnerId = 'platform';

export function accountId(account: AccountRef): string {
  return `${account.class}:${account.ownerId}:${account.currency}`;
}

export function breaksSignRule(account: AccountRef, balanceMinor: bigint): boolean {
  const { sign } = accountClasses[account.class];
  return (sign === 'never_negative' && balanceMinor < 0n) || (sign === 'never_positive' && balanceMinor > 0n);
}

/** One order for everybody who locks accounts: by bytes of the id (all of them are ASCII). */
export function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
