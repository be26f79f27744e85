// The schema in docs/schema is what the migrations make, and a change of any kind shows in it.
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { type Query, withConnection } from '../apps/cli/src/postgres/connect.ts';
import { kept, type Kept } from './schema/databases.ts';
import { dumpSchema } from './schema/dump.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let database: TestDatabase | undefined;
afterEach(() => database?.drop());

const [server, vault] = kept as [Kept, Kept];

async function withMigrated<Result>({ name, migrationsDir, migrate }: Kept, use: (query: Query) => Promise<Result>): Promise<Result> {
  database = await createTestDatabase({ migrationsDir, name: `schema_${name}`, migrate });
  return withConnection(database.url, use);
}

it.each([server, vault])('the schema of the $name in docs/schema is what its migrations make; else run "npm run schema"', async (each) => {
  const dumped = await withMigrated(each, dumpSchema);
  expect(dumped).toBe(readFileSync(each.file, 'utf8'));
});

// The control: each of these would otherwise pass unseen.
it.each([
  'ALTER TABLE store ADD COLUMN extra int',
  'ALTER TABLE store ALTER COLUMN name DROP NOT NULL',
  `ALTER TABLE store ALTER COLUMN name SET DEFAULT 'x'`,
  'ALTER TABLE account DROP CONSTRAINT account_sign',
  'ALTER TABLE account DROP CONSTRAINT account_sign; ALTER TABLE account ADD CONSTRAINT account_sign CHECK (balance_minor >= -1)',
  'DROP INDEX payment_open',
  'DROP TRIGGER transfer_append_only ON transfer',
  'ALTER TABLE transfer DISABLE TRIGGER transfer_append_only',
  'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
  'GRANT SELECT ON payment TO PUBLIC',
  'GRANT SELECT (id) ON payment TO PUBLIC',
  'ALTER TABLE payer ENABLE ROW LEVEL SECURITY',
  'CREATE POLICY everybody ON payer USING (true)',
  'CREATE TABLE forgotten (id int)',
  'CREATE VIEW forgotten AS SELECT 1 AS one',
  'ALTER VIEW entry RESET (security_invoker)',
  'GRANT SELECT ON entry TO PUBLIC',
  'CREATE SEQUENCE forgotten',
])('a change shows: %s', async (change) => {
  const after = await withMigrated(server, async (query) => {
    await query(change);
    return dumpSchema(query);
  });
  expect(after).not.toBe(readFileSync(server.file, 'utf8'));
});

it('refuses what it cannot write', async () => {
  await withMigrated(server, async (query) => {
    await query('CREATE MATERIALIZED VIEW hidden AS SELECT 1 AS one');
    await expect(dumpSchema(query)).rejects.toThrow(/hidden \(m\)/);
  });
});
