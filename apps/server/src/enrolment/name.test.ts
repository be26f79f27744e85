// Names: which are taken, and which are not.
import { describe, expect, it } from 'vitest';
import { readName } from './name.ts';

describe('a name', () => {
  it.each([
    ['张三', '张三'],
    ['  Maria   Sol ', 'Maria Sol'],
    ["O'Neill", "O'Neill"],
    ['阿卜杜拉·买买提', '阿卜杜拉·买买提'],
    ['Nguyễn Văn A', 'Nguyễn Văn A'],
    ['J', 'J'],
  ])('"%s" is taken as "%s"', (typed, name) => expect(readName(typed)).toBe(name));

  it.each(['', '   ', '12', 'Max3', '<b>Max</b>', 'a\u0000b', '😀', 'x'.repeat(41), '张三\u202e', '-Max'])('"%s" is refused', (typed) =>
    expect(readName(typed)).toBeUndefined(),
  );
});
