// An adjustment: a correction between two accounts that one person proposes and another approves. The only movement without a rule
// of its own behind it, so it may not touch accounts whose balance must agree with something else.
import { type AccountClass, accountId } from './account.ts';
import { type Command, legsOf, type Transfer } from './command.ts';

/** Not among them: holds, payouts and disputes, whose accounts are the sum of what is open. */
export const adjustableClasses = [
  'payer_wallet',
  'merchant_payable',
  'merchant_settled',
  'merchant_reserve',
  'platform_fees',
  'funding_clearing',
  'dispute_loss',
] as const satisfies readonly AccountClass[];

type Adjust = Command & { readonly kind: 'adjust' };

export function isAdjustable({ from, to }: Adjust): boolean {
  const adjustable: readonly AccountClass[] = adjustableClasses;
  return adjustable.includes(from.class) && adjustable.includes(to.class) && accountId(from) !== accountId(to);
}

/** The caller has passed the guards. */
export function adjustmentTransfer({ kind, from, to, amount: { amountMinor, currency } }: Adjust): Transfer {
  return { kind, currency, amountMinor, feeMinor: 0n, hold: null, legs: legsOf([from, -amountMinor], [to, amountMinor]) };
}
