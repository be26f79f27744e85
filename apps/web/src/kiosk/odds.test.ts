import { expect, it } from 'vitest';
import { oneIn } from './odds.ts';

it.each([
  [1e-3, '1,000'],
  [1e-6, '1,000,000'],
  [0.00023, '4,300'],
  [0.5, '2'],
  [1, '1'],
  [9.99e-7, '1,000,000'],
])('%s is one in %s', (probability, text) => {
  expect(oneIn(probability, 'en')).toBe(text);
});

it('never claims a rarer mix-up than the bound', () => {
  for (let probability = 0.9; probability > 1e-7; probability *= 0.83) {
    expect(1 / Number(oneIn(probability, 'en').replaceAll(',', ''))).toBeGreaterThanOrEqual(probability * 0.999999);
  }
});
