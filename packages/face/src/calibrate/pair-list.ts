// Accuracy on a given list of pairs, by LFW's protocol: ten folds in the order of the list; the threshold of each
// fold is the one that is right most often on the other nine (Huang and others 2007).

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
}

const folds = 10;

/** null when there are fewer pairs than folds, or only one kind. */
export function accuracyOnList(pairs: readonly ListedPair[]): ListAccuracy | null {
  const same = pairs.filter((pair) => pair.same).length;
  if (pairs.length < folds || same === 0 || same === pairs.length) return null;
  const foldOf = (index: number): number => Math.floor((index * folds) / pairs.length);
  const thresholds: number[] = [];
  const shares: number[] = [];
  let right = 0;
  for (let fold = 0; fold < folds; fold++) {
    const threshold = bestThreshold(pairs.filter((_, index) => foldOf(index) !== fold));
    const held = pairs.filter((_, index) => foldOf(index) === fold);
    const rightHere = held.filter((pair) => toldRightly(pair, threshold)).length;
    thresholds.push(threshold);
    shares.push(rightHere / held.length);
    right += rightHere;
  }
  return {
    pairs: pairs.length,
    same,
    accuracy: right / pairs.length,
    standardError: Math.sqrt(variance(shares) / folds),
    threshold: mean(thresholds),
    withoutScore: pairs.filter(({ score }) => score === null).length,
  };
}

const toldRightly = ({ score, same }: ListedPair, threshold: number): boolean => (score !== null && score >= threshold) === same;

// One walk down the sorted scores: moving the threshold under a pair accepts it.
function bestThreshold(pairs: readonly ListedPair[]): number {
  const scored = pairs.flatMap(({ score, same }) => (score === null ? [] : [{ score, same }])).sort((x, y) => y.score - x.score);
  let right = pairs.filter(({ same }) => !same).length;
  let best = { right, threshold: Infinity };
  scored.forEach(({ score, same }, index) => {
    right += same ? 1 : -1;
    const next = scored[index + 1];
    // Equal scores are accepted together; between two scores the middle is the fairest place.
    if (next?.score === score || right <= best.right) return;
    best = { right, threshold: next ? (score + next.score) / 2 : score };
  });
  return best.threshold;
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1);
}
