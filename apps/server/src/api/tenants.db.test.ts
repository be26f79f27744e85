// Two merchants on one server. Every route of the merchant API, asked by one for what is the other's; then the same wall without
// the routes: queries that forget their WHERE, under row-level security, and with it taken away.
import { createHash } from 'node:crypto';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverRole } from '../../../../tools/test-database.ts';
import { systemRandom } from '../adapters/random.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { createDatabase, type Database } from '../db/database.ts';
import { asMerchant, merchantRoleOf, merchantRows } from '../db/merchant-access.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { activate, enrol, freshKey, newSigner, byTwo, recognised, setBankAccountByTwo, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

type Merchant = { key: string; merchantId: string; storeId: string; till: string; spareTerminalId: string; paymentId: string; settlementId: string };

let server: TestServer;
let serverPool: Pool;
let db: Database;
let operatorToken: string;
let ours: Merchant;
let theirs: Merchant;
const dayMs = 86_400_000;
const role = merchantRoleOf(serverRole);

beforeAll(async () => {
  server = await startTestServer({ name: 'tenants' });
  serverPool = createPool({ url: server.config.databaseUrl });
  db = createDatabase(serverPool);
  const keys = (await server.ask('GET', '/api/sandbox/keys')).body;
  operatorToken = keys.operatorToken;
  await enrol(server, { phone: '+8613800138000', name: 'Ana', pin: '174920', face: 'ana', topUpMinor: '100000' });
  const [first] = (await server.pool.query('SELECT m.id, s.id AS store FROM merchant m JOIN activation_code c ON true JOIN store s ON s.id = c.store_id')).rows;
  ours = { key: keys.merchantKey, merchantId: first.id, storeId: first.store, till: (await activate(server)).token, spareTerminalId: (await activate(server)).terminalId, paymentId: '', settlementId: '' };
  theirs = await secondMerchant();
  for (const merchant of [ours, theirs]) {
    const paymentId = await pay(merchant);
    await byTwo({ ask: server.ask, operatorToken }, { method: 'POST', path: '/disputes', json: { paymentId: await pay(merchant), reason: 'not me' } });
    const refunded = await pay(merchant);
    await server.ask('POST', `/api/merchant/payments/${refunded}/refunds`, { token: merchant.key, key: freshKey(), json: { reason: 'cold' } });
    await server.ask('POST', `/api/merchant/stores/${merchant.storeId}/activation-codes`, { token: merchant.key, json: { kind: 'kiosk' } });
    Object.assign(merchant, { paymentId });
    await server.pool.query(`INSERT INTO terminal_network (terminal_id, network, first_seen_at, last_seen_at) VALUES ($1, '203.0.113.0/24', now(), now())`, [merchant.spareTerminalId]);
    await byTwo({ ask: server.ask, operatorToken }, { method: 'PUT', path: `/merchants/${merchant.merchantId}/fees`, json: { basisPoints: 60, reason: 'as agreed' } });
    await setBankAccountByTwo({ ask: server.ask, operatorToken }, `/merchants/${merchant.merchantId}/bank-account`, { holder: 'x', number: '6222021234567890', bic: null, currency: 'CNY' });
  }
  await setBankAccountByTwo({ ask: server.ask, operatorToken }, '/bank-account', { holder: 'Sonrisa', number: 'DE89370400440532013000', bic: null, currency: 'CNY' });
  server.clock.ms += dayMs;
  await server.runRound('settlements');
  await operator('/payout-files', { currency: 'CNY' });
  for (const merchant of [ours, theirs]) {
    merchant.settlementId = (await server.pool.query('SELECT id FROM settlement WHERE merchant_id = $1', [merchant.merchantId])).rows[0].id;
  }
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await serverPool.end();
  await server.stop();
});

const operator = (path: string, json: unknown) => server.ask('POST', `/api/operator${path}`, { token: operatorToken, key: freshKey(), json });

async function secondMerchant(): Promise<Merchant> {
  const id = (kind: 'merchant' | 'store' | 'staff') => makeId(kind, systemRandom.bytes(16));
  const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
  const [merchantId, storeId, key, code] = [id('merchant'), id('store'), 'sk_test_of_the_second', 'SECNDCDE'];
  await server.pool.query(`INSERT INTO merchant (id, name, name_zh, currency) VALUES ($1, 'Second', '二', 'CNY')`, [merchantId]);
  await server.pool.query(`INSERT INTO store (id, merchant_id, name, name_zh, time_zone, pin_from_minor) VALUES ($1, $2, 'S', '二', 'Asia/Shanghai', 1000000)`, [storeId, merchantId]);
  await server.pool.query(`INSERT INTO staff (id, merchant_id, name, role) VALUES ($1, $2, 'Theirs', 'owner')`, [id('staff'), merchantId]);
  await server.pool.query('INSERT INTO merchant_key (key_hash, merchant_id) VALUES ($1, $2)', [hash(key), merchantId]);
  await server.pool.query('INSERT INTO activation_code (code_hash, store_id, reusable) SELECT $1, $2, true', [hash(code), storeId]);
  const activated = async () => (await server.ask('POST', '/api/terminal/activations', { json: { code, publicJwk: await newSigner() } })).body;
  return { key, merchantId, storeId, till: (await activated()).token, spareTerminalId: (await activated()).terminalId, paymentId: '', settlementId: '' };
}

async function pay({ till }: Merchant): Promise<string> {
  server.vault.rung = 'face';
  const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face: 'ana' });
  const { body } = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  expect(body.state).toBe('captured');
  return paymentId;
}

type Route = { route: string; of: (merchant: Merchant) => string; json?: unknown; table: string; also?: string };
const routes: readonly Route[] = [
  { route: 'GET /api/merchant/payments', of: () => '/payments', table: 'payment' },
  { route: 'GET /api/merchant/payments/{id}', of: ({ paymentId }) => `/payments/${paymentId}`, table: 'payment' },
  { route: 'POST /api/merchant/payments/{id}/refunds', of: ({ paymentId }) => `/payments/${paymentId}/refunds`, json: { amount: { amountMinor: '100', currency: 'CNY' }, reason: 'cold' }, table: 'payment' },
  { route: 'GET /api/merchant/balance', of: () => '/balance', table: 'merchant' },
  { route: 'POST /api/merchant/stores/{id}/activation-codes', of: ({ storeId }) => `/stores/${storeId}/activation-codes`, json: { kind: 'kiosk' }, table: 'store' },
  { route: 'GET /api/merchant/terminals', of: () => '/terminals', table: 'terminal' },
  { route: 'POST /api/merchant/terminals/{id}/revoke', of: ({ spareTerminalId }) => `/terminals/${spareTerminalId}/revoke`, json: {}, table: 'terminal' },
  { route: 'POST /api/merchant/terminals/{id}/confirm-network', of: ({ spareTerminalId }) => `/terminals/${spareTerminalId}/confirm-network`, json: { network: '203.0.113.0/24' }, table: 'terminal_network' },
  { route: 'GET /api/merchant/stores/{id}/networks', of: ({ storeId }) => `/stores/${storeId}/networks`, table: 'store' },
  { route: 'PUT /api/merchant/stores/{id}/networks', of: ({ storeId }) => `/stores/${storeId}/networks`, json: { check: 'off' }, table: 'store' },
  { route: 'GET /api/merchant/ways', of: () => '/ways', table: 'payment' },
  { route: 'GET /api/merchant/settlements', of: () => '/settlements', table: 'settlement' },
  { route: 'GET /api/merchant/settlements/{id}/file', of: ({ settlementId }) => `/settlements/${settlementId}/file`, table: 'settlement' },
  { route: 'GET /api/merchant/statement', of: () => '/statement?from=2026-01-01&to=2027-01-01&format=csv', table: 'transfer', also: 'proposal' },
  { route: 'GET /api/merchant/payouts', of: () => '/payouts', table: 'payout' },
  { route: 'GET /api/merchant/bank-account', of: () => '/bank-account', table: 'proposal' },
  { route: 'GET /api/merchant/disputes', of: () => '/disputes', table: 'dispute', also: 'proposal' },
  { route: 'GET /api/merchant/fees', of: () => '/fees', table: 'proposal' },
];
const ask = ({ route, of, json }: Route, { by, about }: { by: Merchant; about: Merchant }) =>
  server.ask(route.split(' ')[0] as 'GET' | 'POST' | 'PUT', `/api/merchant${of(about)}`, { token: by.key, ...(json === undefined ? {} : { key: freshKey(), json }) });

/** Every id of a merchant's rows, as it could leak. */
async function idsOf({ merchantId }: Merchant): Promise<string[]> {
  const { rows } = await server.pool.query<{ id: string }>(
    `SELECT id FROM merchant WHERE id = $1 UNION SELECT id FROM store WHERE merchant_id = $1 UNION SELECT id FROM terminal WHERE merchant_id = $1
     UNION SELECT id FROM payment WHERE merchant_id = $1 UNION SELECT receipt_number FROM payment WHERE merchant_id = $1 UNION SELECT id FROM settlement WHERE merchant_id = $1
     UNION SELECT id FROM payout WHERE beneficiary_id = $1 UNION SELECT id FROM proposal WHERE owner_id = $1 UNION SELECT transfer_id FROM entry WHERE account_id LIKE 'merchant%:' || $1 || ':%'`,
    [merchantId],
  );
  return rows.map(({ id }) => id);
}

describe('the merchant API', () => {
  it('has a case here for every route', () => {
    const { paths } = (server.app as unknown as { swagger(): { paths: Record<string, object> } }).swagger();
    const known = Object.entries(paths).filter(([path]) => path.startsWith('/api/merchant/')).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(routes.map(({ route }) => route).sort()).toEqual(known.sort());
  });

  describe.each([['ours', 'theirs'], ['theirs', 'ours']] as const)('asked by %s', (by, about) => {
    const both = () => (by === 'ours' ? { by: ours, about: theirs } : { by: theirs, about: ours });

    it.each(routes)('$route shows and changes nothing of the other', async (route) => {
      const { by: asking, about: other } = both();
      const before = await rowsOf(other);
      const answer = await ask(route, { by: asking, about: other });
      expect(answer.status).toBe(route.of(other) === route.of(asking) ? 200 : 404);
      for (const id of await idsOf(other)) expect(answer.text.replaceAll(route.of(other), '')).not.toContain(id);
      expect(await rowsOf(other)).toEqual(before);
    });

    it.each(routes)('$route answers its own, through row-level security and no way around it', async (route) => {
      const { by: asking } = both();
      const own = await ask(route, { by: asking, about: asking });
      expect(own.status).toBeLessThan(300);
      const tables = [route.table, ...(route.also === undefined ? [] : [route.also])];
      for (const table of tables) await server.pool.query(`CREATE POLICY shut ON ${table} AS RESTRICTIVE TO ${role} USING (false)`);
      try {
        const shut = await ask(route, { by: asking, about: asking });
        expect([shut.status < 300, shut.text]).not.toEqual([true, own.text]);
        for (const id of await idsOf(asking)) expect(shut.text.replaceAll(route.of(asking), '')).not.toContain(id);
      } finally {
        for (const table of tables) await server.pool.query(`DROP POLICY shut ON ${table}`);
      }
    });

    it(`of ${about} no balance is told`, async () => {
      const { by: asking, about: other } = both();
      const payable = async ({ merchantId }: Merchant) => String((await server.pool.query(`SELECT balance_minor FROM account WHERE class = 'merchant_payable' AND owner_id = $1`, [merchantId])).rows[0].balance_minor);
      expect((await ask(routes.find(({ route }) => route.endsWith('/balance'))!, { by: asking, about: other })).body.payableMinor).toBe(await payable(asking));
    });
  });
});

async function rowsOf(merchant: Merchant): Promise<Record<string, string[]>> {
  const tables = Object.keys(merchantRows);
  const read = await asMerchant(db, merchant.merchantId, async (scoped) => {
    const found: [string, string[]][] = [];
    for (const table of tables) found.push([table, await everyRow(scoped, table)]);
    return found;
  });
  return Object.fromEntries(read);
}
const everyRow = async (scoped: Database, table: string): Promise<string[]> =>
  (await sql<{ row: string }>`SELECT to_jsonb(every)::text AS row FROM ${sql.table(table)} AS every ORDER BY 1`.execute(scoped)).rows.map(({ row }) => row);
const both = (one: readonly string[] = [], other: readonly string[] = []) => one.filter((row) => other.includes(row));

describe('a query that forgets its WHERE', () => {
  it.each(Object.keys(merchantRows))('shows of %s the rows of one merchant', async (table) => {
    const [mine = [], other = []] = [(await rowsOf(ours))[table], (await rowsOf(theirs))[table]];
    expect(mine.length).toBeGreaterThan(0);
    expect(other.length).toBeGreaterThan(0);
    expect(both(mine, other)).toEqual([]);
    const all = (await server.pool.query<{ row: string }>(`SELECT to_jsonb(every)::text AS row FROM ${table} AS every`)).rows.map(({ row }) => row);
    expect(both([...mine, ...other], all)).toHaveLength(mine.length + other.length);
  });

  // The control: the policy is what the test above sees.
  it.each(Object.keys(merchantRows))('shows everybody’s rows of %s once its policy is open', async (table) => {
    await server.pool.query(`CREATE POLICY open_to_all ON ${table} TO ${role} USING (true)`);
    try {
      expect(both((await rowsOf(ours))[table], (await rowsOf(theirs))[table]).length).toBeGreaterThan(0);
    } finally {
      await server.pool.query(`DROP POLICY open_to_all ON ${table}`);
    }
  });

  it('shows nothing where no merchant was named', async () => {
    const client = await serverPool.connect();
    await client.query(`BEGIN; SET LOCAL ROLE ${role}`);
    for (const table of Object.keys(merchantRows)) expect((await client.query(`SELECT 1 FROM ${table}`)).rowCount).toBe(0);
    await client.query('ROLLBACK');
    // And the scope ends with its transaction.
    expect((await client.query(`SELECT current_user AS role, NULLIF(current_setting('app.merchant_id', true), '') AS named`)).rows).toEqual([{ role: serverRole, named: null }]);
    client.release();
  });

  it('reaches no other table, and writes nothing but activation codes of its own stores', async () => {
    const refused = { code: '42501' };
    const tryIt = (statement: string) => asMerchant(db, ours.merchantId, (scoped) => sql.raw(statement).execute(scoped));
    const { rows } = await server.pool.query<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL ($1)`, [Object.keys(merchantRows)]);
    expect(rows.length).toBeGreaterThan(10);
    for (const { name } of rows) await expect(tryIt(`SELECT 1 FROM ${name}`)).rejects.toMatchObject(refused);
    for (const table of Object.keys(merchantRows)) await expect(tryIt(`DELETE FROM ${table}`)).rejects.toMatchObject(refused);
    await expect(tryIt(`UPDATE payment SET state = 'cancelled'`)).rejects.toMatchObject(refused);
    await expect(tryIt(`SELECT books_lock('{}', '{}', '{}', '{}', '{}', '{}')`)).rejects.toMatchObject(refused);
    await expect(tryIt(`INSERT INTO activation_code (code_hash, store_id) VALUES ('x', '${theirs.storeId}')`)).rejects.toMatchObject(refused);
    await tryIt(`INSERT INTO activation_code (code_hash, store_id) VALUES ('x', '${ours.storeId}')`);
  });
});
