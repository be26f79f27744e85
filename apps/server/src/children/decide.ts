// What is decided about children, pure: ages, who may be added, what state a child is in, which limits a guardian may set. Days are
// written YYYY-MM-DD and compared as text.
import { childrenMax, neverForChildren } from '@sonrisa/protocol/children-api.ts';
import type { ChildState } from '@sonrisa/protocol/child-state.ts';
import type { LimitKind } from '@sonrisa/protocol/limits-api.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';

/** Nobody is older. */
const ageMaxYears = 130;

/** Whole years: the birthday itself counts. Who was born on 29 February is a year older on 1 March of other years. */
export function ageOn(bornOn: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return today.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

/** The first day of being so old. */
export function dayOfAge(bornOn: string, years: number): string {
  const year = Number(bornOn.slice(0, 4)) + years;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return `${String(year).padStart(4, '0')}${bornOn.endsWith('-02-29') && !isLeap ? '-03-01' : bornOn.slice(4)}`;
}

export type ToAdd = {
  readonly bornOn: string;
  readonly today: string;
  readonly adultAgeYears: number;
  /** Of this guardian, not closed. */
  readonly childrenNow: number;
  /** Whether a guardian's own date of birth has to be attested. */
  readonly guardianAttested: boolean;
  /** `bornOn` null: nobody has attested it; the guardian says in the consent that they are of age. */
  readonly guardian: { readonly isChild: boolean; readonly bornOn: string | null };
};

/** First one that holds; null: the child may be added. */
export function refusalToAdd({ bornOn, today, adultAgeYears, childrenNow, guardianAttested, guardian }: ToAdd): ProblemCode | null {
  if (guardian.isChild) return 'forbidden';
  if (guardianAttested && guardian.bornOn === null) return 'guardian_not_attested';
  if (guardian.bornOn !== null && ageOn(guardian.bornOn, today) < adultAgeYears) return 'guardian_not_adult';
  if (bornOn > today || ageOn(bornOn, today) > ageMaxYears) return 'born_on_invalid';
  if (ageOn(bornOn, today) >= adultAgeYears) return 'child_of_age';
  return childrenNow >= childrenMax ? 'children_many' : null;
}

export type ChildFacts = {
  readonly closed: boolean;
  readonly ageYears: number;
  readonly adultAgeYears: number;
  readonly faceState: 'on' | 'paused' | 'off';
  /** Of the guardian, for the face, not taken back. */
  readonly hasConsent: boolean;
};

export function childStateOf({ closed, ageYears, adultAgeYears, faceState, hasConsent }: ChildFacts): ChildState {
  if (closed) return 'closed';
  if (ageYears >= adultAgeYears) return 'of_age';
  if (faceState !== 'off') return faceState;
  return hasConsent ? 'no_face' : 'no_consent';
}

/** What a guardian asks for. */
export type ChildAct = 'consent' | 'look' | 'allowance' | 'limit' | 'resume' | 'pause' | 'erase' | 'close' | 'take_back';

/** Less is always possible; more only while the child is one. */
export function refusalOf(act: ChildAct, state: ChildState): ProblemCode | null {
  if (act === 'pause' || act === 'erase' || act === 'close' || act === 'take_back') return null;
  if (state === 'closed') return 'child_closed';
  if (state === 'of_age') return 'child_of_age';
  if (act === 'consent' && state !== 'no_consent') return 'enrolment_state_conflict';
  if (act === 'look' && state === 'no_consent') return 'consent_required';
  return act === 'look' && state === 'paused' ? 'face_paused' : null;
}

/** `maxMinor` null: none of the guardian's making. A child keeps its three sums, and what nobody opens for it stays shut. */
export function limitRefused({ kind, maxMinor }: { readonly kind: LimitKind; readonly maxMinor: string | null }): boolean {
  if ((neverForChildren as readonly string[]).includes(kind)) return maxMinor !== '0';
  return maxMinor === null && (kind === 'payment' || kind === 'day' || kind === 'month');
}
