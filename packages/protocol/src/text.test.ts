import { expect, it } from 'vitest';
import { textSchema } from './text.ts';

const one = textSchema({ max: 20 });
const several = textSchema({ max: 20, lines: 'several' });

it.each(['Croissant', '面包 🥐', ' as typed ', 'a\u200dz'])('%j is text, kept as it is', (text) => {
  expect(one.parse(text)).toBe(text);
});

it.each(['a\u0000b', 'a\tb', 'a\u007fb', 'a\u0085b', 'a\ud800', '\udc00b', '\ud83eb'])('%j is none', (text) => {
  expect(one.safeParse(text).success).toBe(false);
  expect(several.safeParse(text).success).toBe(false);
});

it('a line feed is for texts of several lines', () => {
  expect(one.safeParse('a\nb').success).toBe(false);
  expect(several.parse('a\nb')).toBe('a\nb');
});

it('too much or nothing is refused', () => {
  expect(one.safeParse('').success).toBe(false);
  expect(one.safeParse('x'.repeat(21)).success).toBe(false);
  expect(textSchema({ min: 0, max: 20 }).parse('')).toBe('');
});
