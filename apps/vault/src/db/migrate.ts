// Brings the vault's database to this program's schema: numbered .sql files, forward only, one process at a time.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Queries } from './database.ts';
import { PlainError } from '../plain-error.ts';

// Any fixed number, the vault's own: two processes starting at once take turns.
const migrationLock = 7_236_411;

/** Throws PlainError for an unsafe server, an unreadable folder or a database of a newer version. */
export async function migrate(db: Database, migrationsDir: string): Promise<void> {
  await refuseUnsafeServer(db);
  const files = listMigrations(migrationsDir);
  await db.transaction(async (tx) => {
    await tx.rows('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await tx.rows('CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const applied = new Set((await tx.rows<{ name: string }>('SELECT name FROM schema_migration')).map((row) => row.name));
    const foreign = [...applied].find((name) => !files.includes(name));
    if (foreign) throw new PlainError(`The vault's database is newer than this program (it holds ${foreign}): start the newer version.`);
    for (const name of files.filter((file) => !applied.has(file))) {
      await tx.rows(readFileSync(join(migrationsDir, name), 'utf8'));
      await tx.rows('INSERT INTO schema_migration (name) VALUES ($1)', [name]);
    }
  });
}

// With any of these off, a power cut could bring an erased face back or lose one that was confirmed.
async function refuseUnsafeServer(db: Queries): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const [row] = await db.rows<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
    if (row?.value === 'off') throw new PlainError(`The vault's PostgreSQL runs with ${setting} off: turn it on and start again.`);
  }
}

function listMigrations(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.sql')).sort();
  } catch {
    throw new PlainError(`The vault's migrations cannot be read at ${folder}: set SONRISA_VAULT_MIGRATIONS_DIR.`);
  }
}
