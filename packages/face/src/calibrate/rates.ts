// The curve itself: which share of strangers and of genuine pairs a threshold accepts.
import { poissonUpper, ruleOfThree } from './bounds.ts';
import type { Interval } from './bounds.ts';
import type { BootstrapIntervals } from './bootstrap.ts';
import type { PairScores } from './pair-scores.ts';
import { acceptedAt, edgeOf } from './score-grid.ts';

/** The false match rates every report names. */
export const fmrTargets: readonly number[] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

export interface CurvePoint {
  readonly threshold: number;
  /** Measured share of impostor pairs at or above the threshold, and its 95 % bounds. */
  readonly fmr: number;
  readonly fmrBounds: Interval;
  /** Measured share of genuine pairs below it. */
  readonly fnmr: number;
  readonly fnmrBounds: Interval;
}

export interface OperatingPoint {
  readonly fmrTarget: number;
  /** The lowest threshold whose measured FMR is at most the target. */
  readonly threshold: number;
  readonly fmr: number;
  readonly fnmr: number;
  /** Bounds of FNMR when the threshold, too, is found anew in each replicate. */
  readonly fnmrBounds: Interval;
  /** Whether at least one impostor pair would be expected at this rate: else the threshold is past the data. */
  readonly withinData: boolean;
}

const pointsPerDecade = 8;

/** Bins of the curve's points: FMR 1e-2 and down, eight a decade, to the last impostor pair seen and one past it. */
export function curveBins(scores: PairScores): number[] {
  const accepted = acceptedAt(scores.impostor);
  const bins: number[] = [];
  for (let step = 0; ; step++) {
    const most = scores.impostorCount * 10 ** (-2 - step / pointsPerDecade);
    const bin = Math.max(scores.tailFromBin, lowestBinAccepting(accepted, Math.floor(most)));
    if (bin !== bins.at(-1)) bins.push(bin);
    if (accepted[bin] === 0 || bin >= scores.grid.bins) return bins.filter((value) => value < scores.grid.bins);
  }
}

function lowestBinAccepting(accepted: Float64Array, countMax: number): number {
  let bin = accepted.length - 1;
  while (bin > 0 && accepted[bin - 1] <= countMax) bin--;
  return bin;
}

export function curvePoints(scores: PairScores, bins: readonly number[], intervals: BootstrapIntervals): CurvePoint[] {
  const accepted = acceptedAt(scores.impostor);
  const matched = acceptedAt(scores.genuine);
  const points = bins.map((bin, row): CurvePoint => {
    const fmr = accepted[bin] / scores.impostorCount;
    return {
      threshold: edgeOf(scores.grid, bin),
      fmr,
      fmrBounds: { low: Math.min(fmr, intervals.fmr[row].low), high: upperFmr(fmr, intervals.fmr[row], scores) },
      fnmr: 1 - matched[bin] / scores.genuineCount,
      fnmrBounds: intervals.fnmr[row],
    };
  });
  return levelled(points);
}

// Where the bootstrap has few errors to draw from, the exact bound over pairs of people is the wider one: with none
// it is the rule of three.
function upperFmr(fmr: number, interval: Interval, { identityPairCount }: PairScores): number {
  if (identityPairCount === 0) return 1;
  const byPairs = fmr === 0 ? ruleOfThree(identityPairCount) : poissonUpper(fmr * identityPairCount) / identityPairCount;
  return Math.min(1, Math.max(Number.isNaN(interval.high) ? 1 : interval.high, byPairs));
}

// A higher threshold accepts no more: the bound of a point holds for every higher one.
function levelled(points: readonly CurvePoint[]): CurvePoint[] {
  let least = 1;
  return points.map((point) => {
    least = Math.min(least, point.fmrBounds.high);
    return { ...point, fmrBounds: { low: point.fmrBounds.low, high: least } };
  });
}

export function operatingPoints(scores: PairScores, intervals: BootstrapIntervals): OperatingPoint[] {
  const accepted = acceptedAt(scores.impostor);
  const matched = acceptedAt(scores.genuine);
  return fmrTargets.map((fmrTarget, row) => {
    const bin = lowestBinAccepting(accepted, Math.floor(fmrTarget * scores.impostorCount));
    return {
      fmrTarget,
      threshold: edgeOf(scores.grid, bin),
      fmr: accepted[bin] / scores.impostorCount,
      fnmr: 1 - matched[bin] / scores.genuineCount,
      fnmrBounds: intervals.fnmrAtTarget[row],
      withinData: fmrTarget * scores.impostorCount >= 1,
    };
  });
}
