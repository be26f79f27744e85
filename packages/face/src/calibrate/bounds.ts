// Bounds for rates that were counted.

/** Upper 95 % bound of a rate of which `tries` independent tries showed no case: 3 / n (Hanley and Lippman-Hand 1983). */
export function ruleOfThree(tries: number): number {
  return tries > 0 ? Math.min(1, 3 / tries) : 1;
}

/**
 * Upper 95 % bound (one-sided) of the expected number when `count` cases were seen: Garwood's exact Poisson bound
 * (1936), the rule of three for any count; 3.00 at 0, 4.74 at 1, 10.5 at 5.
 */
export function poissonUpper(count: number): number {
  const seen = Math.ceil(count);
  let below = seen;
  let above = seen + 3 + 4 * Math.sqrt(seen + 1);
  for (let step = 0; step < bisectionSteps; step++) {
    const middle = (below + above) / 2;
    if (poissonAtMost(seen, middle) > missedShare) below = middle;
    else above = middle;
  }
  return above;
}

const missedShare = 0.05;
const bisectionSteps = 60;

// P(X <= count), summed from the likeliest end in logarithms: means of thousands must not underflow.
function poissonAtMost(count: number, mean: number): number {
  let logTerm = -mean;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= count; k++) {
    logTerm += Math.log(mean / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The middle 95 % of the values, each end the nearest value outwards. NaN (nothing drawn) is left out. */
export function middle95(values: ArrayLike<number>): Interval {
  const sorted = Float64Array.from(values).filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return { low: Number.NaN, high: Number.NaN };
  const last = sorted.length - 1;
  return { low: sorted[Math.floor(0.025 * last)], high: sorted[Math.ceil(0.975 * last)] };
}

/**
 * Two-sided 95 % bounds of a rate of which `count` of `tries` independent tries were cases: the exact binomial interval of
 * Clopper and Pearson (1934). Of one try that was no case: 0 to 0.975.
 */
export function clopperPearson(count: number, tries: number): Interval {
  if (tries === 0) return { low: 0, high: 1 };
  return {
    low: count === 0 ? 0 : rateWhere((rate) => 1 - binomialAtMost({ count: count - 1, tries, rate }) < tailShare),
    high: count === tries ? 1 : rateWhere((rate) => binomialAtMost({ count, tries, rate }) > tailShare),
  };
}

const tailShare = 0.025;

// The rate up to which `below` holds.
function rateWhere(below: (rate: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < bisectionSteps; step++) {
    const middle = (low + high) / 2;
    if (below(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// P(X <= count), term by term in logarithms: powers of small rates must not underflow.
function binomialAtMost({ count, tries, rate }: { readonly count: number; readonly tries: number; readonly rate: number }): number {
  let logTerm = tries * Math.log1p(-rate);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= count; k++) {
    logTerm += Math.log((tries - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}
