import { describe, expect, it } from 'vitest';
import { cosine } from '../embed.ts';
import { finish, makeUpPeople } from './testing/made-up-people.ts';
import { scorePairs } from './pair-scores.ts';
import { acceptedAt, binOf, cosineGrid, edgeOf } from './score-grid.ts';
import { createSeededRandom } from './seeded-random.ts';

const small = makeUpPeople({ people: 12, photosEach: 3, dimensions: 8, noise: 0.4, random: createSeededRandom(3) });
const vectorOf = (set: typeof small, i: number) => set.vectors.subarray(i * set.length, (i + 1) * set.length);

function bruteForce(set: typeof small) {
  const genuine: number[] = [];
  const impostor: number[] = [];
  for (let i = 0; i < set.identityOf.length; i++) {
    for (let j = i + 1; j < set.identityOf.length; j++) {
      const score = cosine(vectorOf(set, i), vectorOf(set, j));
      (set.identityOf[i] === set.identityOf[j] ? genuine : impostor).push(score);
    }
  }
  return { genuine: genuine.sort((a, b) => a - b), impostor: impostor.sort((a, b) => b - a) };
}

describe('scorePairs', () => {
  it('counts every pair once, as comparing one by one does', () => {
    const scores = finish(scorePairs({ set: small }));
    const { genuine, impostor } = bruteForce(small);
    expect([scores.genuineCount, scores.impostorCount]).toEqual([genuine.length, impostor.length]);
    expect([scores.genuineCount, scores.identityPairCount]).toEqual([12 * 3, (12 * 11) / 2]);
    for (const threshold of [0, 0.3, 0.5, 0.8]) {
      const bin = binOf(cosineGrid, threshold + cosineGrid.width / 2);
      const edge = edgeOf(cosineGrid, bin);
      expect(acceptedAt(scores.impostor)[bin]).toBe(impostor.filter((score) => score >= edge).length);
      expect(acceptedAt(scores.genuine)[bin]).toBe(genuine.filter((score) => score >= edge).length);
    }
  });

  it('names the worst of both kinds, once a person and once a pair of people', () => {
    const { worstGenuine, worstImpostors } = finish(scorePairs({ set: small }));
    const { genuine, impostor } = bruteForce(small);
    expect(worstGenuine).toHaveLength(10);
    expect(worstGenuine[0].score).toBeCloseTo(genuine[0], 6);
    expect(new Set(worstGenuine.map(({ i }) => small.identityOf[i])).size).toBe(10);
    expect(worstImpostors[0].score).toBeCloseTo(impostor[0], 6);
    const people = worstImpostors.map(({ i, j }) => `${small.identityOf[i]} ${small.identityOf[j]}`);
    expect(new Set(people).size).toBe(people.length);
  });

  it('keeps a tail that holds FMR 1e-2 and not much more when there are many pairs', () => {
    const set = makeUpPeople({ people: 700, photosEach: 2, dimensions: 4, noise: 0.2, random: createSeededRandom(5) });
    const { tail, tailFromBin, impostor, impostorCount } = finish(scorePairs({ set }));
    expect(tail.bin.length).toBe(acceptedAt(impostor)[tailFromBin]);
    expect(tail.bin.length / impostorCount).toBeGreaterThan(0.03);
    expect(tail.bin.length / impostorCount).toBeLessThan(0.05);
  });

  it('compares within groups only', () => {
    const set = { ...small, groupOf: Uint8Array.from(small.identityOf, (identity) => identity % 2) };
    const scores = finish(scorePairs({ set }));
    expect(scores.impostorCount).toBe(2 * ((6 * 5) / 2) * 9);
    expect(scores.identityPairCount).toBe(2 * ((6 * 5) / 2));
    expect(scores.genuineCount).toBe(12 * 3);
  });
});
