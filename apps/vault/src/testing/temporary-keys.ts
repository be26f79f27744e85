// A folder for keys that goes away with the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function temporaryKeys(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'sonrisa-keys-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
