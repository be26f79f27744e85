import { expect, it } from 'vitest';
import { accountClasses, accountId, breaksSignRule, byBytes, type AccountClass, type AccountRef } from './account.ts';

it.each<[AccountClass, ...breaks: [below: boolean, above: boolean]]>([
  // class, breaks the rule below zero, above zero
  ['payer_wallet', true, false],
  ['payer_hold', true, false],
  ['merchant_reserve', true, false],
  ['merchant_payable', false, false],
  ['merchant_settled', false, false],
  ['platform_fees', false, false],
  ['funding_clearing', false, false],
  ['payout_clearing', true, false],
  ['dispute_clearing', false, true],
  ['dispute_loss', false, false],
])('%s breaks the sign rule below zero: %s, above: %s', (accountClass, below, above) => {
  const account: AccountRef = { class: accountClass, ownerId: 'x', currency: 'CNY' };
  expect(breaksSignRule(account, -1n)).toBe(below);
  expect(breaksSignRule(account, 0n)).toBe(false);
  expect(breaksSignRule(account, 1n)).toBe(above);
});

it('the chart has no class without a row in the table above', () => {
  expect(Object.keys(accountClasses)).toHaveLength(10);
});

it('accounts sort by the bytes of their id, whatever the order they came in', () => {
  const accounts: AccountRef[] = [
    { class: 'payer_wallet', ownerId: 'b', currency: 'CNY' },
    { class: 'payer_wallet', ownerId: 'B', currency: 'CNY' },
    { class: 'merchant_payable', ownerId: 'a', currency: 'CNY' },
  ];
  const sorted = ['merchant_payable:a:CNY', 'payer_wallet:B:CNY', 'payer_wallet:b:CNY'];
  expect(accounts.map(accountId).sort(byBytes)).toEqual(sorted);
  expect(accounts.map(accountId).reverse().sort(byBytes)).toEqual(sorted);
});

it('two ids that are the same are level, and of two that differ one is always first', () => {
  const first = 'merchant_payable:a:CNY';
  const second = 'merchant_payable:a:EUR';
  expect(byBytes(first, first)).toBe(0);
  expect(byBytes(first, second)).toBeLessThan(0);
  expect(byBytes(second, first)).toBeGreaterThan(0);
});
