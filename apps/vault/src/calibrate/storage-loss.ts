// What it costs in accuracy that templates are kept as they are: turned by the secret transform, sealed, opened again, and searched
// for as int8 codes. Measured on listed pairs of labelled photos with the product's own sealer and index; the first photo of a pair
// is the probe, the second the record.
import { fileURLToPath } from 'node:url';
import { accuracyOnList } from '@sonrisa/face/calibrate/pair-list.ts';
import type { ListAccuracy } from '@sonrisa/face/calibrate/pair-list.ts';
import { cosine } from '@sonrisa/face/embed.ts';
import { meanEmbedding } from '@sonrisa/face/index/flat/centre.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import type { Random } from '../adapters/system.ts';
import { openPack } from '../pack/pack-source.ts';
import { PlainError } from '../plain-error.ts';
import { SecretTemplate } from '../secret-template.ts';
import { createTemplateSealer } from '../templates.ts';
import { embedPhotos } from './embed-photos.ts';
import { listPhotos, readPairs } from './photos.ts';
import type { LabelledPhoto } from './photos.ts';

export interface StorageLossOptions {
  readonly folder: string;
  readonly pairsFile: string;
  /** 'embedded' or the path of a profile. */
  readonly pack: string;
  readonly cacheFolder: string;
  readonly random: Random;
  readonly threads: number;
  readonly onProgress: (progress: { readonly step: 'embed' | 'store'; readonly done: number }) => void;
  readonly signal?: AbortSignal;
  readonly workerFile?: string;
}

export interface StorageLoss {
  readonly photos: number;
  /** Scores of embeddings as the pack gives them. */
  readonly plain: ListAccuracy;
  /** Probe against the record sealed under fresh keys and opened again: what every decision rests on. */
  readonly stored: ListAccuracy;
  /** Probe against the record's int8 codes in the index: what picks those who are compared. */
  readonly searched: ListAccuracy;
  /** The largest difference either makes to a score. */
  readonly scoreErrorMax: { readonly stored: number; readonly searched: number };
}

const keyBytes = 32;
const keyVersion = 1;

/** Throws PlainError for what the operator can put right. */
export async function measureStorageLoss(options: StorageLossOptions): Promise<StorageLoss> {
  const { folder, pairsFile, onProgress, workerFile = fileURLToPath(new URL('./photo-worker.ts', import.meta.url)) } = options;
  const pack = await openPack(options);
  const { pairs } = readPairs(pairsFile, listPhotos(folder));
  const photos = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const embedded = await embedPhotos({ ...options, photos, pack, workerFile, onProgress: (done) => onProgress({ step: 'embed', done }) });
  const { embeddingLength: length } = pack;
  const vectorOf = new Map<LabelledPhoto, Float32Array>();
  photos.forEach((photo, index) => {
    const row = embedded.rowOf[index] ?? -1;
    if (row >= 0) vectorOf.set(photo, embedded.vectors.subarray(row * length, (row + 1) * length));
  });
  try {
    const storedOf = sealAndOpen(vectorOf, { packId: pack.id, random: options.random });
    const searchedScore = intoIndex(storedOf, length);
    onProgress({ step: 'store', done: 1 });
    const scored = (score: (probe: Float32Array, of: LabelledPhoto) => number) =>
      pairs.map(({ a, b }) => {
        const probe = vectorOf.get(a);
        return { same: a.person === b.person, score: probe && vectorOf.has(b) ? score(probe, b) : null };
      });
    const plain = scored((probe, photo) => cosine(probe, vectorOf.get(photo) ?? probe));
    const stored = scored((probe, photo) => cosine(probe, storedOf.get(photo) ?? probe));
    const searched = scored(searchedScore);
    return {
      photos: vectorOf.size,
      plain: accuracyOf(plain),
      stored: accuracyOf(stored),
      searched: accuracyOf(searched),
      scoreErrorMax: { stored: largestDifference(plain, stored), searched: largestDifference(plain, searched) },
    };
  } finally {
    embedded.vectors.fill(0);
  }
}

function sealAndOpen(vectorOf: ReadonlyMap<LabelledPhoto, Float32Array>, { packId, random }: { packId: string; random: Random }): Map<LabelledPhoto, Float32Array> {
  const newKey = (): Uint8Array => random.bytes(keyBytes);
  const sealer = createTemplateSealer({ installationId: 'measured', masterKey: newKey(), transformKey: newKey(), keyVersion, random });
  const stored = new Map<LabelledPhoto, Float32Array>();
  for (const [photo, vector] of vectorOf) {
    const owner = { payerRef: `${photo.person}/${photo.file}`, epoch: 1, packId };
    const opened = sealer.open(sealer.seal(new SecretTemplate(Float32Array.from(vector)), owner), owner);
    stored.set(photo, Float32Array.from(opened.reveal()));
    opened.wipe();
  }
  return stored;
}

// Centred as the gallery is: around the mean of those who are in it.
function intoIndex(storedOf: ReadonlyMap<LabelledPhoto, Float32Array>, dimensions: number): (probe: Float32Array, photo: LabelledPhoto) => number {
  const centre = meanEmbedding([...storedOf.values()]);
  const index = createFlatIndex({ dimensions, capacity: storedOf.size, ...(centre ? { centre } : {}) });
  const refOf = ({ person, file }: LabelledPhoto): string => `${person}/${file}`;
  for (const [photo, vector] of storedOf) index.put(refOf(photo), [vector]);
  return (probe, photo) => index.search(probe, 1, new Set([refOf(photo)]))[0]?.score ?? -1;
}

type Scored = readonly { readonly score: number | null; readonly same: boolean }[];

function accuracyOf(scored: Scored): ListAccuracy {
  const accuracy = accuracyOnList(scored);
  if (!accuracy) throw new PlainError('The list has too few pairs, or pairs of one kind only.');
  return accuracy;
}

const largestDifference = (one: Scored, other: Scored): number =>
  one.reduce((largest, { score }, at) => (score === null ? largest : Math.max(largest, Math.abs(score - (other[at]?.score ?? score)))), 0);
