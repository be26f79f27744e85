// What a payment costs the merchant, and how much of that a refund gives back. The one place where an amount is rounded:
// to whole minor units, half a unit up (away from zero; no amount here is negative).
export const basisPointsWhole = 10_000n;

/** The fee of a captured amount. `feeBasisPoints`: hundredths of a percent, 60 = 0.6 %. */
export function feeMinorOf(input: { capturedMinor: bigint; feeBasisPoints: number }): bigint {
  if (!Number.isInteger(input.feeBasisPoints) || input.feeBasisPoints < 0 || input.feeBasisPoints > 10_000) {
    throw new RangeError('a fee is 0 to 10,000 basis points');
  }
  return divideHalfUp(input.capturedMinor * BigInt(input.feeBasisPoints), basisPointsWhole);
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

function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n || denominator <= 0n) throw new RangeError('only whole, not negative amounts are rounded');
  return (2n * numerator + denominator) / (2n * denominator);
}
