// K, by length of the code: how many of the nearest by sign bits go into the second stage. Measured by
// `npm run bench -- search`: round numbers with which the full int8 scan's best person is found for at least 999 of 1,000
// probes, at a million people, on random, clustered and real embeddings.
import type { CodeLength } from './layout.ts';

/** Candidates by sign bits; galleries of up to so many templates are scored in full. */
export const keepByCodeLength: Readonly<Record<CodeLength, number>> = { 128: 8192, 256: 4096, 512: 4096 };

/** For 512 values: how many of them are scored in int8, as a share of K. */
export const refinedShare = 1 / 8;
