// D_sys on distributions whose value is known, and as the accuracy of a threshold.
import { expect, test } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';
import { balancedAccuracy, chanceLevel, systemUnlinkability } from './unlinkability.ts';

const uniform = (input: { from: number; to: number; count: number; seed: number }) => {
  const random = createSeededRandom(input.seed);
  return Float64Array.from({ length: input.count }, () => input.from + (input.to - input.from) * random());
};
const count = 20_000;
const nonMated = uniform({ from: 0, to: 1, count, seed: 1 });

test('the same distribution twice cannot be linked, beyond what chance gives', () => {
  const scores = { mated: uniform({ from: 0, to: 1, count, seed: 2 }), nonMated };
  expect(systemUnlinkability(scores)).toBeLessThan(0.04);
  expect(Math.abs(systemUnlinkability(scores) - chanceLevel(scores))).toBeLessThan(0.02);
  expect(balancedAccuracy(scores)).toBeLessThan(0.53);
});

test('distributions that do not meet are linked every time', () => {
  const scores = { mated: uniform({ from: 2, to: 3, count, seed: 2 }), nonMated };
  expect(systemUnlinkability(scores)).toBeCloseTo(1, 6);
  expect(balancedAccuracy(scores)).toBe(1);
});

test('half in common: where LR is 1 nothing is known, where only mated scores are all is', () => {
  const scores = { mated: uniform({ from: 0.5, to: 1.5, count, seed: 2 }), nonMated };
  expect(systemUnlinkability(scores)).toBeCloseTo(0.5, 1);
  expect(balancedAccuracy(scores)).toBeCloseTo(0.75, 2);
});

test('mated scores all in one quarter of the others: LR 4, so 2 · 4/5 − 1', () => {
  expect(systemUnlinkability({ mated: uniform({ from: 0, to: 0.25, count, seed: 3 }), nonMated })).toBeCloseTo(0.6, 1);
});

test('too few scores are refused', () => {
  expect(() => systemUnlinkability({ mated: new Float64Array(3), nonMated })).toThrow(RangeError);
});
