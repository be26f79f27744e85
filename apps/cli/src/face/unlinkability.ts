// `sonrisa face unlinkability`: whether templates under two keys can be linked, and what the transform costs.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CalibrationError, measureUnlinkability } from '@sonrisa/vault/calibrate/index.ts';
import type { UnlinkabilityMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { PlainError } from '../plain-error.ts';
import { repositoryRoot } from '../repository.ts';
import { bundledWorker, wholeNumber } from './calibrate.ts';
import { interruptible, progressBar } from './long-run.ts';

export type UnlinkabilityFlags = { readonly data: string; readonly packProfile?: string; readonly keys: string; readonly photos: string; readonly threads?: string };

const stepNames = { embed: 'photos to embeddings', compare: 'scores under two keys' } as const;
const photosMin = 100;
const keyBytes = 32;

export async function runUnlinkability(flags: UnlinkabilityFlags, print: (line: string) => void): Promise<void> {
  const interruption = interruptible();
  const bar = progressBar(print);
  try {
    const measured = await measureUnlinkability({
      folder: flags.data,
      pack: flags.packProfile ?? 'embedded',
      cacheFolder: join(repositoryRoot(), '.cache', 'models'),
      photosMax: wholeNumber(flags.photos, '--photos', photosMin),
      newKey: () => new Uint8Array(randomBytes(keyBytes)),
      keyPairs: wholeNumber(flags.keys, '--keys', 1),
      threads: flags.threads === undefined ? availableParallelism() : wholeNumber(flags.threads, '--threads', 1),
      onProgress: ({ step, done }) => bar(stepNames[step], done),
      signal: interruption.signal,
      ...bundledWorker(),
    });
    for (const line of linesOf(measured)) print(line);
  } catch (error) {
    throw error instanceof CalibrationError ? new PlainError(error.message) : error;
  } finally {
    interruption.end();
  }
}

function linesOf(of: UnlinkabilityMeasurement): string[] {
  const mean = of.twoKeys.reduce((sum, value) => sum + value, 0) / of.twoKeys.length;
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return [
    `Pack ${of.packId}: ${of.photos} photos of ${of.people} people, ${of.matedPairs} mated and ${of.nonMatedPairs} non-mated pairs.`,
    `D_sys (Gomez-Barrero et al. 2018; 0 unlinkable, 1 linked every time):`,
    `  two keys, ${of.twoKeys.length} pairs of keys   mean ${mean.toFixed(3)}, lowest ${Math.min(...of.twoKeys).toFixed(3)}, highest ${Math.max(...of.twoKeys).toFixed(3)}; chance alone gives ${of.chance.toFixed(3)}`,
    `  the scores of all together   ${of.pooled.toFixed(3)}; chance alone gives ${of.pooledChance.toFixed(3)}`,
    `  one key on both sides (the control)   ${of.oneKey.toFixed(3)}`,
    `Accuracy without the transform ${percent(of.accuracyPlain)}, with it ${percent(of.accuracyTransformed)}; no score differs by more than ${of.scoreErrorMax.toExponential(1)}.`,
  ];
}
