// How far templates under two keys can be told to be of one person: D_sys of M. Gomez-Barrero, J. Galbally, C. Rathgeb,
// C. Busch, "General Framework to Evaluate Unlinkability in Biometric Template Protection Systems", IEEE Transactions on
// Information Forensics and Security 13(6), 2018. 0: not at all; 1: every time.
import { createSeededRandom } from './seeded-random.ts';

export interface LinkageScores {
  /** Of two templates of one person. */
  readonly mated: Float64Array;
  /** Of templates of two people. */
  readonly nonMated: Float64Array;
}

const binsMax = 100;
const scoresABin = 10;

/**
 * Between 0 and 1, with both hypotheses equally likely (ω = 1). Densities are histograms over the range of all scores, of at
 * most 100 bins, one for ten mated scores, as in the authors' own program. Chance alone gives some hundredths: see `chanceLevel`.
 */
export function systemUnlinkability({ mated, nonMated }: LinkageScores): number {
  if (mated.length < scoresABin || nonMated.length < scoresABin) throw new RangeError('too few scores for a density');
  const bins = Math.min(binsMax, Math.floor(mated.length / scoresABin));
  let [low, high] = [Infinity, -Infinity];
  for (const scores of [mated, nonMated]) for (const score of scores) [low, high] = [Math.min(low, score), Math.max(high, score)];
  const share = (scores: Float64Array): Float64Array => {
    const shares = new Float64Array(bins);
    for (const score of scores) shares[Math.min(bins - 1, Math.floor((bins * (score - low)) / (high - low || 1)))] += 1 / scores.length;
    return shares;
  };
  const [same, other] = [share(mated), share(nonMated)];
  let sum = 0;
  // D(s) = 2 LR / (1 + LR) - 1 where LR > 1, weighted by the density of mated scores.
  for (let bin = 0; bin < bins; bin++) if (same[bin] > other[bin]) sum += (same[bin] * (same[bin] - other[bin])) / (same[bin] + other[bin]);
  return sum;
}

/** What the same number of scores gives when nothing can be linked: non-mated scores dealt into both piles by chance. */
export function chanceLevel({ mated, nonMated }: LinkageScores, seed = 1): number {
  const random = createSeededRandom(seed);
  const dealt = Float64Array.from(nonMated);
  for (let last = dealt.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [dealt[last], dealt[other]] = [dealt[other], dealt[last]];
  }
  const cut = Math.min(mated.length, dealt.length >> 1);
  return systemUnlinkability({ mated: dealt.subarray(0, cut), nonMated: dealt.subarray(cut) });
}

/** The largest share of both kinds told rightly by one threshold, both kinds weighing the same. */
export function balancedAccuracy({ mated, nonMated }: LinkageScores): number {
  const [same, other] = [Float64Array.from(mated).sort(), Float64Array.from(nonMated).sort()];
  let best = 0.5;
  let below = 0;
  for (let rejected = 0; rejected < same.length; rejected++) {
    while (below < other.length && other[below] < same[rejected]) below++;
    best = Math.max(best, (below / other.length + 1 - rejected / same.length) / 2);
  }
  return best;
}
