// The harness itself: migrations run once and in order, clones are separate, the owner is no superuser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { createTestDatabase } from './test-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-migrations-'));
const good = join(folder, 'good');
const bad = join(folder, 'bad');

beforeAll(() => {
  mkdirSync(good);
  mkdirSync(bad);
  writeFileSync(join(good, '0002_rows.sql'), 'INSERT INTO bun (id) VALUES (1)');
  writeFileSync(join(good, '0001_table.sql'), 'CREATE TABLE bun (id int8 PRIMARY KEY); -- made first by its name');
  writeFileSync(join(bad, '0001_wrong.sql'), 'CREATE TABLE half (id int8); SELECT no_such_column');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('clones start equal, then live apart', async () => {
  const [one, two] = await Promise.all([createTestDatabase({ migrationsDir: good, name: 'one' }), createTestDatabase({ migrationsDir: good, name: 'two' })]);
  await withConnection(one.url, (query) => query('INSERT INTO bun (id) VALUES (2)'));
  const count = (url: string) => withConnection(url, (query) => query('SELECT count(*)::int AS n FROM bun'));
  expect(await count(one.url)).toEqual([{ n: 2 }]);
  expect(await count(two.url)).toEqual([{ n: 1 }]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(count(one.url)).rejects.toThrow(/does not exist/);
});

test('the owner of a test database is an ordinary role', async () => {
  const db = await createTestDatabase({ migrationsDir: good, name: 'role' });
  expect(await withConnection(db.url, (query) => query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user'))).toEqual([
    { rolsuper: false, rolbypassrls: false },
  ]);
  await db.drop();
});

test('a failing migration is named, and fails again for the next file', async () => {
  for (const name of ['first', 'second']) {
    await expect(createTestDatabase({ migrationsDir: bad, name })).rejects.toThrow(/0001_wrong\.sql.*no_such_column/);
  }
});

test('a migrator of the caller is used instead of the plain run', async () => {
  const db = await createTestDatabase({
    migrationsDir: good,
    name: 'own',
    migrate: (url) => withConnection(url, async (query) => void (await query('CREATE TABLE own_way (id int8)'))),
  });
  expect(await withConnection(db.url, (query) => query('SELECT * FROM own_way'))).toEqual([]);
  await db.drop();
});
