import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMoney, type Currency, currencyDecimals, everydayUnitMinor, formatDecimal, money, parseMoney, paymentMaxMinorOf, storedMaxMinor, subtractMoney, toWire } from './money.ts';

const paymentMaxMinor = paymentMaxMinorOf('CNY');

describe('an amount on the wire', () => {
  it.each([
    ['1', 'CNY', 'CNY', 1n],
    ['1280', 'CNY', 'CNY', 1280n],
    [String(paymentMaxMinor), 'CNY', 'CNY', paymentMaxMinor],
    ['7', 'JPY', 'JPY', 7n],
    ['5', 'KWD', 'KWD', 5n],
  ])('%s %s at a till of %s is %s', (amountMinor, currency, expected, minor) => {
    expect(parseMoney({ amountMinor, currency }, { currency: expected })).toEqual({ ok: true, money: { amountMinor: minor, currency } });
  });

  it.each([
    ['0', 'CNY', 'amount_invalid'],
    ['-1', 'CNY', 'amount_invalid'],
    ['-0', 'CNY', 'amount_invalid'],
    ['+1', 'CNY', 'amount_invalid'],
    ['', 'CNY', 'amount_invalid'],
    [' 1', 'CNY', 'amount_invalid'],
    ['1 ', 'CNY', 'amount_invalid'],
    ['1\n', 'CNY', 'amount_invalid'],
    ['01', 'CNY', 'amount_invalid'],
    ['00', 'CNY', 'amount_invalid'],
    ['1.5', 'CNY', 'amount_invalid'],
    ['1.0', 'CNY', 'amount_invalid'],
    ['1,000', 'CNY', 'amount_invalid'],
    ['1e3', 'CNY', 'amount_invalid'],
    ['0x10', 'CNY', 'amount_invalid'],
    ['１２', 'CNY', 'amount_invalid'],
    ['NaN', 'CNY', 'amount_invalid'],
    ['Infinity', 'CNY', 'amount_invalid'],
    ['1n', 'CNY', 'amount_invalid'],
    ['100', 'USD', 'currency_mismatch'],
    ['100', 'cny', 'currency_mismatch'],
    ['100', 'XXX', 'currency_mismatch'],
    ['100', '', 'currency_mismatch'],
    ['100', 'toString', 'currency_mismatch'],
    [String(paymentMaxMinor + 1n), 'CNY', 'amount_too_large'],
    [String(2n ** 53n), 'CNY', 'amount_too_large'],
    [String(2n ** 63n - 1n), 'CNY', 'amount_too_large'],
    [String(2n ** 63n), 'CNY', 'amount_too_large'],
    ['9'.repeat(20), 'CNY', 'amount_too_large'],
    // What is no amount is said before another currency, and that before too much.
    ['0', 'USD', 'amount_invalid'],
    [String(paymentMaxMinor + 1n), 'USD', 'currency_mismatch'],
  ])('%j %s is refused: %s', (amountMinor, currency, code) => {
    expect(parseMoney({ amountMinor, currency }, { currency: 'CNY' })).toEqual({ ok: false, code });
  });

  it('a number is no amount, even a whole one', () => {
    expect(parseMoney({ amountMinor: 100 as unknown as string, currency: 'CNY' }, { currency: 'CNY' })).toEqual({ ok: false, code: 'amount_invalid' });
  });

  it.each([2n ** 53n + 1n, 10n ** 18n, 2n ** 63n - 1n])('%s is read to its last digit when a larger maximum is allowed', (given) => {
    const amountMinor = String(given);
    const parsed = parseMoney({ amountMinor, currency: 'CNY' }, { currency: 'CNY', maxMinor: storedMaxMinor });
    expect(parsed.ok && toWire(parsed.money)).toEqual({ amountMinor, currency: 'CNY' });
  });
});

describe('sums', () => {
  it('refuse two currencies and overflow', () => {
    expect(addMoney(money(1n, 'CNY'), money(1n, 'EUR'))).toEqual({ ok: false, code: 'currency_mismatch' });
    expect(subtractMoney(money(1n, 'JPY'), money(1n, 'KWD'))).toEqual({ ok: false, code: 'currency_mismatch' });
    expect(addMoney(money(storedMaxMinor, 'CNY'), money(1n, 'CNY'))).toEqual({ ok: false, code: 'amount_too_large' });
    expect(subtractMoney(money(-storedMaxMinor, 'CNY'), money(1n, 'CNY'))).toEqual({ ok: false, code: 'amount_too_large' });
  });

  it.each([storedMaxMinor, -storedMaxMinor, 2n ** 53n + 1n])('%s can be held', (minor) => {
    expect(money(minor, 'CNY').amountMinor).toBe(minor);
    expect(addMoney(money(minor, 'CNY'), money(0n, 'CNY'))).toEqual({ ok: true, money: { amountMinor: minor, currency: 'CNY' } });
  });

  it.each([storedMaxMinor + 1n, -storedMaxMinor - 1n])('%s cannot', (minor) => {
    expect(() => money(minor, 'CNY')).toThrow(new RangeError('an amount of money must fit in 64 bits'));
  });

  it('never mix, and adding then subtracting gives back the same', () => {
    const currency = fc.constantFrom('CNY', 'JPY', 'KWD', 'EUR');
    const minor = fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n });
    fc.assert(
      fc.property(minor, currency, minor, currency, (a, currencyA, b, currencyB) => {
        const left = money(a, currencyA as 'CNY');
        const right = money(b, currencyB as 'CNY');
        const sum = addMoney(left, right);
        if (currencyA !== currencyB) {
          expect(sum).toEqual({ ok: false, code: 'currency_mismatch' });
          return;
        }
        if (!sum.ok) throw new Error('a small sum was refused');
        expect(sum.money.amountMinor).toBe(a + b);
        expect(subtractMoney(sum.money, right)).toEqual({ ok: true, money: left });
      }),
    );
  });
});

it.each([
  ['CNY', 100n],
  ['EUR', 100n],
  ['JPY', 100n],
  ['KRW', 1_000n],
  ['KWD', 1_000n],
  ['IDR', 1_000_000n],
] as const)('what buys something small in %s is %s minor units', (currency, minor) => {
  expect(everydayUnitMinor(currency)).toBe(minor);
});

describe('the most one payment may be', () => {
  it.each([
    ['CNY', 5_000_000n],
    ['EUR', 5_000_000n],
    ['JPY', 5_000_000n],
    ['KRW', 50_000_000n],
    ['KWD', 50_000_000n],
    ['IDR', 50_000_000_000n],
  ] as const)('in %s is %s minor units, and not one more', (currency, minor) => {
    expect(paymentMaxMinorOf(currency)).toBe(minor);
    expect(parseMoney({ amountMinor: String(minor), currency }, { currency }).ok).toBe(true);
    expect(parseMoney({ amountMinor: String(minor + 1n), currency }, { currency })).toEqual({ ok: false, code: 'amount_too_large' });
  });

  it.each(Object.keys(currencyDecimals) as Currency[])('in %s leaves room for what is offered as a top-up, and is a whole number to a screen', (currency) => {
    expect(parseMoney({ amountMinor: String(500n * everydayUnitMinor(currency)), currency }, { currency }).ok).toBe(true);
    expect(Number.isSafeInteger(Number(paymentMaxMinorOf(currency)))).toBe(true);
  });
});

describe('decimals', () => {
  it.each([
    [0n, 'CNY', '0.00'],
    [5n, 'CNY', '0.05'],
    [-1205n, 'CNY', '-12.05'],
    [5_000_000n, 'CNY', '50000.00'],
    [7n, 'JPY', '7'],
    [0n, 'JPY', '0'],
    [5n, 'KWD', '0.005'],
    [1234n, 'KWD', '1.234'],
    [-1n, 'KWD', '-0.001'],
    [2n ** 53n + 1n, 'USD', '90071992547409.93'],
  ] as const)('%s minor units of %s are %s', (amountMinor, currency, text) => {
    expect(formatDecimal(money(amountMinor, currency))).toBe(text);
  });

  // ISO 4217, table A.1. All others of the list have two.
  it.each([
    [0, ['CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF']],
    [3, ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']],
  ])('%s: %j', (decimals, currencies) => {
    expect(Object.entries(currencyDecimals).flatMap(([currency, each]) => (each === decimals ? [currency] : []))).toEqual(currencies);
  });

  it('every currency has 0, 2 or 3, and the table cannot be changed', () => {
    expect(new Set(Object.values(currencyDecimals))).toEqual(new Set([0, 2, 3]));
    expect(Object.isFrozen(currencyDecimals)).toBe(true);
  });
});
