// The one folder an installation owns: made private, marked with the version of its layout, and held by
// one running instance at a time.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { PlainError } from './plain-error.ts';

export type DataFolder = {
  readonly path: string;
  /** True when the instance that used it last was killed: its processes may still be on their way out. */
  readonly leftByKilledRun: boolean;
  release(): void;
};

const layoutVersion = 1;
const versionFile = 'sonrisa-data.json';
const holderFile = 'instance.pid';

export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  try {
    makeFolder(path);
    checkVersion(path);
    const leftByKilledRun = takeHold(path);
    return { path, leftByKilledRun, release: () => rmSync(join(path, holderFile), { force: true }) };
  } catch (error) {
    throw asPlain(error, path);
  }
}

function makeFolder(path: string): void {
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return;
  }
  const found = statSync(path);
  if (!found.isDirectory()) throw new PlainError(`${path} is a file: --data needs a folder.`);
  // A root instance leaves it at 0710 so that the postgres user may pass; everyone else is kept out.
  if ((found.mode & 0o007) !== 0) chmodSync(path, 0o700);
}

function asPlain(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return new PlainError(`No permission to write in the data folder ${path}: choose another with --data.`);
  if (code === 'ENOTDIR' || code === 'EEXIST') return new PlainError(`A part of ${path} is a file: --data needs a folder.`);
  if (code === 'EROFS') return new PlainError(`The data folder ${path} is on a read-only disk: choose another with --data.`);
  if (code === 'ENOSPC') return new PlainError(`The disk of the data folder ${path} is full.`);
  return error;
}

function checkVersion(path: string): void {
  const file = join(path, versionFile);
  if (!existsSync(file)) {
    writeWhole(file, `${JSON.stringify({ product: 'sonrisa', version: layoutVersion })}\n`);
    return;
  }
  const version = readVersion(file);
  if (version === undefined) throw new PlainError(`${file} cannot be read: restore it from a backup, or choose another folder with --data.`);
  if (version > layoutVersion) {
    throw new PlainError(`The data folder ${path} was written by a newer Sonrisa (layout ${version}, this one knows ${layoutVersion}): start the newer version.`);
  }
}

function readVersion(file: string): number | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
    return Number.isInteger(version) ? (version as number) : undefined;
  } catch {
    return undefined;
  }
}

// Two instances on one database would each believe they stop it. The holder is a process and the moment
// it began, so a number reused after a reboot does not lock the folder for ever.
function takeHold(path: string): boolean {
  const file = join(path, holderFile);
  const earlier = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (earlier !== undefined && earlier !== '') {
    const pid = Number(earlier.split(' ')[0]);
    if (holderLine(pid) === earlier) {
      throw new PlainError(`The data folder ${path} is in use by a running Sonrisa (process ${pid}): stop it, or choose another with --data.`);
    }
  }
  writeWhole(file, `${holderLine(process.pid)}\n`);
  return earlier !== undefined;
}

function holderLine(pid: number): string | undefined {
  const begin = beginOf(pid);
  return begin === undefined ? undefined : `${pid} ${begin}`;
}

// Field 22 of /proc/<pid>/stat, counted after the name, which may hold spaces; `ps` where there is no /proc.
function beginOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
