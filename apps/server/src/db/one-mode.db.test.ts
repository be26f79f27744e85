// One database, one mode: what a sandbox left behind never meets production, and the other way round.
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, serverRole, type TestDatabase } from '../../../../tools/test-database.ts';
import { migrate } from './migrate.ts';
import { keepMode } from './one-mode.ts';
import { createPool, type Pool } from './pool.ts';

const migrationsDir = fileURLToPath(new URL('migrations', import.meta.url));
let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase({ migrationsDir, name: 'one_mode', migrate: migrateFresh });
  pool = createPool({ url: database.url });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

it.each([
  ['sandbox', 'production'],
  ['production', 'sandbox'],
] as const)('%s stays, %s is refused in one sentence', async (first, other) => {
  await keepMode({ pool, mode: first });
  await keepMode({ pool, mode: first });
  await expect(keepMode({ pool, mode: other })).rejects.toMatchObject({
    code: 'mode_other',
    message: `This database belongs to ${first} mode and cannot be started in ${other} mode: give each mode a database of its own.`,
  });
});

it('two processes that start at once in different modes: one of them is refused', async () => {
  const starts = await Promise.allSettled((['sandbox', 'production'] as const).map((mode) => keepMode({ pool, mode })));
  expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

async function migrateFresh(url: string): Promise<void> {
  const fresh = createPool({ url });
  await migrate({ pool: fresh, migrationsDir, serverRole });
  await fresh.end();
}
