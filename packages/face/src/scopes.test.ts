// Dividing the budget among groups keeps the sum, helps where it is done, and takes nothing from anybody.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksPerPaymentMax, rungBound, rungs, rungThresholds } from './decide.ts';
import type { ErrorCurve } from './decide.ts';
import { planScopes } from './scopes.ts';
import type { ScopeShare } from './scopes.ts';

const curve: ErrorCurve = {
  id: 'made-up',
  source: 'about as good as a curve of four million pairs',
  fmrPoints: [1e-2, 1e-3, 1e-4, 1e-5, 1e-6].map((fmr, i) => ({ scoreMin: 0.911 + 0.013 * i, fmr })),
  fmrFloor: 7e-7,
  safetyFactor: 4,
};
const budgets = [1e-6, 1e-5, 1e-4, 1e-3];
const counts = fc
  .tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 2_000_000 }))
  .map(([store, more, others]) => ({ store, district: store + more, all: store + more + others + 1 }));

/** What one look may charge wrongly at most: every group goes as far down as its thresholds, on every rung. */
const spent = (plan: readonly ScopeShare[]): number =>
  plan
    .flatMap((part) => rungs.map((rung) => ({ ...part, rung, score: rungThresholds({ curve, ...part })[rung] })))
    .reduce((sum, { score, ...part }) => sum + (score === null ? 0 : rungBound({ curve, ...part, score })), 0);

const effortOf = (part: Pick<ScopeShare, 'candidateCount' | 'budget'>): number => {
  const thresholds = rungThresholds({ curve, ...part });
  const first = rungs.findIndex((rung) => thresholds[rung] !== null);
  return first === -1 ? rungs.length : first;
};

test('however many people are where, all groups together stay within the budget of a look, and end with everybody', () => {
  fc.assert(
    fc.property(counts, fc.constantFrom(...budgets), (people, budget) => {
      const plan = planScopes({ curve, budget, counts: people });
      expect(plan.at(-1)).toMatchObject({ scope: 'all', candidateCount: people.all });
      expect(plan.reduce((sum, part) => sum + part.budget, 0)).toBeCloseTo(budget, 12);
      expect(spent(plan)).toBeLessThanOrEqual((budget / looksPerPaymentMax) * (1 + 1e-9));
      expect(effortOf(plan.at(-1) ?? { candidateCount: 0, budget: 0 })).toBe(effortOf({ candidateCount: people.all, budget }));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('control: three groups with the whole budget each would spend more than there is', () => {
  const budget = 1e-3;
  const plan = planScopes({ curve, budget, counts: { store: 20, district: 60, all: 8000 } });
  expect(plan.map(({ scope }) => scope)).toEqual(['store', 'district', 'all']);
  const undivided = plan.map((part) => ({ ...part, budget }));
  expect(spent(undivided)).toBeGreaterThan(budget / looksPerPaymentMax);
});

describe('where it helps', () => {
  test('a shop of twenty regulars among eight thousand people: the face alone, where everybody would need more', () => {
    const [store] = planScopes({ curve, budget: 1e-3, counts: { store: 20, district: 20, all: 8000 } });
    expect(store).toMatchObject({ scope: 'store', candidateCount: 20 });
    expect([effortOf(store ?? { candidateCount: 1, budget: 1 }), effortOf({ candidateCount: 8000, budget: 1e-3 })]).toEqual([0, expect.any(Number)]);
    expect(effortOf({ candidateCount: 8000, budget: 1e-3 })).toBeGreaterThan(0);
  });

  test('a district that is hardly more than the store is not searched by itself; without regulars here, it is', () => {
    const scopesOf = (people: { store: number; district: number }) => planScopes({ curve, budget: 1e-3, counts: { ...people, all: 8000 } }).map(({ scope }) => scope);
    expect(scopesOf({ store: 20, district: 25 })).toEqual(['store', 'all']);
    expect(scopesOf({ store: 0, district: 25 })).toEqual(['district', 'all']);
  });
});

test('where it does not: few people in all, a store that knows nearly everybody, a store nobody has been to', () => {
  for (const [store, all] of [[3, 10], [900, 1000], [0, 100_000]] as const) {
    expect(planScopes({ curve, budget: 1e-3, counts: { store, district: store, all } })).toEqual([{ scope: 'all', candidateCount: all, budget: 1e-3 }]);
  }
});
