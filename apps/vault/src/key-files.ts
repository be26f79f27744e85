// Keys as files of their own, outside every database: 0600 in a folder of 0700, made on first start. Two processes
// starting at once end up with the same keys, because a file is linked into place whole and only once. With a wrapping
// (passphrase.ts, service-wrapping.ts) no file holds a readable key, and files from before there was one are wrapped when they are next read.
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from './plain-error.ts';

export interface KeyFiles {
  /** The file's bytes; made by `make` when there is none yet. */
  readOrMake(name: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Buffer>;
  read(name: string): Promise<Buffer | undefined>;
  has(name: string): boolean;
  names(): string[];
  /** Overwritten, then removed. On a disk that keeps old blocks (flash, snapshots) the wrapping is what makes it final. */
  destroy(name: string): Promise<void>;
}

/** What lies over a key at rest: a passphrase, or a key service. `name` is the file's, and bound to it. */
export interface KeyWrapping {
  /** Head of the files it wrapped; no key begins so. */
  readonly mark: KeyMark;
  wrap(input: { name: string; key: Uint8Array }): Promise<Buffer>;
  /** Throws PlainError where it is not what `wrap` made under this name. */
  unwrap(input: { name: string; wrapped: Uint8Array }): Promise<Buffer>;
  /** False where it would wrap otherwise by now, under another key of the service. */
  isCurrent(input: { name: string; wrapped: Uint8Array }): boolean;
}

export type KeyMark = keyof typeof openedWith;

/** By the first five bytes of a wrapped file, a zero byte after them: what to set so that it opens. */
const openedWith = {
  SNRW1: 'a passphrase: set SONRISA_VAULT_KEYS_PASSPHRASE',
  SNRWA: 'AWS KMS: set SONRISA_VAULT_KEYS_KMS_KEY',
  SNRWT: 'HashiCorp Vault: set SONRISA_VAULT_KEYS_TRANSIT_URL',
} as const;
const markBytes = 6;
const markOf = (bytes: Buffer): KeyMark | undefined => (Object.keys(openedWith) as KeyMark[]).find((mark) => bytes.subarray(0, markBytes).equals(headOf(mark)));
const headOf = (mark: KeyMark): Buffer => Buffer.from(`${mark}\0`);

// It opens nothing at rest: it is shown to a vault that runs, by a command that is not told the passphrase.
const neverWrapped: readonly string[] = ['operations.key'];

/**
 * The first of the wrappings wraps what is written; the others open what they once wrapped, and that is then wrapped by the
 * first. Throws PlainError when the folder or a file cannot be used, or is open to other users.
 */
export function openKeyFiles(folder: string, ...wrappings: readonly KeyWrapping[]): KeyFiles {
  const [wrapping] = wrappings;
  inWords(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  refuseOpenToOthers(folder);
  const pathOf = (name: string): string => join(folder, name);

  async function read(name: string): Promise<Buffer | undefined> {
    const bytes = readIfThere(pathOf(name));
    if (!bytes || neverWrapped.includes(name)) return bytes;
    const mark = markOf(bytes);
    const by = wrappings.find((each) => each.mark === mark);
    if (mark && !by) throw new PlainError(`The vault's key ${name} is wrapped by ${openedWith[mark]}.`);
    const wrapped = bytes.subarray(markBytes);
    const key = by ? await by.unwrap({ name, wrapped }) : bytes;
    if (!wrapping || (by === wrapping && by.isCurrent({ name, wrapped }))) return key;
    const stored = await storedForm(name, key);
    inWords(pathOf(name), () => replaceWhole(pathOf(name), stored));
    return key;
  }

  async function storedForm(name: string, key: Uint8Array): Promise<Buffer> {
    return wrapping && !neverWrapped.includes(name) ? Buffer.concat([headOf(wrapping.mark), await wrapping.wrap({ name, key })]) : Buffer.from(key);
  }

  async function readOrMake(name: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Buffer> {
    const known = await read(name);
    if (known) return known;
    const made = await make();
    try {
      const stored = await storedForm(name, made);
      inWords(pathOf(name), () => placeOnce(pathOf(name), stored));
      stored.fill(0);
    } finally {
      made.fill(0);
    }
    const placed = await read(name);
    if (!placed) throw new PlainError(`The vault's key ${name} vanished while it was being made.`);
    return placed;
  }

  async function destroy(name: string): Promise<void> {
    if (existsSync(pathOf(name))) inWords(pathOf(name), () => overwriteAndRemove(pathOf(name)));
  }

  return { readOrMake, read, destroy, has: (name) => existsSync(pathOf(name)), names: () => inWords(folder, () => readdirSync(folder)) };
}

function overwriteAndRemove(file: string): void {
  const { size } = statSync(file);
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, Buffer.alloc(size), 0, size, 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  rmSync(file, { force: true });
}

function replaceWhole(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.wrapped`;
  writeDraft(draft, bytes);
  renameSync(draft, file);
}

function readIfThere(file: string): Buffer | undefined {
  const found = inWords(file, () => statSync(file, { throwIfNoEntry: false }));
  if (!found) return undefined;
  refuseOpenToOthers(file);
  return inWords(file, () => readFileSync(file));
}

function placeOnce(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.draft`;
  writeDraft(draft, bytes);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(draft: string, bytes: Uint8Array): void {
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  chmodSync(draft, 0o600);
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
