import type { OutcomeChange, OutcomeDiff } from '@sonrisa/protocol/risk-api.ts';
import { expect, it } from 'vitest';
import { addDiffs, noDiff } from './add-diffs.ts';

const example = (paymentId: string): OutcomeChange['examples'][number] => ({
  paymentId, atMs: 0, store: { id: 'sto_1', name: 'Corner', nameZh: '街角' }, amount: { amountMinor: '100', currency: 'CNY' }, firedBefore: [], firedAfter: ['late'],
});
const change = (to: OutcomeChange['to'], decisions: number, examples: string[]): OutcomeChange => ({
  from: 'allow', to, decisions, reported: 1, amounts: [{ amountMinor: String(decisions * 100), currency: 'CNY' }], examples: examples.map(example),
});
const page = (more: Partial<OutcomeDiff>): OutcomeDiff => ({ decisions: 10, same: 7, stricter: 2, milder: 1, amounts: [{ amountMinor: '1000', currency: 'CNY' }], changes: [], fired: [], ...more });

it('pages add up, what changes most comes first, and examples are the newest five', () => {
  const sum = addDiffs(
    page({ changes: [change('ask_pin', 2, ['a', 'b'])], fired: [{ rule: 'late', before: 1, after: 2 }] }),
    page({ amounts: [{ amountMinor: '500', currency: 'EUR' }], changes: [change('refuse', 9, ['r']), change('ask_pin', 3, ['c', 'd', 'e', 'f'])], fired: [{ rule: 'far', before: 0, after: 9 }, { rule: 'late', before: 1, after: 1 }] }),
  );
  expect(sum).toMatchObject({ decisions: 20, same: 14, stricter: 4, milder: 2, amounts: [{ amountMinor: '1000', currency: 'CNY' }, { amountMinor: '500', currency: 'EUR' }] });
  expect(sum.changes.map(({ to, decisions, reported, amounts, examples }) => [to, decisions, reported, amounts[0]?.amountMinor, examples.map(({ paymentId }) => paymentId).join('')])).toEqual([
    ['refuse', 9, 1, '900', 'r'],
    ['ask_pin', 5, 2, '500', 'abcde'],
  ]);
  expect(sum.fired).toEqual([{ rule: 'far', before: 0, after: 9 }, { rule: 'late', before: 2, after: 3 }]);
});

it('nothing and a page are the page', () => {
  const only = page({ changes: [change('refuse', 1, ['a'])] });
  expect(addDiffs(noDiff, only)).toEqual(only);
});
