import { expect, it } from 'vitest';
import { recoveryAmount, type RecoveryAmount } from './recovery-amount.ts';

it.each<[string, string, RecoveryAmount]>([
  ['12.80', 'CNY', { ok: true, amountMinor: '1280', restMinor: '0' }],
  ['5', 'CNY', { ok: true, amountMinor: '500', restMinor: '780' }],
  ['0,01', 'CNY', { ok: true, amountMinor: '1', restMinor: '1279' }],
  ['12.81', 'CNY', { ok: false, why: 'too_much' }],
  ['999999999999', 'CNY', { ok: false, why: 'too_much' }],
  ['', 'CNY', { ok: false, why: 'none' }],
  ['0', 'CNY', { ok: false, why: 'none' }],
  ['0.00', 'CNY', { ok: false, why: 'none' }],
  ['-5', 'CNY', { ok: false, why: 'none' }],
  ['5.001', 'CNY', { ok: false, why: 'none' }],
  ['1e1', 'CNY', { ok: false, why: 'none' }],
  ['1280', 'JPY', { ok: true, amountMinor: '1280', restMinor: '0' }],
  ['12.8', 'JPY', { ok: false, why: 'none' }],
])('%j of 1280 minor units of %s', (typed, currency, expected) => expect(recoveryAmount({ typed, outstandingMinor: '1280', currency })).toEqual(expected));
