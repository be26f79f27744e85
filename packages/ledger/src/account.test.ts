import { expect, it } from 'vitest';
import { accountClasses, accountId, breaksSignRule, byAccountId, type AccountClass, type AccountRef } from './account.ts';
import { isTransientRefusal, refusalCodes } from './refusals.ts';

it.each<[AccountClass, boolean]>([
  ['payer_wallet', true],
  ['payer_hold', true],
  ['merchant_reserve', true],
  ['merchant_payable', false],
  ['platform_fees', false],
  ['funding_clearing', false],
  ['payout_clearing', false],
  ['dispute_loss', false],
])('%s below zero breaks the sign rule: %s', (accountClass, breaks) => {
  const account: AccountRef = { class: accountClass, ownerId: 'x', currency: 'CNY' };
  expect(breaksSignRule(account, -1n)).toBe(breaks);
  expect(breaksSignRule(account, 0n)).toBe(false);
});

it('the chart has no class without a row in the table above', () => {
  expect(Object.keys(accountClasses)).toHaveLength(8);
});

it('accounts sort by the bytes of their id, whatever the order they came in', () => {
  const accounts: AccountRef[] = [
    { class: 'payer_wallet', ownerId: 'b', currency: 'CNY' },
    { class: 'payer_wallet', ownerId: 'B', currency: 'CNY' },
    { class: 'merchant_payable', ownerId: 'a', currency: 'CNY' },
  ];
  const sorted = ['merchant_payable:a:CNY', 'payer_wallet:B:CNY', 'payer_wallet:b:CNY'];
  expect([...accounts].sort(byAccountId).map(accountId)).toEqual(sorted);
  expect([...accounts].reverse().sort(byAccountId).map(accountId)).toEqual(sorted);
});

it('only a stop of the books may pass by itself', () => {
  expect(refusalCodes.filter(isTransientRefusal)).toEqual(['books_stopped']);
});
