// Every test of the ledger in one file: Vitest starts a worker for each file, and that costs more than the tests themselves.
// Stryker counts failed tests only, so a file that a break keeps from loading is a test that fails.
import { readdirSync } from 'node:fs';
import { test } from 'vitest';

const folder = new URL('../packages/ledger/src/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.ts'))) {
  try {
    await import(new URL(file, folder).pathname);
  } catch (error) {
    test(`${file} loads`, () => {
      throw error;
    });
  }
}
