// What a payment costs the merchant, who receives the fee, and how much of it a refund gives back. The one place where an
// amount is rounded: to whole minor units, half a unit up (away from zero; no amount here is negative).
export const basisPointsWhole = 10_000n;

/** What one merchant pays for a payment: percentage plus fixed part, within caps, never more than the payment itself. */
export type FeeTerms = {
  /** Hundredths of a percent, 60 = 0.6 %. */
  readonly feeBasisPoints: number;
  readonly feeFixedMinor?: bigint;
  readonly feeMinMinor?: bigint;
  readonly feeMaxMinor?: bigint;
};
/** Who receives how large a part of each fee; weights of any sum. None: all of it is the platform's. */
export type FeeShare = { readonly receiverId: string; readonly weight: bigint };
export type FeePart = { readonly receiverId: string; readonly feeMinor: bigint };

/** The fee of a captured amount. */
export function feeMinorOf(input: { readonly capturedMinor: bigint } & FeeTerms): bigint {
  const { capturedMinor, feeBasisPoints, feeFixedMinor = 0n, feeMinMinor = 0n, feeMaxMinor } = input;
  if (!Number.isInteger(feeBasisPoints) || feeBasisPoints < 0 || feeBasisPoints > 10_000) {
    throw new RangeError('a fee is 0 to 10,000 basis points');
  }
  if (feeFixedMinor < 0n || feeMinMinor < 0n || (feeMaxMinor !== undefined && feeMaxMinor < feeMinMinor)) {
    throw new RangeError('the parts and caps of a fee are not negative, and its maximum is not below its minimum');
  }
  const asked = divideHalfUp(capturedMinor * BigInt(feeBasisPoints), basisPointsWhole) + feeFixedMinor;
  const atLeast = asked < feeMinMinor ? feeMinMinor : asked;
  const atMost = feeMaxMinor !== undefined && atLeast > feeMaxMinor ? feeMaxMinor : atLeast;
  return atMost > capturedMinor ? capturedMinor : atMost;
}

/**
 * Splits an amount by weights so that the parts are whole and sum to it: everybody gets their share rounded down, and the
 * units left over go one each to the largest remainders, the earlier receiver first where two are equal.
 */
export function splitByLargestRemainder(totalMinor: bigint, shares: readonly FeeShare[]): FeePart[] {
  const weights = shares.reduce((sum, share) => sum + share.weight, 0n);
  if (totalMinor < 0n || weights <= 0n || shares.some((share) => share.weight < 0n)) {
    throw new RangeError('an amount is split by weights that are not negative and not all zero');
  }
  const parts = shares.map(({ receiverId, weight }, place) => {
    const scaled = totalMinor * weight;
    return { receiverId, place, feeMinor: scaled / weights, remainder: scaled % weights };
  });
  let left = totalMinor - parts.reduce((sum, part) => sum + part.feeMinor, 0n);
  const byRemainder = [...parts].sort((a, b) => (a.remainder === b.remainder ? a.place - b.place : a.remainder > b.remainder ? -1 : 1));
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.feeMinor += 1n;
    left -= 1n;
  }
  return parts.map(({ receiverId, feeMinor }) => ({ receiverId, feeMinor }));
}

/**
 * The part of the fee that a refund gives back. Cumulative: what all refunds so far should have returned, less what they
 * did. So each refund's share is right to one minor unit and all of them together return exactly the whole fee.
 */
export function feeReturnMinorOf(input: {
  feeMinor: bigint;
  capturedMinor: bigint;
  refundedBeforeMinor: bigint;
  refundMinor: bigint;
}): bigint {
  const { feeMinor, capturedMinor, refundedBeforeMinor, refundMinor } = input;
  return shareOf(refundedBeforeMinor + refundMinor) - shareOf(refundedBeforeMinor);

  function shareOf(refundedMinor: bigint): bigint {
    return divideHalfUp(feeMinor * refundedMinor, capturedMinor);
  }
}

/**
 * The same for a fee that several received. What comes back altogether is what would come back of one fee of that sum, so it
 * never exceeds the refund; and each receiver's part of it only grows, from nothing to all they got.
 */
export function feeReturnPartsOf(input: {
  feeParts: readonly FeePart[];
  capturedMinor: bigint;
  refundedBeforeMinor: bigint;
  refundMinor: bigint;
}): FeePart[] {
  const { feeParts, capturedMinor, refundedBeforeMinor, refundMinor } = input;
  const feeMinor = feeParts.reduce((sum, part) => sum + part.feeMinor, 0n);
  const returned = (refundedMinor: bigint) => returnedParts(feeParts, feeReturnMinorOf({ feeMinor, capturedMinor, refundedBeforeMinor: 0n, refundMinor: refundedMinor }));
  const before = returned(refundedBeforeMinor);
  const after = returned(refundedBeforeMinor + refundMinor);
  return feeParts.map(({ receiverId }, place) => ({ receiverId, feeMinor: after[place]! - before[place]! }));
}

// The largest remainder would not do: as the sum grows by a unit it may take one from somebody (the Alabama paradox). The method
// of Webster (Sainte-Laguë) cannot: all units of all receivers stand in one fixed row, the j-th of f at (2j - 1) / f, and those
// before `totalMinor` are returned. Rounding each share finds that place but for a unit each.
function returnedParts(feeParts: readonly FeePart[], totalMinor: bigint): bigint[] {
  const feeMinor = feeParts.reduce((sum, part) => sum + part.feeMinor, 0n);
  if (feeMinor === 0n) return feeParts.map(() => 0n);
  const units = feeParts.map((part) => divideHalfUp(part.feeMinor * totalMinor, feeMinor));
  for (let left = totalMinor - units.reduce((sum, each) => sum + each, 0n); left !== 0n; left += left > 0n ? -1n : 1n) {
    const step = left > 0n ? 1n : -1n;
    units[nextInRow(feeParts, { units, step })]! += step;
  }
  return units;
}

// Whose unit is the next to be returned (step 1), or the last one that was (step -1); of two at one place the earlier receiver's first.
function nextInRow(feeParts: readonly FeePart[], { units, step }: { units: readonly bigint[]; step: bigint }): number {
  return feeParts.reduce((found, part, place) => {
    const best = feeParts[found]!;
    const difference = (2n * units[place]! + step) * best.feeMinor - (2n * units[found]! + step) * part.feeMinor;
    return step > 0n ? (difference < 0n ? place : found) : difference >= 0n ? place : found;
  }, 0);
}

function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n || denominator <= 0n) throw new RangeError('only whole, not negative amounts are rounded');
  return (2n * numerator + denominator) / (2n * denominator);
}
