// A real PostgreSQL database per test file: the migrations run once into a template, and each test file
// gets a clone of it in a few milliseconds, so files run in parallel and never see each other's rows.
//
//   const db = await createTestDatabase({ migrationsDir, name: 'books' });
//   … connect to db.url …
//   await db.drop();
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { quoteName, quoteText, withConnection } from '../apps/cli/src/postgres/connect.ts';
import type { Query } from '../apps/cli/src/postgres/connect.ts';

export type TestDatabase = {
  /** As the owner of the tables. */
  readonly url: string;
  /** As the role a server logs in with; it may do what the migrator granted it, by default nothing. */
  readonly serverUrl: string;
  drop(): Promise<void>;
};

export type TestDatabaseOptions = {
  /** Folder of the numbered .sql files. */
  readonly migrationsDir: string;
  /** A word to recognise the database by in a log. */
  readonly name: string;
  /** The project's own migrator, when the files need more than being run in order. */
  readonly migrate?: (url: string) => Promise<void>;
};

declare module 'vitest' {
  interface ProvidedContext {
    databaseAdminUrl: string;
  }
}

// The owner is an ordinary role, as in production: a superuser would walk through row-level security.
const ownerRole = 'test_owner';
const ownerPassword = 'test';
/** Named as in production, so that grants read the same everywhere. */
export const serverRole = 'sonrisa_server';
const merchantRole = 'sonrisa_server_merchant';

export async function createTestDatabase({ migrationsDir, name, migrate }: TestDatabaseOptions): Promise<TestDatabase> {
  const adminUrl = inject('databaseAdminUrl');
  const files = migrationFiles(migrationsDir);
  const template = `template_${digest(files)}_${migrate ? 'own' : 'plain'}`;
  const clone = `test_${name.replace(/[^a-z0-9_]/gi, '_').toLowerCase()}_${randomBytes(4).toString('hex')}`;
  await withConnection(adminUrl, async (query) => {
    await withLock(query, async () => {
      await ensureRole(query, ownerRole, 'LOGIN');
      await ensureRole(query, serverRole, 'LOGIN NOINHERIT');
      await ensureRole(query, merchantRole, 'NOLOGIN');
      await query(`GRANT ${merchantRole} TO ${serverRole}`);
      await ensureTemplate({ query, template, fill: async () => (migrate ?? runInOrder(files))(addressOf(adminUrl, `${template}_draft`)) });
    });
    await query(`CREATE DATABASE ${quoteName(clone)} OWNER ${ownerRole} TEMPLATE ${quoteName(template)}`);
  });
  return {
    url: addressOf(adminUrl, clone),
    serverUrl: addressOf(adminUrl, clone, serverRole),
    drop: () => withConnection(adminUrl, async (query) => void (await query(`DROP DATABASE IF EXISTS ${quoteName(clone)} WITH (FORCE)`))),
  };
}

type MigrationFile = { readonly file: string; readonly sql: string };

function migrationFiles(folder: string): MigrationFile[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return names.sort().map((file) => ({ file, sql: readFileSync(join(folder, file), 'utf8') }));
}

function digest(files: readonly MigrationFile[]): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
}

// Test files start in parallel workers: one of them fills the template, the others wait for it here.
async function withLock(query: Query, use: () => Promise<void>): Promise<void> {
  await query('SELECT pg_advisory_lock(hashtext($1))', ['test templates']);
  try {
    await use();
  } finally {
    await query('SELECT pg_advisory_unlock(hashtext($1))', ['test templates']);
  }
}

async function ensureRole(query: Query, role: string, login: string): Promise<void> {
  const known = await query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (known.length === 0) await query(`CREATE ROLE ${role} ${login} NOSUPERUSER PASSWORD ${quoteText(ownerPassword)}`);
}

// Filled under a draft name and renamed at the end: a failed migration never leaves a half-made template.
async function ensureTemplate({ query, template, fill }: { query: Query; template: string; fill: () => Promise<void> }): Promise<void> {
  const made = await query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
  if (made.length > 0) return;
  const draft = quoteName(`${template}_draft`);
  await query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await query(`CREATE DATABASE ${draft} OWNER ${ownerRole} TEMPLATE template0`);
  await fill();
  await query(`ALTER DATABASE ${draft} RENAME TO ${quoteName(template)}`);
}

const runInOrder = (files: readonly MigrationFile[]) => (url: string) =>
  withConnection(url, async (query) => {
    for (const { file, sql } of files) {
      try {
        await query(`BEGIN;\n${sql}\n;COMMIT`);
      } catch (error) {
        throw new Error(`migration ${file}: ${(error as Error).message}`, { cause: error });
      }
    }
  });

function addressOf(adminUrl: string, database: string, role = ownerRole): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = ownerPassword;
  url.pathname = `/${database}`;
  return url.href;
}
