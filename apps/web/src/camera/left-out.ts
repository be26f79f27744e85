// What a challenge is asked to go without: what somebody cannot do, and what their system says they may not see.
import { avoidedKindsMax, type ChallengeKind } from '@sonrisa/protocol/challenge.ts';

/**
 * At most `avoidedKindsMax` kinds. Who asks their system for less motion is shown no flashes, whatever else they leave out: so
 * that comes first, and counts.
 */
export function leftOut(avoided: readonly ChallengeKind[], lessMotion: boolean = asksForLessMotion()): ChallengeKind[] {
  const bySystem: ChallengeKind[] = lessMotion ? ['flash'] : [];
  return [...new Set([...bySystem, ...avoided])].slice(0, avoidedKindsMax);
}

const asksForLessMotion = (): boolean => globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches;
