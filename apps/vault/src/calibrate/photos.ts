// A labelled set of photos: one folder a person. And lists of pairs of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { photosMax } from '@sonrisa/face/calibrate/pair-scores.ts';
import { PlainError } from '../plain-error.ts';

export interface LabelledPhoto {
  readonly person: string;
  readonly file: string;
  /** Absolute, or relative to the working folder as the given folder was. */
  readonly path: string;
}

const pictureNames = /\.(jpe?g|png|webp)$/i;

/** Sorted by person and file. Throws PlainError when the folder holds nothing to compare. */
export function listPhotos(folder: string): LabelledPhoto[] {
  const photos = namesIn(folder).flatMap((person) =>
    filesIn(join(folder, person)).map((file): LabelledPhoto => ({ person, file, path: join(folder, person, file) })),
  );
  const people = new Set(photos.map(({ person }) => person)).size;
  if (people < 2) throw new PlainError(`${folder} holds photos of ${people} people, at least 2 are needed: one folder a person, JPEG, PNG or WebP inside.`);
  if (people === photos.length) throw new PlainError(`Nobody in ${folder} has two photos: there is no genuine pair to measure.`);
  if (photos.length > photosMax) throw new PlainError(`${folder} holds ${photos.length} photos, at most ${photosMax} are compared in one run.`);
  return photos;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name).sort();
  } catch (error) {
    throw new PlainError(`The folder ${folder} cannot be read.`, { cause: error });
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => pictureNames.test(name)).sort();
}

export interface PhotoPair {
  readonly a: LabelledPhoto;
  readonly b: LabelledPhoto;
}

export interface PairList {
  readonly pairs: readonly PhotoPair[];
  /** Pairs whose photos are not all in the set. */
  readonly absent: number;
}

/**
 * Reads LFW's formats and a plain one; fields apart by tabs, or by spaces where there is no tab:
 *   person n m · person n other m · person n other m flag (n: photo <person>_000n) · person/file other/file
 * A first line that fits none (a header) is passed over; whether a pair is genuine is known from the folders.
 */
export function readPairs(file: string, photos: readonly LabelledPhoto[]): PairList {
  const byName = new Map(photos.map((photo) => [`${photo.person}/${photo.file}`, photo]));
  const byNumber = new Map(photos.map((photo) => [`${photo.person}/${photo.file.replace(/\.\w+$/, '')}`, photo]));
  const find = (name: string): LabelledPhoto | undefined => byName.get(name) ?? byNumber.get(name);
  const pairs: PhotoPair[] = [];
  let absent = 0;
  linesOf(file).forEach((line, index) => {
    const names = namesOfPair(line);
    if (!names && index > 0) throw new PlainError(`${file}, line ${index + 1}: not a pair of photos.`);
    if (!names) return;
    const [a, b] = names.map(find);
    if (a && b) pairs.push({ a, b });
    else absent++;
  });
  if (pairs.length === 0) throw new PlainError(`None of the pairs in ${file} has both of its photos in the set.`);
  return { pairs, absent };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/).filter((line) => line.trim() !== '');
  } catch (error) {
    throw new PlainError(`The list of pairs ${file} cannot be read.`, { cause: error });
  }
}

function namesOfPair(line: string): [string, string] | null {
  const fields = line.includes('\t') ? line.split('\t') : line.trim().split(/\s+/);
  const [first = '', second = '', third = '', fourth = ''] = fields;
  if (fields.length === 2) return first.includes('/') && second.includes('/') ? [first, second] : null;
  if (fields.length === 3) return isNumber(second) && isNumber(third) ? [numbered(first, second), numbered(first, third)] : null;
  if (fields.length === 4 || fields.length === 5) return isNumber(second) && isNumber(fourth) ? [numbered(first, second), numbered(third, fourth)] : null;
  return null;
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);
const numbered = (person: string, number: string): string => `${person}/${person}_${number.padStart(4, '0')}`;
