import { expect, it } from 'vitest';
import { oneIn, readClaims } from './claims.ts';

it.each([
  [1e-6, 'en', '1 million'],
  [4.3e-7, 'en', '2.3 million'],
  [1 / 2_399_999, 'en', '2.3 million'],
  [1e-3, 'en', '1,000'],
  [1 / 66.9, 'en', '66'],
  [4.3e-7, 'zh-CN', '232.5万'],
])('a chance of %d in %s is 1 in %s', (chance, locale, text) => expect(oneIn(chance, locale)).toBe(text));

it('reads what is there, and nothing from what is none', () => {
  expect(readClaims({ score: 0.98, threshold: 0.96, extra: 1 })).toEqual({ score: 0.98, threshold: 0.96 });
  expect(readClaims({ score: 'high' })).toBeNull();
  expect(readClaims(null)).toBeNull();
});
