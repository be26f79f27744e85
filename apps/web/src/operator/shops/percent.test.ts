import { expect, it } from 'vitest';
import { basisPointsOf, percentText } from './percent.ts';

it.each([
  ['0.6', 60],
  ['0,55', 55],
  ['1', 100],
  ['0', 0],
  ['100', 10_000],
  ['100.01', null],
  ['0.555', null],
  ['-1', null],
  ['1e1', null],
  ['', null],
])('%j is %j basis points', (typed, points) => {
  expect(basisPointsOf(typed)).toBe(points);
});

it('is read in the language of the page', () => {
  expect([percentText(60, 'en'), percentText(10_000, 'zh-CN')]).toEqual(['0.6%', '100%']);
});
