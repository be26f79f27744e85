// Packs in a data folder: where the recommended one lies, and which one this installation has chosen.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readCustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { PlainError } from '../plain-error.ts';
import { recommendedFiles, recommendedProfile } from './recommended.ts';

export const embedded = 'embedded';
export const recommended = 'recommended';

export const recommendedFolder = (dataDir: string): string => join(resolve(dataDir), 'models', recommended);
export const recommendedProfilePath = (dataDir: string): string => join(recommendedFolder(dataDir), 'profile.json');
const choicePath = (dataDir: string): string => join(resolve(dataDir), 'pack.json');

/** What the vault is told: 'embedded', or the absolute path of a profile that is there. Throws PlainError. */
export function resolvePack(dataDir: string, named: string): string {
  if (named === embedded) return embedded;
  const path = named === recommended ? recommendedProfilePath(dataDir) : resolve(named);
  if (existsSync(path)) return path;
  if (named === recommended) throw new PlainError(`The recommended pack is not here yet: fetch it with "npm run sonrisa -- models pull".`);
  throw new PlainError(`There is no pack profile ${path}: name embedded, recommended, or a profile file.`);
}

/** What this data folder was told to use; embedded when it was told nothing. Throws PlainError. */
export function chosenPack(dataDir: string): string {
  const path = choicePath(dataDir);
  if (!existsSync(path)) return embedded;
  try {
    const { pack } = JSON.parse(readFileSync(path, 'utf8')) as { pack?: unknown };
    if (typeof pack === 'string' && pack !== '') return pack;
  } catch {
    // Told below, with what to do.
  }
  throw new PlainError(`${path} does not name a pack: choose one with "npm run sonrisa -- models use embedded".`);
}

/** `pack`: embedded, recommended, or the absolute path of a profile. */
export function choosePack(dataDir: string, pack: string): void {
  mkdirSync(resolve(dataDir), { recursive: true, mode: 0o700 });
  writeWhole(choicePath(dataDir), { pack });
}

/** Throws PlainError that names the field. */
export function readPackProfile(path: string): CustomProfile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PlainError(`${path} cannot be read as JSON.`, { cause: error });
  }
  const reading = readCustomProfile(json);
  if (!reading.ok) throw new PlainError(`The pack profile ${path} cannot be used: ${reading.problem}.`);
  return reading.profile;
}

/** Writes the profile beside the files. A curve the operator has measured stays. */
export function installRecommended(dataDir: string): void {
  const path = recommendedProfilePath(dataDir);
  const known = existsSync(path) ? readPackProfile(path).curve : undefined;
  writeWhole(path, { ...recommendedProfile, ...(known === undefined ? {} : { curve: known }) });
}

/** Copies a measured curve beside the profile and names it there. */
export function setCurve(profilePath: string, curveFile: string): void {
  const profile = readPackProfile(profilePath);
  const name = `curve-${profile.id}.json`;
  let text: string;
  try {
    text = readFileSync(curveFile, 'utf8');
  } catch (error) {
    throw new PlainError(`The curve file ${curveFile} cannot be read.`, { cause: error });
  }
  writeText(join(dirname(profilePath), name), text);
  writeWhole(profilePath, { ...profile, curve: name });
}

export const recommendedIsHere = (dataDir: string): boolean =>
  existsSync(recommendedProfilePath(dataDir)) && recommendedFiles.every(({ name }) => existsSync(join(recommendedFolder(dataDir), name)));

const writeWhole = (path: string, value: unknown): void => writeText(path, `${JSON.stringify(value, null, 2)}\n`);

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
