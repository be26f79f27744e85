import { describe, expect, it } from 'vitest';
import { readSentence, type Condition } from './sentence.ts';
import { writeSentence } from './written.ts';

const condition = (signal: Condition['signal'], compare: Condition['compare'], value = '', times: Condition['times'] = ''): Condition => ({ signal, compare, value, times });

// Expressions of the rules an installation starts with, and their fields.
const both: [when: string, ...conditions: Condition[]][] = [
  ['capture.facesMax >= 2 && capture.nearestOtherRatio >= 0.35', condition('capture.facesMax', '>=', '2'), condition('capture.nearestOtherRatio', '>=', '35')],
  ['capture.onlooker && capture.nearestOtherRatio < 0.35', condition('capture.onlooker', 'is'), condition('capture.nearestOtherRatio', '<', '35')],
  ['!terminal.newNetwork', condition('terminal.newNetwork', 'is_not')],
  ['capture.light == "dim"', condition('capture.light', '==', 'dim')],
  ['payment.amountMinor >= 20000', condition('payment.amountMinor', '>=', '200.00')],
  ['person.faceAgeH < 24 && payment.units > 100.0', condition('person.faceAgeH', '<', '24'), condition('payment.units', '>', '100')],
  ['capture.padScore < 0.5', condition('capture.padScore', '<', '0.5')],
  ['payment.amountMinor > 5 * person.usualMinor', condition('payment.amountMinor', '>', '5', 'person.usualMinor')],
  ['payment.amountMinor > person.usualMinor', condition('payment.amountMinor', '>', '1', 'person.usualMinor')],
  ['payment.amountMinor * 2 > person.usualMinor * 5', condition('payment.amountMinor', '>', '2.5', 'person.usualMinor')],
  ['terminal.looksLastHour >= 20 && terminal.failedLastHour * 5 > terminal.looksLastHour * 4', condition('terminal.looksLastHour', '>=', '20'), condition('terminal.failedLastHour', '>', '80', 'terminal.looksLastHour')],
  ['merchant.refundsLastWeek * 5 > merchant.paidLastWeek', condition('merchant.refundsLastWeek', '>', '20', 'merchant.paidLastWeek')],
];

describe.each(both)('%s', (when, ...conditions) => {
  it('is read as its fields', () => expect(readSentence(when, 'CNY')).toEqual({ join: 'all', conditions }));
  it('is what its fields are written as', () => expect(writeSentence({ join: 'all', conditions }, 'CNY')).toEqual({ ok: true, when }));
});

it('one of several, a value in front, yes and no by comparison', () => {
  expect(readSentence('payment.hour<6||22 < payment.hour', 'CNY')).toEqual({ join: 'any', conditions: [condition('payment.hour', '<', '6'), condition('payment.hour', '>', '22')] });
  expect(readSentence('person.lookAlike != true', 'CNY')?.conditions).toEqual([condition('person.lookAlike', 'is_not')]);
});

it.each([
  'payment.hour > 22 || payment.hour < 6 && person.lookAlike', '(payment.hour > 22)', 'payment.nothing > 1', 'payment.hour', 'payment.hour > payment.amountMinor', 'payment.hour + 1 > 3', 'payment.hour in [1]',
  'capture.light == "red"', 'payment.hour > 1.5', 'terminal.failedLastHour * 3 > terminal.looksLastHour', 'size(limits.verdict) > 3', 'capture.light > "dim"', '', '1 < 2', 'payment.hour > 3 &&',
])('%j stays an expression', (when) => expect(readSentence(when, 'CNY')).toBeNull());

it('amounts have as many decimals as their currency', () => {
  const amount = (value: string, currency: string) => writeSentence({ join: 'all', conditions: [condition('payment.amountMinor', '>', value)] }, currency);
  expect([amount('200', 'CNY'), amount('200', 'JPY'), amount('1,5', 'KWD')]).toEqual([20_000, 200, 1_500].map((minor) => ({ ok: true, when: `payment.amountMinor > ${minor}` })));
  expect(readSentence('payment.amountMinor > 200', 'JPY')?.conditions[0]?.value).toBe('200');
});

it.each<[string, Condition, string, number?]>([
  ['nothing chosen', condition('', '>', '5'), 'signalMissing'],
  ['no value', condition('payment.hour', '>', ' '), 'valueMissing'],
  ['no word', condition('capture.light', '=='), 'wordMissing'],
  ['a word that is none', condition('capture.light', '==', 'red'), 'wordMissing'],
  ['half an hour', condition('payment.hour', '>', '2.5'), 'valueNotWhole'],
  ['below nothing', condition('payment.hour', '>', '-1'), 'valueNotWhole'],
  ['no hour', condition('payment.hour', '>', '24'), 'valueTooLarge', 23],
  ['letters', condition('capture.padScore', '>', 'half'), 'valueNotNumber'],
  ['no score', condition('capture.padScore', '>', '1,5'), 'valueTooLarge', 1],
  ['a third of a fen', condition('payment.amountMinor', '>', '1.005'), 'valueNotMoney'],
  ['no times', condition('payment.amountMinor', '>', '0', 'person.usualMinor'), 'valueZero'],
  ['letters for times', condition('payment.amountMinor', '>', 'five', 'person.usualMinor'), 'valueNotNumber'],
])('%s is named at its field', (_what, wrong, fault, max) => {
  const good = condition('person.lookAlike', 'is');
  expect(writeSentence({ join: 'all', conditions: [good, wrong] }, 'CNY')).toEqual({ ok: false, faults: [{ at: 1, field: fault === 'signalMissing' ? 'signal' : 'value', fault, ...(max === undefined ? {} : { max }) }] });
});

it('a sentence says something, and not too much', () => {
  expect(writeSentence({ join: 'all', conditions: [] }, 'CNY')).toEqual({ ok: false, faults: [{ at: null, field: 'when', fault: 'conditionsMissing' }] });
  const long = Array.from({ length: 30 }, () => condition('payment.hour', '>', '12'));
  expect(writeSentence({ join: 'any', conditions: long }, 'CNY')).toEqual({ ok: false, faults: [{ at: null, field: 'when', fault: 'tooLong', max: 500 }] });
});
