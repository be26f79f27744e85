// What the pack's spoof nets say about a capture, and whether that is enough on a live terminal. A score is one witness
// among several: a pack without nets that work (the embedded one) says nothing, and then the challenge stands alone.
import type { BurstReport } from './pack/burst.ts';

/** Frames that are scored where the pack has nets, though fewer would do to search with. */
export const padFramesMin = 4;

/** The pack's word: null, it has no nets that tell a face from its picture. */
export interface PadRule {
  /** 0..1: a live terminal refuses a capture whose score is below. */
  readonly scoreMin: number;
}

export type PassiveVerdict =
  | { readonly kind: 'not_measured' }
  | { readonly kind: 'passed' | 'refused'; readonly score: number; readonly scoreMin: number };

/** Whether a capture with this score may count as a person on a live terminal. A pack with nets and no score refuses. */
export function judgePassive(padScore: number | null, rule: PadRule | null): PassiveVerdict {
  if (rule === null) return { kind: 'not_measured' };
  const score = padScore ?? 0;
  return { kind: score >= rule.scoreMin ? 'passed' : 'refused', score, scoreMin: rule.scoreMin };
}

/** One score of a capture: the mean over the frames that count. One frame that fools the nets does not carry the others. */
export function padScoreOf(frames: BurstReport['embedded']): number | null {
  const scores = frames.flatMap(({ padScore }) => (padScore === null ? [] : [padScore]));
  return scores.length === 0 ? null : scores.reduce((a, b) => a + b, 0) / scores.length;
}
