import { describe, expect, it } from 'vitest';
import { halfToNumber, readWeights } from './weights.ts';

describe('readWeights', () => {
  it('reads tensors of every kind one after the other', () => {
    const bytes = new Uint8Array(4 + 4 + 2 + 2 + 4);
    const view = new DataView(bytes.buffer);
    view.setFloat32(0, 1.5, true);
    view.setInt32(4, -7, true);
    view.setUint16(8, 0x3c00, true);
    bytes.set([0, 255], 10);
    view.setUint16(12, 1000, true);
    view.setUint16(14, 0, true);
    const weights = readWeights(
      [
        { name: 'plain', shape: [], dtype: 'float32' },
        { name: 'integer', shape: [1], dtype: 'int32' },
        { name: 'half', shape: [1], dtype: 'float32', quantization: { dtype: 'float16' } },
        { name: 'bytes', shape: [2, 1], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
        { name: 'words', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.01, min: 0 } },
      ],
      bytes,
    );
    const values = (name: string): number[] => [...(weights.get(name)?.values ?? [])].map((value) => Number(value.toFixed(4)));
    expect(values('plain')).toEqual([1.5]);
    expect(values('integer')).toEqual([-7]);
    expect(weights.get('integer')?.isInteger).toBe(true);
    expect(values('half')).toEqual([1]);
    expect(values('bytes')).toEqual([-1, 24.5]);
    expect(values('words')).toEqual([10, 0]);
  });

  it('refuses bytes that are missing or left over, and kinds it does not know', () => {
    const entry = { name: 'w', shape: [2], dtype: 'float32' };
    expect(() => readWeights([entry], new Uint8Array(7))).toThrow('the weights end before w');
    expect(() => readWeights([entry], new Uint8Array(9))).toThrow('1 bytes of weights belong to no tensor');
    expect(() => readWeights([{ ...entry, dtype: 'string' }], new Uint8Array(8))).toThrow('kept as string');
  });
});

describe('half precision', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ])('%i is %d', (half, value) => expect(halfToNumber(half)).toBe(value));
});
