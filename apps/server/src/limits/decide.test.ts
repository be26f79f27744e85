import { describe, expect, it } from 'vitest';
import { categoryOf } from './category.ts';
import { decideLimits, isRaise, type LimitCase, maximumOf } from './decide.ts';
import { defaultSettings } from './defaults.ts';

const nothingUsed: LimitCase['used'] = { dayMinor: 0n, monthMinor: 0n, categoryMinor: new Map(), merchantDayMinor: 0n, facePayments: 9, unconfirmedPayments: 0, unconfirmedMinor: 0n };
const base: LimitCase = {
  way: 'face', amountMinor: 1_000n, category: 'food', level: 'phone', recovering: false, settings: defaultSettings('CNY'), own: new Map(),
  merchant: { paymentMaxMinor: null, dayMaxMinor: null }, used: nothingUsed,
};
const used = (more: Partial<LimitCase['used']>) => ({ used: { ...nothingUsed, ...more } });

// By the defaults in fen: 1,000.00 a payment, 2,000.00 a day, 10,000.00 a month; five payments or 150.00 by face alone; the first at most 100.00.
describe('a payment', () => {
  const table: [says: string, given: Partial<LimitCase>, becomes: string][] = [
    ['of ten yuan', {}, 'goes'],
    ['as large as a payment may be', { amountMinor: 100_000n }, 'due'],
    ['a fen larger', { amountMinor: 100_001n }, 'limit_payment, 100000 left'],
    ['as large, by somebody whose identity is attested', { amountMinor: 100_001n, level: 'attested' }, 'due'],
    ['a little too large while the account is being recovered', { amountMinor: 10_001n, recovering: true }, 'limit_payment, 10000 left'],
    ['the same by code, and however well its owner is known', { amountMinor: 10_001n, recovering: true, way: 'code', level: 'attested' }, 'limit_payment, 10000 left'],
    ['small enough then', { amountMinor: 10_000n, recovering: true }, 'goes'],
    ['that overfills such a day', { recovering: true, ...used({ dayMinor: 19_001n }) }, 'limit_day, 999 left'],
    ['that fills the day', used({ dayMinor: 199_000n }), 'goes'],
    ['that overfills the day', used({ dayMinor: 199_001n }), 'limit_day, 999 left'],
    ['after a day that is overfull', used({ dayMinor: 200_500n }), 'limit_day, 0 left'],
    ['that overfills the month', used({ monthMinor: 999_001n }), 'limit_month, 999 left'],
    ['above the own limit of a payment', { own: new Map([['payment', 999n]]) }, 'limit_payment, 999 left'],
    ['within the own limit of a payment', { own: new Map([['payment', 1_000n]]) }, 'goes'],
    ['an own limit above the platform raises nothing', { amountMinor: 100_001n, own: new Map([['payment', 900_000n]]) }, 'limit_payment, 100000 left'],
    ['above the own limit of a day', { own: new Map([['day', 1_500n]]), ...used({ dayMinor: 501n }) }, 'limit_day, 999 left'],
    ['in a category shut by the owner', { own: new Map([['food', 0n]]) }, 'limit_category, 0 left'],
    ['in a category shut by the platform', { category: 'gambling' }, 'limit_category, 0 left'],
    ['in another category than the one that is full', { own: new Map([['food', 1_500n]]), category: 'goods', ...used({ categoryMinor: new Map([['food', 1_500n]]) }) }, 'goes'],
    ['in the category that is full', { own: new Map([['food', 1_500n]]), ...used({ categoryMinor: new Map([['food', 501n]]) }) }, 'limit_category, 999 left'],
    ['above what the shop takes', { merchant: { paymentMaxMinor: 999n, dayMaxMinor: null } }, 'limit_merchant, 999 left'],
    ['above what the shop takes in a day', { merchant: { paymentMaxMinor: null, dayMaxMinor: 5_000n }, ...used({ merchantDayMinor: 4_001n }) }, 'limit_merchant, 999 left'],
    ['the fifth by face alone', used({ unconfirmedPayments: 4 }), 'goes'],
    ['the sixth by face alone', used({ unconfirmedPayments: 5 }), 'due'],
    ['that brings what went by face alone to 150.00', used({ unconfirmedMinor: 14_000n }), 'goes'],
    ['a fen more', used({ unconfirmedMinor: 14_001n }), 'due'],
    ['by code after six by face alone', { way: 'code', ...used({ unconfirmedPayments: 6, unconfirmedMinor: 99_000n }) }, 'goes'],
    ['the first', { amountMinor: 10_000n, ...used({ facePayments: 0 }) }, 'goes, first'],
    ['the first, too large', { amountMinor: 10_001n, ...used({ facePayments: 0 }) }, 'limit_first_payment, 10000 left'],
    ['the first, by code', { way: 'code', amountMinor: 10_001n, ...used({ facePayments: 0 }) }, 'goes'],
    ['of 2^60', { amountMinor: 2n ** 60n }, 'limit_payment, 100000 left'],
  ];
  it.each(table)('%s', (_says, given, becomes) => {
    const verdict = decideLimits({ ...base, ...given });
    expect(verdict.allowed ? `${verdict.confirmationDue ? 'due' : 'goes'}${verdict.isFirst ? ', first' : ''}` : `${verdict.code}, ${verdict.leftMinor} left`).toBe(becomes);
  });
});

describe('a change by the shopper', () => {
  const now = { level: 'phone', recovering: false, settings: base.settings, own: new Map([['day', 50_000n] as const]) } as const;
  it.each([
    ['lower', 'day', 49_999n, false],
    ['the same', 'day', 50_000n, false],
    ['higher', 'day', 50_001n, true],
    ['none any more', 'day', null, true],
    ['a first one', 'month', 400_000n, false],
    ['a first one above the platform', 'month', 9_000_000n, false],
    ['a first one where there was none at all', 'food', 5_000n, false],
    ['nothing at all', 'payment', 0n, false],
  ] as const)('%s: %s %s raises: %s', (_says, kind, wantedMinor, raises) => {
    expect(isRaise(kind, { ...now, wantedMinor })).toBe(raises);
  });

  it('where the platform says nothing, no limit is the highest', () => {
    expect(maximumOf('food', now)).toBeNull();
    expect(isRaise('food', { ...now, own: new Map([['food', 5_000n]]), wantedMinor: null })).toBe(true);
  });
});

it('what a merchant is follows from its category code', () => {
  expect(['5462', '5814', '5999', '4111', '7995', '7832', '8011', null].map(categoryOf)).toEqual(['food', 'food', 'goods', 'transport', 'gambling', 'leisure', 'other', 'other']);
});

it('counters have a default in every currency', () => {
  expect(['CNY', 'EUR', 'JPY', 'KWD'].map((code) => defaultSettings(code).unconfirmed)).toEqual(['15000', '15000', '15000', '150000'].map((sumMaxMinor) => ({ paymentsMax: 5, sumMaxMinor })));
});
