import { describe, expect, it } from 'vitest';
import { trail as en } from '../../i18n/texts/en/trail.ts';
import { trail as zh } from '../../i18n/texts/zh/trail.ts';
import { outcomeOf, partsOf, wordsOf } from './sentence.ts';

it.each([
  [200, 0, 'done'], [202, 0, 'done'], [404, 0, 'refused'], [409, 0, 'refused'], [500, 0, 'failed'], [null, 59_999, 'under_way'], [null, 60_000, 'unfinished'],
] as const)('status %s after %s ms: %s', (status, ageMs, outcome) => expect(outcomeOf({ status, atMs: 1_000 }, 1_000 + ageMs)).toBe(outcome));

it('says what was done, or what was tried', () => {
  expect(partsOf('closed|close|a case', 'done')).toEqual({ verb: 'closed', rest: 'a case' });
  for (const outcome of ['refused', 'failed', 'unfinished', 'under_way'] as const) expect(partsOf('closed|close|a case', outcome)).toEqual({ verb: 'close', rest: 'a case' });
});

it.each([
  [{ reason: 'a bank fee', note: 'other' }, 'a bank fee'], [{ note: ' seen ' }, 'seen'], [{ name: 'Bakery' }, 'Bakery'], [{ holder: 'Eve', number: '6222' }, null],
  [{ reason: '  ' }, null], [{ note: `sha256:${'a'.repeat(64)}` }, null], [{ name: 7 }, null], [null, null], ['text', null],
] as const)('of %j the words are %s', (body, words) => expect(wordsOf(body)).toBe(words));

describe.each([['en', en], ['zh', zh]] as const)('%s', (_language, texts) => {
  it('has three parts in every sentence', () => {
    const sentences = Object.entries(texts).filter(([key]) => key.startsWith('act_'));
    expect(sentences.length).toBeGreaterThan(40);
    for (const [key, text] of sentences) expect([key, text.split('|').map((part) => part.trim() !== '')]).toEqual([key, [true, true, true]]);
  });
});
