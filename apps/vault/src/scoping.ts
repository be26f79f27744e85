// Whom a payment's look is compared with, group after group, each with its own N and its part of the budget. How the parts
// are made, and when there is one group only, is the business of packages/face/src/scopes.ts.
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { planScopes } from '@sonrisa/face/scopes.ts';
import type { ScopeShare } from '@sonrisa/face/scopes.ts';
import type { Gallery } from './gallery.ts';
import type { LookTerms } from './looks.ts';
import type { Regulars } from './regulars.ts';

export interface SearchedScope extends ScopeShare {
  /** undefined: everybody. */
  readonly among: ReadonlySet<string> | undefined;
}

export type ScopesOf = (terms: LookTerms) => Promise<SearchedScope[]>;

export function createScoping(deps: { gallery: Gallery; regulars: Regulars; curve: ErrorCurve; budget: number }): ScopesOf {
  const { gallery, regulars, curve, budget } = deps;

  return async (terms) => {
    const all = gallery.peopleCount;
    const { store, district } = terms.purpose === 'payment' ? await regulars.of(terms) : { store: [], district: [] };
    // N counts those who are compared: a regular who paused their face is not in the gallery.
    const inGallery = (refs: readonly string[]): ReadonlySet<string> => new Set(refs.filter(gallery.has));
    const groups = { store: inGallery(store), district: inGallery(district), all: undefined };
    const counts = { store: groups.store.size, district: groups.district.size, all };
    return planScopes({ curve, budget, counts }).map((share) => ({ ...share, among: groups[share.scope] }));
  };
}
