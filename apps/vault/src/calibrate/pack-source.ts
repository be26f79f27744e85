// The models of a pack, ready for a thread to open: the embedded one, or what an operator's profile names.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCurveFile } from '@sonrisa/face/calibrate/curve-file.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { embeddedCalibratedCurve } from '@sonrisa/face/models/embedded/calibrated-curve.ts';
import { embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import { readCustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { CustomModelFile, CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { loadPack } from '../pack/load-pack.ts';
import type { ModelFiles } from '../pack/load-pack.ts';
import { PlainError } from '../plain-error.ts';

export interface OpenedPack {
  readonly id: string;
  readonly files: ModelFiles;
  /** null: the embedded pack. */
  readonly profile: CustomProfile | null;
  readonly embeddingLength: number;
  /** What the pack claims so far: the curve in use first. */
  readonly curves: readonly ErrorCurve[];
}

/** `pack`: 'embedded', or the path of a profile. Throws PlainError when a file is missing, wrong or not what it should be. */
export async function openPack(options: { readonly pack: string; readonly cacheFolder: string }): Promise<OpenedPack> {
  const { pack, cacheFolder } = options;
  const embedded = await loadPack({ cacheFolder });
  if (pack === embeddedPack.id) {
    const { curve, embeddingLength, id } = embedded.profile;
    return { id, files: embedded.files, profile: null, embeddingLength, curves: [curve, embeddedCalibratedCurve()] };
  }
  const reading = readCustomProfile(parsed(pack));
  if (!reading.ok) throw new PlainError(`The pack profile ${pack} cannot be used: ${reading.problem}.`);
  const { profile } = reading;
  const folder = dirname(pack);
  return {
    id: profile.id,
    files: { detector: checkedFile(folder, profile.detector), mesh: embedded.files.mesh, recogniser: checkedFile(folder, profile.recogniser) },
    profile,
    embeddingLength: profile.recogniser.embeddingLength,
    curves: profile.curve === undefined ? [] : [curveOf(resolve(folder, profile.curve), profile.id)],
  };
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new PlainError(`${path} cannot be read as JSON.`, { cause: error });
  }
}

function checkedFile(folder: string, { file, sha256 }: CustomModelFile): string {
  const path = resolve(folder, file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new PlainError(`The model file ${path} cannot be read.`, { cause: error });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new PlainError(`The model file ${path} is not the one its profile means: sha256 ${found}.`);
  return path;
}

function curveOf(path: string, packId: string): ErrorCurve {
  const reading = readCurveFile(parsed(path));
  if (!reading.ok) throw new PlainError(`The curve file ${path} cannot be used: ${reading.problem}.`);
  if (reading.curve.packId !== packId) throw new PlainError(`The curve file ${path} was measured for the pack ${reading.curve.packId}, not ${packId}.`);
  return reading.curve;
}
