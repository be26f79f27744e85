// The versioned file a calibration writes and a pack's profile refers to: an ErrorCurve with what it
// was measured on. Read with every figure checked: a curve that is wrong charges the wrong people.
import type { ErrorCurve } from '../decide.ts';

export const curveFormat = 'sonrisa-error-curve';
export const curveVersion = 1;

/** How two embeddings become the score the thresholds speak of. */
export const scorings = ['cosine', 'normalised-cosine'] as const;

export type Scoring = (typeof scorings)[number];

export interface CurveDataSet {
  readonly name: string;
  readonly people: number;
  readonly photos: number;
  /** Photos in which no face was found, or that could not be read. */
  readonly failedToEnrol: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** Pairs of different people. */
  readonly identityPairs: number;
}

export interface CurveFile extends ErrorCurve {
  readonly format: typeof curveFormat;
  readonly version: typeof curveVersion;
  readonly packId: string;
  readonly scoring: Scoring;
  /** ISO date, e.g. 2026-11-23. */
  readonly measuredOn: string;
  readonly dataSet: CurveDataSet;
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** `fmr` is the upper 95 % bound, `fmrMeasured` what was counted; rising scores, bounds that never rise. */
  readonly fmrPoints: readonly { readonly scoreMin: number; readonly fmr: number; readonly fmrMeasured: number }[];
  /** What honest people pay for a threshold: measured share of genuine pairs below it, with bounds. */
  readonly fnmrPoints: readonly { readonly scoreMin: number; readonly fnmr: number; readonly low: number; readonly high: number }[];
}

export type CurveReading = { readonly ok: true; readonly curve: CurveFile } | { readonly ok: false; readonly problem: string };

/** Checks parsed JSON; the problem names the field. */
export function readCurveFile(json: unknown): CurveReading {
  const problem = firstProblem(json);
  return problem === null ? { ok: true, curve: json as CurveFile } : { ok: false, problem };
}

const pointsMax = 1000;

type Field = Readonly<Record<string, unknown>>;

function firstProblem(json: unknown): string | null {
  if (!isObject(json)) return 'not a JSON object';
  if (json.format !== curveFormat) return `format is not "${curveFormat}"`;
  if (json.version !== curveVersion) return `version is not ${curveVersion}: written by another release`;
  for (const name of ['id', 'source', 'packId']) if (!isText(json[name])) return `${name} is not a text`;
  if (!scorings.some((scoring) => scoring === json.scoring)) return `scoring is none of ${scorings.join(', ')}`;
  if (!isText(json.measuredOn) || !/^\d{4}-\d{2}-\d{2}$/.test(json.measuredOn)) return 'measuredOn is not a date like 2026-11-23';
  if (!isRate(json.fmrFloor) || json.fmrFloor === 0) return 'fmrFloor is not above 0 and at most 1';
  if (!isNumber(json.safetyFactor) || json.safetyFactor < 1) return 'safetyFactor is below 1';
  return dataSetProblem(json.dataSet) ?? bootstrapProblem(json.bootstrap) ?? fmrProblem(json.fmrPoints, json.fmrFloor) ?? fnmrProblem(json.fnmrPoints);
}

const counts = ['people', 'photos', 'failedToEnrol', 'genuinePairs', 'impostorPairs', 'identityPairs'];

function dataSetProblem(dataSet: unknown): string | null {
  if (!isObject(dataSet) || !isText(dataSet.name)) return 'dataSet has no name';
  for (const name of counts) if (!isCount(dataSet[name])) return `dataSet.${name} is not a count`;
  return null;
}

function bootstrapProblem(bootstrap: unknown): string | null {
  if (!isObject(bootstrap) || !isCount(bootstrap.replicates) || !isCount(bootstrap.seed)) return 'bootstrap has no replicates and seed';
  return null;
}

function fmrProblem(points: unknown, floor: number): string | null {
  if (!isPoints(points)) return `fmrPoints is not a list of 1 to ${pointsMax} points`;
  for (const [at, point] of points.entries()) {
    const { scoreMin, fmr, fmrMeasured } = point;
    if (!isNumber(scoreMin)) return `fmrPoints[${at}].scoreMin is not a number`;
    // Zero would let any number of people be searched for ever: no amount of data shows it.
    if (!isRate(fmr) || fmr < floor) return `fmrPoints[${at}].fmr is below the floor or above 1`;
    if (!isRate(fmrMeasured) || fmrMeasured > fmr) return `fmrPoints[${at}].fmrMeasured is above its bound`;
    const before = points[at - 1];
    if (before && (before.scoreMin as number) >= scoreMin) return `fmrPoints[${at}].scoreMin does not rise`;
    if (before && (before.fmr as number) < fmr) return `fmrPoints[${at}].fmr rises`;
  }
  return null;
}

function fnmrProblem(points: unknown): string | null {
  if (!isPoints(points)) return `fnmrPoints is not a list of 1 to ${pointsMax} points`;
  for (const [at, { scoreMin, fnmr, low, high }] of points.entries()) {
    if (!isNumber(scoreMin)) return `fnmrPoints[${at}].scoreMin is not a number`;
    if (!isRate(fnmr) || !isRate(low) || !isRate(high) || low > high) return `fnmrPoints[${at}] is not a share with bounds`;
  }
  return null;
}

const isObject = (value: unknown): value is Field => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;
const isRate = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= 1;
const isPoints = (value: unknown): value is Field[] => Array.isArray(value) && value.length > 0 && value.length <= pointsMax && value.every(isObject);
