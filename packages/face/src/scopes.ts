// Gallery scoping: whom one look compares the probe with, group after group: the regulars of the shop, those of its
// district, everybody. Fewer people mean a lower threshold and less effort at the same chance of an accident.
//
// A look that goes on to a wider group has had the narrower one's chance of a wrong match as well, so the groups divide
// the budget between them: P(wrong) <= sum of what each may spend = the budget. The plan depends on how many people there
// are and on nothing the probe scored: chosen after the scores, the best of several plans would spend more than one.
import { marginMin, rungs, rungThresholds } from './decide.ts';
import type { ErrorCurve, Rung } from './decide.ts';

export const scopes = ['store', 'district', 'all'] as const;
export type Scope = (typeof scopes)[number];

export interface ScopeShare {
  readonly scope: Scope;
  /** N of `decideRung`. */
  readonly candidateCount: number;
  /** What this group may spend of the budget of the payment: the budget for `decideRung`. */
  readonly budget: number;
}

/** How the budget is divided, narrowest first: the narrowest serves most payments. */
const divisions: readonly Partial<Record<Scope, number>>[] = [
  { store: 1 / 2, district: 1 / 4, all: 1 / 4 },
  { store: 1 / 2, all: 1 / 2 },
  { district: 1 / 2, all: 1 / 2 },
];

/** A district must be this many times the store to be worth a search of its own. */
const districtOfStoreMin = 2;

export interface ScopeCounts {
  /** People in the gallery who are regulars of the store. */
  readonly store: number;
  /** Of the district, those of the store among them. */
  readonly district: number;
  readonly all: number;
}

/**
 * The groups to search, narrowest first; the last is everybody. Everybody alone, unless each narrower group allows a rung of less
 * effort than a search among everybody with the whole budget does, or the same at a threshold lower by a margin, and
 * everybody keeps the rung they would have had.
 */
export function planScopes(input: { readonly curve: ErrorCurve; readonly budget: number; readonly counts: ScopeCounts }): ScopeShare[] {
  const { budget, counts } = input;
  for (const division of divisions) {
    const plan = scopes.flatMap((scope) => {
      const part = division[scope];
      return part === undefined ? [] : [{ scope, candidateCount: counts[scope], budget: budget * part }];
    });
    if (helps(plan, input)) return plan;
  }
  return [{ scope: 'all', candidateCount: counts.all, budget }];
}

function helps(plan: readonly ScopeShare[], { curve, budget, counts }: { curve: ErrorCurve; budget: number; counts: ScopeCounts }): boolean {
  const alone = least({ curve, candidateCount: counts.all, budget });
  const searchesDistrict = plan.some(({ scope }) => scope === 'district');
  if (plan.some(({ scope }) => scope === 'store') && searchesDistrict && counts.district < counts.store * districtOfStoreMin) return false;
  return plan.every((part) => {
    if (part.candidateCount === 0) return false;
    const own = least({ curve, ...part });
    if (part.scope === 'all') return own.effort === alone.effort;
    return own.effort < alone.effort || (own.effort === alone.effort && alone.threshold - own.threshold >= marginMin(curve));
  });
}

// The rung of least effort that the data can justify, as its place among `rungs`, and its threshold.
function least(input: { curve: ErrorCurve; candidateCount: number; budget: number }): { effort: number; threshold: number } {
  const thresholds = rungThresholds(input);
  const effort = rungs.findIndex((rung: Rung) => thresholds[rung] !== null);
  const rung = rungs[effort];
  return { effort: effort === -1 ? rungs.length : effort, threshold: (rung && thresholds[rung]) ?? Infinity };
}
