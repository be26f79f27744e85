// A disk that fails at the worst call: the flush of a COMMIT. strace makes fdatasync answer EIO in whatever process of PostgreSQL
// comes to its n-th flush; PostgreSQL rightly gives up on the spot, and nobody knows whether that commit took place. Every client
// asks again until it is told, and what it is told must be what is there.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBooksDatabase } from './books-database.ts';
import { addShoppers } from './crash.ts';
import { strikeAgainAndAgain, type Victim } from './kills.ts';
import { startLoad } from './load.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres, type RackPostgres } from './postgres.ts';
import type { Report } from './report.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { createTold } from './told.ts';
import { findingsOf } from './verdict.ts';
import { startWorkers, type Worker } from './workers.ts';

const connectionsMax = 8;
const flushesMax = 15;
const panicTimeoutMs = 60_000;
const pollIntervalMs = 20;

/** Undefined: there is no strace here, or it may not look at other processes. */
export function straceProgram(): string | undefined {
  return spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0 ? 'strace' : undefined;
}

export async function runDisk({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const strace = straceProgram();
  if (!strace) return { title: 'disk', control: false, findings: ['not run: strace is not installed or may not trace'], facts: [] };
  const cycles = numbers['cycles'] ?? 5;
  const clients = numbers['clients'] ?? 16;
  const random = createSeeded(seed);
  const postgres = await openRackPostgres();
  let workers: Worker[] = [];
  try {
    const url = await createBooksDatabase(postgres, 'disk');
    const payerIds = await addShoppers(url);
    workers = await startWorkers(numbers['workers'] ?? 2, { url, connectionsMax, sabotage: control ? 'no_keys' : 'none' });
    const told = createTold();
    const load = startLoad({ workers, told, payerIds, clients, random: random.fork('load') });
    const disk = failingDisk({ strace, postgres, random: random.fork('flushes') });
    await strikeAgainAndAgain({ victims: [disk], cycles, random: random.fork('moments'), progress: () => told.answers, onCycle: (cycle) => progress(`failure ${cycle + 1} of ${cycles}`) });
    await load.stop();
    const { keys, moved, brokenAnswers } = told.counts;
    return {
      title: control ? 'disk, control: keys are not looked up' : 'disk',
      control,
      findings: [...disk.missed(), ...(await findingsOf(url, told))],
      facts: [`seed ${seed}, fdatasync answered EIO in ${cycles} runs of PostgreSQL under ${clients} clients`, `${keys} keys asked, ${moved} told "done", ${brokenAnswers} errors heard`],
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await postgres.remove();
  }
}

type FailingDisk = Victim & { missed(): string[] };

function failingDisk(input: { strace: string; postgres: RackPostgres; random: Seeded }): FailingDisk {
  const { strace, postgres, random } = input;
  let missed = 0;
  return {
    name: 'disk',
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

async function untilPanic(postgres: RackPostgres, before: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < panicTimeoutMs; waitedMs += pollIntervalMs) {
    if (panics(postgres) > before) return true;
    await sleep(pollIntervalMs);
  }
  return false;
}

const panics = (postgres: RackPostgres): number => readFileSync(postgres.logFile, 'utf8').split('PANIC:').length - 1;

async function letGo(tracer: ChildProcess): Promise<void> {
  if (tracer.exitCode !== null || tracer.signalCode !== null) return;
  const gone = new Promise((resolve) => tracer.once('exit', resolve));
  tracer.kill('SIGTERM');
  await gone;
}
