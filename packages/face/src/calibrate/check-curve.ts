// Whether a curve that a pack already claims holds on these photos.
import { fmrUpperBound } from '../decide.ts';
import type { ErrorCurve } from '../decide.ts';
import type { CurvePoint } from './rates.ts';

export interface CurveCheck {
  readonly curveId: string;
  /** Largest measured FMR over claimed FMR times the curve's safety factor, over the range both cover. */
  readonly worstRatio: number;
  /** The threshold where that is. */
  readonly threshold: number;
  /** Whether the claim, with its safety factor, is at least what was measured everywhere. */
  readonly holds: boolean;
}

/** null when the two have no range in common. */
export function checkCurve(curve: ErrorCurve, points: readonly CurvePoint[]): CurveCheck | null {
  const lowest = curve.fmrPoints[0]?.scoreMin ?? Infinity;
  const ratios = points
    .filter(({ threshold }) => threshold >= lowest)
    .map(({ threshold, fmr }) => ({ threshold, ratio: fmr / (curve.safetyFactor * fmrUpperBound(curve, threshold)) }));
  if (ratios.length === 0) return null;
  const worst = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return { curveId: curve.id, worstRatio: worst.ratio, threshold: worst.threshold, holds: worst.ratio <= 1 };
}
