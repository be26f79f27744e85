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

  it('needs both kinds and ten pairs', () => {
    expect(accuracyOnList(clear.slice(0, 9))).toBeNull();
    expect(accuracyOnList(clear.filter(({ same }) => same))).toBeNull();
  });
});
