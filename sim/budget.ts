// What the error budget does to shoppers of a gallery of any size, from scores of people the curve has never seen: who is
// served how, and how often an honest look would charge somebody else. Up to the number of people there are, galleries
// are drawn from them; beyond, each probe's scores against others are drawn again (with replacement), which finds no
// score that nobody had: there the bound says more than the estimate.
import { poissonUpper } from '@sonrisa/face/calibrate/bounds.ts';
import { asksDigits, decideDigits, decideRung, digitsTriesMax, fmrUpperBound, looksPerPaymentMax, pinMultiplier, rungThresholds, rungs } from '@sonrisa/face/decide.ts';
import type { ErrorCurve, Rung, RungDecision } from '@sonrisa/face/decide.ts';
import type { Probe } from './people.ts';

export interface BudgetRun {
  readonly curve: ErrorCurve;
  readonly budget: number;
  readonly enrolled: readonly Probe[];
  readonly strangers: readonly Probe[];
  readonly random: () => number;
}

export interface GalleryResult {
  readonly people: number;
  readonly drawn: 'people' | 'scores';
  /** Share of enrolled shoppers by what one look leads to; 'phone': no rung holds, or another person was in the way. */
  readonly coverage: Readonly<Record<Rung | 'phone', number>>;
  /** 1 - all rungs: share of looks of enrolled shoppers that need the phone. */
  readonly fnir: number;
  /** Share of looks of people who are not enrolled that show somebody's name, with the digits they type. */
  readonly fpir: number;
  readonly wrongPayer: Rate;
  /** The same had the budget been bypassed: the best face is taken above one fixed score. */
  readonly bypassed: Rate;
  readonly fixedThreshold: number;
}

/** Per payment: as if all looks and tries were used. */
export interface Rate {
  /** By the scores there are. */
  readonly estimate: number;
  /** Upper 95 % over pairs of people. */
  readonly bound: number;
}

/** What a till without a budget would use: the score one stranger in ten thousand reaches, the usual setting one to one. */
export const fixedFmr = 1e-4;

const drawsPerProbe = 8;
const digitsChance = 1e-4;

export function simulateGallery(run: BudgetRun, people: number): GalleryResult {
  const { enrolled, strangers, curve, budget } = run;
  const available = (enrolled[0] ?? strangers[0])?.others.length ?? 0;
  const drawn = people - 1 <= available ? 'people' : 'scores';
  const outcomes = enrolled.flatMap((probe) => Array.from({ length: drawsPerProbe }, () => outcomeOf(run, { probe, people, drawn })));
  const share = (kind: Rung | 'phone'): number => outcomes.filter((outcome) => outcome === kind).length / outcomes.length;
  const coverage = { face: share('face'), face_digits: share('face_digits'), face_pin: share('face_pin'), face_digits_pin: share('face_digits_pin'), phone: share('phone') };
  const thresholds = rungThresholds({ curve, candidateCount: people, budget });
  const fixedThreshold = lowestScoreWithin(curve, fixedFmr);
  return {
    people,
    drawn,
    coverage,
    fnir: coverage.phone,
    fpir: mean(strangers.map((probe) => nameShown({ probe, people, thresholds }))),
    wrongPayer: wrongPayerRate({ strangers, people, thresholds }),
    bypassed: {
      estimate: atMostOne(looksPerPaymentMax * mean(strangers.map(({ others }) => anyOf(shareAtLeast(others, fixedThreshold), people)))),
      bound: atMostOne(looksPerPaymentMax * anyOf(pooledUpper(strangers, fixedThreshold), people)),
    },
    fixedThreshold,
  };
}

// One look of an enrolled shopper, through the very code of the vault.
function outcomeOf(run: BudgetRun, input: { probe: Probe; people: number; drawn: GalleryResult['drawn'] }): Rung | 'phone' {
  const { curve, budget, random } = run;
  const { probe, people } = input;
  const genuine = probe.genuine ?? -1;
  const [best, second] = input.drawn === 'people' ? bestOfPeople(probe.others, people - 1, random) : bestOfScores(probe.others, people - 1, random);
  const right = genuine >= best;
  const [top1Score, top2Score] = right ? [genuine, people > 1 ? best : null] : [best, Math.max(genuine, second)];
  const { kind } = decideRung({ curve, candidateCount: people, budget, top1Score, top2Score });
  if (!asksDigits(kind)) return kind !== 'none' && right ? kind : 'phone';
  const sharing = poisson((people - 1) * digitsChance, random);
  const [other] = sharing === 0 ? [null] : bestOfScores(probe.others, sharing, random);
  if (other !== null && other > genuine) return 'phone';
  const decision = decideDigits({ curve, candidateCount: people, budget, matchingCount: sharing + 1, top1Score: genuine, top2Score: other });
  return decision?.rung ?? 'phone';
}

type Thresholds = RungDecision['thresholds'];

/**
 * Of people who are not enrolled, for whom nobody right can come first. Chance of digits and PIN is counted, not drawn: an
 * event of one in a million would need more draws than there is time for. No margin between the best two is asked for here, so the true rate is lower.
 */
function wrongPayerRate({ strangers, people, thresholds }: { strangers: readonly Probe[]; people: number; thresholds: Thresholds }): Rate {
  const ofRungs = (shareOf: (threshold: number) => number): number =>
    rungs.reduce((sum, rung) => {
      const threshold = thresholds[rung];
      return threshold === null ? sum : sum + wrongBy(rung, shareOf(threshold), people);
    }, 0);
  return {
    estimate: atMostOne(looksPerPaymentMax * mean(strangers.map(({ others }) => ofRungs((threshold) => shareAtLeast(others, threshold))))),
    bound: atMostOne(looksPerPaymentMax * ofRungs((threshold) => pooledUpper(strangers, threshold))),
  };
}

function wrongBy(rung: Rung, perPerson: number, people: number): number {
  return namedBy(rung, perPerson, people) * (rung === 'face_pin' || rung === 'face_digits_pin' ? pinMultiplier : 1);
}

function namedBy(rung: Rung, perPerson: number, people: number): number {
  return asksDigits(rung) ? atMostOne(digitsTriesMax * anyOf(perPerson, people * digitsChance)) : anyOf(perPerson, people);
}

// Scores that lead to one rung are not those that lead to another, but all of them are above the lowest threshold of their kind.
function nameShown({ probe, people, thresholds }: { probe: Probe; people: number; thresholds: Thresholds }): number {
  const highest = (digits: boolean): number =>
    Math.max(0, ...rungs.filter((rung) => asksDigits(rung) === digits).map((rung) => (thresholds[rung] === null ? 0 : namedBy(rung, shareAtLeast(probe.others, thresholds[rung]), people))));
  return atMostOne(highest(false) + highest(true));
}

// Upper bound of the share of strangers who reach the score. Each pair of people stands in two probes.
function pooledUpper(strangers: readonly Probe[], threshold: number): number {
  const pairs = strangers.reduce((sum, { others }) => sum + others.length, 0) / 2;
  const reached = strangers.reduce((sum, { others }) => sum + shareAtLeast(others, threshold) * others.length, 0) / 2;
  return pairs === 0 ? 1 : Math.min(1, poissonUpper(reached) / pairs);
}

/** The share of a rising list that is at least `score`. */
export function shareAtLeast(rising: Float64Array, score: number): number {
  let below = 0;
  let above = rising.length;
  while (below < above) {
    const middle = (below + above) >> 1;
    if ((rising[middle] ?? 0) < score) below = middle + 1;
    else above = middle;
  }
  return rising.length === 0 ? 0 : (rising.length - below) / rising.length;
}

function lowestScoreWithin(curve: ErrorCurve, fmr: number): number {
  const point = curve.fmrPoints.find(({ scoreMin }) => fmrUpperBound(curve, scoreMin) <= fmr) ?? curve.fmrPoints[curve.fmrPoints.length - 1];
  return point?.scoreMin ?? 1;
}

// The best two of `count` others, none twice.
function bestOfPeople(rising: Float64Array, count: number, random: () => number): [number, number] {
  let [best, second] = [-1, -1];
  // From the best down, each is in the gallery with the chance that is left: the first two that are.
  let open = count;
  for (let at = rising.length - 1; at >= 0 && open > 0; at--) {
    if (random() * (at + 1) >= open) continue;
    open -= 1;
    if (best === -1) best = rising[at] ?? -1;
    else {
      second = rising[at] ?? -1;
      break;
    }
  }
  return [best, second];
}

// The best two of `count` draws with replacement, by their order statistics: no million draws needed.
function bestOfScores(rising: Float64Array, count: number, random: () => number): [number, number] {
  if (count === 0 || rising.length === 0) return [-1, -1];
  const at = (quantile: number): number => rising[Math.min(rising.length - 1, Math.floor(quantile * rising.length))] ?? -1;
  const highest = random() ** (1 / count);
  return [at(highest), count === 1 ? -1 : at(highest * random() ** (1 / (count - 1)))];
}

// Knuth's for a small mean, the normal one rounded for a large.
function poisson(expected: number, random: () => number): number {
  if (expected > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(expected + Math.sqrt(expected) * normal));
  }
  let count = 0;
  for (let product = random(); product > Math.exp(-expected); product *= random()) count++;
  return count;
}

const anyOf = (chance: number, tries: number): number => (chance >= 1 ? 1 : -Math.expm1(tries * Math.log1p(-chance)));
const atMostOne = (value: number): number => Math.min(1, value);
const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);
