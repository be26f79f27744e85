// Accuracy on a given list of pairs, by LFW's protocol: ten folds in the order of the list; the threshold of each
// fold is the one that is right most often on the other nine (Huang and others 2007).
//
// LFW's own list has as many pairs of one person as of two. A part of it need not, and then the plain share of pairs told
// rightly is mostly that of the commoner kind: beside it stands the balanced one, the mean of both kinds' shares.

export interface ListedPair {
  /** null: one of the photos has no embedding; such a pair counts as refused. */
  readonly score: number | null;
  readonly same: boolean;
}

export interface ListAccuracy {
  readonly pairs: number;
  readonly same: number;
  /** Share of pairs told rightly, each with the threshold of its fold. */
  readonly accuracy: number;
  /** Standard error of the mean over the folds. */
  readonly standardError: number;
  /** The mean of the ten thresholds. */
  readonly threshold: number;
  /** Pairs refused for want of an embedding. */
  readonly withoutScore: number;
  /** The same with both kinds of pair weighing alike, in the choice of thresholds too. */
  readonly balanced: BalancedAccuracy;
}

export interface BalancedAccuracy {
  /** Mean of the two rates. */
  readonly accuracy: number;
  /** Share of pairs of one person that were accepted. */
  readonly trueMatchRate: number;
  /** Share of pairs of two people that were refused. */
  readonly trueNonMatchRate: number;
  /** Binomial, of both rates together. */
  readonly standardError: number;
  readonly threshold: number;
  /** Places in the list of the pairs told wrongly. */
  readonly wrong: readonly number[];
}

const folds = 10;

/** null when there are fewer pairs than folds, or only one kind. */
export function accuracyOnList(pairs: readonly ListedPair[]): ListAccuracy | null {
  const same = pairs.filter((pair) => pair.same).length;
  if (pairs.length < folds || same === 0 || same === pairs.length) return null;
  const plain = crossValidated(pairs, { same: 1, different: 1 });
  const shares = Array.from({ length: folds }, (_, fold) => shareRight(pairs.flatMap((_pair, index) => (foldOf(pairs, index) === fold ? [plain.right[index]] : []))));
  return {
    pairs: pairs.length,
    same,
    accuracy: shareRight(plain.right),
    standardError: Math.sqrt(variance(shares) / folds),
    threshold: plain.threshold,
    withoutScore: pairs.filter(({ score }) => score === null).length,
    balanced: balancedOf(pairs, same),
  };
}

function balancedOf(pairs: readonly ListedPair[], same: number): BalancedAccuracy {
  const different = pairs.length - same;
  const { right, threshold } = crossValidated(pairs, { same: 1 / same, different: 1 / different });
  const rateOf = (kind: boolean): number => shareRight(right.filter((_, index) => pairs[index].same === kind));
  const [trueMatchRate, trueNonMatchRate] = [rateOf(true), rateOf(false)];
  const spread = (rate: number, tries: number): number => (rate * (1 - rate)) / tries;
  return {
    accuracy: (trueMatchRate + trueNonMatchRate) / 2,
    trueMatchRate,
    trueNonMatchRate,
    standardError: Math.sqrt(spread(trueMatchRate, same) + spread(trueNonMatchRate, different)) / 2,
    threshold,
    wrong: right.flatMap((isRight, index) => (isRight ? [] : [index])),
  };
}

/** What telling a pair of either kind rightly counts. */
interface Weights {
  readonly same: number;
  readonly different: number;
}

function crossValidated(pairs: readonly ListedPair[], weights: Weights): { readonly right: readonly boolean[]; readonly threshold: number } {
  const thresholds = Array.from({ length: folds }, (_, fold) => bestThreshold(pairs.filter((_pair, index) => foldOf(pairs, index) !== fold), weights));
  return { right: pairs.map((pair, index) => toldRightly(pair, thresholds[foldOf(pairs, index)])), threshold: mean(thresholds) };
}

const foldOf = (pairs: readonly ListedPair[], index: number): number => Math.floor((index * folds) / pairs.length);

const toldRightly = ({ score, same }: ListedPair, threshold: number): boolean => (score !== null && score >= threshold) === same;

// One walk down the sorted scores: moving the threshold under a pair accepts it.
function bestThreshold(pairs: readonly ListedPair[], weights: Weights): number {
  const scored = pairs.flatMap(({ score, same }) => (score === null ? [] : [{ score, same }])).sort((x, y) => y.score - x.score);
  let won = 0;
  let best = { won, threshold: Infinity };
  scored.forEach(({ score, same }, index) => {
    won += same ? weights.same : -weights.different;
    const next = scored[index + 1];
    // Equal scores are accepted together; between two scores the middle is the fairest place.
    if (next?.score === score || won <= best.won) return;
    best = { won, threshold: next ? (score + next.score) / 2 : score };
  });
  return best.threshold;
}

const shareRight = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1);
}
