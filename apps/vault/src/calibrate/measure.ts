// One pack on one labelled set: embeds every photo, compares all pairs, gives curve and figures.
import { calibrate, curveFileOf } from '@sonrisa/face/calibrate/calibration.ts';
import type { Calibration, CalibrationProgress } from '@sonrisa/face/calibrate/calibration.ts';
import { checkCurve } from '@sonrisa/face/calibrate/check-curve.ts';
import type { CurveCheck } from '@sonrisa/face/calibrate/check-curve.ts';
import type { CurveFile, Scoring } from '@sonrisa/face/calibrate/curve-file.ts';
import { accuracyOnList } from '@sonrisa/face/calibrate/pair-list.ts';
import type { ListAccuracy } from '@sonrisa/face/calibrate/pair-list.ts';
import { cosineOf, forgetPhotos } from '@sonrisa/face/calibrate/photo-set.ts';
import type { PairScore, PhotoSet } from '@sonrisa/face/calibrate/photo-set.ts';
import type { WorstPair } from '@sonrisa/face/calibrate/pair-scores.ts';
import { normalisedPairScore } from '@sonrisa/face/calibrate/score-normalisation.ts';
import { PlainError } from '../plain-error.ts';
import { embedPhotos } from './embed-photos.ts';
import type { EmbeddedPhotos } from './embed-photos.ts';
import type { OpenedPack } from '../pack/pack-source.ts';
import type { LabelledPhoto, PairList } from './photos.ts';

export interface NamedError {
  readonly a: string;
  readonly b: string;
  readonly score: number;
}

export interface ScoringResult extends Calibration {
  readonly curve: CurveFile;
  readonly worstGenuine: readonly NamedError[];
  readonly worstImpostors: readonly NamedError[];
}

export interface ListResult extends ListAccuracy {
  readonly absent: number;
  /** The pairs told wrongly with the balanced threshold, the furthest from it first. */
  readonly worst: readonly (NamedError & { readonly same: boolean })[];
}

export interface PackMeasurement {
  readonly packId: string;
  readonly photosGiven: number;
  readonly people: number;
  readonly embedded: number;
  readonly refusals: EmbeddedPhotos['refusals'];
  readonly gated: EmbeddedPhotos['gated'];
  readonly cosine: ScoringResult;
  /** null: too few people to take strangers from. */
  readonly normalised: ScoringResult | null;
  readonly list: ListResult | null;
  /** The same pairs with normalised scores; null also with too few people. */
  readonly normalisedList: ListResult | null;
  /** The curves the pack claims so far, held against these photos. */
  readonly claimed: readonly CurveCheck[];
}

export interface MeasureOptions {
  readonly pack: OpenedPack;
  readonly photos: readonly LabelledPhoto[];
  readonly pairs: PairList | null;
  readonly dataSetName: string;
  /** ISO date. */
  readonly measuredOn: string;
  readonly seed: number;
  readonly workerFile: string;
  readonly threads: number;
  readonly onProgress: (progress: { readonly step: 'embed' | CalibrationProgress['step']; readonly done: number }) => void;
  readonly signal?: AbortSignal;
}

export async function measurePack(options: MeasureOptions): Promise<PackMeasurement> {
  const { pack, photos, pairs, onProgress } = options;
  const embedded = await embedPhotos({ ...options, onProgress: (done) => onProgress({ step: 'embed', done }) });
  const set = photoSetOf(photos, embedded, pack.embeddingLength);
  const kept = photos.filter((_, index) => (embedded.rowOf[index] ?? -1) >= 0);
  try {
    const cosine = await scored('cosine', { ...options, set, kept });
    if (!cosine) throw new PlainError('Too few photos with a face: no genuine or no impostor pair is left.');
    return {
      packId: pack.id,
      photosGiven: photos.length,
      people: set.identityCount,
      embedded: embedded.embedded,
      refusals: embedded.refusals,
      gated: embedded.gated,
      cosine,
      normalised: await scored('normalised-cosine', { ...options, set, kept }),
      list: pairs && listAccuracy({ pairs, photos, embedded, score: cosineOf(set) }),
      normalisedList: pairs && listAccuracy({ pairs, photos, embedded, score: normalisedPairScore(set) }),
      claimed: pack.curves.flatMap((curve) => checkCurve(curve, cosine.points) ?? []),
    };
  } finally {
    forgetPhotos(set);
  }
}

/** The photos that have an embedding, people numbered in their order. */
export function photoSetOf(photos: readonly LabelledPhoto[], { rowOf, vectors, embedded }: EmbeddedPhotos, length: number): PhotoSet {
  const numbers = new Map<string, number>();
  const identityOf = new Int32Array(embedded);
  photos.forEach(({ person }, index) => {
    const row = rowOf[index] ?? -1;
    if (row < 0) return;
    const number = numbers.get(person) ?? numbers.size;
    numbers.set(person, number);
    identityOf[row] = number;
  });
  return { vectors, length, identityOf, identityCount: numbers.size };
}

async function scored(scoring: Scoring, options: MeasureOptions & { set: PhotoSet; kept: readonly LabelledPhoto[] }): Promise<ScoringResult | null> {
  const { set, kept, pack, dataSetName, measuredOn, seed, photos, onProgress, signal } = options;
  const calibration = await inSlices(calibrate({ set, scoring, seed }), onProgress, signal);
  if (!calibration) return null;
  const named = (pairs: readonly WorstPair[]): NamedError[] => pairs.map(({ i, j, score }) => ({ a: nameOf(kept[i]), b: nameOf(kept[j]), score }));
  return {
    ...calibration,
    curve: curveFileOf({ calibration, set, packId: pack.id, dataSetName, measuredOn, photosGiven: photos.length }),
    worstGenuine: named(calibration.scores.worstGenuine),
    worstImpostors: named(calibration.scores.worstImpostors),
  };
}

const nameOf = (photo: LabelledPhoto | undefined): string => (photo ? `${photo.person}/${photo.file}` : '?');

// Steps between two turns of the event loop: a few milliseconds of work.
const stepsPerSlice = 8;

async function inSlices<Result>(
  work: Generator<CalibrationProgress, Result>,
  onProgress: (progress: CalibrationProgress) => void,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (let step = 1; ; step++) {
    const next = work.next();
    if (next.done) return next.value;
    if (step % stepsPerSlice !== 0) continue;
    onProgress(next.value);
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}

const listedErrorsMax = 50;

function listAccuracy(input: { pairs: PairList; photos: readonly LabelledPhoto[]; embedded: EmbeddedPhotos; score: PairScore | null }): ListResult | null {
  const { pairs, photos, embedded, score } = input;
  if (score === null) return null;
  const rows = new Map(photos.map((photo, index) => [photo, embedded.rowOf[index] ?? -1]));
  const listed = pairs.pairs.map(({ a, b }) => {
    const [i = -1, j = -1] = [rows.get(a), rows.get(b)];
    return { same: a.person === b.person, score: i < 0 || j < 0 ? null : score(i, j) };
  });
  const accuracy = accuracyOnList(listed);
  if (!accuracy) return null;
  const { wrong, threshold } = accuracy.balanced;
  const worst = wrong.flatMap((at) => {
    const [pair, told] = [pairs.pairs[at], listed[at]];
    return pair && told && told.score !== null ? [{ a: nameOf(pair.a), b: nameOf(pair.b), score: told.score, same: told.same }] : [];
  });
  worst.sort((x, y) => Math.abs(y.score - threshold) - Math.abs(x.score - threshold));
  return { ...accuracy, absent: pairs.absent, worst: worst.slice(0, listedErrorsMax) };
}
