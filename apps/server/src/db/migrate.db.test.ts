import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { migrate } from './migrate.ts';
import { createPool, type Pool } from './pool.ts';

const migrationsDir = fileURLToPath(new URL('migrations', import.meta.url));
let folder: string;
let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sonrisa-migrations-'));
  database = await createTestDatabase({ migrationsDir: folder, name: 'migrate' });
  cpSync(migrationsDir, folder, { recursive: true });
  pool = createPool({ url: database.url });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

it('runs every file once, and nothing the second time', async () => {
  const ran = await migrate({ pool, migrationsDir: folder });
  expect(ran.length).toBeGreaterThanOrEqual(3);
  expect(await migrate({ pool, migrationsDir: folder })).toEqual([]);
  writeFileSync(join(folder, '9000-more.sql'), 'CREATE TABLE more (id int)');
  expect(await migrate({ pool, migrationsDir: folder })).toEqual([9000]);
  // A number left free is taken later, by a change that was made side by side.
  writeFileSync(join(folder, '8000-side.sql'), 'CREATE TABLE side (id int)');
  expect(await migrate({ pool, migrationsDir: folder })).toEqual([8000]);
});

it('from four processes at once runs every file once', async () => {
  const ran = await Promise.all(Array.from({ length: 4 }, () => migrate({ pool, migrationsDir: folder })));
  expect(ran.filter((numbers) => numbers.length > 0)).toHaveLength(1);
});

it('refuses a newer schema, a changed file, a number taken twice and a folder without its first file', async () => {
  await migrate({ pool, migrationsDir: folder });
  await pool.query(`INSERT INTO schema_migration (number, file, sha256) VALUES (9999, '9999-future.sql', '')`);
  await expect(migrate({ pool, migrationsDir: folder })).rejects.toMatchObject({ code: 'schema_newer' });
  await pool.query('DELETE FROM schema_migration WHERE number = 9999');
  writeFileSync(join(folder, '0002-twice.sql'), 'SELECT 1');
  await expect(migrate({ pool, migrationsDir: folder })).rejects.toMatchObject({ code: 'migrations_missing' });
  rmSync(join(folder, '0002-twice.sql'));
  writeFileSync(join(folder, '0001-people-and-places.sql'), 'SELECT 1');
  await expect(migrate({ pool, migrationsDir: folder })).rejects.toMatchObject({ code: 'schema_changed' });
  rmSync(join(folder, '0001-people-and-places.sql'));
  await expect(migrate({ pool, migrationsDir: folder })).rejects.toMatchObject({ code: 'migrations_missing' });
});

it('leaves nothing of a file that fails', async () => {
  await migrate({ pool, migrationsDir: folder });
  writeFileSync(join(folder, '9000-broken.sql'), 'CREATE TABLE half (id int); SELECT nothing_like_this()');
  await expect(migrate({ pool, migrationsDir: folder })).rejects.toThrow(/-broken.sql: /);
  expect((await pool.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }]);
});

it('refuses a database that may lose what it acknowledged', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await pool.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  const unsafe = createPool({ url: database.url });
  try {
    await expect(migrate({ pool: unsafe, migrationsDir: folder })).rejects.toMatchObject({ code: 'database_unsafe' });
    expect((await unsafe.query(`SELECT to_regclass('schema_migration') AS made`)).rows).toEqual([{ made: null }]);
  } finally {
    await unsafe.end();
  }
});

describe('0240, legs with their transfer, on books that were kept before', () => {
  const legs = `INSERT INTO account (id, class, owner_id, currency) VALUES
      ('funding_clearing:platform:CNY', 'funding_clearing', 'platform', 'CNY'), ('payer_wallet:ana:CNY', 'payer_wallet', 'ana', 'CNY'), ('merchant_payable:bakery:CNY', 'merchant_payable', 'bakery', 'CNY');
    WITH made AS (INSERT INTO transfer (id, kind, currency, amount_minor, at, content_sha256) VALUES ('in', 'top_up', 'CNY', 7, now(), 'x'), ('fix', 'adjust', 'CNY', 2, now(), 'y'))
    INSERT INTO entry VALUES ('fix', 2, 'merchant_payable:bakery:CNY', 2), ('in', 1, 'funding_clearing:platform:CNY', -7), ('fix', 1, 'payer_wallet:ana:CNY', -2), ('in', 2, 'payer_wallet:ana:CNY', 7);
    CREATE POLICY merchant_own ON transfer USING (EXISTS (SELECT FROM entry own WHERE own.transfer_id = transfer.id))`;
  const entries = () => pool.query('SELECT transfer_id, leg, account_id, amount_minor FROM entry ORDER BY 1, 2').then(({ rows }) => rows as unknown);

  beforeEach(async () => {
    for (const file of readdirSync(folder).filter((name) => name >= '0240')) rmSync(join(folder, file));
    await migrate({ pool, migrationsDir: folder });
    await pool.query(legs);
  });

  it('every leg is where it was, and what merchants are found by is there', async () => {
    const before = await entries();
    cpSync(migrationsDir, folder, { recursive: true });
    expect(await migrate({ pool, migrationsDir: folder })).toContain(240);
    expect(await entries()).toEqual(before);
    expect((await pool.query('SELECT id, merchant_id FROM transfer ORDER BY id')).rows).toEqual([{ id: 'fix', merchant_id: 'bakery' }, { id: 'in', merchant_id: null }]);
    await expect(pool.query(`UPDATE transfer SET leg_amounts = '{-8,8}'`)).rejects.toThrow();
  });

  it.each([
    ['a leg was changed', `UPDATE entry SET amount_minor = 8 WHERE amount_minor = 7`],
    ['a leg is missing', `DELETE FROM entry WHERE transfer_id = 'fix' AND leg = 1`],
    ['all legs are missing', `DELETE FROM entry WHERE transfer_id = 'fix'`],
    ['a leg belongs to nothing', `DELETE FROM transfer WHERE id = 'fix'`],
  ])('refused, and nothing changed, when %s', async (_what, tampering) => {
    await pool.query(`ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE transfer DISABLE TRIGGER USER; ${tampering}`);
    const before = await entries();
    cpSync(migrationsDir, folder, { recursive: true });
    await expect(migrate({ pool, migrationsDir: folder })).rejects.toThrow(/nothing was changed/);
    expect(await entries()).toEqual(before);
  });
});
