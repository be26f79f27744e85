// The short race, and the same race with the locks taken away.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool } from '../apps/server/src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../tools/test-database.ts';
import { migrationsDir } from './books-database.ts';
import { race, type RaceReport } from './race.ts';
import type { Sabotage } from './wire.ts';
import { startWorkers } from './workers.ts';

let databases: TestDatabase[];
beforeAll(() => {
  databases = [];
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

async function run(input: { sabotage: Sabotage; rounds: number; racers: number; before?: string }): Promise<RaceReport> {
  const database = await createTestDatabase({ migrationsDir, name: 'race' });
  databases.push(database);
  const pool = createPool({ url: database.url, connectionsMax: 1 });
  if (input.before !== undefined) await pool.query(input.before);
  await pool.end();
  const workers = await startWorkers(2, { url: database.url, connectionsMax: 8, sabotage: input.sabotage });
  try {
    return await race({ url: database.url, workers, racers: input.racers, rounds: input.rounds });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

it('40 racers in two processes, on old and new accounts: one winner a round', async () => {
  expect(await run({ sabotage: 'none', rounds: 2, racers: 40 })).toEqual({ rounds: 2, posts: 79, winners: 2, findings: [] });
});

it('control: without locks the sign rule of the database still holds, and racers hear errors instead of a refusal', async () => {
  const { winners, findings } = await run({ sabotage: 'no_locks', rounds: 2, racers: 40 });
  expect(winners).toBe(2);
  expect(findings.join('\n')).toMatch(/racers heard: .*account_sign/);
});

it('control: without locks and without the sign rule money is spent twice', async () => {
  const { winners, findings } = await run({ sabotage: 'no_locks', rounds: 2, racers: 40, before: 'ALTER TABLE account DROP CONSTRAINT account_sign' });
  expect(winners).toBeGreaterThan(2);
  expect(findings.join('\n')).toMatch(/winners, expected 1[\s\S]*may never be negative/);
});
