// Keys as files of their own, outside every database: 0600 in a folder of 0700, made on first start. Two processes
// starting at once end up with the same keys, because a file is linked into place whole and only once.
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from './plain-error.ts';

export interface KeyFiles {
  /** The file's bytes; made by `make` when there is none yet. */
  readOrMake(name: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Buffer>;
}

/** Throws PlainError when the folder or a file cannot be used, or is open to other users. */
export function openKeyFiles(folder: string): KeyFiles {
  inWords(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  refuseOpenToOthers(folder);

  async function readOrMake(name: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Buffer> {
    const file = join(folder, name);
    const known = readIfThere(file);
    if (known) return known;
    const made = await make();
    inWords(file, () => placeOnce(file, made));
    made.fill(0);
    return inWords(file, () => readFileSync(file));
  }

  return { readOrMake };
}

function readIfThere(file: string): Buffer | undefined {
  const found = inWords(file, () => statSync(file, { throwIfNoEntry: false }));
  if (!found) return undefined;
  refuseOpenToOthers(file);
  return inWords(file, () => readFileSync(file));
}

function placeOnce(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.draft`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseOpenToOthers(path: string): void {
  const mode = inWords(path, () => statSync(path)).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new PlainError(`The vault's keys at ${path} can be reached by other users: run "chmod go= ${path}" and start again.`);
  }
}

function inWords<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new PlainError(`The vault's keys at ${path} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`, { cause: error });
  }
}
