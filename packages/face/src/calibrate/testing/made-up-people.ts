// Made-up embeddings with known behaviour: people as directions, photos as noise around them.
import { normalise } from '../../embed.ts';
import type { PhotoSet } from '../photo-set.ts';

export interface MadeUpPeople {
  readonly people: number;
  readonly photosEach: number;
  readonly dimensions: number;
  /** Standard deviation of a photo's noise in each dimension; the people's directions have 1. */
  readonly noise: number;
  readonly random: () => number;
}

export function makeUpPeople({ people, photosEach, dimensions, noise, random }: MadeUpPeople): PhotoSet {
  const vectors = new Float32Array(people * photosEach * dimensions);
  const identityOf = new Int32Array(people * photosEach);
  for (let person = 0; person < people; person++) {
    const centre = Float64Array.from({ length: dimensions }, () => gaussian(random));
    for (let photo = 0; photo < photosEach; photo++) {
      const at = person * photosEach + photo;
      identityOf[at] = person;
      const vector = vectors.subarray(at * dimensions, (at + 1) * dimensions);
      for (let q = 0; q < dimensions; q++) vector[q] = centre[q] + noise * gaussian(random);
      normalise(vector);
    }
  }
  return { vectors, length: dimensions, identityOf, identityCount: people };
}

/** Standard normal (Box and Muller 1958). */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Runs a generator to its result. */
export function finish<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}
