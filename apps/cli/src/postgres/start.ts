// The built-in PostgreSQL under a data folder: made on first start, adopted when a killed run left it
// running, restarted when it dies, stopped cleanly. Used by the CLI and, through tools, by tests.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from '../plain-error.ts';
import { findBinaries } from './binaries.ts';
import { clusterHome, ensureCluster } from './cluster.ts';
import { postgresOwner } from './owner.ts';
import { freePort, isPortFree } from './port.ts';
import { adoptPostmaster, isAlive, spawnPostmaster, stopPostmaster } from './postmaster.ts';
import type { Postmaster, PostmasterPlace } from './postmaster.ts';

export type Postgres = {
  /** The superuser's address of the maintenance database. */
  readonly adminUrl: string;
  readonly pid: number;
  /** True when this start took over a PostgreSQL left running by an earlier one. */
  readonly adopted: boolean;
  urlFor(database: string, role: { readonly name: string; readonly password: string }): string;
  /** As a role that cannot log in: the superuser's connection, which takes that role before anything else. */
  urlAs(database: string, role: string): string;
  stop(): Promise<void>;
};

const portAttemptsMax = 5;
const watchIntervalMs = 1_000;
const restartsMax = 5;

export async function startPostgres({ dataDir, log }: { dataDir: string; log: (line: string) => void }): Promise<Postgres> {
  const owner = postgresOwner(join(dataDir, 'postgres'));
  const binaries = findBinaries(owner);
  const keys = join(dataDir, 'keys');
  const logs = join(dataDir, 'logs');
  for (const folder of [keys, logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = secretFile(join(keys, 'postgres-admin'));
  const clusterDir = await ensureCluster(clusterHome(dataDir, owner), { initdb: binaries.initdb, owner, password });
  const adminUrlOn = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const place: PostmasterPlace = { program: binaries.postgres, clusterDir, logFile: join(logs, 'postgres.log'), owner, adminUrlOn };

  const left = await adoptPostmaster(place);
  if (left) log(`PostgreSQL from an earlier run is still up (process ${left.pid}); using it.`);
  const first = left ?? (await startOnAnyPort(place, join(dataDir, 'postgres-port')));
  const watch = keepRunning(place, first, log);
  return {
    adminUrl: adminUrlOn(first.port),
    get pid() {
      return watch.current().pid;
    },
    adopted: left !== undefined,
    urlFor: (database, role) => `postgres://${role.name}:${role.password}@127.0.0.1:${first.port}/${database}`,
    urlAs: (database, role) => `${Object.assign(new URL(adminUrlOn(first.port)), { pathname: `/${database}` }).href}?options=${encodeURIComponent(`-c role=${role}`)}`,
    stop: async () => {
      await watch.end();
      await stopPostmaster(watch.current());
    },
  };
}

async function startOnAnyPort(place: PostmasterPlace, portFile: string): Promise<Postmaster> {
  for (let attempt = 0; attempt < portAttemptsMax; attempt++) {
    const remembered = attempt === 0 && existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
    const port = remembered > 0 && (await isPortFree(remembered, '127.0.0.1')) ? remembered : await freePort();
    const started = await spawnPostmaster(place, port);
    if (!started) continue;
    writeFileSync(portFile, `${port}\n`, { mode: 0o600 });
    return started;
  }
  throw new PlainError(`PostgreSQL did not start: the reason is at the end of ${place.logFile}`);
}

// Restarts stay on the port of the first start: the addresses are already in the hands of the processes.
function keepRunning(place: PostmasterPlace, first: Postmaster, log: (line: string) => void) {
  const end = new AbortController();
  let current = first;
  let restarts = 0;
  const loop = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await sleep(watchIntervalMs, undefined, { signal: end.signal, ref: false }).catch(() => undefined);
      if (end.signal.aborted || isAlive(current.pid)) continue;
      if (restarts++ === restartsMax) return log(`PostgreSQL ended ${restarts} times; giving up. The reason is in ${place.logFile}`);
      log('PostgreSQL ended unexpectedly; starting it again.');
      current = (await spawnPostmaster(place, current.port)) ?? current;
    }
  };
  const running = loop().catch((error: unknown) => log(`PostgreSQL is no longer watched: ${(error as Error).message}`));
  return {
    current: () => current,
    end: async () => {
      end.abort();
      await running;
    },
  };
}

function secretFile(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8').trim();
}
