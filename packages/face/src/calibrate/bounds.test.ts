import { describe, expect, it } from 'vitest';
import { middle95, poissonUpper, ruleOfThree } from './bounds.ts';
import { createSeededRandom } from './seeded-random.ts';

describe('ruleOfThree', () => {
  it('is 3 / n, and 1 when nothing was tried', () => {
    expect(ruleOfThree(3000)).toBe(1e-3);
    expect(ruleOfThree(2)).toBe(1);
    expect(ruleOfThree(0)).toBe(1);
  });

  // A rate of exactly 3 / n shows no case in n tries with chance (1 - 3/n)^n = e^-3 = 4.98 %.
  it('holds in 95 % of trials at the worst rate', () => {
    const random = createSeededRandom(1);
    const tries = 300;
    const trials = 2000;
    let silent = 0;
    for (let trial = 0; trial < trials; trial++) {
      let cases = 0;
      for (let k = 0; k < tries; k++) if (random() < 3 / tries) cases++;
      if (cases === 0) silent++;
    }
    expect(silent / trials).toBeGreaterThan(0.035);
    expect(silent / trials).toBeLessThan(0.065);
  });
});

describe('poissonUpper', () => {
  // Tables of exact Poisson limits, 95 % one-sided.
  it.each([
    [0, 2.996],
    [1, 4.744],
    [2, 6.296],
    [5, 10.513],
    [10, 16.962],
    [100, 118.08],
  ])('%s seen: at most %s expected', (seen, upper) => {
    expect(poissonUpper(seen)).toBeCloseTo(upper, seen >= 100 ? 1 : 2);
  });

  it('does not underflow for thousands', () => {
    expect(poissonUpper(5000)).toBeGreaterThan(5000 + 1.6 * Math.sqrt(5000));
    expect(poissonUpper(5000)).toBeLessThan(5000 + 2 * Math.sqrt(5000));
  });
});

describe('middle95', () => {
  it('cuts 2.5 % at each end and leaves out what is not a number', () => {
    const values = [...Array.from({ length: 1001 }, (_, i) => i), Number.NaN];
    expect(middle95(values)).toEqual({ low: 25, high: 975 });
    expect(middle95([Number.NaN])).toEqual({ low: Number.NaN, high: Number.NaN });
  });
});
