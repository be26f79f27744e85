// The people of a simulation: labelled embeddings, parted by person, so that nobody whose photos made the curve is looked for.
import type { PhotoSet } from '@sonrisa/face/calibrate/photo-set.ts';
import { photoCount } from '@sonrisa/face/calibrate/photo-set.ts';

/** Two halves of the people, each with all photos of its own: every second person, in the order of the set. */
export function halvesByPerson(set: PhotoSet): readonly [PhotoSet, PhotoSet] {
  return [onlyPeople(set, (person) => person % 2 === 0), onlyPeople(set, (person) => person % 2 === 1)];
}

function onlyPeople(set: PhotoSet, takes: (person: number) => boolean): PhotoSet {
  const { length } = set;
  const photos = Array.from({ length: photoCount(set) }, (_, photo) => photo).filter((photo) => takes(set.identityOf[photo] ?? 0));
  const vectors = new Float32Array(photos.length * length);
  const identityOf = new Int32Array(photos.length);
  const numbers = new Map<number, number>();
  photos.forEach((photo, at) => {
    vectors.set(set.vectors.subarray(photo * length, (photo + 1) * length), at * length);
    const person = set.identityOf[photo] ?? 0;
    const number = numbers.get(person) ?? numbers.size;
    numbers.set(person, number);
    identityOf[at] = number;
  });
  return { vectors, length, identityOf, identityCount: numbers.size };
}

/** Somebody who looks into the camera. */
export interface Probe {
  /** Against their own template; null: a shopper who is not enrolled. */
  readonly genuine: number | null;
  /** Against everybody else's template, rising. */
  readonly others: Float64Array;
}

/**
 * Each person's first photo is their template, each other photo a probe of an enrolled shopper. Everybody's first photo
 * is also a probe of somebody who is not enrolled: compared with all but themselves.
 */
export function probesOf(set: PhotoSet): { readonly enrolled: readonly Probe[]; readonly strangers: readonly Probe[] } {
  const templates = firstPhotos(set);
  const enrolled: Probe[] = [];
  const strangers: Probe[] = [];
  for (let photo = 0; photo < photoCount(set); photo++) {
    const person = set.identityOf[photo] ?? 0;
    const scores = templates.map((template) => scoreOf(set, photo, template));
    const genuine = scores[person] ?? 0;
    const others = Float64Array.from(scores.filter((_, other) => other !== person)).sort();
    if (templates[person] === photo) strangers.push({ genuine: null, others });
    else enrolled.push({ genuine, others });
  }
  return { enrolled, strangers };
}

/**
 * Bursts: of everybody with enough photos, a template fused from some and a probe fused from others, as plain means. All pairs
 * of different people, and everybody's own.
 */
export function burstScores(set: PhotoSet, framesEach: number): { readonly people: number; readonly genuine: readonly number[]; readonly impostor: readonly number[] } {
  const photosOf = new Map<number, number[]>();
  for (let photo = 0; photo < photoCount(set); photo++) {
    const person = set.identityOf[photo] ?? 0;
    photosOf.set(person, [...(photosOf.get(person) ?? []), photo]);
  }
  const fused = [...photosOf.values()]
    .filter((photos) => photos.length >= 2 * framesEach)
    .map((photos) => ({ template: meanOf(set, photos.slice(0, framesEach)), probe: meanOf(set, photos.slice(framesEach, 2 * framesEach)) }));
  const genuine = fused.map(({ template, probe }) => dot(template, probe));
  const impostor = fused.flatMap(({ probe }, a) => fused.flatMap(({ template }, b) => (a === b ? [] : [dot(probe, template)])));
  return { people: fused.length, genuine, impostor };
}

function firstPhotos(set: PhotoSet): number[] {
  const first: number[] = [];
  for (let photo = 0; photo < photoCount(set); photo++) first[set.identityOf[photo] ?? 0] ??= photo;
  return first;
}

function meanOf({ vectors, length }: PhotoSet, photos: readonly number[]): Float32Array {
  const sum = new Float32Array(length);
  for (const photo of photos) for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (vectors[photo * length + i] ?? 0) / photos.length;
  return sum;
}

function scoreOf({ vectors, length }: PhotoSet, a: number, b: number): number {
  return dot(vectors.subarray(a * length, (a + 1) * length), vectors.subarray(b * length, (b + 1) * length));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
