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

// A race without locks goes wrong by chance: on a quiet machine not in every one, so it is run until it does.
const attemptsMax = 15;

async function runUntil(goesWrong: (report: RaceReport) => boolean, input: { before?: string }): Promise<RaceReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await run({ sabotage: 'no_locks', rounds: 4, racers: 40, ...input });
    if (goesWrong(report) || attempt === attemptsMax) return report;
  }
}

it('control: without locks the sign rule of the database still holds, and racers hear errors instead of a refusal', async () => {
  const { winners, rounds, findings } = await runUntil((report) => report.findings.length > 0, {});
  expect(winners).toBe(rounds);
  expect(findings.join('\n')).toMatch(/racers heard: .*account_sign/);
});

it('control: without locks and without the sign rule money is spent twice', async () => {
  const noSignRule = 'ALTER TABLE account DROP CONSTRAINT account_sign';
  const { winners, rounds, findings } = await runUntil((report) => report.winners > report.rounds, { before: noSignRule });
  expect(winners).toBeGreaterThan(rounds);
  expect(findings.join('\n')).toMatch(/winners, expected 1[\s\S]*may never be negative/);
});
