// The ledger's tests alone, for `npm run mutate`: they run once for every mutant, so nothing else may run with them.
import { defineConfig } from 'vitest/config';

// A worker for each file costs more than the tests themselves: one worker, a new one for every mutant, runs them all.
export default defineConfig({ test: { include: ['packages/ledger/src/**/*.test.ts'], testTimeout: 60_000, isolate: false, maxWorkers: 1 } });
