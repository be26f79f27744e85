import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { expect, it } from 'vitest';
import { verdictOf, type Verdict } from './verdict.ts';

const provider = (up: boolean): SmsState['providers'][number] => ({ name: 'carrier', up, taken: 9, notTaken: 0, refused: 0, unknown: 0, delivered: 9, undelivered: 0, lastTakenAtMs: 0, lastReceiptAtMs: 0 });
const fine: SmsState = {
  messages: { waiting: 0, sent: 9, unclear: 0, failed: 0, delivered: 9, undelivered: 0 },
  providers: [provider(true), provider(true)],
  lastFailures: [],
  budget: { hour: { sent: 9, entered: 8, max: 100 }, day: { sent: 9, entered: 8, max: 1_000 } },
  guard: { watch: 'calm', refusals: [], countries: [] },
};

it.each<[Verdict, Partial<SmsState>]>([
  ['good', {}],
  ['none', { providers: [] }],
  ['down', { providers: [provider(false), provider(false)] }],
  ['resting', { providers: [provider(false), provider(true)] }],
  ['spent', { budget: { ...fine.budget, hour: { sent: 100, entered: 90, max: 100 } } }],
  ['nearly_spent', { budget: { ...fine.budget, day: { sent: 900, entered: 90, max: 1_000 } } }],
  ['strangers_out', { guard: { ...fine.guard, watch: 'spent' } }],
  ['low', { guard: { ...fine.guard, watch: 'low' } }],
  ['good', { guard: { ...fine.guard, watch: 'off' } }],
  ['failing', { messages: { ...fine.messages, sent: 20, undelivered: 5 } }],
  ['good', { messages: { ...fine.messages, sent: 100, undelivered: 5 } }],
])('%s', (verdict, change) => expect(verdictOf({ ...fine, ...change })).toBe(verdict));
