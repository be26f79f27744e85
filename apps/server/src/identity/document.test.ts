import { describe, expect, it } from 'vitest';
import { fitOf, sameName } from './document.ts';

describe('a document', () => {
  const typed = { name: '王小明', attested: null };
  const attested = { name: '王小明', attested: { name: '王小明', bornOn: '1990-05-17' } };
  it.each([
    ['the name that was typed in', { name: '王小明', bornOn: '1990-05-17' }, typed, 'name'],
    ['another name', { name: '王大明', bornOn: '1990-05-17' }, typed, 'none'],
    ['name and day of birth', { name: '王小明', bornOn: '1990-05-17' }, attested, 'attested'],
    ['a namesake', { name: '王小明', bornOn: '1991-05-17' }, attested, 'none'],
    ['another name born that day', { name: '王大明', bornOn: '1990-05-17' }, attested, 'none'],
  ])('with %s', (_what, document, known, expected) => {
    expect(fitOf(document, known)).toBe(expected);
  });

  it.each([
    ['ANA  MARIA', 'Ana Maria', true],
    ['O’Neil', "O'Neil", true],
    ['买买提·艾力', '买买提艾力', true],
    ['Ana', 'Anna', false],
  ])('%s and %s', (one, other, same) => expect(sameName(one, other)).toBe(same));
});
