import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { expect, it } from 'vitest';
import { rulesDiff } from './rules-diff.ts';

const rule = (id: string, more: Partial<RiskRule> = {}): RiskRule => ({ id, when: 'capture.facesMax > 1', outcome: 'ask_pin', reason: { en: 'so', zh: '是' }, ...more });
const [kept, gone, old] = [rule('kept'), rule('gone'), rule('moved')];

it.each<[string, Partial<RiskRule>]>([
  ['expression', { when: 'capture.facesMax > 2' }],
  ['outcome', { outcome: 'refuse' }],
  ['reason', { reason: { en: 'so', zh: '不是' } }],
  ['switch', { off: true }],
])('tells what is new, gone, kept, and changed in its %s', (_what, more) => {
  const [is, fresh] = [rule('moved', more), rule('fresh')];
  expect(rulesDiff({ was: [kept, gone, old], is: [fresh, { ...kept }, is] })).toEqual({ added: [fresh], removed: [gone], changed: [{ was: old, is }], kept: [kept], moved: false });
});

it('tells another order from other rules', () => {
  expect(rulesDiff({ was: [kept, old], is: [old, kept] })).toEqual({ added: [], removed: [], changed: [], kept: [old, kept], moved: true });
  expect(rulesDiff({ was: [gone, kept, old], is: [kept, rule('fresh'), old] }).moved).toBe(false);
});
