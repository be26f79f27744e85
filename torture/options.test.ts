import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const names = ['crash', 'race'];

it('reads numbers and switches', () => {
  expect(readOptions(['crash', '--cycles', '300', '--seed', '7', '--control'], names)).toEqual({
    name: 'crash', seed: 7, numbers: { cycles: 300, seed: 7 }, control: true, record: false,
  });
});

it.each([
  [['flood'], /Name one of: crash, race/],
  [[], /Name one of/],
  [['crash', '--cycles'], /--cycles takes a whole number/],
  [['crash', '--cycles', '-3'], /--cycles takes a whole number/],
  [['crash', '--hours', '3'], /no option "--hours"/],
])('%s is refused in a sentence', (argv, sentence) => {
  expect(() => readOptions(argv, names)).toThrow(sentence);
});
