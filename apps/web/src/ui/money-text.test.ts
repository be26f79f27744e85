import { describe, expect, it } from 'vitest';
import { moneyParts, moneyText, totalMinor } from './money-text.ts';

describe('moneyText', () => {
  it.each([
    ['0', 'CNY', 'en', '¥0.00'],
    ['5', 'CNY', 'zh-CN', '¥0.05'],
    ['123456', 'CNY', 'en', '¥1,234.56'],
    ['700', 'JPY', 'en', '¥700'],
    ['1005', 'KWD', 'en', 'KWD 1.005'],
    ['900719925474099312', 'USD', 'en', '$9,007,199,254,740,993.12'],
  ])('%s %s in %s', (amountMinor, currency, locale, text) => {
    expect(moneyText({ amountMinor, currency }, locale).replace(/\s/g, ' ')).toBe(text);
  });

  it('sets symbol, whole and fraction apart', () => {
    expect(moneyParts({ amountMinor: '1250', currency: 'CNY' }, 'en')).toEqual([
      { kind: 'symbol', text: '¥' },
      { kind: 'whole', text: '12' },
      { kind: 'fraction', text: '.' },
      { kind: 'fraction', text: '50' },
    ]);
  });
});

describe('totalMinor', () => {
  it('adds exactly, past what a number holds', () => {
    expect(totalMinor([])).toBe('0');
    expect(totalMinor([{ quantity: 2, unitAmountMinor: '350' }, { quantity: 1, unitAmountMinor: '9007199254740993' }])).toBe('9007199254741693');
  });
});
