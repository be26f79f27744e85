// One PostgreSQL server process: started, adopted when an earlier run left it behind, watched, stopped.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withConnection } from './connect.ts';
import type { Owner } from './owner.ts';

export type Postmaster = { readonly pid: number; readonly port: number };

const readyTimeoutMs = 60_000;
const stopTimeoutMs = 60_000;
const pollIntervalMs = 50;

export type PostmasterPlace = {
  readonly program: string;
  readonly clusterDir: string;
  readonly logFile: string;
  readonly owner: Owner | undefined;
  readonly adminUrlOn: (port: number) => string;
};

/** Starts PostgreSQL on the port; undefined when it ended before it answered (its reason is in the log). */
export async function spawnPostmaster(place: PostmasterPlace, port: number): Promise<Postmaster | undefined> {
  const log = openSync(place.logFile, 'a', 0o600);
  const settings = { ...fixedSettings, port: String(port) };
  const child = spawn(place.program, ['-D', place.clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    cwd: place.clusterDir,
    // A session of its own: Ctrl-C in the terminal must not stop the books before the server has drained.
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    ...place.owner,
  });
  closeSync(log);
  const ended = new Promise<'ended'>((resolve) => {
    child.once('error', () => resolve('ended'));
    child.once('exit', () => resolve('ended'));
  });
  child.unref();
  const outcome = await Promise.race([ended, waitUntilReady(place, port)]);
  if (outcome === 'ready' && child.pid !== undefined) return { pid: child.pid, port };
  if (outcome === 'late') child.kill('SIGINT');
  return undefined;
}

/**
 * Takes over a living PostgreSQL of this cluster. One that does not answer is asked to stop (SIGINT: no
 * rollback is lost, the write-ahead log is replayed), and undefined says that a new one may start. The
 * pid file is never deleted: PostgreSQL itself knows whether it is stale.
 */
export async function adoptPostmaster(place: PostmasterPlace): Promise<Postmaster | undefined> {
  const left = readPidFile(place.clusterDir);
  if (!left || !isPostmasterOf(left.pid, place.clusterDir)) return undefined;
  if (await answers(place, left.port)) return left;
  await stopPostmaster(left);
  return undefined;
}

/** A fast shutdown: open transactions are rolled back, everything committed is on disk. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  if (!signal(postmaster.pid, 'SIGINT')) return;
  const deadline = performance.now() + stopTimeoutMs;
  while (isAlive(postmaster.pid)) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL (process ${postmaster.pid}) did not stop in ${stopTimeoutMs} ms`);
    await sleep(pollIntervalMs);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Failing statements and the rows they met may hold phone numbers: they never reach the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

async function waitUntilReady(place: PostmasterPlace, port: number): Promise<'ready' | 'late'> {
  const deadline = performance.now() + readyTimeoutMs;
  while (performance.now() < deadline) {
    if (await answers(place, port)) return 'ready';
    await sleep(pollIntervalMs);
  }
  return 'late';
}

// Another cluster on the same port does not know our password; one that does must name our folder.
async function answers(place: PostmasterPlace, port: number): Promise<boolean> {
  try {
    const rows = await withConnection(place.adminUrlOn(port), (query) => query('SHOW data_directory'));
    return rows[0]?.['data_directory'] === realpathSync(place.clusterDir) || rows[0]?.['data_directory'] === place.clusterDir;
  } catch {
    return false;
  }
}

// Lines of postmaster.pid: process id, data folder, start time, port, socket folder, address, …
function readPidFile(clusterDir: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    const port = Number(lines[3]);
    return Number.isInteger(pid) && pid > 1 && Number.isInteger(port) ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

// After a reboot the number may belong to anyone. A postmaster works in its own data folder; where the
// system does not tell (no /proc), an answer on the port is the only proof.
function isPostmasterOf(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch {
    return process.platform !== 'linux';
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
