// Whether templates that two installations keep of the same people can be linked without their keys, and what the transform
// costs in accuracy: measured with the product's own transforms, on embeddings of labelled photos, with fresh keys.
import { fileURLToPath } from 'node:url';
import { balancedAccuracy, chanceLevel, systemUnlinkability } from '@sonrisa/face/calibrate/unlinkability.ts';
import type { LinkageScores } from '@sonrisa/face/calibrate/unlinkability.ts';
import { forgetPhotos } from '@sonrisa/face/calibrate/photo-set.ts';
import type { PhotoSet } from '@sonrisa/face/calibrate/photo-set.ts';
import { cosine } from '@sonrisa/face/embed.ts';
import { openPack } from '../pack/pack-source.ts';
import { PlainError } from '../plain-error.ts';
import { createTransforms } from '../transforms.ts';
import { embedPhotos } from './embed-photos.ts';
import { photoSetOf } from './measure.ts';
import { listPhotos } from './photos.ts';
import type { LabelledPhoto } from './photos.ts';

export interface UnlinkabilityOptions {
  readonly folder: string;
  /** 'embedded' or the path of a profile. */
  readonly pack: string;
  readonly cacheFolder: string;
  /** Photos embedded at most, of people who have two or more, four of each. */
  readonly photosMax: number;
  /** Pairs of fresh keys. */
  readonly keyPairs: number;
  /** 32 random bytes. */
  readonly newKey: () => Uint8Array;
  readonly threads: number;
  readonly onProgress: (progress: { readonly step: 'embed' | 'compare'; readonly done: number }) => void;
  readonly signal?: AbortSignal;
  readonly workerFile?: string;
}

export interface UnlinkabilityMeasurement {
  readonly packId: string;
  readonly people: number;
  readonly photos: number;
  readonly matedPairs: number;
  readonly nonMatedPairs: number;
  /** D_sys of each pair of keys. */
  readonly twoKeys: readonly number[];
  /** D_sys of the scores of all pairs of keys together: what is known of keys one has not seen. */
  readonly pooled: number;
  /** D_sys that chance gives with as many scores: of one pair of keys, and of all. */
  readonly chance: number;
  readonly pooledChance: number;
  /** The control: one key on both sides, where everything can be linked. */
  readonly oneKey: number;
  readonly accuracyPlain: number;
  readonly accuracyTransformed: number;
  /** The largest difference that the transform made to a score. */
  readonly scoreErrorMax: number;
}

const photosAPersonMax = 4;
const nonMatedAMated = 4;

/** Throws PlainError for what the operator can put right. */
export async function measureUnlinkability(options: UnlinkabilityOptions): Promise<UnlinkabilityMeasurement> {
  const { folder, photosMax, keyPairs, onProgress, signal, workerFile = fileURLToPath(new URL('./photo-worker.ts', import.meta.url)) } = options;
  const pack = await openPack(options);
  const photos = fewOfEach(listPhotos(folder), photosMax);
  const embedded = await embedPhotos({ ...options, photos, pack, workerFile, onProgress: (done) => onProgress({ step: 'embed', done }) });
  const set = photoSetOf(photos, embedded, pack.embeddingLength);
  try {
    const pairs = pairsOf(set);
    if (pairs.mated.length < 100) throw new PlainError(`Only ${pairs.mated.length} pairs of photos of one person have a face: 100 are needed.`);
    const plain = scoresOf({ pairs, left: rowsOf(set), right: rowsOf(set) });
    const rotated = () => rotatedRows({ set, packId: pack.id, transformKey: options.newKey() });
    const one = rotated();
    const oneKey = scoresOf({ pairs, left: one, right: one });
    const compared: LinkageScores[] = [];
    for (let n = 0; n < keyPairs; n++) {
      compared.push(scoresOf({ pairs, left: rotated(), right: rotated() }));
      onProgress({ step: 'compare', done: (n + 1) / keyPairs });
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    const pool: LinkageScores = { mated: joined(compared.map(({ mated }) => mated)), nonMated: joined(compared.map(({ nonMated }) => nonMated)) };
    return {
      packId: pack.id,
      people: set.identityCount,
      photos: embedded.embedded,
      matedPairs: pairs.mated.length,
      nonMatedPairs: pairs.nonMated.length,
      twoKeys: compared.map(systemUnlinkability),
      pooled: systemUnlinkability(pool),
      chance: chanceLevel(compared[0] ?? oneKey),
      pooledChance: chanceLevel(pool),
      oneKey: systemUnlinkability(oneKey),
      accuracyPlain: balancedAccuracy(plain),
      accuracyTransformed: balancedAccuracy(oneKey),
      scoreErrorMax: Math.max(largestDifference(plain.mated, oneKey.mated), largestDifference(plain.nonMated, oneKey.nonMated)),
    };
  } finally {
    forgetPhotos(set);
  }
}

function fewOfEach(photos: readonly LabelledPhoto[], photosMax: number): LabelledPhoto[] {
  const byPerson = new Map<string, LabelledPhoto[]>();
  for (const photo of photos) byPerson.set(photo.person, [...(byPerson.get(photo.person) ?? []), photo]);
  const several = [...byPerson.values()].filter((own) => own.length > 1).flatMap((own) => own.slice(0, photosAPersonMax));
  return several.slice(0, photosMax);
}

type Pairs = { readonly mated: readonly [number, number][]; readonly nonMated: readonly [number, number][] };

// Both orders of a genuine pair: either installation may hold either photo. Strangers stand a stride apart, a new one each time.
function pairsOf({ identityOf }: PhotoSet): Pairs {
  const count = identityOf.length;
  const mated: [number, number][] = [];
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count && identityOf[j] === identityOf[i]; j++) mated.push([i, j], [j, i]);
  const nonMated: [number, number][] = [];
  for (let stride = photosAPersonMax; stride < count && nonMated.length < nonMatedAMated * mated.length; stride++) {
    for (let i = 0; i < count; i++) {
      const j = (i + stride) % count;
      if (identityOf[i] !== identityOf[j]) nonMated.push([i, j]);
    }
  }
  return { mated, nonMated };
}

const rowsOf = ({ vectors, length, identityOf }: PhotoSet): Float32Array[] => Array.from(identityOf, (_, row) => vectors.subarray(row * length, (row + 1) * length));

function rotatedRows({ set, packId, transformKey }: { set: PhotoSet; packId: string; transformKey: Uint8Array }): Float32Array[] {
  const transform = createTransforms({ installationId: 'measured', transformKey }).of({ packId, dimensions: set.length });
  return rowsOf(set).map((row) => transform.apply(row));
}

function scoresOf({ pairs, left, right }: { pairs: Pairs; left: readonly Float32Array[]; right: readonly Float32Array[] }): LinkageScores {
  const score = ([i, j]: readonly [number, number]): number => cosine(left[i] ?? new Float32Array(0), right[j] ?? new Float32Array(0));
  return { mated: Float64Array.from(pairs.mated, score), nonMated: Float64Array.from(pairs.nonMated, score) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const largestDifference = (one: Float64Array, other: Float64Array): number => one.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (other[index] ?? 0))), 0);
