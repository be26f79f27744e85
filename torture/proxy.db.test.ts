// The proxy itself: what it cuts really is before, or really is after, the commit.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../tools/test-database.ts';
import { migrationsDir } from './books-database.ts';
import { type Fate, startProxy, through } from './proxy.ts';

let database: TestDatabase;
let direct: Pool;
beforeAll(async () => {
  database = await createTestDatabase({ migrationsDir, name: 'proxy' });
  direct = createPool({ url: database.url, connectionsMax: 1 });
  await direct.query('CREATE TABLE written (fate text)');
});
afterAll(async () => {
  await direct.end();
  await database.drop();
});

it.each([
  ['pass', 'heard', 1n],
  ['cut_before', 'broken', 0n],
  ['cut_after', 'broken', 1n],
] as const)('%s: the caller has %s, the table has %s', async (fate: Fate, heard, rows) => {
  const proxy = await startProxy({ targetPort: Number(new URL(database.url).port), fateOf: () => fate });
  const pool = createPool({ url: through(database.url, proxy), connectionsMax: 1 });
  const client = await pool.connect();
  client.on('error', () => undefined);
  await client.query('BEGIN');
  await client.query('INSERT INTO written VALUES ($1)', [fate]);
  const outcome = await client.query('COMMIT').then(() => 'heard', () => 'broken');
  client.release(true);
  expect(outcome).toBe(heard);
  const { rows: found } = await direct.query<{ count: bigint }>('SELECT count(*) FROM written WHERE fate = $1', [fate]);
  expect(found[0]!.count).toBe(rows);
  expect(proxy.cuts).toEqual({ before: fate === 'cut_before' ? 1 : 0, after: fate === 'cut_after' ? 1 : 0 });
  await pool.end();
  await proxy.close();
});
