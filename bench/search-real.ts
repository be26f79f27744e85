// Real embeddings for the search bench: the shared photos through the embedded pack, in memory only, and distractors
// drawn from a normal distribution with their mean and covariance, because nobody has a million photos to spare.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { normalise } from '@sonrisa/face/embed.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import { decodeFrame } from '../apps/vault/src/pack/decode.ts';
import { loadPack } from '../apps/vault/src/pack/load-pack.ts';
import { createOrtRunner } from '../apps/vault/src/pack/ort-runner.ts';

export interface RealFaces {
  /** One template for each person, from their first photo. */
  readonly people: readonly Float32Array[];
  /** Second photos: everybody here is in the gallery. */
  readonly probes: readonly Float32Array[];
}

export const facesFolder = fileURLToPath(new URL('../../shared/faces/lfw', import.meta.url));

/** null when the photos are not there. */
export async function embedSharedFaces(options: { readonly probesMax: number }): Promise<RealFaces | null> {
  if (!existsSync(facesFolder)) return null;
  const cacheFolder = fileURLToPath(new URL('../.cache/packs', import.meta.url));
  const runner = await createOrtRunner((await loadPack({ cacheFolder })).files);
  const pipeline = createFacePipeline({ runner });
  const people: Float32Array[] = [];
  const probes: Float32Array[] = [];
  const embed = async (path: string): Promise<Float32Array | null> => {
    const decoded = await decodeFrame(readFileSync(path));
    return decoded.ok ? (await pipeline.analyse(decoded.image)).embedding : null;
  };
  for (const name of readdirSync(facesFolder, { withFileTypes: true })) {
    if (!name.isDirectory()) continue;
    const photos = readdirSync(`${facesFolder}/${name.name}`).sort();
    const [first, second] = photos.map((photo) => `${facesFolder}/${name.name}/${photo}`);
    const template = first === undefined ? null : await embed(first);
    if (!template) continue;
    people.push(template);
    const probe = second === undefined || probes.length >= options.probesMax ? null : await embed(second);
    if (probe) probes.push(probe);
  }
  await runner.close();
  return { people, probes };
}

/** Draws unit vectors that lie as `sample` does: its mean, plus its deviations mixed with normal weights. */
export function createDistractors(options: { readonly sample: readonly Float32Array[]; readonly normal: () => number }): () => Float32Array {
  const { sample, normal } = options;
  const dimensions = sample[0]?.length ?? 0;
  const at = (values: ArrayLike<number>, i: number): number => values[i] ?? 0;
  const mean = Float64Array.from({ length: dimensions }, (_, i) => sample.reduce((sum, row) => sum + at(row, i), 0) / sample.length);
  const factor = cholesky(covariance(sample, mean), dimensions);
  return () => {
    const weights = Float64Array.from({ length: dimensions }, normal);
    const row = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) {
      let value = at(mean, i);
      for (let j = 0; j <= i; j++) value += at(factor, i * dimensions + j) * at(weights, j);
      row[i] = value;
    }
    return normalise(row);
  };
}

function covariance(sample: readonly Float32Array[], mean: Float64Array): Float64Array {
  const size = mean.length;
  const sums = new Float64Array(size * size);
  for (const row of sample) {
    const deviation = Float64Array.from(row, (value, i) => value - (mean[i] ?? 0));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) sums[i * size + j] = (sums[i * size + j] ?? 0) + (deviation[i] ?? 0) * (deviation[j] ?? 0);
    }
  }
  return sums.map((value) => value / sample.length);
}

// Lower triangle L with L × its transpose = matrix; a speck on the diagonal keeps directions without variance harmless.
function cholesky(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  const at = (i: number, j: number): number => factor[i * size + j] ?? 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) value -= at(i, k) * at(j, k);
      factor[i * size + j] = i === j ? Math.sqrt(Math.max(value, 1e-12)) : value / at(j, j);
    }
  }
  return factor;
}
