// The error budget: which effort a payment needs so that an honest shopper's look charges somebody else
// at most `budget` times. This is about accidents; attackers are the business of liveness, PIN, phone and risk.
//
// One look compares the probe with N people: P(wrong) <= 1 - (1 - s·FMR(t))^N, s the curve's safety factor.
// A payment may take `looksPerPaymentMax` looks, each with an equal part of the budget; within a look the rungs
// share that part (see `rungShares`), because a look may end on any of them. Each rung's threshold is
// the lowest measured score that keeps its own part, so the sum over rungs and looks stays within the budget.
//
// Where the inputs come from: the curve from the model pack (models/*/curve.ts, or a calibrated one), the budget from the
// vault's settings (SONRISA_ERROR_BUDGET in apps/vault/src/config.ts), the digits' threshold from `digitsThreshold`, which
// apps/vault/src/match-digits.ts asks once the shopper has typed them.

export interface ErrorCurve {
  readonly id: string;
  /** Where the figures come from, in one sentence. */
  readonly source: string;
  /** Share of impostor pairs scoring at least `scoreMin`; rising scores, falling shares. */
  readonly fmrPoints: readonly { readonly scoreMin: number; readonly fmr: number }[];
  /** What the amount of data can claim at best (rule of three over identity pairs). */
  readonly fmrFloor: number;
  /** FMR is multiplied by this: the people at one shop are more alike than the calibration set. */
  readonly safetyFactor: number;
}

/** In order of effort for the shopper. */
export const rungs = ['face', 'face_digits', 'face_pin'] as const;

export type Rung = (typeof rungs)[number];

export const looksPerPaymentMax = 3;

/** How often digits may be typed at one look. Each try is another chance for a stranger's digits to fit. */
export const digitsTriesMax = 3;

/** What a rung asks beyond the face, as the chance that a wrong person passes it by accident, with all the tries it gives. */
export const rungMultipliers: Record<Rung, number> = { face: 1, face_digits: digitsTriesMax * 1e-4, face_pin: 1e-6 };

/** How the rungs of one look share its part of the budget: most to the one that is hardest to justify. */
export const rungShares: Record<Rung, number> = { face: 0.8, face_digits: 0.1, face_pin: 0.1 };

/** Showing a masked name discloses who is known here: at most this chance of showing a wrong one. */
export const disclosureMax = 1e-3;

/**
 * Face alone, and face + PIN, which shows the name first, need this distance between the best and the second best person. On the provisional curve 0.01
 * of cosine is one decade of FMR, so the runner-up is ten times likelier to be a chance hit than the best;
 * a smaller gap means two people look alike here (relatives, one person enrolled twice), which no
 * curve over strangers covers.
 */
export const marginMin = 0.01;

export interface DecideInput {
  readonly curve: ErrorCurve;
  /**
   * N: people the probe was compared with, whether they scored or not. With several templates a person, the
   * number of templates: each is a chance of its own to match by accident.
   */
  readonly candidateCount: number;
  /** B: accepted chance that one payment charges the wrong person, e.g. 1e-6. */
  readonly budget: number;
  readonly top1Score: number;
  /** null when nobody else was compared. */
  readonly top2Score: number | null;
  /** Rungs that may be used; a look-alike, or a merchant's rule, leaves 'face' out. Default: all. */
  readonly allowed?: readonly Rung[];
}

export interface RungDecision {
  readonly kind: Rung | 'none';
  /** The score this rung demands here; null when none fits. */
  readonly threshold: number | null;
  /** Upper bound of the chance that a look accepted at this threshold charges somebody else. */
  readonly bound: number | null;
  /** The part of the budget this rung may spend in one look. */
  readonly share: number | null;
  readonly candidateCount: number;
  readonly curveId: string;
  /** What each rung would have needed; null: the data cannot justify that rung at this N. */
  readonly thresholds: Readonly<Record<Rung, number | null>>;
  /** Whether face alone failed only by the gap to the second best. */
  readonly marginTooSmall: boolean;
}

/** The least effort that keeps the budget, or 'none'. */
export function decideRung(input: DecideInput): RungDecision {
  const { curve, candidateCount, budget, top1Score, allowed = rungs } = input;
  const thresholds = rungThresholds({ curve, candidateCount, budget });
  const reached = rungs.filter((rung) => allowed.includes(rung) && reaches(top1Score, thresholds[rung]));
  const clear = marginIsClear(input);
  // Digits choose between two people who look alike; a name on the screen must not.
  const kind = reached.find((rung) => rung === 'face_digits' || clear) ?? 'none';
  const threshold = kind === 'none' ? null : thresholds[kind];
  return {
    kind,
    threshold,
    bound: kind === 'none' || threshold === null ? null : rungBound({ curve, candidateCount, score: threshold, rung: kind }),
    share: kind === 'none' ? null : rungShare(kind, budget),
    candidateCount,
    curveId: curve.id,
    thresholds,
    marginTooSmall: reached[0] === 'face' && !clear,
  };
}

/**
 * The threshold after digits have filtered the candidates: N stays the number compared before the filter,
 * and when `matchingCount` people share these digits they are that many times less selective than
 * a random four. Judged as if every try had been used: the first must not spend what the third needs.
 * null: the data cannot justify it.
 */
export function digitsThreshold(input: {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly budget: number;
  readonly matchingCount: number;
}): number | null {
  const selectivity = Math.min(1, rungMultipliers.face_digits * Math.max(1, input.matchingCount));
  return thresholdWithin({ ...input, wrongMax: Math.min(disclosureMax, rungShare('face_digits', input.budget)), multiplier: selectivity });
}

/** What each rung needs at this N and budget. */
export function rungThresholds(input: {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly budget: number;
}): Record<Rung, number | null> {
  const wrongMax = (rung: Rung): number => Math.min(disclosureMax, rungShare(rung, input.budget));
  const within = (rung: Rung, nameMax: number): number | null =>
    thresholdWithin({ ...input, wrongMax: wrongMax(rung), multiplier: rungMultipliers[rung], nameMax });
  // Face alone and face + PIN show a masked name on the face's word; digits are asked without a name.
  return { face: within('face', disclosureMax), face_digits: within('face_digits', 1), face_pin: within('face_pin', disclosureMax) };
}

/** The part of the budget that one rung may spend in one look. */
export function rungShare(rung: Rung, budget: number): number {
  return (budget / looksPerPaymentMax) * rungShares[rung];
}

/** Chance that a look accepted at `score` on this rung charges somebody else. */
export function rungBound(input: {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly score: number;
  readonly rung: Rung;
}): number {
  return falsePositiveBound(input) * rungMultipliers[input.rung];
}

/** FPIR: chance that somebody else among the N reaches `score`. */
export function falsePositiveBound(input: {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly score: number;
}): number {
  const { curve, candidateCount, score } = input;
  const perPerson = Math.min(1, curve.safetyFactor * fmrUpperBound(curve, score));
  return atLeastOnce(perPerson, candidateCount);
}

/**
 * Log-linear between measured points; below the first point nothing is known (1); past the last
 * one the curve stays level: more data, not extrapolation, is what lowers it.
 */
export function fmrUpperBound(curve: ErrorCurve, score: number): number {
  const { fmrPoints, fmrFloor } = curve;
  const next = fmrPoints.findIndex((point) => point.scoreMin > score);
  if (next === 0 || fmrPoints.length === 0 || Number.isNaN(score)) return 1;
  if (next === -1) return Math.max(fmrFloor, fmrPoints[fmrPoints.length - 1].fmr);
  const before = fmrPoints[next - 1];
  const after = fmrPoints[next];
  const part = (score - before.scoreMin) / (after.scoreMin - before.scoreMin);
  return Math.max(fmrFloor, before.fmr * (after.fmr / before.fmr) ** part);
}

/** For people: what the rung claims and what it took. */
export function explainDecision(decision: RungDecision): string {
  const people = decision.candidateCount.toLocaleString('en');
  if (decision.kind === 'none' || decision.bound === null || decision.threshold === null) {
    return `at ${people} people this score justifies no charge`;
  }
  const rarity = oneIn(decision.bound);
  return `at most ${rarity} at ${people} people: threshold ${decision.threshold.toFixed(3)}, ${rungNames[decision.kind]}`;
}

const rungNames: Record<Rung, string> = { face: 'face alone', face_digits: 'face + digits', face_pin: 'face + PIN' };

function oneIn(chance: number): string {
  if (chance <= 0) return 'never';
  const every = 1 / chance;
  // Rounded down: the sentence must not claim more than the bound.
  const tenths = (unit: number): string => (Math.floor((every / unit) * 10) / 10).toFixed(1);
  if (every >= 1e9) return `1 in ${tenths(1e9)} billion`;
  if (every >= 1e6) return `1 in ${tenths(1e6)} million`;
  return `1 in ${Math.floor(every).toLocaleString('en')}`;
}

const reaches = (score: number, threshold: number | null): boolean => threshold !== null && score >= threshold;

function marginIsClear({ top1Score, top2Score }: DecideInput): boolean {
  return top2Score === null || top1Score - top2Score >= marginMin;
}

// 1 - (1 - p)^n without losing small p to rounding.
function atLeastOnce(chance: number, tries: number): number {
  if (tries <= 0) return 0;
  return chance >= 1 ? 1 : -Math.expm1(tries * Math.log1p(-chance));
}

// The lowest score whose bound fits: both the charge (with the rung's multiplier) and the shown name.
function thresholdWithin(input: {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly wrongMax: number;
  readonly multiplier: number;
  readonly nameMax?: number;
}): number | null {
  const { curve, candidateCount, wrongMax, multiplier, nameMax = 1 } = input;
  const fits = (score: number): boolean => {
    const chance = falsePositiveBound({ curve, candidateCount, score });
    return chance * multiplier <= wrongMax && chance <= nameMax;
  };
  const { fmrPoints } = curve;
  const firstFit = fmrPoints.findIndex((point) => fits(point.scoreMin));
  if (firstFit === -1) return null;
  let above = fmrPoints[firstFit].scoreMin;
  if (firstFit === 0) return above;
  let below = fmrPoints[firstFit - 1].scoreMin;
  for (let step = 0; step < bisectionSteps; step++) {
    const middle = (below + above) / 2;
    if (fits(middle)) above = middle;
    else below = middle;
  }
  return above;
}

// 40 halvings of a gap of 0.02 leave 2e-14: finer than a float32 score.
const bisectionSteps = 40;
