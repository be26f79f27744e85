import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { expect, it } from 'vitest';
import { checkReceipt, type ReceiptExpected } from './receipt-check.ts';

const expected: ReceiptExpected = {
  paymentId: 'pay_1',
  amountMinor: 1280n,
  currency: 'CNY',
  merchantId: 'mer_1',
  storeId: 'sto_1',
  terminalThumbprint: 'thumb',
  terminalMode: 'sandbox',
  errorBudget: 1e-6,
  mode: 'sandbox',
};
const claims: ReceiptClaims = {
  iss: 'sonrisa-vault',
  jti: 'jti-0123456789abcdef',
  iat: 1,
  exp: 2,
  purpose: 'payment',
  subjectId: 'pay_1',
  amountMinor: '1280',
  currency: 'CNY',
  merchantId: 'mer_1',
  storeId: 'sto_1',
  signerThumbprint: 'thumb',
  payerRef: 'pyr_1',
  faceEpoch: 1,
  rung: 'face',
  candidateCount: 10,
  score: 0.97,
  threshold: 0.96,
  bound: 1e-7,
  budget: 1e-6,
  curveId: 'c',
  packId: 'p',
  liveness: 'simulated',
  scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null },
};

it('a receipt made for this payment holds', () => {
  expect(checkReceipt(claims, expected)).toEqual({ ok: true });
});

it.each<[string, Partial<ReceiptClaims>]>([
  ['a verification', { purpose: 'verification' }],
  ['an enrolment', { purpose: 'enrolment' }],
  ['another payment', { subjectId: 'pay_2' }],
  ['a minor unit more', { amountMinor: '1281' }],
  ['a leading zero', { amountMinor: '01280' }],
  ['no amount', { amountMinor: undefined as unknown as string }],
  ['another currency', { currency: 'EUR' }],
  ['another merchant', { merchantId: 'mer_2' }],
  ['another store', { storeId: 'sto_2' }],
  ['another terminal', { signerThumbprint: 'other' }],
  ['more risk than the budget', { bound: 1.1e-6 }],
  ['a vault that allows itself more risk than the server does', { budget: 1e-5 }],
])('one made for %s does not', (_name, change) => {
  expect(checkReceipt({ ...claims, ...change }, expected)).toEqual({ ok: false, code: 'receipt_invalid' });
});

it('a live terminal refuses what was not proven to be live, and takes what was', () => {
  const live = { ...expected, terminalMode: 'live' } as const;
  expect(checkReceipt({ ...claims, liveness: 'simulated' }, live)).toEqual({ ok: false, code: 'receipt_invalid' });
  expect(checkReceipt({ ...claims, liveness: 'active' }, live)).toEqual({ ok: true });
});

it.each(['none', 'simulated'] as const)('production refuses liveness %s', (liveness) => {
  expect(checkReceipt({ ...claims, liveness }, { ...expected, mode: 'production' })).toEqual({ ok: false, code: 'production_refuses_sandbox' });
});
