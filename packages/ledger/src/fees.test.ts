import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeeTerms, feeMinorOf, feeReturnMinorOf, feeReturnPartsOf, splitByLargestRemainder } from './fees.ts';

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

  it.each<[string, bigint, FeeTerms, bigint]>([
    ['0.6 % and 0.30', 10_000n, { feeBasisPoints: 60, feeFixedMinor: 30n }, 90n],
    ['0.30 and nothing else', 10_000n, { feeBasisPoints: 0, feeFixedMinor: 30n }, 30n],
    ['at least 0.50', 1_000n, { feeBasisPoints: 60, feeMinMinor: 50n }, 50n],
    ['at least 0.50, which it is', 10_000n, { feeBasisPoints: 60, feeMinMinor: 50n }, 60n],
    ['at most 5.00', 1_000_000n, { feeBasisPoints: 60, feeMaxMinor: 500n }, 500n],
    ['at most 5.00, which it is not', 10_000n, { feeBasisPoints: 60, feeMaxMinor: 500n }, 60n],
    ['between 0.50 and 5.00', 10_000n, { feeBasisPoints: 60, feeMinMinor: 50n, feeMaxMinor: 500n }, 60n],
    ['0.50, neither more nor less', 10_000n, { feeBasisPoints: 60, feeMinMinor: 50n, feeMaxMinor: 50n }, 50n],
    ['at most nothing: free', 10_000n, { feeBasisPoints: 60, feeFixedMinor: 30n, feeMaxMinor: 0n }, 0n],
    ['at most 5.00, the fixed part counted', 80_000n, { feeBasisPoints: 60, feeFixedMinor: 30n, feeMaxMinor: 500n }, 500n],
    ['never more than the payment', 20n, { feeBasisPoints: 60, feeFixedMinor: 30n }, 20n],
    ['never more than the payment, whatever the minimum', 20n, { feeBasisPoints: 60, feeMinMinor: 50n }, 20n],
  ])('%s', (_name, capturedMinor, terms, fee) => {
    expect(feeMinorOf({ capturedMinor, ...terms })).toBe(fee);
  });

  it.each<[string, FeeTerms]>([
    ['a negative fixed part', { feeBasisPoints: 0, feeFixedMinor: -1n }],
    ['a negative minimum', { feeBasisPoints: 0, feeMinMinor: -1n }],
    ['a maximum below the minimum', { feeBasisPoints: 0, feeMinMinor: 2n, feeMaxMinor: 1n }],
  ])('%s is refused', (_name, terms) => {
    expect(() => feeMinorOf({ capturedMinor: 100n, ...terms })).toThrow(new RangeError('the parts and caps of a fee are not negative, and its maximum is not below its minimum'));
  });

  it.each([-1, 10_001, 0.5, Number.NaN])('%s basis points are none', (feeBasisPoints) => {
    expect(() => feeMinorOf({ capturedMinor: 1n, feeBasisPoints })).toThrow(new RangeError('a fee is 0 to 10,000 basis points'));
  });

  it('a negative amount has no fee', () => {
    expect(() => feeMinorOf({ capturedMinor: -1n, feeBasisPoints: 60 })).toThrow(new RangeError('only whole, not negative amounts are rounded'));
  });

  it.each<[string, bigint, number, bigint]>([
    // Half of the last digit a number can tell apart, and the last a column can hold: nothing is lost on the way.
    ['2^53 + 1 at 100 %', 2n ** 53n + 1n, 10_000, 2n ** 53n + 1n],
    ['2^53 + 1 at 50 %', 2n ** 53n + 1n, 5_000, 2n ** 52n + 1n],
    ['2^63 - 1 at 100 %', 2n ** 63n - 1n, 10_000, 2n ** 63n - 1n],
    ['2^63 - 1 at 0.01 %', 2n ** 63n - 1n, 1, 922_337_203_685_478n],
  ])('%s', (_name, capturedMinor, feeBasisPoints, fee) => {
    expect(feeMinorOf({ capturedMinor, feeBasisPoints })).toBe(fee);
  });
});

describe('the fee a refund returns', () => {
  it('three thirds of 10.00 with a fee of 0.05 return 0.02, 0.01 and 0.02', () => {
    const captured = { feeMinor: 5n, capturedMinor: 1000n };
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 0n, refundMinor: 333n })).toBe(2n); // 1.665 so far
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 333n, refundMinor: 333n })).toBe(1n); // 3.33 so far
    expect(feeReturnMinorOf({ ...captured, refundedBeforeMinor: 666n, refundMinor: 334n })).toBe(2n); // all 5
  });

  it('of a payment of nothing there is no share', () => {
    expect(() => feeReturnMinorOf({ feeMinor: 0n, capturedMinor: 0n, refundedBeforeMinor: 0n, refundMinor: 0n })).toThrow(new RangeError('only whole, not negative amounts are rounded'));
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

describe('the split of a fee between several receivers', () => {
  const split = (totalMinor: bigint, ...weights: bigint[]) =>
    splitByLargestRemainder(totalMinor, weights.map((weight, index) => ({ receiverId: `r${index}`, weight }))).map((part) => part.feeMinor);

  it.each([
    // fee, weights, parts
    [100n, [1n], [100n]],
    [100n, [70n, 30n], [70n, 30n]],
    [101n, [70n, 30n], [71n, 30n]], // 70.7 and 30.3: the unit left goes to .7
    [10n, [1n, 1n, 1n], [4n, 3n, 3n]], // all equal: the earlier first
    [2n, [1n, 1n, 1n], [1n, 1n, 0n]],
    [7n, [5n, 3n, 2n], [4n, 2n, 1n]], // 3.5, 2.1, 1.4
    [8n, [5n, 3n, 2n], [4n, 2n, 2n]], // 4, 2.4, 1.6
    [0n, [5n, 3n], [0n, 0n]],
    [9n, [1n, 0n], [9n, 0n]],
  ])('%s by %s gives %s', (totalMinor, weights, parts) => {
    expect(split(totalMinor, ...weights)).toEqual(parts);
  });

  it.each([
    ['no weight at all', 1n, [0n, 0n]],
    ['nobody', 1n, []],
    ['a negative weight', 1n, [2n, -1n]],
    ['a negative amount', -1n, [1n]],
  ])('%s is refused', (_name, totalMinor, weights) => {
    expect(() => split(totalMinor, ...weights)).toThrow(new RangeError('an amount is split by weights that are not negative and not all zero'));
  });

  it('always sums to the whole, and no part is a unit or more from its exact share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 8 }).filter((all) => all.some((weight) => weight > 0n));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), weights, (totalMinor, all) => {
        const parts = split(totalMinor, ...all);
        const sum = all.reduce((a, b) => a + b, 0n);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(totalMinor);
        parts.forEach((part, index) => {
          const off = part * sum - totalMinor * all[index]!;
          expect(off > -sum && off < sum).toBe(true);
        });
      }),
    );
  });

  it('control: rounding each part by itself would make a unit', () => {
    const each = [1n, 1n].map((weight) => (2n * 5n * weight + 2n) / 4n);
    expect(each.reduce((a, b) => a + b, 0n)).toBe(6n);
  });
});

describe('what several receivers return of a fee at a refund', () => {
  const partsOf = (...feeMinors: bigint[]) => feeMinors.map((feeMinor, index) => ({ receiverId: `r${index}`, feeMinor }));
  const returnedBy = (received: readonly bigint[], [refundedBeforeMinor, refundMinor]: readonly [bigint, bigint]) =>
    feeReturnPartsOf({ feeParts: partsOf(...received), capturedMinor: 1000n, refundedBeforeMinor, refundMinor }).map((part) => part.feeMinor);

  it.each<[what: string, received: bigint[], refund: [before: bigint, now: bigint], returned: bigint[]]>([
    ['all of 10.00', [7n, 3n], [0n, 1000n], [7n, 3n]],
    ['half of 10.00', [7n, 3n], [0n, 500n], [4n, 1n]],
    ['the other half', [7n, 3n], [500n, 500n], [3n, 2n]],
    ['a tenth', [7n, 3n], [0n, 100n], [1n, 0n]],
    ['of two who got the same, the earlier returns first', [3n, 3n], [0n, 167n], [1n, 0n]],
    ['and the later next', [3n, 3n], [167n, 167n], [0n, 1n]],
    ['of three who got the same, the first returns what is missing', [3n, 3n, 3n], [0n, 111n], [1n, 0n, 0n]],
    ['the second next', [3n, 3n, 3n], [111n, 111n], [0n, 1n, 0n]],
    // Each for itself they would return 0.01 + 0.01 here, more than the 0.01 that is refunded.
    ['0.01, when both are close to their next unit', [3n, 3n], [166n, 1n], [0n, 0n]],
    ['one of three got nothing', [0n, 4n, 2n], [0n, 500n], [0n, 2n, 1n]],
    ['nobody got anything', [0n, 0n], [0n, 500n], [0n, 0n]],
    ['a refund of nothing', [7n, 3n], [500n, 0n], [0n, 0n]],
    // 33 of 101: shares 2.94, 9.80 and 20.26; the unit that is missing is the agent's who is closest to it.
    ['three receivers, a third', [9n, 30n, 62n], [0n, 327n], [3n, 10n, 20n]],
  ])('%s', (_what, received, refund, returned) => {
    expect(returnedBy(received, refund)).toEqual(returned);
  });

  it('each returns never less than nothing, all together never more than the refund and as much as of one fee; in the end what each got', () => {
    const payment = fc.record({
      capturedMinor: fc.bigInt({ min: 1n, max: 20_000n }),
      feeBasisPoints: fc.integer({ min: 0, max: 10_000 }),
      weights: fc.array(fc.bigInt({ min: 0n, max: 100n }), { minLength: 1, maxLength: 8 }).filter((all) => all.some((weight) => weight > 0n)),
      cuts: fc.array(fc.bigInt({ min: 1n, max: 20_000n }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(payment, ({ capturedMinor, feeBasisPoints, weights, cuts }) => {
        const feeMinor = feeMinorOf({ capturedMinor, feeBasisPoints });
        const feeParts = splitByLargestRemainder(feeMinor, weights.map((weight, index) => ({ receiverId: `r${index}`, weight })));
        const marks = [...new Set([...cuts.filter((cut) => cut < capturedMinor), capturedMinor])].sort((a, b) => (a < b ? -1 : 1));
        const sums = feeParts.map(() => 0n);
        let refundedBeforeMinor = 0n;
        for (const mark of marks) {
          const refund = { capturedMinor, refundedBeforeMinor, refundMinor: mark - refundedBeforeMinor };
          const parts = feeReturnPartsOf({ feeParts, ...refund });
          parts.forEach((part, place) => {
            expect(part.feeMinor).toBeGreaterThanOrEqual(0n);
            sums[place]! += part.feeMinor;
          });
          const together = parts.reduce((sum, part) => sum + part.feeMinor, 0n);
          expect(together).toBe(feeReturnMinorOf({ feeMinor, ...refund }));
          expect(together).toBeLessThanOrEqual(refund.refundMinor);
          refundedBeforeMinor = mark;
        }
        expect(sums).toEqual(feeParts.map((part) => part.feeMinor));
      }),
    );
  });

  it('control: each for itself would return more than is refunded', () => {
    const each = { feeMinor: 3n, capturedMinor: 1000n, refundedBeforeMinor: 166n, refundMinor: 1n };
    expect(feeReturnMinorOf(each) + feeReturnMinorOf(each)).toBe(2n);
  });

  it('control: the largest remainder would take a unit back from somebody while more is returned', () => {
    const weights = partsOf(6n, 6n, 2n).map(({ receiverId, feeMinor }) => ({ receiverId, weight: feeMinor }));
    const [ten, eleven] = [10n, 11n].map((totalMinor) => splitByLargestRemainder(totalMinor, weights).map((part) => part.feeMinor));
    expect([ten, eleven]).toEqual([[4n, 4n, 2n], [5n, 5n, 1n]]);
  });
});
