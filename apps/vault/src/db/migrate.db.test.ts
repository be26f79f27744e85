// The vault's schema: run twice or by two at once it is the same, and neither a newer database nor an unsafe server is used.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from '../../../../tools/test-database.ts';
import type { TestDatabase } from '../../../../tools/test-database.ts';
import { migrationsDir, withDatabase } from '../testing/test-vault.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';

const empty = mkdtempSync(join(tmpdir(), 'sonrisa-no-migrations-'));
let database: TestDatabase;
beforeEach(async () => void (database = await createTestDatabase({ migrationsDir: empty, name: 'migrate' })));
afterEach(() => database.drop());
afterAll(() => rmSync(empty, { recursive: true }));
const run = <Result>(use: (db: Database) => Promise<Result>) => withDatabase(database.url, use);
const applied = (db: Database) => db.rows('SELECT name FROM schema_migration ORDER BY name');

test('once, twice, or by three processes at once', async () => {
  await Promise.all([1, 2, 3].map(() => run((db) => migrate(db, migrationsDir))));
  await run((db) => migrate(db, migrationsDir));
  expect(await run(applied)).toEqual(readdirSync(migrationsDir).sort().map((name) => ({ name })));
});

test('a database that a newer program has changed is left alone', async () => {
  await run(async (db) => {
    await migrate(db, migrationsDir);
    await db.rows("INSERT INTO schema_migration (name) VALUES ('0099-later.sql')");
    await expect(migrate(db, migrationsDir)).rejects.toThrow(/newer than this program \(it holds 0099-later\.sql\)/);
  });
});

test('a file that fails leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-migrations-'));
  writeFileSync(join(folder, '0001-wrong.sql'), 'CREATE TABLE half (id int); SELECT no_such_column');
  await run(async (db) => {
    await expect(migrate(db, folder)).rejects.toThrow(/no_such_column/);
    expect(await db.rows("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  });
  rmSync(folder, { recursive: true });
});

test.each([
  ['fsync', { settings: { fsync: 'off' }, sentence: /fsync off/ }],
  ['full_page_writes', { settings: { full_page_writes: 'off' }, sentence: /full_page_writes off/ }],
  ['synchronous_commit', { settings: { synchronous_commit: 'off' }, sentence: /synchronous_commit off/ }],
])('a server with %s off is refused', async (_name, { settings, sentence }) => {
  await run(async (db) => {
    const unsafe: Database = {
      ...db,
      rows: async (sql, values) =>
        sql.includes('current_setting') ? ([{ value: (settings as Record<string, string>)[String(values?.[0])] ?? 'on' }] as never) : db.rows(sql, values),
    };
    await expect(migrate(unsafe, migrationsDir)).rejects.toThrow(sentence);
    await expect(migrate(db, migrationsDir)).resolves.toBeUndefined();
  });
});
