// Adaptive symmetric score normalisation (Matějka and others 2017, from speaker recognition): some faces score high
// against everybody. Each side's score is measured by how that side scores against the strangers most like it:
// minus their mean, over their standard deviation, averaged over both sides.
//
// Who the strangers are must not be decided by who is compared. So the people fall into two halves by the parity
// of their number; each half is compared within itself, with the other half as strangers (one photo a person).
import { cosineOf, photoCount } from './photo-set.ts';
import type { PairScore, PhotoSet } from './photo-set.ts';

/** How many of the best scoring strangers a side is measured by. */
export const nearestStrangers = 200;

/** Fewer strangers than this say nothing about the nearest ones. */
export const strangersMin = 400;

export interface NormalisedScoring {
  readonly set: PhotoSet;
  readonly score: PairScore;
  /** Strangers in the smaller half. */
  readonly strangers: number;
}

/** Yields after each photo: the share that is done. null: too few people. */
export function* normaliseScores(set: PhotoSet): Generator<number, NormalisedScoring | null> {
  const groupOf = Uint8Array.from(set.identityOf, (identity) => identity % 2);
  const cohorts = [0, 1].map((group) => firstPhotos(set, (photo) => groupOf[photo] === 1 - group));
  const strangers = Math.min(cohorts[0].length, cohorts[1].length);
  if (strangers < strangersMin) return null;
  const count = photoCount(set);
  const means = new Float64Array(count);
  const deviations = new Float64Array(count);
  const cosine = cosineOf(set);
  for (let i = 0; i < count; i++) {
    const scores = Float64Array.from(cohorts[groupOf[i]], (stranger) => cosine(i, stranger)).sort();
    const { mean, deviation } = momentsOf(scores.subarray(scores.length - nearestStrangers));
    means[i] = mean;
    deviations[i] = deviation;
    yield (i + 1) / count;
  }
  const score: PairScore = (i, j) => {
    const raw = cosine(i, j);
    return ((raw - means[i]) / deviations[i] + (raw - means[j]) / deviations[j]) / 2;
  };
  return { set: { ...set, groupOf }, score, strangers };
}

/**
 * The same for single pairs of a list, between any two people: everybody but the two compared is a stranger of theirs.
 * null: too few people. What a vault could do with the rest of its gallery as strangers.
 */
export function normalisedPairScore(set: PhotoSet): PairScore | null {
  const people = firstPhotos(set, () => true);
  if (people.length - 2 < strangersMin) return null;
  const cosine = cosineOf(set);
  return (i, j) => {
    const strangers = people.filter((stranger) => set.identityOf[stranger] !== set.identityOf[i] && set.identityOf[stranger] !== set.identityOf[j]);
    const raw = cosine(i, j);
    const relative = (side: number): number => {
      const scores = Float64Array.from(strangers, (stranger) => cosine(side, stranger)).sort();
      const { mean, deviation } = momentsOf(scores.subarray(scores.length - nearestStrangers));
      return (raw - mean) / deviation;
    };
    return (relative(i) + relative(j)) / 2;
  };
}

function firstPhotos(set: PhotoSet, takes: (photo: number) => boolean): number[] {
  const seen = new Set<number>();
  const photos: number[] = [];
  for (let i = 0; i < photoCount(set); i++) {
    if (!takes(i) || seen.has(set.identityOf[i])) continue;
    seen.add(set.identityOf[i]);
    photos.push(i);
  }
  return photos;
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2 / values.length;
  return { mean, deviation: Math.max(deviationMin, Math.sqrt(square)) };
}

// Only a made-up set has strangers that all score the same.
const deviationMin = 1e-6;
