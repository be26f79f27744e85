// A disk that fails at the worst call, the flush of a COMMIT, and a disk that is full. strace makes fdatasync answer EIO in whatever
// process of PostgreSQL comes to its n-th flush; PostgreSQL rightly gives up on the spot, and nobody knows whether that commit took
// place. The disk of the database is a small one of its own, and somebody else takes all that is left of it. Every client asks
// again until it is told, and what it is told must be what is there.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from './books-database.ts';
import { addShoppers } from './crash.ts';
import { strikeAgainAndAgain, type Victim } from './kills.ts';
import { startLoad } from './load.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres, type RackPostgres } from './postgres.ts';
import type { Report } from './report.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { fillDisk, mayMount } from './small-disk.ts';
import { createTold } from './told.ts';
import { findingsOf } from './verdict.ts';
import { startWorkers, type Worker } from './workers.ts';

const connectionsMax = 8;
const flushesMax = 15;
const failureTimeoutMs = 60_000;
const diskMiB = 256;
/** So that a log that is written ahead does not take all of a small disk. */
const smallSettings = { max_wal_size: '64MB', min_wal_size: '32MB' };
const pollIntervalMs = 20;

/** Undefined: there is no strace here, or it may not look at other processes. */
export function straceProgram(): string | undefined {
  return spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0 ? 'strace' : undefined;
}

export type DiskFailures = { readonly strace: string | undefined; readonly mayFill: boolean };

/** What may go wrong with a disk on this machine. */
export const diskFailures = (): DiskFailures => ({ strace: straceProgram(), mayFill: mayMount() });

export async function runDisk({ seed, numbers, control }: RackOptions, progress: (line: string) => void, { strace, mayFill } = diskFailures()): Promise<Report> {
  if (!strace && !mayFill) return { title: 'disk', control: false, findings: ['not run: strace is not installed or may not trace, and nobody but root may mount a small disk'], facts: [] };
  const cycles = numbers['cycles'] ?? 5;
  const clients = numbers['clients'] ?? 16;
  const random = createSeeded(seed);
  const postgres = await openRackPostgres(smallSettings, mayFill ? { diskMiB } : {});
  let workers: Worker[] = [];
  try {
    const url = await createBooksDatabase(postgres, 'disk');
    const payerIds = await addShoppers(url);
    workers = await startWorkers(numbers['workers'] ?? 2, { url, connectionsMax, sabotage: control ? 'no_keys' : 'none' });
    const told = createTold();
    const load = startLoad({ workers, told, payerIds, clients, random: random.fork('load') });
    const failing = strace ? [failingFlush({ strace, postgres, random: random.fork('flushes') })] : [];
    const disks = [...failing, ...(mayFill ? [fullDisk({ postgres, url })] : [])];
    const struck = await strikeAgainAndAgain({ victims: disks, cycles, random: random.fork('moments'), progress: () => told.answers, onCycle: (cycle, disk) => progress(`${cycle + 1} of ${cycles}: ${disk}`) });
    await load.stop();
    const { keys, moved, brokenAnswers } = told.counts;
    return {
      title: control ? 'disk, control: keys are not looked up' : 'disk',
      control,
      findings: [...disks.flatMap((disk) => disk.missed()), ...(await findingsOf(url, told))],
      facts: [`seed ${seed}, under ${clients} clients: ${[...struck].map(([disk, times]) => `${disk} ${times} times`).join(', ')}`, `${keys} keys asked, ${moved} told "done", ${brokenAnswers} errors heard`],
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await postgres.remove();
  }
}

type FailingDisk = Victim & { missed(): string[] };

function failingFlush(input: { strace: string; postgres: RackPostgres; random: Seeded }): FailingDisk {
  const { strace, postgres, random } = input;
  let missed = 0;
  return {
    name: 'fdatasync answered EIO',
    share: 1,
    strike: async () => {
      const before = panics(postgres);
      const inject = `inject=fdatasync:error=EIO:when=${1 + random.int(flushesMax)}`;
      const tracer = spawn(strace, ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', inject, ...postgres.processes().flatMap((pid) => ['-p', String(pid)])]);
      if (!(await untilPanic(postgres, before))) missed += 1;
      await letGo(tracer);
    },
    // Its own recovery would do; the kill makes sure that nothing of the failing run is left.
    revive: async () => {
      await postgres.kill();
      await postgres.start();
    },
    missed: () => (missed === 0 ? [] : [`${missed} times PostgreSQL never met the failing flush`]),
  };
}

function fullDisk({ postgres, url }: { postgres: RackPostgres; url: string }): FailingDisk {
  let missed = 0;
  let filled: ReturnType<typeof fillDisk> | undefined;
  return {
    name: 'the disk was full',
    share: 1,
    strike: async () => {
      const before = complaints(postgres);
      filled = fillDisk(join(postgres.clusterDir, '..'));
      if (!(await until(() => complaints(postgres) > before))) missed += 1;
    },
    // A database that refused what it had no room for goes on as it is; one that gave up is started again.
    revive: async () => {
      filled?.free();
      if (await answers(url)) return;
      await postgres.kill();
      await postgres.start();
    },
    missed: () => (missed === 0 ? [] : [`${missed} times nothing that PostgreSQL wanted to write met the full disk`]),
  };
}

async function answers(url: string): Promise<boolean> {
  const pool = createPool({ url, connectionsMax: 1 });
  try {
    await pool.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}

const untilPanic = (postgres: RackPostgres, before: number): Promise<boolean> => until(() => panics(postgres) > before);

async function until(isSo: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < failureTimeoutMs; waitedMs += pollIntervalMs) {
    if (isSo()) return true;
    await sleep(pollIntervalMs);
  }
  return false;
}

const complaints = (postgres: RackPostgres): number => readFileSync(postgres.logFile, 'utf8').split('No space left on device').length - 1;
const panics = (postgres: RackPostgres): number => readFileSync(postgres.logFile, 'utf8').split('PANIC:').length - 1;

async function letGo(tracer: ChildProcess): Promise<void> {
  if (tracer.exitCode !== null || tracer.signalCode !== null) return;
  const gone = new Promise((resolve) => tracer.once('exit', resolve));
  tracer.kill('SIGTERM');
  await gone;
}
