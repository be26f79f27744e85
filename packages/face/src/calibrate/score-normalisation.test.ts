import { describe, expect, it } from 'vitest';
import { normalise } from '../embed.ts';
import { calibrate } from './calibration.ts';
import type { Calibration } from './calibration.ts';
import type { PhotoSet } from './photo-set.ts';
import { nearestStrangers, normaliseScores, strangersMin } from './score-normalisation.ts';
import { createSeededRandom } from './seeded-random.ts';
import { finish, gaussian, makeUpPeople } from './testing/made-up-people.ts';

// People of two kinds: half of them share a trait and score high against one another; the others do not, and
// their photos vary more. One threshold for both must be as high as the first kind needs.
function crowdedPeople(people: number): PhotoSet {
  const random = createSeededRandom(9);
  const length = 48;
  const vectors = new Float32Array(people * 2 * length);
  for (let person = 0; person < people; person++) {
    const crowded = person % 4 < 2;
    const own = Float64Array.from({ length }, () => gaussian(random) * (crowded ? 1 : Math.SQRT2));
    for (const photo of [0, 1]) {
      const vector = vectors.subarray((person * 2 + photo) * length, (person * 2 + photo + 1) * length);
      for (let q = 0; q < length; q++) vector[q] = own[q] + (crowded && q === 0 ? Math.sqrt(length) : 0) + (crowded ? 0.6 : 1.1) * gaussian(random);
      normalise(vector);
    }
  }
  return { vectors, length, identityOf: Int32Array.from({ length: people * 2 }, (_, i) => i >> 1), identityCount: people };
}

const fnmrAt = (calibration: Calibration | null, target: number): number => calibration?.operating.find(({ fmrTarget }) => fmrTarget === target)?.fnmr ?? Number.NaN;

describe('normaliseScores', () => {
  it('measures both sides by their nearest strangers of the other half', () => {
    const set = makeUpPeople({ people: 2 * strangersMin, photosEach: 1, dimensions: 6, noise: 0.1, random: createSeededRandom(4) });
    const result = finish(normaliseScores(set));
    if (!result) throw new Error('enough people');
    expect(result.strangers).toBe(strangersMin);
    const cosine = (i: number, j: number): number => set.vectors.subarray(i * 6, i * 6 + 6).reduce((sum, value, q) => sum + value * set.vectors[j * 6 + q], 0);
    const side = (i: number): { mean: number; deviation: number } => {
      const best = Array.from({ length: 2 * strangersMin }, (_, k) => k).filter((k) => k % 2 !== i % 2).map((k) => cosine(i, k)).sort((a, b) => b - a).slice(0, nearestStrangers);
      const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
      return { mean, deviation: Math.sqrt(best.reduce((sum, value) => sum + (value - mean) ** 2, 0) / best.length) };
    };
    const [a, b] = [side(0), side(2)];
    expect(result.score(0, 2)).toBeCloseTo(((cosine(0, 2) - a.mean) / a.deviation + (cosine(0, 2) - b.mean) / b.deviation) / 2, 4);
  });

  it('is none without enough strangers', () => {
    expect(finish(normaliseScores(makeUpPeople({ people: 2 * strangersMin - 2, photosEach: 1, dimensions: 4, noise: 0.1, random: createSeededRandom(4) })))).toBeNull();
  });

  it('helps where some people look alike and others do not', () => {
    const set = crowdedPeople(1000);
    const plain = finish(calibrate({ set, scoring: 'cosine', seed: 1, replicates: 20 }));
    const normalised = finish(calibrate({ set, scoring: 'normalised-cosine', seed: 1, replicates: 20 }));
    expect(fnmrAt(normalised, 1e-3)).toBeLessThan(0.8 * fnmrAt(plain, 1e-3));
    expect(normalised?.scores.identityPairCount).toBe(2 * ((500 * 499) / 2));
  });
});
