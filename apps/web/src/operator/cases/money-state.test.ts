import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { expect, it } from 'vitest';
import { moneyStateOf, outstandingOf, payersOf, type MoneyState } from './money-state.ts';

const dispute = (state: 'open' | 'recovered' | 'lost', recoveredMinor = '0', bearer: 'platform' | 'merchant' = 'platform'): NonNullable<FaceCase['dispute']> => ({
  id: `dis_${'0'.repeat(32)}`, paymentId: `pay_${'0'.repeat(32)}`, bearer, amount: { amountMinor: '1280', currency: 'CNY' }, recoveredMinor, state, reason: 'said so', openedAtMs: 0,
});
type Facts = Parameters<typeof moneyStateOf>[0];

it.each<[MoneyState, Omit<Facts, 'proposal'>]>([
  ['coming', { dispute: null, refund: 'at_once', paymentState: 'captured', state: 'open' }],
  ['asked', { dispute: null, refund: 'capped', paymentState: 'captured', state: 'open' }],
  ['asked', { dispute: null, refund: 'confirmed', paymentState: 'captured', state: 'open' }],
  ['kept', { dispute: null, refund: 'confirmed', paymentState: 'captured', state: 'closed' }],
  ['returned', { dispute: null, refund: 'capped', paymentState: 'refunded', state: 'open' }],
  ['carried', { dispute: dispute('open'), refund: 'at_once', paymentState: 'disputed', state: 'open' }],
  ['carried', { dispute: dispute('open'), refund: 'capped', paymentState: 'disputed', state: 'closed' }],
  ['recovered', { dispute: dispute('recovered', '1280'), refund: 'at_once', paymentState: 'disputed', state: 'open' }],
  ['lost', { dispute: dispute('lost'), refund: 'at_once', paymentState: 'disputed', state: 'open' }],
])('%s', (expected, facts) => expect(moneyStateOf({ ...facts, proposal: null })).toBe(expected));

it('waits for a second person, whatever it was before', () => {
  const proposal = { id: `prp_${'0'.repeat(32)}` } as NonNullable<FaceCase['proposal']>;
  expect(moneyStateOf({ dispute: null, proposal, refund: 'capped', paymentState: 'captured', state: 'open' })).toBe('proposed');
  expect(moneyStateOf({ dispute: dispute('open'), proposal, refund: 'at_once', paymentState: 'disputed', state: 'closed' })).toBe('proposed');
});

it('says what is left, and never asks a merchant twice', () => {
  expect(outstandingOf({ dispute: dispute('open', '280') })).toBe('1000');
  expect(outstandingOf({ dispute: dispute('lost', '280') })).toBe('0');
  expect(payersOf({ dispute: dispute('open') })).toContain('merchant');
  expect(payersOf({ dispute: dispute('open', '0', 'merchant') })).not.toContain('merchant');
});
