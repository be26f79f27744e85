import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosine, embedChip, embedPlainChips, fuse, normalise, sameFaceThroughout } from './embed.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';

describe('embedChip', () => {
  it('feeds crop and mirror image, answers their mean at unit length, and wipes its input', async () => {
    let fed = new Float32Array();
    const runner = createScriptedRunner({
      recogniser: (input) => {
        fed = input.data as Float32Array<ArrayBuffer>;
        return { out: { data: Float32Array.of(3, 0, 0, 4), dims: [2, 2] } };
      },
    });
    const data = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const embedding = await embedChip(runner, { side: 2, data });
    expect([...runner.asked[0].data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]);
    expect([...embedding]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    expect(fed.every((value) => value === 0)).toBe(true);
  });
});

describe('embedPlainChips', () => {
  it('feeds two chips in one run and an odd one with its mirror image, unit length each', async () => {
    const runner = createScriptedRunner({ recogniser: ({ data }) => ({ out: { data: Float32Array.of(data[0], 0, 0, data[12]), dims: [2, 2] } }) });
    const chipOf = (value: number) => ({ side: 2, data: new Float32Array(12).fill(value) });
    const embeddings = await embedPlainChips(runner, [chipOf(3), chipOf(4), chipOf(5)]);
    expect(runner.asked.map(({ dims, data }) => [dims.join('x'), data[0], data[12]])).toEqual([['2x3x2x2', 3, 4], ['2x3x2x2', 5, 5]]);
    const half = Math.SQRT1_2;
    expect(embeddings.map((one) => [...one])).toEqual([[1, 0], [0, 1], [expect.closeTo(half, 6), expect.closeTo(half, 6)]]);
    expect(await embedPlainChips(runner, [])).toEqual([]);
  });
});

describe('vectors', () => {
  const unit = fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 })
    .filter((values) => values.some((value) => value !== 0))
    .map((values) => normalise(Float32Array.from(values)));
  const several = fc.array(unit, { minLength: 1, maxLength: 4 });
  const meanOfPairs = (as: readonly Float32Array[], bs: readonly Float32Array[]): number =>
    as.flatMap((a) => bs.map((b) => cosine(a, b))).reduce((sum, score) => sum + score, 0) / (as.length * bs.length);

  it('fuse so that their score is the mean of all pairs: what the error curve of single pictures covers', () => {
    fc.assert(fc.property(several, several, (as, bs) => Math.abs(cosine(fuse(as), fuse(bs)) - meanOfPairs(as, bs)) < 1e-5));
  });

  it('which brought back to unit length would score higher than any pair of frames (positive control)', () => {
    const [a, b, probe] = [Float32Array.of(0.8, 0.6), Float32Array.of(0.8, -0.6), Float32Array.of(1, 0)];
    expect(cosine(normalise(fuse([a, b])), probe)).toBeGreaterThan(Math.max(cosine(a, probe), cosine(b, probe)));
    expect(cosine(fuse([a, b]), probe)).toBeCloseTo(0.8, 6);
  });

  it('of no direction are refused', () => {
    expect(() => normalise(new Float32Array(3))).toThrow('no direction');
    expect(() => normalise(Float32Array.of(Number.NaN))).toThrow('no direction');
    expect(() => fuse([])).toThrow('nothing to fuse');
  });

  it('show one person when every pair does', () => {
    const [a, b, c] = [Float32Array.of(1, 0), Float32Array.of(0.96, 0.28), Float32Array.of(0.8, 0.6)];
    expect(sameFaceThroughout([a, b], 0.95)).toBe(true);
    expect(sameFaceThroughout([b, c], 0.9)).toBe(true);
    expect(sameFaceThroughout([a, b, c], 0.9)).toBe(false);
    expect(sameFaceThroughout([a], 0.9)).toBe(true);
  });
});
