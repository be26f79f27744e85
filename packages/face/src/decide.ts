// The error budget: which effort a payment needs so that an honest shopper's look charges somebody else
// at most `budget` times. This is about accidents; attackers are the business of liveness, PIN, phone and risk.
//
// One look compares the probe with N people: P(wrong) <= 1 - (1 - s·FMR(t))^N, s the curve's safety factor.
// A payment may take `looksPerPaymentMax` looks, each with an equal part of the budget; within a look the rungs
// share that part (see `rungShares`), because a look may end on any of them, and on one only: the scores that lead to
// a rung are not those that lead to another. Each rung's threshold is the lowest measured score that keeps its own part,
// so the sum over rungs and looks stays within the budget.
//
// Where the inputs come from: the curve from the model pack (calibrated-curve.json, or what its profile names), the budget from the
// vault's settings (SONRISA_ERROR_BUDGET in apps/vault/src/config.ts), the rung after digits from `decideDigits`, which
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
export const rungs = ['face', 'face_digits', 'face_pin', 'face_digits_pin'] as const;

export type Rung = (typeof rungs)[number];

export const looksPerPaymentMax = 3;

/** How often digits may be typed at one look. Each try is another chance for a stranger's digits to fit. */
export const digitsTriesMax = 3;

/** How often a PIN may be typed before the server makes the till wait (payments/limits.ts has the same number). */
export const pinTriesMax = 5;

/** Share of people whose last four digits are a given four. */
const digitsChance = 1e-4;

/** What asking the PIN multiplies by: the chance that somebody's six digits are also those of the wrong person, with all tries. */
export const pinMultiplier = pinTriesMax * 1e-6;

/**
 * How the rungs of one look share its part of the budget. Most goes to the one that is hardest to justify; the two
 * with a PIN need next to nothing: what they may show (see `disclosureMax`) times a PIN is at most 5e-9.
 */
export const rungShares: Record<Rung, number> = { face: 0.6, face_digits: 0.3, face_pin: 0.05, face_digits_pin: 0.05 };

/** Showing a masked name discloses who is known here: at most this chance of showing a wrong one. */
export const disclosureMax = 1e-3;

/**
 * However much digits and PIN would carry, the face must say something: no rung goes below the score that one
 * stranger in a hundred reaches.
 */
export const evidenceFmrMax = 1e-2;

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

/** The least effort that keeps the budget, or 'none'. Which of the rungs with digits it is, `decideDigits` says once they are typed. */
export function decideRung(input: DecideInput): RungDecision {
  const { curve, candidateCount, budget, top1Score, allowed = rungs } = input;
  const thresholds = rungThresholds({ curve, candidateCount, budget });
  const reached = rungs.filter((rung) => allowed.includes(rung) && reaches(top1Score, thresholds[rung]));
  const clear = marginIsClear(input);
  // Digits choose between two people who look alike; a name on the screen must not.
  const kind = reached.find((rung) => asksDigits(rung) || clear) ?? 'none';
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

/** Rungs that ask for digits before they show a name. */
export const asksDigits = (rung: Rung | 'none'): boolean => rung === 'face_digits' || rung === 'face_digits_pin';

export type DigitsRung = 'face_digits' | 'face_digits_pin';

export interface DigitsDecision {
  readonly rung: DigitsRung;
  readonly threshold: number;
  readonly bound: number;
}

/**
 * After digits have filtered the candidates: which rung the best of those who share them reaches, null when none.
 * N stays the number compared before the filter. Judged as if every try had been used: the first must not spend
 * what the third needs.
 */
export function decideDigits(input: DecideInput & { /** People with these digits. */ readonly matchingCount: number }): DigitsDecision | null {
  const { top1Score, allowed = rungs } = input;
  if (!marginIsClear(input)) return null;
  for (const rung of ['face_digits', 'face_digits_pin'] as const) {
    const threshold = thresholdOf(rung, input);
    if (threshold === null || !allowed.includes(rung) || !reaches(top1Score, threshold)) continue;
    return { rung, threshold, bound: rungBound({ ...input, rung, score: threshold }) };
  }
  return null;
}

/** What each rung needs at this N and budget; rungs with digits: when as many people share them as chance has it. */
export function rungThresholds(input: { readonly curve: ErrorCurve; readonly candidateCount: number; readonly budget: number }): Record<Rung, number | null> {
  const of = (rung: Rung): number | null => thresholdOf(rung, input);
  return { face: of('face'), face_digits: of('face_digits'), face_pin: of('face_pin'), face_digits_pin: of('face_digits_pin') };
}

/** The part of the budget that one rung may spend in one look. */
export function rungShare(rung: Rung, budget: number): number {
  return (budget / looksPerPaymentMax) * rungShares[rung];
}

interface Compared {
  readonly curve: ErrorCurve;
  readonly candidateCount: number;
  readonly score: number;
  /** People who have the typed digits; default: as many as chance has it. */
  readonly matchingCount?: number;
}

/** Chance that a look accepted at `score` on this rung charges somebody else. */
export function rungBound(input: Compared & { readonly rung: Rung }): number {
  const { rung } = input;
  return nameBound(input) * (rung === 'face_pin' || rung === 'face_digits_pin' ? pinMultiplier : 1);
}

/** FPIR: chance that somebody else among the N reaches `score`. */
export function falsePositiveBound({ curve, candidateCount, score }: Compared): number {
  return atLeastOnce(perPerson(curve, score), candidateCount);
}

/**
 * Chance that, with all the tries at the digits, somebody else among the N reaches `score` and has the digits typed.
 *
 * Not FPIR × 1e-4: where many reach the score, each of them is a chance for the digits to fit, so people are counted.
 * Chance has it that N × 1e-4 others share the digits typed; where more do, `matchingCount` less the shopper, they count.
 */
export function digitsFalsePositiveBound({ curve, candidateCount, score, matchingCount = 0 }: Compared): number {
  const others = Math.max(candidateCount * digitsChance, matchingCount - 1);
  return Math.min(1, digitsTriesMax * atLeastOnce(perPerson(curve, score), others));
}

// Chance of showing a wrong name on this rung.
function nameBound(input: Compared & { readonly rung: Rung }): number {
  return asksDigits(input.rung) ? digitsFalsePositiveBound(input) : falsePositiveBound(input);
}

const perPerson = (curve: ErrorCurve, score: number): number => Math.min(1, curve.safetyFactor * fmrUpperBound(curve, score));

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

const reaches = (score: number, threshold: number | null): boolean => threshold !== null && score >= threshold;

/**
 * A name is shown only when the best is this far above the second best: a tenfold in FMR on this curve, so that the
 * runner-up is ten times likelier to be a chance hit. A smaller gap means two people look alike here (relatives, one
 * person enrolled twice), which no curve over strangers covers.
 */
export function marginMin({ fmrPoints }: ErrorCurve): number {
  const measured = fmrPoints.filter(({ fmr }) => fmr >= marginFmrMin);
  const [first, last] = [measured[0], measured[measured.length - 1]];
  const decades = first && last ? Math.log10(first.fmr / last.fmr) : 0;
  return decades > 0 ? (last.scoreMin - first.scoreMin) / decades : Infinity;
}

/** Orders of magnitude of FMR between a person and whoever an officer told them apart from, for face alone. */
const apartDecades = 3;

/**
 * Two people whom an officer told apart still look alike, so each look has to tell them apart as well: by a thousandfold in FMR, which is
 * what finds people alike in the first place (`disclosureMax`). Infinity where the curve has no slope.
 */
export const apartMin = (curve: ErrorCurve): number => apartDecades * marginMin(curve);

// The end of a curve flattens where its data runs out.
const marginFmrMin = 1e-5;

function marginIsClear({ curve, top1Score, top2Score }: DecideInput): boolean {
  return top2Score === null || top1Score - top2Score >= marginMin(curve);
}

// 1 - (1 - p)^n without losing small p to rounding.
function atLeastOnce(chance: number, tries: number): number {
  if (tries <= 0) return 0;
  return chance >= 1 ? 1 : -Math.expm1(tries * Math.log1p(-chance));
}

// The lowest score whose bounds fit: that of the charge, of the name shown before a PIN, and what counts as evidence.
function thresholdOf(
  rung: Rung,
  input: { readonly curve: ErrorCurve; readonly candidateCount: number; readonly budget: number; readonly matchingCount?: number },
): number | null {
  const { curve, budget } = input;
  const share = rungShare(rung, budget);
  const fits = (score: number): boolean => {
    const compared = { ...input, rung, score };
    return rungBound(compared) <= share && nameBound(compared) <= disclosureMax && fmrUpperBound(curve, score) <= evidenceFmrMax;
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
