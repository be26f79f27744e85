// The books from the server's own role: readable, moved by the posting functions, and shut to everything else.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { createTestDatabase, serverRole, type TestDatabase } from '../../../../tools/test-database.ts';
import { topUp } from '../books/books.fixture.ts';
import { assertBooksCoherent, createBooks } from '../books/index.ts';
import { keepRole, roleStrength, tableAccess } from './access.ts';
import { migrate } from './migrate.ts';
import { createPool, type Pool } from './pool.ts';

const migrationsDir = fileURLToPath(new URL('migrations', import.meta.url));
let database: TestDatabase;
let owner: Pool;
let server: Pool;

beforeAll(async () => {
  database = await createTestDatabase({ migrationsDir, name: 'access', migrate: migrateFresh });
  owner = createPool({ url: database.url });
  server = createPool({ url: database.serverUrl });
  await owner.query(`INSERT INTO payer (id, name, phone_e164) VALUES ('pyr_1', 'x', '+8613800000001')`);
  await postTopUp(server, 'before');
});
afterAll(async () => {
  await Promise.all([owner.end(), server.end()]);
  await database.drop();
});
afterEach(() => owner.query(`DO $$ BEGIN EXECUTE 'REVOKE ALL ON account, transfer, hold, receipt_used, refund, payout, journal FROM ${serverRole}'; END $$`).then(() => migrateFresh(database.url)));

const refused = { code: '42501' };
const books = ['account', 'transfer', 'hold', 'receipt_used', 'refund', 'payout'];
const columnOf: Record<string, string> = { account: 'balance_minor', transfer: 'reason', hold: 'state', receipt_used: 'jti', refund: 'reason', payout: 'state', journal: 'sha256', dispute: 'amount_minor', payment: 'amount_minor' };
const add = (table: string) => `INSERT INTO ${table} (${columnOf[table]}) SELECT ${columnOf[table]} FROM ${table}`;
const change = (table: string) => `UPDATE ${table} SET ${columnOf[table]} = ${columnOf[table]}`;
const forbidden = [
  ...books.flatMap((table) => [add(table), change(table), `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`, `SELECT * FROM ${table} FOR UPDATE`]),
  ...['journal'].flatMap((table) => [change(table), `DELETE FROM ${table}`]),
  ...['dispute', 'payment'].flatMap((table) => [change(table), `DELETE FROM ${table}`]),
  'INSERT INTO dispute SELECT * FROM dispute',
  'ALTER TABLE transfer DISABLE TRIGGER ALL',
  'ALTER TABLE account DROP CONSTRAINT account_sign',
  'DROP TABLE hold',
  'DROP VIEW entry',
  'CREATE TABLE mine (id int)',
  'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
  'INSERT INTO schema_migration SELECT * FROM schema_migration',
  'SET ROLE test_owner',
];

it.each(forbidden)('the server may not: %s', async (statement) => {
  await expect(server.query(statement)).rejects.toMatchObject(refused);
});

// The control: the same statements with the protection taken away. What stops some of them then is a rule of the table itself.
it.each(books)('with the grant taken too far, %s is written directly', async (table) => {
  await owner.query(`GRANT ALL ON ${table} TO ${serverRole}`);
  for (const statement of [`${add(table)} WHERE false`, `${change(table)} WHERE false`, `DELETE FROM ${table} WHERE false`]) await server.query(statement);
  expect(await roleStrength(server)).toMatch(new RegExp(`may write ${table} directly`));
});

it('with the grant taken too far, an account gains a fortune, and the auditor says so', async () => {
  await owner.query(`GRANT ALL ON account TO ${serverRole}`);
  const fortune = `UPDATE account SET balance_minor = balance_minor + 1000000 WHERE class = 'payer_wallet'`;
  expect((await server.query(fortune)).rowCount).toBe(1);
  await expect(assertBooksCoherent(owner)).rejects.toThrow();
  await owner.query(fortune.replace('+', '-'));
  await assertBooksCoherent(owner);
});

it('posts through the functions, also after a migration replaced one under another signature', async () => {
  await postTopUp(server, 'first');
  const name = `(SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'books_lock_accounts')`;
  const { rows } = await owner.query<{ name: string; source: string }>(`SELECT ${name} AS name, pg_get_functiondef(${name}::regprocedure) AS source`);
  await owner.query(`DROP FUNCTION ${rows[0]?.name}; ${rows[0]?.source}; REVOKE ALL ON FUNCTION ${rows[0]?.name} FROM PUBLIC`);
  await expect(postTopUp(server, 'second')).rejects.toMatchObject(refused);
  await migrateFresh(database.url);
  await postTopUp(server, 'second');
  await assertBooksCoherent(owner);
});

it('says of every table what the server may do with it, and of no other', async () => {
  const { rows } = await owner.query<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY relname COLLATE "C"`);
  expect(Object.keys(tableAccess).sort()).toEqual(rows.map(({ name }) => name));
});

it('a role of its own is in order; the owner is refused in production and told of in a sandbox', async () => {
  const said: string[] = [];
  const log = { warn: (line: string) => void said.push(line) };
  await keepRole({ pool: server, mode: 'production', log });
  await keepRole({ pool: server, mode: 'sandbox', log });
  expect(said).toEqual([]);
  await expect(keepRole({ pool: owner, mode: 'production', log })).rejects.toMatchObject({ code: 'role_too_strong', message: expect.stringMatching(/"test_owner" owns the tables/) });
  await keepRole({ pool: owner, mode: 'sandbox', log });
  expect(said).toHaveLength(1);
});

it('a member of the owner is refused too, though nothing was granted to it', async () => {
  const url = new URL(database.url);
  const member = Object.assign(new URL(url), { username: `member_of_${url.pathname.slice(1)}` });
  const admin = createPool({ url: inject('databaseAdminUrl'), connectionsMax: 1 });
  await admin.query(`CREATE ROLE ${member.username} LOGIN NOINHERIT PASSWORD 'test' IN ROLE ${url.username}`);
  const pool = createPool({ url: member.href });
  try {
    await expect(pool.query('SELECT 1 FROM entry')).rejects.toMatchObject(refused);
    await expect(keepRole({ pool, mode: 'production', log: { warn: () => undefined } })).rejects.toMatchObject({ message: expect.stringMatching(/owns the tables/) });
  } finally {
    await pool.end();
    await admin.query(`DROP ROLE ${member.username}`);
    await admin.end();
  }
});

it('without row-level security on every table of the merchants the role is refused, until the migrations are run again', async () => {
  const boot = () => keepRole({ pool: server, mode: 'production', log: { warn: () => undefined } });
  for (const change of ['ALTER TABLE payment NO FORCE ROW LEVEL SECURITY', 'ALTER TABLE payment DISABLE ROW LEVEL SECURITY']) {
    await owner.query(change);
    await expect(boot()).rejects.toMatchObject({ code: 'role_too_strong', message: expect.stringMatching(/no row-level security/) });
    await migrateFresh(database.url);
    await boot();
  }
});

it('a policy that says something else is made again, and one that is right is left alone', async () => {
  const policies = async () => (await owner.query(`SELECT p.oid, p.polrelid::regclass::text AS table FROM pg_policy p ORDER BY 1`)).rows;
  const before = await policies();
  await migrateFresh(database.url);
  expect(await policies()).toEqual(before);
  await owner.query(`COMMENT ON POLICY merchant_own ON payment IS 'of an older version'`);
  await migrateFresh(database.url);
  const after = await policies();
  expect(after).not.toEqual(before);
  expect(after.filter(({ table }) => table !== 'payment')).toEqual(before.filter(({ table }) => table !== 'payment'));
});

it('the server runs no migration: it starts when all were run, and says what to do when not', async () => {
  expect(await migrate({ pool: server, migrationsDir })).toEqual([]);
  const { rows } = await owner.query<{ number: number; file: string; sha256: string }>('DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration) RETURNING number, file, sha256');
  await expect(migrate({ pool: server, migrationsDir })).rejects.toMatchObject({ code: 'schema_older', message: expect.stringContaining(`lacks 1 migrations, from ${rows[0]?.file}`) });
  await owner.query('INSERT INTO schema_migration (number, file, sha256) VALUES ($1, $2, $3)', [rows[0]?.number, rows[0]?.file, rows[0]?.sha256]);
});

it('a role that is not there is a sentence, not a stack', async () => {
  await expect(migrate({ pool: owner, migrationsDir, serverRole: 'nobody_here' })).rejects.toMatchObject({ code: 'role_missing' });
});

async function postTopUp(pool: Pool, key: string): Promise<void> {
  const posted = await createBooks({ pool, newTransferId: () => `trf_${key}` }).post(topUp('pyr_1', 100n, key));
  if (!posted.ok) throw new Error(posted.code);
}

async function migrateFresh(url: string): Promise<void> {
  const pool = createPool({ url, connectionsMax: 1 });
  try {
    await migrate({ pool, migrationsDir, serverRole });
  } finally {
    await pool.end();
  }
}
