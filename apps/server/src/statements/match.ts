// Which movement of ours a line of the bank is. Pure. Two rules, in this order: our reference exactly; or the same amount within a few
// days, if that fits one movement only. Anything else is left to a person.
import type { StatementLine } from '../bank-files/index.ts';

export type OursKind = 'payout' | 'payout_return' | 'transfer' | 'card_fee';
export type Ours = {
  readonly kind: OursKind;
  readonly id: string;
  /** As the bank or the card processor gives it back, by any of these. */
  readonly references: readonly string[];
  /** With the bank's sign: positive comes in. Null: what the card processor keeps of a charge, however much it is. */
  readonly amountMinor: bigint | null;
  /** YYYY-MM-DD */
  readonly on: string;
};
export type MatchRule = 'reference' | 'amount_and_date';
export type Match =
  | { readonly is: 'matched'; readonly ours: Ours; readonly by: MatchRule }
  | { readonly is: 'amount_differs'; readonly ours: Ours }
  | { readonly is: 'unknown' };

/** A bank books what it was told on Friday on Monday or Tuesday. */
export const daysApartMax = 4;

export function matchLine(line: StatementLine, waiting: readonly Ours[]): Match {
  const candidates = waiting.filter((ours) => (ours.kind === 'payout_return') === line.isReturn);
  const named = line.reference === '' ? [] : candidates.filter((ours) => ours.references.includes(line.reference));
  const exact = named.find((ours) => ours.amountMinor === line.amountMinor) ?? named.find((ours) => ours.amountMinor === null && line.amountMinor < 0n);
  if (exact) return { is: 'matched', ours: exact, by: 'reference' };
  const other = named.find((ours) => ours.amountMinor !== null);
  if (other) return { is: 'amount_differs', ours: other };
  // A reference that is nobody's of ours is somebody else's: the amount proves nothing then.
  if (line.reference !== '' || line.isReturn) return { is: 'unknown' };
  const alike = candidates.filter((ours) => ours.amountMinor === line.amountMinor && daysApart(ours.on, line.bookedOn) <= daysApartMax);
  const [only] = alike;
  return only && alike.length === 1 ? { is: 'matched', ours: only, by: 'amount_and_date' } : { is: 'unknown' };
}

export function daysApart(left: string, right: string): number {
  return Math.abs(Date.parse(`${left}T00:00:00Z`) - Date.parse(`${right}T00:00:00Z`)) / 86_400_000;
}
