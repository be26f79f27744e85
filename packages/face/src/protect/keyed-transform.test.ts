// The keyed transform: scores stay, nothing of the vector does, and only the same key brings it back.
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../calibrate/seeded-random.ts';
import { cosine, normalise } from '../embed.ts';
import { createKeyedTransform } from './keyed-transform.ts';

const wordsOf = (seed: number) => {
  const random = createSeededRandom(seed);
  return () => Math.floor(random() * 2 ** 32);
};
const transformOf = (dimensions: number, seed: number) => createKeyedTransform({ dimensions, word: wordsOf(seed) });
const vectorOf = (dimensions: number, seed: number) => {
  const random = createSeededRandom(seed);
  return normalise(Float32Array.from({ length: dimensions }, () => random() - 0.3));
};

describe.each([2, 5, 128, 512])('%i values', (dimensions) => {
  const transform = transformOf(dimensions, 1);
  const [a, b] = [vectorOf(dimensions, 10), vectorOf(dimensions, 11)];

  test('a cosine stays what it was', () => {
    expect(cosine(transform.apply(a), transform.apply(b))).toBeCloseTo(cosine(a, b), 6);
    expect(Math.hypot(...transform.apply(a))).toBeCloseTo(1, 6);
  });

  test('the same key takes it back; another, the control, does not', () => {
    const back = transform.undo(transform.apply(a));
    back.forEach((value, index) => expect(value).toBeCloseTo(a[index], 6));
    expect(cosine(transformOf(dimensions, 2).undo(transform.apply(a)), a)).toBeLessThan(0.999);
  });
});

test('one value alone comes out spread over all of them, as a uniform direction would', () => {
  const dimensions = 128;
  const unit = Float32Array.from({ length: dimensions }, (_, index) => (index === 7 ? 1 : 0));
  const squares = Array.from({ length: 50 }, (_, seed) => transformOf(dimensions, seed + 1).apply(unit)).flatMap((vector) => [...vector].map((value) => value * value));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(squares)).toBeCloseTo(1 / dimensions, 6);
  // The fourth moment of a uniform direction is 3 / (n (n + 2)); a value left where it was would make it 1 / n.
  expect(mean(squares.map((square) => square * square)) * ((dimensions * (dimensions + 2)) / 3)).toBeCloseTo(1, 0);
});

test('vectors of another length are refused', () => {
  expect(() => transformOf(128, 1).apply(new Float32Array(64))).toThrow(RangeError);
});
