import { describe, expect, it } from 'vitest';
import { bootstrapIdentities } from './bootstrap.ts';
import { scorePairs } from './pair-scores.ts';
import type { PairScores } from './pair-scores.ts';
import { acceptedAt, binOf } from './score-grid.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { PhotoSet } from './photo-set.ts';
import { finish, gaussian, makeUpPeople } from './testing/made-up-people.ts';

// Scores with a known FMR: score = a person's own tendency to look like others, for both sides, plus chance. Pairs of
// one person are correlated through that tendency, as in reality. All parts are normal, so the true FMR is a tail.
const people = 60;
const grid = { lowest: -8, width: 0.05, bins: 320 };

function tendencies(share: number, random: () => number): { set: PhotoSet; score: (i: number, j: number) => number } {
  const own = Float64Array.from({ length: people }, () => gaussian(random));
  const identityOf = Int32Array.from({ length: people }, (_, photo) => photo);
  const score = (i: number, j: number): number => (own[i] + own[j]) * Math.sqrt(share / 2) + Math.sqrt(1 - share) * gaussian(random);
  return { set: { vectors: new Float32Array(0), length: 0, identityOf, identityCount: people }, score };
}

const threshold = 1.5;
// 1 - Phi(1.5)
const trueFmr = 0.0668072;

function intervalOf(share: number, seed: number): { low: number; high: number; scores: PairScores; fmr: number } {
  const random = createSeededRandom(seed);
  const { set, score } = tendencies(share, random);
  const scores = finish(scorePairs({ set, score, grid }));
  const bin = binOf(grid, threshold + grid.width / 2);
  const intervals = finish(bootstrapIdentities({ set, scores, thresholdBins: [bin], fmrTargets: [], replicates: 200, random }));
  return { ...intervals.fmr[0], scores, fmr: acceptedAt(scores.impostor)[bin] / scores.impostorCount };
}

describe('the bootstrap over people', () => {
  const trials = 200;
  const outcomes = (share: number) => Array.from({ length: trials }, (_, trial) => intervalOf(share, 1000 + trial));
  const coverage = (all: readonly { low: number; high: number }[]) => all.filter(({ low, high }) => low <= trueFmr && trueFmr <= high).length / trials;

  it('holds the true rate in about 95 % of the trials, where counting pairs holds it far less often', () => {
    const all = outcomes(0.3);
    expect(coverage(all)).toBeGreaterThan(0.9);
    expect(coverage(all)).toBeLessThanOrEqual(0.99);
    // The control: pairs taken as independent, normal approximation.
    const byPairs = all.map(({ fmr, scores }) => {
      const half = 1.96 * Math.sqrt((fmr * (1 - fmr)) / scores.impostorCount);
      return { low: fmr - half, high: fmr + half };
    });
    expect(coverage(byPairs)).toBeLessThan(0.6);
  });

  it('is on the safe side when people have no tendency of their own', () => {
    expect(coverage(outcomes(0))).toBeGreaterThan(0.95);
  });

  it('gives the same interval for the same seed, another for another', () => {
    expect(intervalOf(0.3, 7)).toEqual(intervalOf(0.3, 7));
    expect(intervalOf(0.3, 7)).not.toEqual(intervalOf(0.3, 8));
  });
});

describe('FNMR at a target', () => {
  it('takes along that the threshold is an estimate too', () => {
    const random = createSeededRandom(11);
    const set = makeUpPeople({ people: 60, photosEach: 3, dimensions: 8, noise: 0.6, random });
    const scores = finish(scorePairs({ set }));
    const bin = acceptedAt(scores.impostor).findIndex((count) => count <= 0.01 * scores.impostorCount);
    const intervals = finish(bootstrapIdentities({ set, scores, thresholdBins: [bin], fmrTargets: [0.01], replicates: 300, random }));
    const fixed = intervals.fnmr[0];
    const found = intervals.fnmrAtTarget[0];
    const measured = 1 - acceptedAt(scores.genuine)[bin] / scores.genuineCount;
    expect(found.low).toBeLessThan(measured);
    expect(found.high).toBeGreaterThan(measured);
    expect(found.high - found.low).toBeGreaterThan(fixed.high - fixed.low);
  });
});
