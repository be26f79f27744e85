// kill -9 of PostgreSQL, of the processes that post, and of both at once, under load. Nothing a client was told may be lost,
// nothing may have happened twice.
import { createPool } from '../apps/server/src/db/pool.ts';
import { addPayers, createBooksDatabase } from './books-database.ts';
import { strikeAgainAndAgain, type Victim } from './kills.ts';
import { startLoad } from './load.ts';
import { createMovableClock, type MovableClock } from './movable-clock.ts';
import { openRackPostgres, type RackPostgres, type Settings } from './postgres.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { createTold, type Told } from './told.ts';
import { findingsOf } from './verdict.ts';
import { startWorkers, type Worker } from './workers.ts';

export type CrashOptions = {
  readonly seed: number;
  readonly cycles: number;
  readonly clients: number;
  readonly workers: number;
  /** For the control: PostgreSQL may forget what it acknowledged. */
  readonly forgetful?: boolean;
  /** What clients say the time is; the time of a request is theirs. */
  readonly clock?: (random: Seeded) => number;
  /** The clocks of PostgreSQL and of each process jump too, by libfaketime. */
  readonly faketime?: string;
  readonly onCycle?: (cycle: number, victim: string) => void;
};
export type CrashReport = { readonly struck: Readonly<Record<string, number>>; readonly told: Told['counts']; readonly findings: readonly string[] };

/**
 * A commit is acknowledged while its log is in PostgreSQL's memory only, and stays there for as long as it may. A kill of the
 * process alone takes nothing from the kernel's hands, so with any other settings hardly anything would be lost.
 */
export const forgetfulSettings: Settings = { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB', wal_buffers: '64MB' };

/** A second, an hour, five years. */
const clockJumpsS = [1, 3_600, 5 * 365 * 86_400];
const payers = 24;
const connectionsMax = 8;

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const random = createSeeded(options.seed);
  const { faketime } = options;
  const clocks = faketime === undefined ? [] : Array.from({ length: options.workers + 1 }, () => createMovableClock(faketime));
  const [clockOfPostgres, ...clocksOfWorkers] = clocks;
  const postgres = await openRackPostgres({}, clockOfPostgres ? { clock: clockOfPostgres } : {});
  let workers: Worker[] = [];
  try {
    const url = await createBooksDatabase(postgres, 'crash');
    const payerIds = await addShoppers(url);
    // After the migrations, which refuse such a database.
    if (options.forgetful) await restartWith(postgres, forgetfulSettings);
    workers = await startWorkers(options.workers, { url, connectionsMax, sabotage: 'none' }, (index) => clocksOfWorkers[index]?.programUnder(process.execPath) ?? process.execPath);
    const told = createTold();
    const load = startLoad({ workers, told, payerIds, clients: options.clients, random: random.fork('load'), ...(options.clock ? { clock: options.clock } : {}) });
    const struck = await strikeAgainAndAgain({
      victims: [...victimsOf(postgres, workers), ...clocks.map((clock, index) => clockVictim(clock, { name: index === 0 ? 'clock of PostgreSQL' : `clock of process ${index}`, random: random.fork(`clock-${index}`) }))],
      cycles: options.cycles,
      random: random.fork('kills'),
      progress: () => told.answers,
      ...(options.onCycle ? { onCycle: options.onCycle } : {}),
    });
    await load.stop();
    return { struck: Object.fromEntries(struck), told: told.counts, findings: await findingsOf(url, told) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await postgres.remove();
    for (const clock of clocks) clock.remove();
  }
}

// Seconds or years, forth or back; it stays there until the next jump.
function clockVictim(clock: MovableClock, { name, random }: { name: string; random: Seeded }): Victim {
  const strike = async () => {
    const farS = random.pick(clockJumpsS);
    clock.move(random.int(2 * farS + 1) - farS);
  };
  return { name, share: 3, strike, revive: async () => undefined };
}

export async function addShoppers(url: string): Promise<string[]> {
  const payerIds = Array.from({ length: payers }, (_, index) => `payer-${index}`);
  const pool = createPool({ url, connectionsMax: 1 });
  await addPayers(pool, payerIds);
  await pool.end();
  return payerIds;
}

async function restartWith(postgres: RackPostgres, settings: Settings): Promise<void> {
  await postgres.kill();
  postgres.set(settings);
  await postgres.start();
}

export function victimsOf(postgres: RackPostgres, workers: readonly Worker[]): Victim[] {
  const each = workers.map((worker, index) => ({ name: `process ${index + 1}`, share: 2, strike: () => worker.kill(), revive: () => worker.start() }));
  const database: Victim = { name: 'PostgreSQL', share: 2 * workers.length + 1, strike: () => postgres.kill(), revive: () => postgres.start() };
  const all: Victim = {
    name: 'everything',
    share: 1,
    strike: async () => void (await Promise.all([postgres.kill(), ...workers.map((worker) => worker.kill())])),
    revive: async () => {
      await postgres.start();
      await Promise.all(workers.map((worker) => worker.start()));
    },
  };
  return [...each, database, all];
}
