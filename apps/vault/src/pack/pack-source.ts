// The models of a pack, checked and ready for a thread to open: the embedded one, or what an operator's profile names.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCurveFile } from '@sonrisa/face/calibrate/curve-file.ts';
import type { CurveFile } from '@sonrisa/face/calibrate/curve-file.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import { readCustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { CustomModelFile, CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { spoofModelNames } from '@sonrisa/face/runner.ts';
import { PlainError } from '../plain-error.ts';
import { loadPack } from './load-pack.ts';
import type { ModelFiles } from './load-pack.ts';

export interface OpenedPack {
  /** Of the curve; changes with whatever changes a score. */
  readonly id: string;
  readonly files: ModelFiles;
  /** null: the embedded pack. */
  readonly profile: CustomProfile | null;
  readonly embeddingLength: number;
  /** What the pack claims so far: the curve in use first; none yet before it was calibrated. */
  readonly curves: readonly ErrorCurve[];
}

/** `pack`: 'embedded', or the path of a profile. Throws PlainError when a file is missing, wrong or not what it should be. */
export async function openPack(options: {
  readonly pack: string;
  readonly cacheFolder: string;
  /** Instead of the curve the profile names. */
  readonly curveFile?: string | undefined;
}): Promise<OpenedPack> {
  const { pack, cacheFolder } = options;
  if (pack === embeddedPack.id) {
    const { files, profile } = await loadPack({ cacheFolder });
    const { curve, embeddingLength, id } = profile;
    return { id, files, profile: null, embeddingLength, curves: [curve] };
  }
  const profile = readProfile(pack);
  const folder = dirname(pack);
  const id = customPackId(profile);
  const own = {
    detector: checkedFile(folder, profile.detector),
    recogniser: checkedFile(folder, profile.recogniser),
    ...Object.fromEntries((profile.spoof?.nets ?? []).map((net, at) => [spoofModelNames[at], checkedFile(folder, net)])),
  };
  const curveFile = options.curveFile ?? (profile.curve === undefined ? undefined : resolve(folder, profile.curve));
  const curves = curveFile === undefined ? [] : [readCurve(curveFile, id)];
  // Pose, smile and quality come from the embedded pack's face mesh.
  const { files } = await loadPack({ cacheFolder });
  return { id, files: { ...own, mesh: files.mesh }, profile, embeddingLength: profile.recogniser.embeddingLength, curves };
}

/** Throws PlainError that names the field. */
export function readProfile(path: string): CustomProfile {
  const reading = readCustomProfile(parsed(path));
  if (!reading.ok) throw new PlainError(`The pack profile ${path} cannot be used: ${reading.problem}.`);
  return reading.profile;
}

/**
 * The profile's name and a hash of all that changes an embedding: other weights or another normalisation under the same
 * name are another pack, whose templates and curve do not compare.
 */
export function customPackId({ id, detector, recogniser }: CustomProfile): string {
  const { kind, inputSide, scoreMin, overlapMax } = detector;
  const { alignment, channels, mean, deviation, embeddingLength } = recogniser;
  const what = [detector.sha256, kind, inputSide, scoreMin, overlapMax, recogniser.sha256, alignment, channels, mean, deviation, embeddingLength];
  return `${id}-${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 8)}`;
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

// Only a curve measured for this very pack, of plain cosines, says anything about what the vault does.
function readCurve(path: string, packId: string): CurveFile {
  const reading = readCurveFile(parsed(path));
  if (!reading.ok) throw new PlainError(`The curve file ${path} cannot be used: ${reading.problem}.`);
  const { curve } = reading;
  if (curve.packId !== packId) throw new PlainError(`The curve file ${path} was measured for the pack ${curve.packId}, not ${packId}.`);
  if (curve.scoring !== 'cosine') throw new PlainError(`The curve file ${path} is about normalised scores, and the vault compares plain cosines: name the other file that the calibration wrote.`);
  return curve;
}
