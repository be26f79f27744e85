// What the command line may use of the vault: measuring a pack's error curve and its spoof nets on labelled photos. It opens no
// database and no key, and knows nothing of the people who are enrolled.
import { fileURLToPath } from 'node:url';
import { measurePack } from './measure.ts';
import type { MeasureOptions, PackMeasurement } from './measure.ts';
import { openPack } from '../pack/pack-source.ts';
import { listPhotos, readPairs } from './photos.ts';

export { PlainError as CalibrationError } from '../plain-error.ts';
export type { ListResult, NamedError, PackMeasurement, ScoringResult } from './measure.ts';
export { measurePad } from './pad-photos.ts';
export type { PadMeasurement } from './pad-photos.ts';
export { measureStorageLoss } from './storage-loss.ts';
export type { StorageLoss } from './storage-loss.ts';
export { measureUnlinkability } from './unlinkability.ts';
export type { UnlinkabilityMeasurement } from './unlinkability.ts';

export interface CalibrateOptions extends Pick<MeasureOptions, 'dataSetName' | 'measuredOn' | 'seed' | 'threads' | 'onProgress' | 'signal'> {
  readonly folder: string;
  readonly pairsFile: string | null;
  /** 'embedded' or the path of a profile. */
  readonly pack: string;
  /** Where converted models are kept. */
  readonly cacheFolder: string;
  /** The bundled photo-worker; default: its source beside this file. */
  readonly workerFile?: string;
}

/** Throws CalibrationError for what the operator can put right. */
export async function calibratePack(options: CalibrateOptions): Promise<PackMeasurement> {
  const { folder, pairsFile, pack, cacheFolder, workerFile = fileURLToPath(new URL('./photo-worker.ts', import.meta.url)) } = options;
  const photos = listPhotos(folder);
  const pairs = pairsFile === null ? null : readPairs(pairsFile, photos);
  return measurePack({ ...options, photos, pairs, workerFile, pack: await openPack({ pack, cacheFolder }) });
}

export interface CheckedPack {
  readonly id: string;
  readonly files: number;
  /** null: none yet, and no payment without one. */
  readonly curveId: string | null;
}

/** Hashes every file of a pack and reads its curve, or `curveFile` in its stead. Throws CalibrationError. */
export async function checkPack(options: { readonly pack: string; readonly cacheFolder: string; readonly curveFile?: string }): Promise<CheckedPack> {
  const { id, files, curves } = await openPack(options);
  return { id, files: Object.keys(files).length, curveId: curves[0]?.id ?? null };
}
