import { expect, test } from 'vitest';
import { createClaims } from './claims.ts';
import { median } from './timings.ts';

test('a scene that throws is a claim that does not hold, and the next scene still plays', async () => {
  const claims = createClaims();
  await claims.attempt('never fails', () => Promise.reject(new Error('the vault is gone')));
  await claims.attempt('holds', async () => ({ seen: 'yes', holds: true }));
  expect(claims.all).toEqual([
    { said: 'never fails', seen: 'the vault is gone', holds: false },
    { said: 'holds', seen: 'yes', holds: true },
  ]);
});

test('the median of an even count lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
});
