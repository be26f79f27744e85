// `npm run sim -- budget`: the curve from one half of the people, searches among the other half, and the other way round.
import { calibrate, curveFileOf } from '@sonrisa/face/calibrate/calibration.ts';
import type { PhotoSet } from '@sonrisa/face/calibrate/photo-set.ts';
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { rungs } from '@sonrisa/face/decide.ts';
import type { ErrorCurve, Rung } from '@sonrisa/face/decide.ts';
import { simulateGallery } from './budget.ts';
import type { GalleryResult, Rate } from './budget.ts';
import { burstScores, halvesByPerson, probesOf } from './people.ts';

export interface PackResult {
  readonly packId: string;
  readonly budget: number;
  readonly people: number;
  readonly photos: number;
  readonly photosGiven: number;
  readonly enrolledProbes: number;
  readonly galleries: readonly GalleryResult[];
  /** null: nobody has enough photos. */
  readonly burst: BurstResult | null;
}

export interface BurstResult {
  readonly framesEach: number;
  readonly people: number;
  readonly impostorPairs: number;
  readonly rows: readonly { readonly threshold: number; readonly claimed: number; readonly fmr: number; readonly fnmr: number }[];
}

const replicates = 200;
const burstFrames = 3;

export function simulatePack(input: { readonly packId: string; readonly set: PhotoSet; readonly photosGiven: number; readonly budget: number; readonly sizes: readonly number[]; readonly seed: number }): PackResult {
  const { set, budget, sizes, seed, packId, photosGiven } = input;
  const halves = halvesByPerson(set);
  const random = createSeededRandom(seed);
  const runs = [0, 1].map((test) => {
    const half = halves[test === 0 ? 0 : 1];
    return { ...probesOf(half), curve: curveOf(halves[test === 0 ? 1 : 0], { packId, seed }), half };
  });
  const galleries = sizes.map((people) => meanOf(runs.map(({ curve, enrolled, strangers }) => simulateGallery({ curve, budget, enrolled, strangers, random }, people))));
  const enrolledProbes = runs.reduce((sum, { enrolled }) => sum + enrolled.length, 0);
  const bursts = runs.flatMap(({ half, curve }) => burstOf(half, curve) ?? []);
  return { packId, budget, people: set.identityCount, photos: set.identityOf.length, photosGiven, enrolledProbes, galleries, burst: bursts.length === 0 ? null : meanBurst(bursts) };
}

function curveOf(set: PhotoSet, { packId, seed }: { packId: string; seed: number }): ErrorCurve {
  const work = calibrate({ set, scoring: 'cosine', seed, replicates });
  for (;;) {
    const next = work.next();
    if (!next.done) continue;
    if (!next.value) throw new Error('too few people for a curve');
    return curveFileOf({ calibration: next.value, set, packId, dataSetName: 'half of the people', photosGiven: set.identityOf.length, measuredOn: '2026-01-01' });
  }
}

// Both directions count alike: each half has as many people as the other, give or take one.
function meanOf(results: readonly GalleryResult[]): GalleryResult {
  const [first] = results;
  if (!first) throw new Error('no result to take a mean of');
  const of = (pick: (result: GalleryResult) => number): number => results.reduce((sum, result) => sum + pick(result), 0) / results.length;
  const rate = (pick: (result: GalleryResult) => Rate): Rate => ({ estimate: of((result) => pick(result).estimate), bound: of((result) => pick(result).bound) });
  const kinds: readonly (Rung | 'phone')[] = [...rungs, 'phone'];
  return {
    ...first,
    coverage: Object.fromEntries(kinds.map((kind) => [kind, of(({ coverage }) => coverage[kind])])) as GalleryResult['coverage'],
    fnir: of(({ fnir }) => fnir),
    fpir: of(({ fpir }) => fpir),
    wrongPayer: rate(({ wrongPayer }) => wrongPayer),
    bypassed: rate(({ bypassed }) => bypassed),
    fixedThreshold: of(({ fixedThreshold }) => fixedThreshold),
  };
}

// What the single-photo curve claims at its points, and what bursts do there.
function burstOf(half: PhotoSet, curve: ErrorCurve): BurstResult | null {
  const { people, genuine, impostor } = burstScores(half, burstFrames);
  if (people < 2) return null;
  const shareAbove = (scores: readonly number[], threshold: number): number => scores.filter((score) => score >= threshold).length / scores.length;
  const rows = [1e-2, 1e-3, 1e-4].flatMap((claimed) => {
    const point = curve.fmrPoints.find(({ fmr }) => fmr <= claimed);
    return point ? [{ threshold: point.scoreMin, claimed, fmr: shareAbove(impostor, point.scoreMin), fnmr: 1 - shareAbove(genuine, point.scoreMin) }] : [];
  });
  return { framesEach: burstFrames, people, impostorPairs: impostor.length, rows };
}

function meanBurst(bursts: readonly BurstResult[]): BurstResult {
  const sum = (pick: (burst: BurstResult) => number): number => bursts.reduce((total, burst) => total + pick(burst), 0);
  const [first] = bursts;
  const rows = (first?.rows ?? []).map((row, at) => {
    const of = (pick: (each: BurstResult['rows'][number]) => number): number => sum(({ rows: own }) => pick(own[at] ?? row)) / bursts.length;
    return { claimed: row.claimed, threshold: of(({ threshold }) => threshold), fmr: of(({ fmr }) => fmr), fnmr: of(({ fnmr }) => fnmr) };
  });
  return { framesEach: burstFrames, people: sum(({ people }) => people), impostorPairs: sum(({ impostorPairs }) => impostorPairs), rows };
}

/** What must be so, in words; empty when it is. */
export function findings({ packId, galleries, budget }: PackResult): string[] {
  return galleries.flatMap(({ people, wrongPayer, bypassed }) => {
    const at = `${packId} at ${people.toLocaleString('en')} people`;
    return [
      ...(wrongPayer.estimate <= budget ? [] : [`${at}: the wrong payer is charged ${wrongPayer.estimate.toExponential(1)} of the time, more than the budget of ${budget}`]),
      ...(bypassed.estimate > 10 * budget ? [] : [`${at}: the control without a budget is not broken (${bypassed.estimate.toExponential(1)})`]),
    ];
  });
}
