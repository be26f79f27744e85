import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { describe, expect, it } from 'vitest';
import { addRule, changeRule, faultsOf, isChanged, moveRule, removeRule, rulesOf, slugOf, startDraft, stateOf, type Draft } from './draft.ts';
import { keepDraft, readDraft } from './keep.ts';
import { serverFaultsOf } from './server-faults.ts';

const rule = (id: string, when = 'payment.hour>=22', more: Partial<RiskRule> = {}): RiskRule => ({ id, when, outcome: 'ask_pin', reason: { en: 'Late.', zh: '深夜。' }, ...more });
const rules = [rule('late'), rule('large', 'payment.amountMinor > 20000', { off: true }), rule('odd', 'size(capture.light) > 3')];
const start = (): Draft => startDraft({ base: 7, rules, currency: 'CNY' });
const ids = (draft: Draft): string => draft.rules.map(({ id }) => id).join(' ');

it('what nobody touches is sent as it was, blanks, expressions and switches and all', () => {
  expect(rulesOf(start())).toEqual(rules);
  expect([isChanged(start()), isChanged(startDraft({ base: null, rules: [], currency: 'CNY' }))]).toEqual([false, true]);
});

it('a changed value is written anew, changed back it is as it was', () => {
  const said = { join: 'all' as const, conditions: [{ signal: 'payment.hour' as const, compare: '>=' as const, value: '21', times: '' as const }] };
  const changed = changeRule(start(), '0', { said });
  expect(rulesOf(changed)?.[0]?.when).toBe('payment.hour >= 21');
  expect([isChanged(changed), stateOf(changed.rules[0]!, changed), stateOf(changed.rules[1]!, changed)]).toEqual([true, 'changed', 'same']);
  const emptied = changeRule(start(), '0', { said: { join: 'all', conditions: [{ ...said.conditions[0]!, value: '' }] } });
  expect(stateOf(emptied.rules[0]!, emptied)).toBe('changed');
  expect(rulesOf(changeRule(changed, '0', { said: start().rules[0]!.said }))).toEqual(rules);
});

it('rules move, within the list, switch off and on, and go', () => {
  expect(ids(moveRule(start(), '2', -1))).toBe('late odd large');
  expect([moveRule(start(), '0', -1), moveRule(start(), '2', 1)].map(ids)).toEqual(['late large odd', 'late large odd']);
  expect(rulesOf(changeRule(start(), '1', { off: false }))?.[1]).not.toHaveProperty('off');
  expect(isChanged(moveRule(start(), '2', -1))).toBe(true);
  expect(ids(removeRule(start(), '1'))).toBe('late odd');
});

describe('a new rule', () => {
  const added = addRule(start());
  const filled = changeRule(added, '3', { en: 'A large amount, late at night.', zh: '深夜大额。', said: { join: 'all', conditions: [{ signal: 'person.lookAlike', compare: 'is', value: '', times: '' }] } });
  it('is wrong until it is filled in, field by field', () => {
    expect(faultsOf(added).map(({ key, field, fault }) => `${key} ${field} ${fault}`)).toEqual(['3 0.signal signalMissing', '3 en reasonMissing', '3 zh reasonMissing', '3 id idBad']);
    expect([rulesOf(added), isChanged(added)]).toEqual([null, true]);
  });
  it('is named after its reason, as nobody else is, until somebody names it', () => {
    expect(rulesOf(filled)?.at(-1)).toEqual({ id: 'large-amount-late-at-night', when: 'person.lookAlike', outcome: 'ask_pin', reason: { en: 'A large amount, late at night.', zh: '深夜大额。' } });
    expect(changeRule(added, '3', { en: 'Late!' }).rules[3]?.id).toBe('late-2');
    expect(changeRule(addRule(filled), '4', { en: 'A large amount late at night' }).rules[4]?.id).toBe('large-amount-late-at-night-2');
    expect(changeRule(changeRule(filled, '3', { id: 'own', idTyped: true }), '3', { en: 'Another.' }).rules[3]?.id).toBe('own');
  });
  it.each([['late', 'idTaken'], ['Late', 'idBad'], ['x', 'idBad']])('the name %j is refused: %s', (id, fault) =>
    expect(faultsOf(changeRule(filled, '3', { id, idTyped: true }))).toEqual([{ key: '3', field: 'id', fault }]));
});

it('an expression that is empty or too long, and reasons with odd characters, are wrong', () => {
  const wrong = (change: object) => faultsOf(changeRule(start(), '2', change)).map(({ field, fault }) => `${field} ${fault}`);
  expect([wrong({ text: '' }), wrong({ text: 'x'.repeat(501) }), wrong({ en: 'a\u0007b' }), wrong({ zh: ' ' })]).toEqual([['when conditionsMissing'], ['when tooLong'], ['en reasonBad'], ['zh reasonMissing']]);
});

it.each([['Ten times the usual amount.', 'ten-times-usual-amount'], ['3 looks!', 'looks'], ['深夜', ''], ['A', '']])('%j is named %j', (sentence, slug) => expect(slugOf(sentence)).toBe(slug));

it('a draft is there again after a reload; one that is none, or a storage that refuses, is no draft', () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) } as unknown as Storage;
  expect(readDraft(storage)).toBeNull();
  expect(keepDraft(storage, addRule(start()))).toBe(true);
  expect(readDraft(storage)).toEqual(addRule(start()));
  for (const [key, value] of kept) kept.set(key, value.replace('payment.hour', 'payment.nothing'));
  expect([...kept.values()].map((value) => JSON.parse(value).rules.length)).toEqual([4]);
  kept.set([...kept.keys()][0]!, '{"rules":');
  expect(readDraft(storage)).toBeNull();
  keepDraft(storage, null);
  expect(kept.size).toBe(0);
  const full = { ...storage, setItem: () => { throw new Error('full'); }, getItem: () => { throw new Error('refused'); } } as unknown as Storage;
  expect([keepDraft(full, start()), readDraft(full)]).toEqual([false, null]);
});

it('what the server says is said at the rule it is about', () => {
  expect(serverFaultsOf([{ path: 'rules.2.when', message: 'odd: No such key: nothing' }, { path: 'rules.0.reason.en', message: 'too short' }, { path: 'rules.1', message: 'no' }, { path: 'note', message: 'too long' }])).toEqual([
    { rule: 2, field: 'when', message: 'No such key: nothing' },
    { rule: 0, field: 'en', message: 'too short' },
    { rule: 1, field: 'when', message: 'no' },
    { rule: null, field: 'when', message: 'too long' },
  ]);
});
