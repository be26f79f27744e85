// The ledger's tests alone, for `npm run mutate`: they run once for every mutant, so nothing else may run with them.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['tools/mutation-tests.ts'], testTimeout: 60_000 } });
