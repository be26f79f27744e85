// What an operator writes about their own models: files, sizes, normalisation. Read with every field checked.
import { spoofModelNames } from '../../runner.ts';
import type { SpoofNet } from '../../spoof.ts';

export const profileVersion = 1;

export interface CustomModelFile {
  /** Path, relative to the profile's folder. */
  readonly file: string;
  /** Lower-case hex; a file with other bytes is refused. */
  readonly sha256: string;
  readonly origin: string;
  readonly licence: string;
}

export interface CustomProfile {
  readonly profileVersion: typeof profileVersion;
  /** Lower case, digits and dashes; templates and curves carry it. */
  readonly id: string;
  readonly detector: CustomModelFile & { readonly kind: 'yunet'; readonly inputSide: number; readonly scoreMin: number; readonly overlapMax: number };
  readonly recogniser: CustomModelFile & {
    readonly alignment: 'arcface-112';
    readonly channels: 'rgb' | 'bgr';
    /** Input = (byte - mean) / deviation, for each channel in the order of `channels`. */
    readonly mean: readonly number[];
    readonly deviation: readonly number[];
    readonly embeddingLength: number;
  };
  /** Nets that tell a face from its picture; without them that rests on the challenge alone. */
  readonly spoof?: {
    /** A live terminal refuses a capture whose mean PAD score (0..1) is below. */
    readonly scoreMin: number;
    readonly nets: readonly (CustomModelFile & SpoofNet)[];
  };
  /** Curve file, relative to the profile's folder; without one the pack can be calibrated, not used for payments. */
  readonly curve?: string;
}

export type ProfileReading = { readonly ok: true; readonly profile: CustomProfile } | { readonly ok: false; readonly problem: string };

export function readCustomProfile(json: unknown): ProfileReading {
  const problem = firstProblem(json);
  return problem === null ? { ok: true, profile: json as CustomProfile } : { ok: false, problem };
}

type Field = Readonly<Record<string, unknown>>;

function firstProblem(json: unknown): string | null {
  if (!isObject(json)) return 'not a JSON object';
  if (json.profileVersion !== profileVersion) return `profileVersion is not ${profileVersion}`;
  if (typeof json.id !== 'string' || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(json.id)) return 'id is not of lower case letters, digits and dashes';
  // Its templates would be taken for another pack's.
  if (json.id === 'embedded') return 'id "embedded" belongs to the pack that comes with Sonrisa';
  if (json.curve !== undefined && typeof json.curve !== 'string') return 'curve is not a path';
  return detectorProblem(json.detector) ?? recogniserProblem(json.recogniser) ?? spoofProblem(json.spoof);
}

const inputSideMax = 1280;

function detectorProblem(detector: unknown): string | null {
  if (!isObject(detector)) return 'detector is missing';
  if (detector.kind !== 'yunet') return 'detector.kind is not "yunet"';
  const { inputSide } = detector;
  if (!isNumber(inputSide) || inputSide < 32 || inputSide > inputSideMax || inputSide % 32 !== 0) return `detector.inputSide is not a multiple of 32 up to ${inputSideMax}`;
  for (const name of ['scoreMin', 'overlapMax']) {
    const value = detector[name];
    if (!isNumber(value) || value <= 0 || value >= 1) return `detector.${name} is not between 0 and 1`;
  }
  return fileProblem('detector', detector);
}

const embeddingLengthMax = 4096;

function recogniserProblem(recogniser: unknown): string | null {
  if (!isObject(recogniser)) return 'recogniser is missing';
  const { alignment, channels, mean, deviation, embeddingLength } = recogniser;
  if (alignment !== 'arcface-112') return 'recogniser.alignment is not "arcface-112"';
  if (channels !== 'rgb' && channels !== 'bgr') return 'recogniser.channels is neither "rgb" nor "bgr"';
  if (!isTriple(mean)) return 'recogniser.mean is not three numbers';
  if (!isTriple(deviation) || deviation.some((value) => value <= 0)) return 'recogniser.deviation is not three numbers above 0';
  if (!isNumber(embeddingLength) || !Number.isInteger(embeddingLength) || embeddingLength < 16 || embeddingLength > embeddingLengthMax) {
    return `recogniser.embeddingLength is not from 16 to ${embeddingLengthMax}`;
  }
  return fileProblem('recogniser', recogniser);
}

function spoofProblem(spoof: unknown): string | null {
  if (spoof === undefined) return null;
  if (!isObject(spoof) || !isNumber(spoof.scoreMin) || spoof.scoreMin <= 0 || spoof.scoreMin >= 1) return 'spoof.scoreMin is not between 0 and 1';
  const { nets } = spoof;
  if (!Array.isArray(nets) || nets.length === 0 || nets.length > spoofModelNames.length) return `spoof.nets is not a list of 1 to ${spoofModelNames.length}`;
  return nets.map((net: unknown, at) => spoofNetProblem(`spoof.nets[${at}]`, net)).find((problem) => problem !== null) ?? null;
}

const spoofSideMax = 512;
const spoofScaleMax = 8;
const spoofClassesMax = 16;

function spoofNetProblem(name: string, net: unknown): string | null {
  if (!isObject(net)) return `${name} is not an object`;
  const { side, cropScale, crop, channels, inputScale, classes, realIndex } = net;
  if (!isWhole(side) || side < 16 || side > spoofSideMax) return `${name}.side is not from 16 to ${spoofSideMax}`;
  if (!isNumber(cropScale) || cropScale < 1 || cropScale > spoofScaleMax) return `${name}.cropScale is not from 1 to ${spoofScaleMax}`;
  if (crop !== 'inside' && crop !== 'reflected') return `${name}.crop is neither "inside" nor "reflected"`;
  if (channels !== 'rgb' && channels !== 'bgr') return `${name}.channels is neither "rgb" nor "bgr"`;
  if (!isNumber(inputScale) || inputScale <= 0) return `${name}.inputScale is not above 0`;
  if (!isWhole(classes) || classes < 2 || classes > spoofClassesMax) return `${name}.classes is not from 2 to ${spoofClassesMax}`;
  if (!isWhole(realIndex) || realIndex < 0 || realIndex >= classes) return `${name}.realIndex is not one of its classes`;
  return fileProblem(name, net);
}

function fileProblem(name: string, model: Field): string | null {
  for (const field of ['file', 'origin', 'licence']) if (typeof model[field] !== 'string' || model[field] === '') return `${name}.${field} is not a text`;
  return /^[0-9a-f]{64}$/.test(String(model.sha256)) ? null : `${name}.sha256 is not 64 hexadecimal digits`;
}

const isObject = (value: unknown): value is Field => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isInteger(value);
const isTriple = (value: unknown): value is readonly number[] => Array.isArray(value) && value.length === 3 && value.every(isNumber);
