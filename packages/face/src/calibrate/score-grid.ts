// A fine histogram of scores: millions of pairs are counted, not kept. Thresholds are the lower edges of its
// bins, so a rate read from it is exact, not interpolated.

export interface ScoreGrid {
  /** Lower edge of the first bin; lower scores fall into it. */
  readonly lowest: number;
  readonly width: number;
  /** Higher scores fall into the last bin. */
  readonly bins: number;
}

/** For cosines, -1..1: a hundred steps in the 0.01 that makes a decade of FMR. */
export const cosineGrid: ScoreGrid = { lowest: -1, width: 1e-4, bins: 20_001 };

/** For normalised scores, in standard deviations of a person's nearest strangers. */
export const normalisedGrid: ScoreGrid = { lowest: -20, width: 1e-3, bins: 60_001 };

export function binOf(grid: ScoreGrid, score: number): number {
  const bin = Math.floor((score - grid.lowest) / grid.width);
  // NaN becomes the first bin: what has no score is a refusal.
  return bin > 0 ? Math.min(bin, grid.bins - 1) : 0;
}

/** The lowest score that counts into `bin`. */
export function edgeOf(grid: ScoreGrid, bin: number): number {
  return grid.lowest + bin * grid.width;
}

/** Counts at or above each bin: the accepted pairs at each threshold; one longer than the histogram, ending in 0. */
export function acceptedAt(counts: ArrayLike<number>): Float64Array {
  const accepted = new Float64Array(counts.length + 1);
  for (let bin = counts.length - 1; bin >= 0; bin--) accepted[bin] = accepted[bin + 1] + counts[bin];
  return accepted;
}
