import { expect, test } from 'vitest';
import { burstVariations, createRandom, variationOf } from './variation.ts';

test('the same seed varies alike, another seed differs', () => {
  expect(variationOf(7)).toEqual(variationOf(7));
  expect(variationOf(7)).not.toEqual(variationOf(8));
});

test('a burst trembles around one look', () => {
  const [first, second, third] = burstVariations(3, 3);
  expect(new Set([first, second, third].map((each) => each?.gamma)).size).toBe(1);
  expect(new Set([first, second, third].map((each) => each?.shiftX)).size).toBe(3);
});

test('the random row is uniform enough to vary by', () => {
  const random = createRandom(1);
  const values = Array.from({ length: 4_000 }, random);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(mean).toBeGreaterThan(0.48);
  expect(mean).toBeLessThan(0.52);
});
