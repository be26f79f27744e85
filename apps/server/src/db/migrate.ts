// Forward-only migrations: numbered SQL files, each in its own transaction, one runner at a time, never changed once run.
// An old binary refuses a newer schema, and a database that may lose acknowledged commits is refused before anything else.
// Only the owner of the tables migrates; a server with a role of its own looks whether everything was run.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { grantAccess } from './access.ts';
import type { Pool, PoolClient } from './pool.ts';
import { SchemaError } from './schema-error.ts';

/** Any fixed number that nobody else on this database locks. */
const migrationLockId = 7_231_446_001;
const versionMin = 150_000;
const fileName = /^([0-9]{4})-[a-z0-9-]+\.sql$/;

/**
 * Brings the database up to date and returns the numbers of the files that ran now; then grants `serverRole` what access.ts
 * lists. A role that may not create tables runs nothing: everything must have been run. Throws SchemaError.
 */
export async function migrate(input: { pool: Pool; migrationsDir: string; serverRole?: string | undefined }): Promise<number[]> {
  const files = readMigrations(input.migrationsDir);
  const client = await input.pool.connect();
  try {
    await assertDatabaseSafe(client);
    await client.query('SELECT pg_advisory_lock($1)', [migrationLockId]);
    try {
      if (!(await mayCreate(client))) return await assertNothingMissing(client, files);
      const ran = await runMissing(client, files);
      if (input.serverRole !== undefined) await grantAccess({ client, serverRole: input.serverRole });
      return ran;
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [migrationLockId]);
    }
  } finally {
    client.release();
  }
}

/** Throws SchemaError when the database could forget what it acknowledged. Asked at every boot. */
export async function assertDatabaseSafe(db: Pool | PoolClient): Promise<void> {
  const { rows } = await db.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'server_version_num')`,
  );
  const settings = new Map(rows.map((row) => [row.name, row.setting]));
  const off = ['fsync', 'full_page_writes', 'synchronous_commit'].filter((name) => settings.get(name) === 'off');
  if (off.length > 0) {
    throw new SchemaError('database_unsafe', `PostgreSQL runs with ${off.join(', ')} off: a crash could lose payments. Turn it on and start again.`);
  }
  if (Number(settings.get('server_version_num')) < versionMin) {
    throw new SchemaError('database_unsafe', 'PostgreSQL 15 or newer is needed.');
  }
}

type Migration = { number: number; file: string; sql: string; sha256: string };

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort();
  const files = names.map((file) => {
    const number = Number(fileName.exec(file)?.[1]);
    const sql = readFileSync(join(folder, file), 'utf8');
    return { number, file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
  // Numbers may skip, so that changes made side by side need not fight for the next one; none may be taken twice.
  const inOrder = files[0]?.number === 1 && files.every(({ number }, index) => index === 0 || number > (files[index - 1]?.number ?? 0));
  if (!inOrder) throw new SchemaError('migrations_missing', `The migrations in ${folder} do not begin with 0001, or two have one number.`);
  return files;
}

async function mayCreate(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(`SELECT has_schema_privilege('public', 'CREATE') AS may`);
  return rows[0]?.may === true;
}

async function assertNothingMissing(client: PoolClient, files: Migration[]): Promise<never[]> {
  const { rows } = await client.query<{ made: boolean }>(`SELECT to_regclass('schema_migration') IS NOT NULL AS made`);
  const missing = rows[0]?.made ? await missingOf(client, files) : files;
  if (missing.length === 0) return [];
  throw new SchemaError('schema_older', `This database lacks ${missing.length} migrations, from ${missing[0]?.file} on, and this role may not run them: run "server.mjs migrate" as the owner of its tables first.`);
}

async function runMissing(client: PoolClient, files: Migration[]): Promise<number[]> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, file text NOT NULL, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
  );
  const missing = await missingOf(client, files);
  for (const migration of missing) await runOne(client, migration);
  return missing.map((migration) => migration.number);
}

async function missingOf(client: PoolClient, files: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ number: number; sha256: string }>('SELECT number, sha256 FROM schema_migration ORDER BY number');
  const byNumber = new Map(files.map((migration) => [migration.number, migration]));
  for (const row of rows) {
    const known = byNumber.get(row.number);
    if (!known) throw new SchemaError('schema_newer', `This database has schema ${row.number}, which this program does not know. Start the newer program.`);
    if (known.sha256 !== row.sha256) throw new SchemaError('schema_changed', `Migration ${known.file} was changed after it ran here.`);
    byNumber.delete(row.number);
  }
  return [...byNumber.values()];
}

async function runOne(client: PoolClient, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO schema_migration (number, file, sha256) VALUES ($1, $2, $3)', [migration.number, migration.file, migration.sha256]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`migration ${migration.file}: ${(error as Error).message}`, { cause: error });
  }
}
