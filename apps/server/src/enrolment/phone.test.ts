// Phone numbers as people type them.
import { describe, expect, it } from 'vitest';
import { lastFourOf, maskPhone, readPhone } from './phone.ts';

describe('a phone number', () => {
  it.each([
    ['13800138000', '+8613800138000'],
    ['138 0013 8000', '+8613800138000'],
    ['138-0013-8000', '+8613800138000'],
    ['+86 138 0013 8000', '+8613800138000'],
    ['0086 13800138000', '+8613800138000'],
    ['１３８００１３８０００', '+8613800138000'],
    ['+34 612 34 56 78', '+34612345678'],
    ['+1 (415) 555-2671', '+14155552671'],
    ['+44 7911 123456', '+447911123456'],
  ])('%s is kept as %s', (typed, e164) => expect(readPhone(typed)).toBe(e164));

  it.each([
    '',
    'hello',
    '123',
    '1380013800',
    '138001380000',
    '+999 123456',
    '110',
    '010 8888 8888',
    '+86 400 810 1234',
    '+34 912 34 56 78',
    'call me on 13800138000',
    '+1 415 555 2671 ext. 5',
    "13800138000'; DROP TABLE payer",
  ])('"%s" is none', (typed) => expect(readPhone(typed)).toBeUndefined());

  it('is shown with four digits at most', () => {
    expect(maskPhone('+8613800138000')).toBe('+86 •••• 8000');
    expect(maskPhone('+34612345678')).toBe('+34 •••• 5678');
    expect(lastFourOf('+8613800138000')).toBe('8000');
  });
});
