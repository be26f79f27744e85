// Three kinds of test by file name: `x.test.ts` does no IO, `x.db.test.ts` has a real PostgreSQL,
// `x.e2e.ts` starts whole processes and a browser.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Left alone it spares a core for itself, which it hardly uses: of two cores that is half.
const cores = availableParallelism();
/** Each has an instance and a browser of its own; they wait as often as they compute. */
const instancesAtOnce = 2;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts', 'sim/**/*.test.ts', 'torture/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.db.test.ts'],
          maxWorkers: cores,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'db',
          include: ['apps/**/*.db.test.ts', 'tools/**/*.db.test.ts', 'torture/**/*.db.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['tools/db-global-setup.ts'],
          maxWorkers: cores,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['e2e/harness/built-once.ts'],
          maxWorkers: instancesAtOnce,
          // With another number of workers than the others it has its turn after them.
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
