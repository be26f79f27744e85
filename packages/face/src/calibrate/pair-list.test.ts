import { describe, expect, it } from 'vitest';
import { accuracyOnList } from './pair-list.ts';
import type { ListedPair } from './pair-list.ts';

const clear: ListedPair[] = Array.from({ length: 100 }, (_, i) => ({ same: i % 2 === 0, score: i % 2 === 0 ? 0.9 : 0.1 }));

describe('accuracyOnList', () => {
  it('tells all of a clear list', () => {
    expect(accuracyOnList(clear)).toMatchObject({ pairs: 100, same: 50, accuracy: 1, standardError: 0, threshold: 0.5 });
  });

  it('counts each wrong pair once', () => {
    const withErrors = clear.map((pair, i) => (i < 4 ? { ...pair, same: !pair.same } : pair));
    expect(accuracyOnList(withErrors)?.accuracy).toBeCloseTo(0.96);
  });

  it('refuses a pair without a score: wrong when genuine, right when not', () => {
    const missing = clear.map((pair, i) => (i < 4 ? { ...pair, score: null } : pair));
    expect(accuracyOnList(missing)).toMatchObject({ accuracy: 0.98, withoutScore: 4 });
  });

  // A threshold chosen on the fold itself would be right about every pair of it.
  it('never chooses a threshold on the pairs it is tried on', () => {
    const shifted = clear.map((pair, i) => (i < 10 ? { ...pair, score: (pair.score ?? 0) - 0.85 } : pair));
    expect(accuracyOnList(shifted)?.accuracy).toBeCloseTo(0.95);
  });

  it('weighs both kinds alike in the balanced figure, and tells which pairs were wrong', () => {
    // Three of one kind for each of the other; a tenth of the rare kind scores like the common one.
    const uneven = Array.from({ length: 400 }, (_, i): ListedPair => {
      const same = i % 4 !== 0;
      return { same, score: same || i % 40 === 0 ? 0.9 : 0.1 };
    });
    const result = accuracyOnList(uneven);
    expect(result?.accuracy).toBeCloseTo(0.975);
    expect(result?.balanced).toMatchObject({ trueMatchRate: 1, trueNonMatchRate: 0.9 });
    expect(result?.balanced.accuracy).toBeCloseTo(0.95);
    expect(result?.balanced.standardError).toBeCloseTo(Math.sqrt(0.09 / 100) / 2);
    expect(result?.balanced.wrong).toEqual(Array.from({ length: 10 }, (_, i) => i * 40));
  });

  it('chooses its thresholds for both kinds alike: many easy pairs of one kind do not outvote the other', () => {
    // 90 of one person at 0.8, 5 of two people at 0.1, 5 of two people at 0.7, and 10 of one person at 0.6.
    const scores = [...Array<ListedPair>(90).fill({ same: true, score: 0.8 }), ...Array<ListedPair>(5).fill({ same: false, score: 0.1 }), ...Array<ListedPair>(5).fill({ same: false, score: 0.7 }), ...Array<ListedPair>(10).fill({ same: true, score: 0.6 })];
    const mixed = scores.map((_, index) => scores[(index * 37) % scores.length]);
    const result = accuracyOnList(mixed);
    expect(result?.threshold).toBeLessThan(0.6);
    expect(result?.balanced.threshold).toBeGreaterThan(0.7);
  });

  it('needs both kinds and ten pairs', () => {
    expect(accuracyOnList(clear.slice(0, 9))).toBeNull();
    expect(accuracyOnList(clear.filter(({ same }) => same))).toBeNull();
  });
});
