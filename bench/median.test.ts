import { expect, it } from 'vitest';
import { median, ratiosOf } from './median.ts';

it('the upper of two in the middle, and nothing of nothing', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 3, Number.NaN]);
});

it('each round is held against its own peer; a round without one, or in which nothing ran, counts nothing', () => {
  expect(ratiosOf([12, 10, 9, 0], [4, 5, 0, 3])).toEqual([3, 2]);
  expect(ratiosOf([12, 10], [4])).toEqual([3]);
});
