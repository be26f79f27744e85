// Labelled photos as embeddings, through the very pipeline of the vault. With `keep` they stay under .cache/sim for the next run:
// embeddings of faces, to be thrown away when the pipeline changes and never to be shared.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { PhotoSet } from '@sonrisa/face/calibrate/photo-set.ts';
import { embedPhotos } from '../apps/vault/src/calibrate/embed-photos.ts';
import { photoSetOf } from '../apps/vault/src/calibrate/measure.ts';
import { listPhotos } from '../apps/vault/src/calibrate/photos.ts';
import type { LabelledPhoto } from '../apps/vault/src/calibrate/photos.ts';
import { openPack } from '../apps/vault/src/pack/pack-source.ts';
import type { OpenedPack } from '../apps/vault/src/pack/pack-source.ts';

const cacheFolder = fileURLToPath(new URL('../.cache/sim', import.meta.url));
const modelsFolder = fileURLToPath(new URL('../.cache/models', import.meta.url));
const workerFile = fileURLToPath(new URL('../apps/vault/src/calibrate/photo-worker.ts', import.meta.url));

export interface SimPhotos {
  readonly packId: string;
  readonly set: PhotoSet;
  readonly photosGiven: number;
}

export async function readPeople(options: { readonly folder: string; readonly pack: string; readonly keep: boolean; readonly tell: (line: string) => void }): Promise<SimPhotos> {
  const { folder, keep, tell } = options;
  const photos = listPhotos(folder);
  const pack = await openPack({ pack: options.pack, cacheFolder: modelsFolder });
  const file = `${cacheFolder}/${pack.id}-${digestOf(photos)}.f32`;
  const kept = keep && existsSync(file) ? readKept(file, { photos, pack }) : null;
  if (kept) {
    tell(`${pack.id}: embeddings of an earlier run`);
    return { packId: pack.id, set: kept, photosGiven: photos.length };
  }
  let last = -1;
  const onProgress = (done: number): void => {
    const tenth = Math.floor(done * 10);
    if (tenth !== last) tell(`${pack.id}: ${tenth * 10} % of ${photos.length} photos embedded`);
    last = tenth;
  };
  const embedded = await embedPhotos({ photos, pack, workerFile, threads: availableParallelism(), onProgress });
  if (keep) write(file, embedded);
  return { packId: pack.id, set: photoSetOf(photos, embedded, pack.embeddingLength), photosGiven: photos.length };
}

const digestOf = (photos: readonly LabelledPhoto[]): string => createHash('sha256').update(photos.map(({ person, file }) => `${person}/${file}`).join('\n')).digest('hex').slice(0, 16);

// Rows of the photos, then the embeddings.
function write(file: string, { rowOf, vectors }: { rowOf: Int32Array; vectors: Float32Array }): void {
  mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  writeFileSync(file, Buffer.concat([Buffer.from(rowOf.buffer), Buffer.from(vectors.buffer)]), { mode: 0o600 });
}

function readKept(file: string, { photos, pack }: { photos: readonly LabelledPhoto[]; pack: OpenedPack }): PhotoSet {
  const bytes = readFileSync(file);
  const at = bytes.byteOffset;
  const rowOf = new Int32Array(bytes.buffer.slice(at, at + photos.length * 4));
  const vectors = new Float32Array(bytes.buffer.slice(at + photos.length * 4, at + bytes.length));
  const embedded = rowOf.filter((row) => row >= 0).length;
  return photoSetOf(photos, { rowOf, vectors, embedded, refusals: {}, gated: {} }, pack.embeddingLength);
}
