// K: how many of the nearest by sign bits go into the second stage. Round numbers with which `npm run bench -- search` found
// the full int8 scan's best person for at least 999 of 1,000 probes: on the clustered set among 10,000 to a million people,
// on real embeddings (128 values) among up to 100,000. One in 256 instead of 160 gave 998 at 512 values and a million; 256
// values are checked by the tests alone. How deep the best person may lie grows with the number of rows.
import type { CodeLength } from './layout.ts';

interface Tuning {
  /** Galleries of up to so many templates are scored in full: it costs no more. */
  readonly rowsInFullMax: number;
  readonly keepMin: number;
  /** Where that is more than `keepMin`: one row in so many. */
  readonly keepOneIn: number;
}

export const tuningByCodeLength: Readonly<Record<CodeLength, Tuning>> = {
  128: { rowsInFullMax: 16_384, keepMin: 4096, keepOneIn: 96 },
  256: { rowsInFullMax: 8192, keepMin: 4096, keepOneIn: 128 },
  512: { rowsInFullMax: 4096, keepMin: 2048, keepOneIn: 160 },
};

/** For 512 values: as many of the near by signs as this share of K, the nearest by two planes, are scored in int8, but not fewer than `refinedMin`. */
export const refinedShare = 1 / 8;
export const refinedMin = 512;

/** Rows scored in int8 for each person asked for, at least. */
export const rowsPerHitMin = 8;
