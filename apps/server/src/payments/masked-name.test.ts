import { expect, it } from 'vitest';
import { maskedName } from './masked-name.ts';

it.each([
  ['王小明', '**明'],
  ['李娜', '*娜'],
  ['欧', '*'],
  ['Ana María Ruiz', 'A** M** R**'],
  ['Bo', 'B**'],
  ['  Ana  ', 'A**'],
  ['É', 'É**'],
])('%s is shown as %s', (name, shown) => {
  expect(maskedName(name)).toBe(shown);
});
