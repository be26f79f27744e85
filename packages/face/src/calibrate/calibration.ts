// One calibration from embeddings to curve: compares all pairs, draws the bootstrap, reads the rates.
import { bootstrapIdentities } from './bootstrap.ts';
import { ruleOfThree } from './bounds.ts';
import { curveFormat, curveVersion } from './curve-file.ts';
import type { CurveFile, Scoring } from './curve-file.ts';
import { scorePairs } from './pair-scores.ts';
import type { PairScores } from './pair-scores.ts';
import { photoCount } from './photo-set.ts';
import type { PhotoSet } from './photo-set.ts';
import { curveBins, curvePoints, fmrTargets, operatingPoints } from './rates.ts';
import type { CurvePoint, OperatingPoint } from './rates.ts';
import { cosineGrid, normalisedGrid } from './score-grid.ts';
import { normaliseScores } from './score-normalisation.ts';
import { createSeededRandom } from './seeded-random.ts';

export const bootstrapReplicates = 1000;

export interface Calibration {
  readonly scoring: Scoring;
  readonly scores: PairScores;
  readonly points: readonly CurvePoint[];
  readonly operating: readonly OperatingPoint[];
  /** Rule of three over the pairs of people. */
  readonly fmrFloor: number;
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** With normalised scores: how many strangers each side was measured by; else null. */
  readonly strangers: number | null;
}

export interface CalibrationProgress {
  readonly step: 'normalise' | 'compare' | 'bootstrap';
  /** 0..1 of this step. */
  readonly done: number;
}

/** Yields its progress many times a second. null: not enough people for this scoring, or no pair of either kind. */
export function* calibrate(input: {
  readonly set: PhotoSet;
  readonly scoring: Scoring;
  readonly seed: number;
  readonly replicates?: number;
}): Generator<CalibrationProgress, Calibration | null> {
  const { scoring, seed, replicates = bootstrapReplicates } = input;
  const scored = scoring === 'cosine' ? { set: input.set, grid: cosineGrid } : yield* normalised(input.set);
  if (scored === null) return null;
  const { set } = scored;
  const scores = yield* told('compare', scorePairs(scored));
  if (scores.impostorCount === 0 || scores.genuineCount === 0) return null;
  const bins = curveBins(scores);
  const drawing = { set, scores, thresholdBins: bins, fmrTargets, replicates, random: createSeededRandom(seed) };
  const intervals = yield* told('bootstrap', bootstrapIdentities(drawing));
  return {
    scoring,
    scores,
    points: curvePoints(scores, bins, intervals),
    operating: operatingPoints(scores, intervals),
    fmrFloor: ruleOfThree(scores.identityPairCount),
    bootstrap: { replicates, seed },
    strangers: 'strangers' in scored ? scored.strangers : null,
  };
}

function* normalised(set: PhotoSet) {
  const result = yield* told('normalise', normaliseScores(set));
  return result && { ...result, grid: normalisedGrid };
}

function* told<Result>(step: CalibrationProgress['step'], work: Generator<number, Result>): Generator<CalibrationProgress, Result> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    yield { step, done: next.value };
  }
}

/** People at one till share age, region and light more than a collection of photos does. */
export const safetyFactorDefault = 4;

export function curveFileOf(input: {
  readonly calibration: Calibration;
  readonly set: PhotoSet;
  readonly packId: string;
  readonly dataSetName: string;
  readonly photosGiven: number;
  /** ISO date. */
  readonly measuredOn: string;
  readonly safetyFactor?: number;
}): CurveFile {
  const { calibration, set, packId, dataSetName, photosGiven, measuredOn, safetyFactor = safetyFactorDefault } = input;
  const { scores, points, scoring, fmrFloor, bootstrap } = calibration;
  const { impostorCount, genuineCount, identityPairCount } = scores;
  return {
    format: curveFormat,
    version: curveVersion,
    id: `${packId}-${scoring}-${measuredOn}`,
    source: `${dataSetName}: ${set.identityCount} people, ${impostorCount} impostor pairs of single photos; upper 95 % bounds by a bootstrap over people`,
    packId,
    scoring,
    measuredOn,
    dataSet: {
      name: dataSetName,
      people: set.identityCount,
      photos: photosGiven,
      failedToEnrol: photosGiven - photoCount(set),
      genuinePairs: genuineCount,
      impostorPairs: impostorCount,
      identityPairs: identityPairCount,
    },
    bootstrap,
    fmrPoints: points.map(({ threshold, fmr, fmrBounds }) => ({ scoreMin: score(threshold), fmr: rate(Math.max(fmrFloor, fmrBounds.high)), fmrMeasured: rate(fmr) })),
    fnmrPoints: points.map(({ threshold, fnmr, fnmrBounds }) => ({ scoreMin: score(threshold), fnmr: rate(fnmr), low: rate(fnmrBounds.low), high: rate(fnmrBounds.high) })),
    fmrFloor,
    safetyFactor,
  };
}

// Edges are whole steps of the grid: written as such. Rates keep four figures, rounded up.
const score = (threshold: number): number => Math.round(threshold * 1e4) / 1e4;

function rate(value: number): number {
  if (value <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return Number(Math.min(1, Math.ceil(value / unit) * unit).toPrecision(4));
}
