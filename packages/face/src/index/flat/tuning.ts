// K: how many of the nearest by sign bits go into the second stage. Measured by `npm run bench -- search`: round numbers
// with which the full int8 scan's best person is found for at least 999 of 1,000 probes, from ten thousand to a million
// people, on random, clustered and real embeddings. How deep the best person may lie grows with the number of rows.
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

/** For 512 values: of the K nearest by signs, this share is scored in int8, but not fewer than `refinedMin`. */
export const refinedShare = 1 / 8;
export const refinedMin = 512;

/** Rows scored in int8 for each person asked for, at least. */
export const rowsPerHitMin = 8;
