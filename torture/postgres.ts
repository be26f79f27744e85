// A PostgreSQL of the rack's own, the same program the product brings, that can be killed as hard as a process can be:
// every process of it at once, with no time to write anything down.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from '../apps/cli/src/postgres/binaries.ts';
import { clusterHome, ensureCluster, removeDataFolder } from '../apps/cli/src/postgres/cluster.ts';
import { quoteName, withConnection } from '../apps/cli/src/postgres/connect.ts';
import { postgresOwner } from '../apps/cli/src/postgres/owner.ts';
import { freePort } from '../apps/cli/src/postgres/port.ts';
import { isAlive, type Postmaster, spawnPostmaster, stopPostmaster } from '../apps/cli/src/postgres/postmaster.ts';
import type { MovableClock } from './movable-clock.ts';
import { mountSmallDisk } from './small-disk.ts';

export type Settings = Readonly<Record<string, string>>;
export type RackPostgres = {
  readonly port: number;
  readonly logFile: string;
  readonly clusterDir: string;
  urlOf(database: string): string;
  createDatabase(name: string): Promise<string>;
  /** Of the postmaster and everything it started. */
  processes(): number[];
  /** kill -9 of all of it; returns when nothing of it runs. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Appends to the settings; they count from the next start. */
  set(settings: Settings): void;
  /** Stops it cleanly and removes its folder. */
  remove(): Promise<void>;
};

// After a kill PostgreSQL flushes every file of its folder one by one before it replays the log; the kernel can do the same at
// one stroke. Not what is tested here, and most of the time a kill would take.
const quickRecovery: Settings = { recovery_init_sync_method: 'syncfs' };
const startTriesMax = 5;
const retryPauseMs = 200;
const pollIntervalMs = 5;

/** What stands under it: a disk of its own of so many MiB (see small-disk.ts), a clock that can be moved. */
export type Machine = { readonly diskMiB?: number; readonly clock?: MovableClock };

export async function openRackPostgres(settings: Settings = {}, { diskMiB, clock }: Machine = {}): Promise<RackPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-torture-'));
  const owner = postgresOwner(join(dataDir, 'postgres'));
  const binaries = findBinaries(owner);
  const password = randomBytes(16).toString('hex');
  const home = clusterHome(dataDir, owner);
  const disk = diskMiB === undefined ? undefined : mountSmallDisk(home, { sizeMiB: diskMiB, owner });
  const clusterDir = await ensureCluster(home, { initdb: binaries.initdb, owner, password });
  mkdirSync(join(dataDir, 'logs'), { mode: 0o700 });
  const logFile = join(dataDir, 'logs', 'postgres.log');
  const urlOn = (port: number, database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const place = { program: clock?.programUnder(binaries.postgres) ?? binaries.postgres, clusterDir, logFile, owner, adminUrlOn: (port: number) => urlOn(port, 'postgres') };
  const port = await freePort();
  const set = (more: Settings) => appendFileSync(join(clusterDir, 'postgresql.auto.conf'), Object.entries(more).map(([name, value]) => `${name} = '${value}'\n`).join(''));
  let running: Postmaster | undefined;
  const processes = () => (running && isAlive(running.pid) ? [running.pid, ...childrenOf(running.pid)] : []);
  set({ ...quickRecovery, ...settings });
  const postgres: RackPostgres = {
    port,
    logFile,
    clusterDir,
    urlOf: (database) => urlOn(port, database),
    createDatabase: async (name) => {
      await withConnection(urlOn(port, 'postgres'), (query) => query(`CREATE DATABASE ${quoteName(name)}`));
      return urlOn(port, name);
    },
    processes,
    kill: async () => {
      if (running) await killAll(running.pid);
      running = undefined;
    },
    start: async () => {
      for (let tryNumber = 1; !running; tryNumber += 1) {
        running = await spawnPostmaster(place, port);
        if (!running && tryNumber >= startTriesMax) throw new Error(`PostgreSQL did not start again: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
        if (!running) await sleep(retryPauseMs);
      }
    },
    set,
    remove: async () => {
      if (running) await stopPostmaster(running);
      disk?.unmount();
      removeDataFolder(dataDir);
    },
  };
  await postgres.start();
  return postgres;
}

// Frozen first, so that it can start nobody while its children are counted; each child leads a session of its own, so no
// signal to a group would reach them.
async function killAll(pid: number): Promise<void> {
  send(pid, 'SIGSTOP');
  const all = [pid, ...childrenOf(pid)];
  for (const each of all) send(each, 'SIGKILL');
  while (all.some(isRunning)) await sleep(pollIntervalMs);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').map(Number).filter((each) => each > 0 && statOf(each)?.parent === pid);
}

// A zombie holds no memory, file or socket any more; its parent may be slow to bury it.
function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

// /proc/<pid>/stat: number, (name that may hold anything), state, parent, …
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
