// 95 % intervals by a bootstrap over identities. Pairs of photos share people, so millions of them say
// far less than their number; what was drawn independently is the people.
//
// Each replicate draws as many people as there are, with replacement, and carries all their pairs along: a pair of
// different people counts (times a was drawn) × (times b was drawn), a genuine pair as often as its person; two
// copies of one person are not compared. This is the vertex bootstrap (Snijders and Borgatti 1999), the resampling
// of Owen's pigeonhole bootstrap (2007), recommended for exactly this in Fogliato, Patil and Perona 2024
// ("Confidence intervals for error rates in 1:1 matching tasks"). It is a little wide where errors are rare: chance of
// single pairs enters with up to three times its variance. Below a handful of errors it says
// nothing at all, and bounds.ts takes over.
//
// A replicate costs one walk along the tail of the impostor scores, not the millions of pairs.
import { middle95 } from './bounds.ts';
import type { Interval } from './bounds.ts';
import type { PairColumns, PairScores } from './pair-scores.ts';
import type { PhotoSet } from './photo-set.ts';
import { photoCount } from './photo-set.ts';

export interface BootstrapInput {
  readonly set: PhotoSet;
  readonly scores: PairScores;
  /** Bins, rising, none below the tail, whose rates get an interval. */
  readonly thresholdBins: readonly number[];
  /** FMRs whose threshold each replicate finds for itself. */
  readonly fmrTargets: readonly number[];
  readonly replicates: number;
  readonly random: () => number;
}

export interface BootstrapIntervals {
  /** In the order of `thresholdBins`. */
  readonly fmr: readonly Interval[];
  readonly fnmr: readonly Interval[];
  /** FNMR at the threshold where the replicate itself reaches each target FMR. */
  readonly fnmrAtTarget: readonly Interval[];
}

/** Yields after each replicate: the share that is done. */
export function* bootstrapIdentities(input: BootstrapInput): Generator<number, BootstrapIntervals> {
  const { set, scores, thresholdBins, fmrTargets, replicates, random } = input;
  const photosOf = photosByIdentity(set);
  const groups = groupsOf(set);
  const draws = { fmr: table(thresholdBins.length, replicates), fnmr: table(thresholdBins.length, replicates), atTarget: table(fmrTargets.length, replicates) };
  const weights = new Int32Array(set.identityCount);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawPeople(weights, random);
    const accepted = acceptedWeight(scores.tail, weights, scores);
    const matched = matchedWeight(scores.genuinePairs, weights, scores.grid.bins);
    const impostors = impostorWeight({ weights, photosOf, groups });
    const fmrAt = (bin: number): number => accepted[bin - scores.tailFromBin] / impostors;
    const fnmrAt = (bin: number): number => 1 - matched[bin] / matched[0];
    thresholdBins.forEach((bin, row) => {
      draws.fmr[row][replicate] = fmrAt(bin);
      draws.fnmr[row][replicate] = fnmrAt(bin);
    });
    fmrTargets.forEach((target, row) => {
      let bin = scores.grid.bins;
      while (bin > scores.tailFromBin && fmrAt(bin - 1) <= target) bin--;
      draws.atTarget[row][replicate] = fnmrAt(bin);
    });
    yield (replicate + 1) / replicates;
  }
  return { fmr: draws.fmr.map(middle95), fnmr: draws.fnmr.map(middle95), fnmrAtTarget: draws.atTarget.map(middle95) };
}

const table = (rows: number, columns: number): Float64Array[] => Array.from({ length: rows }, () => new Float64Array(columns));

/** How often each person is in a sample of as many people, drawn with replacement. */
export function drawPeople(weights: Int32Array, random: () => number): void {
  weights.fill(0);
  for (let draw = 0; draw < weights.length; draw++) weights[Math.floor(random() * weights.length)]++;
}

// Accepted impostor weight at each bin from the tail's first to past the end.
function acceptedWeight({ a, b, bin }: PairColumns, weights: Int32Array, { tailFromBin, grid }: PairScores): Float64Array {
  const accepted = new Float64Array(grid.bins - tailFromBin + 1);
  for (let row = 0; row < bin.length; row++) accepted[bin[row] - tailFromBin] += weights[a[row]] * weights[b[row]];
  return fromTheTop(accepted);
}

function matchedWeight({ a, bin }: PairColumns, weights: Int32Array, bins: number): Float64Array {
  const matched = new Float64Array(bins + 1);
  for (let row = 0; row < bin.length; row++) matched[bin[row]] += weights[a[row]];
  return fromTheTop(matched);
}

function fromTheTop(counts: Float64Array): Float64Array {
  for (let at = counts.length - 2; at >= 0; at--) counts[at] += counts[at + 1];
  return counts;
}

// Sum over pairs of people of one group of w·w·photos·photos, from the square of the sum.
function impostorWeight(input: { weights: Int32Array; photosOf: Int32Array; groups: Int32Array }): number {
  const { weights, photosOf, groups } = input;
  const sums = new Map<number, { sum: number; squares: number }>();
  for (let person = 0; person < weights.length; person++) {
    const share = weights[person] * photosOf[person];
    const group = sums.get(groups[person]) ?? { sum: 0, squares: 0 };
    group.sum += share;
    group.squares += share * share;
    sums.set(groups[person], group);
  }
  let pairs = 0;
  for (const { sum, squares } of sums.values()) pairs += (sum * sum - squares) / 2;
  return pairs;
}

function photosByIdentity(set: PhotoSet): Int32Array {
  const photos = new Int32Array(set.identityCount);
  for (let i = 0; i < photoCount(set); i++) photos[set.identityOf[i]]++;
  return photos;
}

function groupsOf(set: PhotoSet): Int32Array {
  const groups = new Int32Array(set.identityCount);
  for (let i = 0; i < photoCount(set); i++) groups[set.identityOf[i]] = set.groupOf?.[i] ?? 0;
  return groups;
}
