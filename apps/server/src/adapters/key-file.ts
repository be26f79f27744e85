// Key files, mode 0600: of two processes that start together one key wins for both.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The key file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes the file whole, unless there is one by now, and returns what it holds. */
export function keepFirst(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    // A link fails where the name is taken.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  const kept = readIfThere(file);
  if (kept === undefined) throw new Error(`The key file ${file} vanished while it was being made`);
  return kept;
}
