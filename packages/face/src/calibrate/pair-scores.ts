// Compares every photo with every other: histograms of both kinds of score, the upper tail of the
// impostor scores with who they belong to (what the bootstrap needs), and the worst of both.
import { cosineOf, photoCount } from './photo-set.ts';
import type { PairScore, PhotoSet } from './photo-set.ts';
import { binOf, cosineGrid } from './score-grid.ts';
import type { ScoreGrid } from './score-grid.ts';

/** Of pairs of photos, in columns: person, other person, bin of the score. */
export interface PairColumns {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly bin: Int32Array;
}

export interface WorstPair {
  readonly i: number;
  readonly j: number;
  readonly score: number;
}

export interface PairScores {
  readonly grid: ScoreGrid;
  readonly impostor: Float64Array;
  readonly genuine: Float64Array;
  readonly impostorCount: number;
  readonly genuineCount: number;
  /** Pairs of different people that were compared at least once. */
  readonly identityPairCount: number;
  /** Impostor pairs at or above `tailFromBin`, which lies below the threshold of FMR 1e-2. */
  readonly tail: PairColumns;
  readonly tailFromBin: number;
  /** Every genuine pair (a = b). */
  readonly genuinePairs: PairColumns;
  /** The highest impostor scores, the highest first, one a pair of people. */
  readonly worstImpostors: readonly WorstPair[];
  /** The lowest genuine scores, the lowest first, one a person: one bad photo would fill the list. */
  readonly worstGenuine: readonly WorstPair[];
}

export const photosMax = 20_000;
const worstMax = 10;

export interface PairScoring {
  readonly set: PhotoSet;
  readonly score?: PairScore;
  readonly grid?: ScoreGrid;
}

/** Yields after each photo, so that the caller can show progress; the share of the pairs that are done. */
export function* scorePairs({ set, score = cosineOf(set), grid = cosineGrid }: PairScoring): Generator<number, PairScores> {
  const count = photoCount(set);
  const { identityOf } = set;
  const impostor = new Float64Array(grid.bins);
  const genuine = new Float64Array(grid.bins);
  const tailFromBin = tailStart({ set, score, grid });
  const tail = growingColumns();
  const genuinePairs = growingColumns();
  const worstImpostors = worstList((pair) => -pair.score, (pair) => `${identityOf[pair.i]} ${identityOf[pair.j]}`);
  const worstGenuine = worstList((pair) => pair.score, (pair) => `${identityOf[pair.i]}`);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      if (!comparable(set, i, j)) continue;
      const value = score(i, j);
      const bin = binOf(grid, value);
      if (identityOf[i] === identityOf[j]) {
        genuine[bin]++;
        genuinePairs.add(identityOf[i], identityOf[j], bin);
        worstGenuine.offer(i, j, value);
      } else {
        impostor[bin]++;
        if (bin < tailFromBin) continue;
        tail.add(identityOf[i], identityOf[j], bin);
        worstImpostors.offer(i, j, value);
      }
    }
    yield 1 - ((count - 1 - i) / Math.max(1, count)) ** 2;
  }
  return {
    grid,
    impostor,
    genuine,
    impostorCount: sum(impostor),
    genuineCount: sum(genuine),
    identityPairCount: identityPairs(set),
    tail: tail.finish(),
    tailFromBin,
    genuinePairs: genuinePairs.finish(),
    worstImpostors: worstImpostors.list(),
    worstGenuine: worstGenuine.list(),
  };
}

const comparable = ({ groupOf }: PhotoSet, i: number, j: number): boolean => groupOf === undefined || groupOf[i] === groupOf[j];

// The tail must hold FMR 1e-2 also in a bootstrap replicate that runs high: 4 % of a sample's impostor pairs.
const tailShare = 0.04;
const samplePairsMax = 400_000;

function tailStart({ set, score, grid }: Required<PairScoring>): number {
  const count = photoCount(set);
  const stride = Math.max(1, Math.ceil((count * (count - 1)) / 2 / samplePairsMax));
  // With a small set the whole distribution is kept.
  if (stride === 1) return 0;
  const sample = new Float64Array(grid.bins);
  let size = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const columns = count - 1 - i;
    for (; at < columns; at += stride) {
      const j = i + 1 + at;
      if (set.identityOf[i] === set.identityOf[j] || !comparable(set, i, j)) continue;
      sample[binOf(grid, score(i, j))]++;
      size++;
    }
    at -= columns;
  }
  let above = 0;
  let bin = grid.bins;
  while (bin > 0 && above < tailShare * size) above += sample[--bin];
  return bin;
}

function identityPairs(set: PhotoSet): number {
  const peopleByGroup = new Map<number, Set<number>>();
  for (let i = 0; i < photoCount(set); i++) {
    const group = set.groupOf?.[i] ?? 0;
    const people = peopleByGroup.get(group) ?? new Set<number>();
    peopleByGroup.set(group, people.add(set.identityOf[i]));
  }
  let pairs = 0;
  for (const { size } of peopleByGroup.values()) pairs += (size * (size - 1)) / 2;
  return pairs;
}

function growingColumns(): { add(a: number, b: number, bin: number): void; finish(): PairColumns } {
  let cells = new Int32Array(3 * 1024);
  let used = 0;
  return {
    add(a, b, bin) {
      if (used === cells.length) {
        const larger = new Int32Array(cells.length * 2);
        larger.set(cells);
        cells = larger;
      }
      cells[used++] = a;
      cells[used++] = b;
      cells[used++] = bin;
    },
    finish() {
      const column = (offset: number): Int32Array => Int32Array.from({ length: used / 3 }, (_, row) => cells[3 * row + offset]);
      return { a: column(0), b: column(1), bin: column(2) };
    },
  };
}

function worstList(badness: (pair: WorstPair) => number, keyOf: (pair: WorstPair) => string) {
  let kept: WorstPair[] = [];
  return {
    // Lower is worse.
    offer(i: number, j: number, score: number): void {
      const pair = { i, j, score };
      if (kept.length === worstMax && badness(pair) >= badness(kept[worstMax - 1])) return;
      const twin = kept.find((other) => keyOf(other) === keyOf(pair));
      if (twin && badness(twin) <= badness(pair)) return;
      kept = [...kept.filter((other) => other !== twin), pair].sort((x, y) => badness(x) - badness(y)).slice(0, worstMax);
    },
    list: (): readonly WorstPair[] => kept,
  };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
