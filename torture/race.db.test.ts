// The short race, and the same race with the locks taken away.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../tools/test-database.ts';
import { migrationsDir } from './books-database.ts';
import { race, type RaceReport } from './race.ts';
import { takeLocksAway } from './sabotage.ts';
import { startWorkers } from './workers.ts';

let databases: TestDatabase[];
beforeAll(() => {
  databases = [];
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

type Run = { rounds: number; racers: number; before?: (pool: Pool) => Promise<unknown>; after?: (pool: Pool) => Promise<unknown> };

async function run(input: Run): Promise<RaceReport> {
  const database = await createTestDatabase({ migrationsDir, name: 'race' });
  databases.push(database);
  const pool = createPool({ url: database.url, connectionsMax: 1 });
  await input.before?.(pool);
  const workers = await startWorkers(2, { url: database.url, connectionsMax: 8, sabotage: 'none' });
  try {
    const report = await race({ url: database.url, workers, racers: input.racers, rounds: input.rounds });
    await input.after?.(pool);
    return report;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await pool.end();
  }
}

it('40 racers in two processes, on old and new accounts: one winner a round', async () => {
  expect(await run({ rounds: 2, racers: 40 })).toEqual({ rounds: 2, posts: 79, winners: 2, findings: [] });
});

// A race without locks goes wrong by chance: on a quiet machine not in every one, so it is run until it does.
const attemptsMax = 15;

async function runUntil(goesWrong: (report: RaceReport) => boolean, input: Pick<Run, 'before' | 'after'>): Promise<RaceReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await run({ rounds: 4, racers: 40, ...input });
    if (goesWrong(report) || attempt === attemptsMax) return report;
  }
}

// The sign rule, counting how often it had to say no: a sequence keeps its count when a transaction is undone.
const countingSignRule = `CREATE SEQUENCE refusals;
  CREATE FUNCTION counted(holds boolean) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF NOT holds THEN PERFORM nextval('refusals'); END IF; RETURN holds; END $$;
  ALTER TABLE account DROP CONSTRAINT account_sign;
  ALTER TABLE account ADD CONSTRAINT account_sign CHECK (counted(class NOT IN ('payer_wallet', 'payer_hold', 'merchant_reserve') OR balance_minor >= 0))`;

it('control: without locks the sign rule of the database still holds, and is what keeps money from being spent twice', async () => {
  let refusals = 0n;
  const { winners, rounds, findings } = await runUntil(() => refusals > 0n, {
    before: async (pool) => {
      await takeLocksAway(pool);
      await pool.query(countingSignRule);
    },
    after: async (pool) => {
      refusals = (await pool.query<{ times: bigint }>(`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS times FROM refusals`)).rows[0]!.times;
    },
  });
  expect(refusals).toBeGreaterThan(0n);
  expect([winners, findings]).toEqual([rounds, []]);
});

it('control: without locks and without the sign rule money is spent twice', async () => {
  const before = async (pool: Pool) => {
    await takeLocksAway(pool);
    await pool.query('ALTER TABLE account DROP CONSTRAINT account_sign');
  };
  const { winners, rounds, findings } = await runUntil((report) => report.winners > report.rounds, { before });
  expect(winners).toBeGreaterThan(rounds);
  expect(findings.join('\n')).toMatch(/winners, expected 1[\s\S]*side of zero it may never be on/);
});
