import { expect, it } from 'vitest';
import { minorOf } from './minor-of.ts';

it.each([
  ['12', 'CNY', '1200'],
  ['12.5', 'CNY', '1250'],
  ['12,05', 'CNY', '1205'],
  ['0', 'CNY', '0'],
  ['007', 'CNY', '700'],
  ['12.', 'CNY', '1200'],
  ['12.345', 'CNY', null],
  ['12.345', 'KWD', '12345'],
  ['500', 'JPY', '500'],
  ['0.5', 'JPY', null],
  ['-1', 'CNY', null],
  ['1e3', 'CNY', null],
  ['', 'CNY', null],
  ['1234567890123', 'CNY', null],
])('%j in %s is %j', (typed, currency, minor) => {
  expect(minorOf(typed, currency)).toBe(minor);
});
