import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosine, normalise } from '../embed.ts';
import { createExactIndex } from './testing/exact.ts';

const dimensions = 4;
const vector = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: dimensions, maxLength: dimensions })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => normalise(Float32Array.from(values)));

describe('the exact index', () => {
  it('finds the best people by their best template', () => {
    const index = createExactIndex({ dimensions: 2 });
    index.put('ann', [Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    index.put('bob', [Float32Array.of(0.6, 0.8)]);
    expect(index.search(Float32Array.of(0, 1), 5)).toEqual([
      { ref: 'ann', score: 1 },
      { ref: 'bob', score: expect.closeTo(0.8, 6) },
    ]);
    expect(index.search(Float32Array.of(0, 1), 1).map(({ ref }) => ref)).toEqual(['ann']);
    expect(index.search(Float32Array.of(0, 1), 5, new Set(['bob'])).map(({ ref }) => ref)).toEqual(['bob']);
  });

  it('refuses vectors of another length', () => {
    const index = createExactIndex({ dimensions: 2 });
    expect(() => index.put('ann', [Float32Array.of(1)])).toThrow('has 1 values, not 2');
    expect(() => index.search(Float32Array.of(1, 0, 0), 1)).toThrow('has 3 values, not 2');
  });

  it('agrees with a plain map after any sequence of puts and erasures', () => {
    const step = fc.record({ ref: fc.constantFrom('a', 'b', 'c', 'd', 'e'), templates: fc.array(vector, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), vector, (steps, probe) => {
        const index = createExactIndex({ dimensions, capacity: 1 });
        const plain = new Map<string, Float32Array[]>();
        for (const { ref, templates } of steps) {
          if (templates.length === 0) {
            expect(index.erase(ref)).toBe(plain.delete(ref));
          } else {
            index.put(ref, templates);
            plain.set(ref, templates);
          }
        }
        const hits = new Map(index.search(probe, 100).map(({ ref, score }) => [ref, score]));
        expect(new Set(hits.keys())).toEqual(new Set(plain.keys()));
        for (const [ref, templates] of plain) {
          expect(hits.get(ref)).toBeCloseTo(Math.max(...templates.map((each) => cosine(each, probe))), 5);
        }
        expect(index.peopleCount).toBe(plain.size);
        expect(index.templateCount).toBe([...plain.values()].flat().length);
      }),
    );
  });
});

describe('erasing', () => {
  const marker = 0.123456;
  const holdsMarker = (bytes: Float32Array): boolean => bytes.includes(Math.fround(marker));

  it('leaves no byte of the template behind, whichever slot it had', () => {
    for (const position of [0, 1, 2]) {
      const index = createExactIndex({ dimensions: 2, capacity: 1 });
      for (const [i, ref] of ['a', 'b', 'c'].entries()) {
        index.put(ref, i === position ? [Float32Array.of(marker, 1), Float32Array.of(marker, 2)] : [Float32Array.of(1, 0)]);
      }
      expect(holdsMarker(index.bytes())).toBe(true);
      index.erase(['a', 'b', 'c'][position]);
      expect(holdsMarker(index.bytes())).toBe(false);
      expect(index.bytes().filter((value) => value !== 0)).toHaveLength(2);
    }
  });

  it('also holds for a replaced template, and for the buffer left behind by growing', () => {
    const index = createExactIndex({ dimensions: 2, capacity: 1 });
    index.put('a', [Float32Array.of(marker, 1)]);
    const outgrown = index.bytes();
    index.put('b', [Float32Array.of(1, 0)]);
    expect(outgrown).not.toBe(index.bytes());
    expect(holdsMarker(outgrown)).toBe(false);
    index.put('a', [Float32Array.of(0, 1)]);
    expect(holdsMarker(index.bytes())).toBe(false);
  });
});
