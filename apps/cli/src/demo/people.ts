// The people of a demo or test: cut from the group photos, or read from a folder the operator names.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '../plain-error.ts';
import { cutFrames, cutGroupFrame, fitFrame, joinFrames } from './frames.ts';
import type { Frame } from './frames.ts';
import { burstVariations } from './variation.ts';

/**
 * - `enrolment`: what the phone sees
 * - `till`: another look, other light, another tilt
 * - `second_photo`: another photo of the same person; only where there is one
 * - `poor_camera`: grain that costs score but not the person
 */
export type LookKind = 'enrolment' | 'till' | 'second_photo' | 'poor_camera';

export type Person = {
  readonly name: string;
  readonly hasSecondPhoto: boolean;
  readonly hasPoorCamera: boolean;
  /** The frames of one burst; the same seed gives the same bytes. */
  burst(look: { kind: LookKind; seed: number; count: number }): Promise<Frame[]>;
};

export type People = {
  /** True when each of these faces is known to be good enough: then every one of them must get through. */
  readonly exact: boolean;
  readonly shoppers: readonly Person[];
  /** Never enrolled. */
  readonly strangers: readonly Person[];
  /** Two of them in one picture. */
  group(count: number): Promise<Frame[]>;
};

/** `tiltDegrees` brings a leaning head upright, `lift` lightens a shadowed one: what a person does at a terminal. */
type Place = { readonly photo: number; readonly face: number; readonly tiltDegrees?: number; readonly lift?: number };
type SamplePerson = { readonly name: string; readonly place: Place; readonly second?: Place; readonly poorCameraGrain?: number };

// Those whose picture passes the quality gate of an enrolment. Names to show at a till, nobody's own.
const shoppers: readonly SamplePerson[] = [
  { name: '林小满', place: { photo: 6, face: 0, tiltDegrees: -8 } },
  { name: '周若溪', place: { photo: 6, face: 1 }, poorCameraGrain: 140 },
  { name: 'Anna Berg', place: { photo: 3, face: 0, tiltDegrees: -8 }, second: { photo: 1, face: 2, tiltDegrees: -40 } },
  { name: '陈安琪', place: { photo: 6, face: 3 } },
  { name: '王雨桐', place: { photo: 5, face: 3 } },
  { name: 'Clara Winter', place: { photo: 3, face: 1 } },
  { name: '赵一诺', place: { photo: 4, face: 3, tiltDegrees: -20 } },
  { name: '苏晚晴', place: { photo: 5, face: 0, lift: 1.15 } },
  { name: '何静怡', place: { photo: 5, face: 4 } },
  { name: 'Mia Castillo', place: { photo: 6, face: 2 } },
  { name: '吴清扬', place: { photo: 5, face: 1, lift: 1.35 } },
  { name: 'Nora Silva', place: { photo: 2, face: 2, tiltDegrees: 15 } },
  { name: 'Lea Fontaine', place: { photo: 3, face: 2 } },
];
const strangers: readonly SamplePerson[] = [
  { name: 'stranger 1', place: { photo: 4, face: 1, tiltDegrees: -20 } },
  { name: 'stranger 2', place: { photo: 1, face: 0 } },
];

export const samplePeopleMax = shoppers.length;

export function samplePeople(count: number): People {
  if (count > samplePeopleMax) throw new PlainError(`The sample photos hold ${samplePeopleMax} people who can enrol: ask for fewer, or bring your own with --faces.`);
  return {
    exact: true,
    shoppers: shoppers.slice(0, count).map(fromSample),
    strangers: strangers.map(fromSample),
    group: (frames) => Promise.all(burstVariations(5, frames, 0.2).map((variation) => cutGroupFrame({ photo: 6, faces: [2, 0] }, variation))),
  };
}

// How much one look differs from the next. Grain already costs enough: the head holds still.
const lookStrength: Record<LookKind, number> = { enrolment: 0.2, till: 1, second_photo: 0.2, poor_camera: 0.05 };

/** Bursts of one person that are kept: who is looked at in the same way again is not cut out of the photo again. */
const burstsKeptMax = 8;

function fromSample({ name, place, second, poorCameraGrain }: SamplePerson): Person {
  const cut = ({ kind, seed, count }: Parameters<Person['burst']>[0]): Promise<Frame[]> => {
    const { tiltDegrees = 0, lift = 1, ...where } = kind === 'second_photo' && second ? second : place;
    const grain = kind === 'poor_camera' ? (poorCameraGrain ?? 0) : 0;
    const variations = burstVariations(seed, count, lookStrength[kind]);
    return cutFrames(where, variations.map((each) => ({ ...each, grain, gamma: each.gamma * lift, rotationDegrees: each.rotationDegrees + tiltDegrees })));
  };
  const kept = new Map<string, Promise<Frame[]>>();
  return {
    name,
    hasSecondPhoto: second !== undefined,
    hasPoorCamera: poorCameraGrain !== undefined,
    burst: async (look) => {
      const key = `${look.kind} ${look.seed} ${look.count}`;
      const frames = kept.get(key) ?? cut(look);
      kept.delete(key);
      kept.set(key, frames);
      if (kept.size > burstsKeptMax) kept.delete(kept.keys().next().value ?? '');
      // Whoever is given frames may write into them.
      return (await frames).map((frame) => Buffer.from(frame));
    },
  };
}

/** One folder a person; the first photo enrols, the others pay. The last people are strangers. */
export function peopleFromFolder(folder: string, count: number): People {
  const all = foldersIn(folder)
    .map((name) => ({ name, photos: photosIn(join(folder, name)) }))
    .filter(({ photos }) => photos.length > 0)
    .sort((a, b) => b.photos.length - a.photos.length || a.name.localeCompare(b.name));
  const strangerCount = 2;
  const shopperCount = Math.min(count, all.length - strangerCount);
  if (shopperCount < 1) throw new PlainError(`${folder} needs at least ${strangerCount + 1} folders with photos, one folder a person.`);
  const [first, second] = all;
  return {
    exact: false,
    shoppers: all.slice(0, shopperCount).map(fromPhotos),
    strangers: all.slice(shopperCount, shopperCount + strangerCount).map(fromPhotos),
    group: (frames) =>
      Promise.all(burstVariations(5, frames, 0.2).map((variation) => joinFrames(first?.photos[0] ?? '', second?.photos[0] ?? '', variation))),
  };
}

function fromPhotos({ name, photos }: { name: string; photos: readonly string[] }): Person {
  return {
    name: name.replaceAll('_', ' ').slice(0, 40),
    hasSecondPhoto: photos.length > 1,
    hasPoorCamera: false,
    burst: ({ kind, seed, count }) => {
      const photo = photos[kind === 'enrolment' ? 0 : photos.length > 1 ? 1 + (seed % (photos.length - 1)) : 0] ?? '';
      return Promise.all(burstVariations(seed, count, 0.3).map((variation) => fitFrame(photo, variation)));
    },
  };
}

const photoPattern = /\.(jpe?g|png|webp)$/i;

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    throw new PlainError(`--faces: ${folder} cannot be read.`);
  }
}

const photosIn = (folder: string): string[] => readdirSync(folder).filter((file) => photoPattern.test(file)).sort().map((file) => join(folder, file));
