// The folder of a PostgreSQL cluster: where it can live, and making a new one in a single step.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PlainError } from '../plain-error.ts';
import { canTraverse } from './owner.ts';
import type { Owner } from './owner.ts';

export type NewCluster = { readonly initdb: string; readonly owner: Owner | undefined; readonly password: string };

const elsewhereRoot = '/var/lib/sonrisa';

/** `<data>/postgres`, or where that link points: a root clone under /root cannot be entered by `postgres`. */
export function clusterHome(dataDir: string, owner: Owner | undefined): string {
  const home = join(dataDir, 'postgres');
  if (lstatSync(home, { throwIfNoEntry: false })) return realpathSync(home);
  // The group may pass through the data folder, not list it: only the postgres user is in that group.
  if (owner) {
    chownSync(dataDir, 0, owner.gid);
    chmodSync(dataDir, 0o710);
  }
  if (canTraverse(dataDir, owner)) {
    makePrivate(home, owner);
    return realpathSync(home);
  }
  mkdirSync(elsewhereRoot, { recursive: true, mode: 0o755 });
  const elsewhere = join(elsewhereRoot, `postgres-${randomUUID()}`);
  makePrivate(elsewhere, owner);
  symlinkSync(elsewhere, home);
  return elsewhere;
}

/** Makes the cluster unless it is there. A run killed half way leaves only `cluster.new`, made again. */
export async function ensureCluster(home: string, { initdb, owner, password }: NewCluster): Promise<string> {
  const cluster = join(home, 'cluster');
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    refuseOtherVersion(cluster);
    return cluster;
  }
  const draft = join(home, 'cluster.new');
  const passwordFile = join(home, 'password');
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    await promisify(execFile)(
      initdb,
      ['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'],
      { cwd: home, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...owner },
    );
  } catch (error) {
    throw new PlainError(`PostgreSQL could not make its data folder ${cluster}: ${firstErrorLine(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, cluster);
  return cluster;
}

/** Removes a throw-away data folder together with a cluster that lives elsewhere. */
export function removeDataFolder(dataDir: string): void {
  const home = join(dataDir, 'postgres');
  if (lstatSync(home, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const target = realpathSync(home);
    if (dirname(target) === elsewhereRoot) rmSync(target, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
}

function makePrivate(folder: string, owner: Owner | undefined): void {
  mkdirSync(folder, { mode: 0o700 });
  if (owner) chownSync(folder, owner.uid, owner.gid);
}

const clusterMajor = '15';

function refuseOtherVersion(cluster: string): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === clusterMajor) return;
  throw new PlainError(`The database in ${cluster} was made by PostgreSQL ${found}, this version brings ${clusterMajor}: start the version of Sonrisa that made it.`);
}

function firstErrorLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr ?? message).split('\n').find((line) => /error|fatal/i.test(line)) ?? message;
}
