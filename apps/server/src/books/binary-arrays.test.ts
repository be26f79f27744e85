import { describe, expect, it } from 'vitest';
import { binaryArrays } from './binary-arrays.ts';

const hex = (buffer: Buffer | undefined): string => buffer?.toString('hex') ?? '';

// What array_send of PostgreSQL 15 gives: SELECT encode(array_send(ARRAY['ä', NULL]::text[]), 'hex'), and so on.
describe('columns as PostgreSQL sends them itself', () => {
  it.each([
    ['text', ['ä', null], '000000010000000100000019000000020000000100000002c3a4ffffffff'],
    ['text', [], '000000000000000000000019'],
    ['bigint', [-1n, 2n ** 62n], '0000000100000000000000140000000200000001' + '00000008ffffffffffffffff' + '000000084000000000000000'],
    ['integer', [200], '0000000100000000000000170000000100000001' + '00000004000000c8'],
    ['timestamptz', [Date.UTC(2000, 0, 1) + 1, 0], '0000000100000000000004a00000000200000001' + '0000000800000000000003e8' + '00000008fffca2fec4c82000'],
    ['jsonb', ['[]'], '000000010000000000000eda0000000100000001' + '00000003015b5d'],
  ] as const)('%s %o', (type, values, expected) => {
    expect(hex(binaryArrays([{ type, values: [...values] as never[] }])[0])).toBe(expected);
  });

  it('several columns do not run into each other, long and other letters included', () => {
    const values = ['x'.repeat(100), '微笑'.repeat(30), ''];
    const [one, two] = binaryArrays([{ type: 'text', values }, { type: 'text', values }]);
    expect(hex(one)).toBe(hex(two));
    expect(one?.length).toBe(20 + 3 * 4 + 100 + 180);
  });
});
