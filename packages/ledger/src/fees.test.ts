import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeMinorOf, feeReturnMinorOf } from './fees.ts';

describe('the fee of a payment', () => {
  it.each([
    // captured, basis points, fee
    [10_000n, 60, 60n],
    [1n, 60, 0n],
    [83n, 60, 0n], // 0.498
    [84n, 60, 1n], // 0.504
    [250n, 60, 2n], // 1.5 exactly: half a unit goes up
    [249n, 60, 1n], // 1.494
    [750n, 60, 5n], // 4.5: up again, not to the even neighbour
    [3_300n, 60, 20n], // 19.8
    [12_345n, 0, 0n],
    [12_345n, 10_000, 12_345n],
    [5_000_000n, 60, 30_000n],
  ])('%s minor units at %s basis points cost %s', (capturedMinor, feeBasisPoints, fee) => {
    expect(feeMinorOf({ capturedMinor, feeBasisPoints })).toBe(fee);
  });

  it.each([-1, 10_001, 0.5, Number.NaN])('%s basis points are none', (feeBasisPoints) => {
    expect(() => feeMinorOf({ capturedMinor: 1n, feeBasisPoints })).toThrow(RangeError);
  });

  it('a negative amount has no fee', () => {
    expect(() => feeMinorOf({ capturedMinor: -1n, feeBasisPoints: 60 })).toThrow(RangeError);
  });
});

describe('the fee a refund returns', () => {
  it('three thirds of 10.00 with a fee of 0.05 return 0.02, 0.01 and 0.02', () => {
    const captured = { feeMinor: 5n, capturedMinor: 1000n };
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 0n, refundMinor: 333n })).toBe(2n); // 1.665 so far
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 333n, refundMinor: 333n })).toBe(1n); // 3.33 so far
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 666n, refundMinor: 334n })).toBe(2n); // all 5
  });

  it('is never negative, never more than the refund, and all parts together are the whole fee', () => {
    const payment = fc
      .record({ capturedMinor: fc.bigInt({ min: 1n, max: 5_000_000n }), feeBasisPoints: fc.integer({ min: 0, max: 10_000 }) })
      .chain(({ capturedMinor, feeBasisPoints }) =>
        fc.record({
          capturedMinor: fc.constant(capturedMinor),
          feeBasisPoints: fc.constant(feeBasisPoints),
          cuts: fc.array(fc.bigInt({ min: 1n, max: capturedMinor }), { maxLength: 12 }),
        }),
      );
    fc.assert(
      fc.property(payment, ({ capturedMinor, feeBasisPoints, cuts }) => {
        const feeMinor = feeMinorOf({ capturedMinor, feeBasisPoints });
        const marks = [...new Set([...cuts, capturedMinor])].sort((a, b) => (a < b ? -1 : 1));
        let refundedBeforeMinor = 0n;
        let returned = 0n;
        for (const mark of marks) {
          const refundMinor = mark - refundedBeforeMinor;
          const part = feeReturnMinorOf({ feeMinor, capturedMinor, refundedBeforeMinor, refundMinor });
          expect(part).toBeGreaterThanOrEqual(0n);
          expect(part).toBeLessThanOrEqual(refundMinor);
          returned += part;
          refundedBeforeMinor = mark;
        }
        expect(returned).toBe(feeMinor);
      }),
    );
  });

  it('control: rounding each refund by itself would lose or make money', () => {
    // The method this one replaces: 3 refunds of a third of 10.00, fee 0.05.
    const each = [333n, 333n, 334n].map((part) => (2n * 5n * part + 1000n) / 2000n);
    expect(each.reduce((sum, part) => sum + part, 0n)).not.toBe(5n);
  });
});
