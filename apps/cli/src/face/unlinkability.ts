// `sonrisa face unlinkability`: whether templates under two keys can be linked, and what transform and storage cost in accuracy.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CalibrationError, measureStorageLoss, measureUnlinkability } from '@sonrisa/vault/calibrate/index.ts';
import type { StorageLoss, UnlinkabilityMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { PlainError } from '../plain-error.ts';
import { repositoryRoot } from '../repository.ts';
import { bundledWorker, wholeNumber } from './calibrate.ts';
import { interruptible, progressBar } from './long-run.ts';

export type UnlinkabilityFlags = { readonly data: string; readonly pairs?: string; readonly packProfile?: string; readonly keys: string; readonly photos: string; readonly threads?: string };

const stepNames = { embed: 'photos to embeddings', compare: 'scores under two keys', store: 'records sealed and opened' } as const;
const photosMin = 100;
const keyBytes = 32;

export async function runUnlinkability(flags: UnlinkabilityFlags, print: (line: string) => void): Promise<void> {
  const interruption = interruptible();
  const bar = progressBar(print);
  try {
    const shared = {
      folder: flags.data,
      pack: flags.packProfile ?? 'embedded',
      cacheFolder: join(repositoryRoot(), '.cache', 'models'),
      threads: flags.threads === undefined ? availableParallelism() : wholeNumber(flags.threads, '--threads', 1),
      onProgress: ({ step, done }: { step: keyof typeof stepNames; done: number }) => bar(stepNames[step], done),
      signal: interruption.signal,
      ...bundledWorker(),
    };
    const measured = await measureUnlinkability({
      ...shared,
      photosMax: wholeNumber(flags.photos, '--photos', photosMin),
      newKey: () => randomOf(keyBytes),
      keyPairs: wholeNumber(flags.keys, '--keys', 1),
    });
    for (const line of linesOf(measured)) print(line);
    if (flags.pairs === undefined) return;
    const loss = await measureStorageLoss({ ...shared, pairsFile: flags.pairs, random: { bytes: randomOf } });
    for (const line of lossLines(loss)) print(line);
  } catch (error) {
    throw error instanceof CalibrationError ? new PlainError(error.message) : error;
  } finally {
    interruption.end();
  }
}

const randomOf = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(randomBytes(length));
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function lossLines({ photos, plain, stored, searched, scoreErrorMax }: StorageLoss): string[] {
  const points = (of: StorageLoss['stored']): string => `${(100 * (plain.balanced.accuracy - of.balanced.accuracy)).toFixed(3)} points lost`;
  return [
    `Accuracy on ${plain.pairs} listed pairs (${plain.same} of one person), ${photos} photos, both kinds weighing alike:`,
    `  as the pack gives them   ${percent(plain.balanced.accuracy)}`,
    `  sealed under fresh keys and opened   ${percent(stored.balanced.accuracy)}: ${points(stored)}; no score differs by more than ${scoreErrorMax.stored.toExponential(1)}`,
    `  as int8 codes, which pick who is compared   ${percent(searched.balanced.accuracy)}: ${points(searched)}; no score differs by more than ${scoreErrorMax.searched.toExponential(1)}`,
  ];
}

function linesOf(of: UnlinkabilityMeasurement): string[] {
  const mean = of.twoKeys.reduce((sum, value) => sum + value, 0) / of.twoKeys.length;
  return [
    `Pack ${of.packId}: ${of.photos} photos of ${of.people} people, ${of.matedPairs} mated and ${of.nonMatedPairs} non-mated pairs.`,
    `D_sys (Gomez-Barrero et al. 2018; 0 unlinkable, 1 linked every time):`,
    `  two keys, ${of.twoKeys.length} pairs of keys   mean ${mean.toFixed(3)}, lowest ${Math.min(...of.twoKeys).toFixed(3)}, highest ${Math.max(...of.twoKeys).toFixed(3)}; chance alone gives ${of.chance.toFixed(3)}`,
    `  the scores of all together   ${of.pooled.toFixed(3)}; chance alone gives ${of.pooledChance.toFixed(3)}`,
    `  one key on both sides (the control)   ${of.oneKey.toFixed(3)}`,
    `Accuracy without the transform ${percent(of.accuracyPlain)}, with it ${percent(of.accuracyTransformed)}; no score differs by more than ${of.scoreErrorMax.toExponential(1)}.`,
  ];
}
