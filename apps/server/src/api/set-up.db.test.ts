// An installation in production mode, from an empty database to a payment that its merchant reads: a person made on the machine, then
// everything by the operator API. Text messages and the card processor are doubles, the vault the one of ../testing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutboxProvider } from '../adapters/sms/provider.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { NotInstalled, withSetUp } from '../set-up.ts';
import { createTestDatabase } from '../../../../tools/test-database.ts';
import { startStripeDouble } from '../testing/stripe-double.ts';
import { enrol, freshKey, migrationsDir, newSigner, recognised, shownNonce, startTestServer, type Ask, type TestServer } from '../testing/test-server.ts';
import { createPool } from '../db/pool.ts';
import { migrate } from '../db/migrate.ts';

let server: TestServer;
let stripe: Awaited<ReturnType<typeof startStripeDouble>>;
let mia: { id: string; token: string };

beforeAll(async () => {
  stripe = await startStripeDouble({ nowMs: () => server.clock.ms });
  server = await startTestServer({ name: 'set_up', mode: 'production', smsProviders: [createOutboxProvider()], environment: { SONRISA_STRIPE_SECRET_KEY: 'sk_live_made_up', SONRISA_STRIPE_URL: stripe.url.href } });
  mia = await onMachine(({ people }) => people.add('Mia'));
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
  await stripe.stop();
});

/** With the role the server has, as the command line does. */
const onMachine = <Result>(use: Parameters<typeof withSetUp<Result>>[1]) => withSetUp({ databaseUrl: server.config.databaseUrl, command: { act: 'sonrisa merchant add', subject: null, body: null } }, use);
const operator = (method: 'GET' | 'POST' | 'PUT', path: string, json?: unknown, more: Ask = {}) =>
  server.ask(method, `/api/operator${path}`, { token: mia.token, ...(method === 'GET' ? {} : { key: freshKey() }), ...(json === undefined ? {} : { json }), ...more });

const dairy = { name: 'Dairy', nameZh: '牛奶铺', currency: 'CNY', categoryCode: '5451', fees: { basisPoints: 60 } };
const harbour = { name: 'Harbour', nameZh: '港口店', address: 'Pier 3', timeZone: 'Asia/Shanghai', pinFromMinor: '20000', place: { latitude: 31.23, longitude: 121.47 } };
const milk = { id: 'milk', name: 'Milk', nameZh: '牛奶', unitAmountMinor: '900', picture: '', category: 'drink' };

async function openShop(name: string): Promise<{ merchantId: string; storeId: string; key: string; keyId: string }> {
  const merchant = await operator('POST', '/merchants', { ...dairy, name });
  const store = await operator('POST', `/merchants/${merchant.body.id}/stores`, harbour);
  const { body } = await operator('POST', `/merchants/${merchant.body.id}/keys`, { label: 'tills' });
  return { merchantId: merchant.body.id, storeId: store.body.id, key: body.key, keyId: body.id };
}
const asMerchant = (key: string, path: string) => server.ask('GET', `/api/merchant${path}`, { token: key });

describe('an empty production database', () => {
  it('has nobody but who was added on the machine', async () => {
    expect((await operator('GET', '/people')).body.people).toMatchObject([{ id: mia.id, name: 'Mia', switchedOffAtMs: null }]);
    expect((await operator('GET', '/people', undefined, { token: 'op_test_x' })).body.code).toBe('unauthorised');
    // A token makes no second person, with whom it would agree.
    expect((await operator('POST', '/people', { name: 'Mia again' })).body.code).toBe('forbidden');
    expect((await operator('GET', '/merchants')).body).toEqual({ merchants: [] });
  });

  it('leads to a live terminal, a paid payment, and a merchant that reads its own and nobody else', async () => {
    const [shop, other] = [await openShop('Dairy'), await openShop('Creamery')];
    expect(shop.key).toMatch(/^sk_live_[\w-]{43}$/);
    await operator('PUT', `/merchants/${shop.merchantId}/menu`, { items: [milk] });
    const issued = await operator('POST', `/stores/${shop.storeId}/activation-codes`, { kind: 'kiosk' });
    expect(issued).toMatchObject({ status: 201, body: { mode: 'live' } });
    const activated = await server.ask('POST', '/api/terminal/activations', { json: { code: issued.body.code, publicJwk: await newSigner() } });
    expect(activated.body).toMatchObject({ mode: 'live', installation: 'production', merchant: { name: 'Dairy' }, store: { name: 'Harbour', nameZh: '港口店' }, pinFrom: { amountMinor: '20000', currency: 'CNY' } });
    const till: string = activated.body.token;
    expect((await server.ask('GET', '/api/terminal/menu', { token: till })).body).toEqual({ currency: 'CNY', items: [milk] });

    const ana = await enrol(server, { phone: '+8613800138000', name: 'Ana', pin: '174920', face: 'ana' });
    await server.ask('POST', '/api/phone/cards', { token: ana.session, key: freshKey(), json: { paymentMethod: 'pm_card_visa' } });
    const topUp = await server.ask('POST', '/api/phone/top-ups', { token: ana.session, key: freshKey(), json: { amount: { amountMinor: '10000', currency: 'CNY' }, source: 'card' } });
    expect(topUp.status).toBe(201);
    Object.assign(server.vault, { rung: 'face', liveness: 'active' });
    const { paymentId, result } = await recognised(server, { token: till, amountMinor: '900', face: 'ana' });
    expect(result.body).toMatchObject({ outcome: 'identified' });
    const confirmed = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
    expect(confirmed.body).toMatchObject({ state: 'captured' });

    expect((await asMerchant(shop.key, '/payments')).body.payments).toMatchObject([{ id: paymentId, storeId: shop.storeId, state: 'captured', feeMinor: '5' }]);
    expect((await asMerchant(shop.key, '/balance')).body).toEqual({ payableMinor: '895', currency: 'CNY' });
    expect((await asMerchant(other.key, '/payments')).body).toEqual({ payments: [] });
    expect((await asMerchant(other.key, `/payments/${paymentId}`)).body.code).toBe('payment_not_found');
  });
});

describe('what is asked again under its key', () => {
  it('is the same merchant and store, also when the answer of the first was lost', async () => {
    const twice = async (path: string, json: object) => {
      const key = freshKey();
      const first = await operator('POST', path, json, { key });
      await server.pool.query('DELETE FROM idempotency');
      const again = await operator('POST', path, json, { key });
      expect(again.body.id).toBe(first.body.id);
      return first.body.id as string;
    };
    const merchantId = await twice('/merchants', dairy);
    await twice(`/merchants/${merchantId}/stores`, harbour);
    expect((await operator('GET', `/merchants/${merchantId}`)).body.storeList).toHaveLength(1);
  });
});

describe('switched off', () => {
  it('a key opens nothing from its next request on, and the other of the same merchant still does', async () => {
    const shop = await openShop('Dairy');
    const { body: spare } = await operator('POST', `/merchants/${shop.merchantId}/keys`, { label: 'spare' });
    const revoke = () => operator('POST', `/merchants/${shop.merchantId}/keys/${shop.keyId}/revoke`);
    const [first, again] = [await revoke(), await revoke()];
    expect(first.body.revokedAtMs).toBeGreaterThan(0);
    expect(again.body).toEqual(first.body);
    expect((await asMerchant(shop.key, '/balance')).body.code).toBe('unauthorised');
    expect((await asMerchant(spare.key, '/balance')).status).toBe(200);
    const { keys } = (await operator('GET', `/merchants/${shop.merchantId}`)).body;
    expect(keys.map((key: { label: string; revokedAtMs: number | null }) => [key.label, key.revokedAtMs !== null])).toEqual([['tills', true], ['spare', false]]);
    expect(JSON.stringify(keys)).not.toContain(spare.key);
    // Of another merchant it is no key at all.
    const other = await openShop('Creamery');
    expect((await operator('POST', `/merchants/${other.merchantId}/keys/${spare.id}/revoke`)).body.code).toBe('not_found');
  });

  it('a person opens nothing from their next request on, and stays in the list', async () => {
    const cai = await onMachine(({ people }) => people.add('Cai'));
    const ask = () => operator('GET', '/trial-balance', undefined, { token: cai.token });
    expect((await ask()).status).toBe(200);
    await onMachine(({ people }) => people.switchOff(cai.id));
    expect((await ask()).body.code).toBe('unauthorised');
    expect((await operator('GET', '/people')).body.people).toMatchObject([{ name: 'Mia', switchedOffAtMs: null }, { name: 'Cai', switchedOffAtMs: expect.any(Number) }]);
    await expect(onMachine(({ people }) => people.switchOff(`opp_${'0'.repeat(32)}`))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what cannot be', () => {
  it.each([
    ['a merchant without a name', '/merchants', { ...dairy, name: ' ' }, 'input_invalid', 'name'],
    ['a category that is none', '/merchants', { ...dairy, categoryCode: 'milk' }, 'input_invalid', 'categoryCode'],
    ['a fee above everything', '/merchants', { ...dairy, fees: { basisPoints: 10_001 } }, 'input_invalid', 'fees.basisPoints'],
    ['a currency nobody counts in', '/merchants', { ...dairy, currency: 'XXX' }, 'currency_mismatch', undefined],
    ['a store in no time zone', '/merchants/:id/stores', { ...harbour, timeZone: 'Mars/Olympus' }, 'input_invalid', 'timeZone'],
    ['a store by an offset', '/merchants/:id/stores', { ...harbour, timeZone: '+08:00' }, 'input_invalid', 'timeZone'],
    ['a store off the globe', '/merchants/:id/stores', { ...harbour, place: { latitude: 91, longitude: 0 } }, 'input_invalid', 'place.latitude'],
    ['a store of nobody', `/merchants/mer_${'0'.repeat(32)}/stores`, harbour, 'not_found', undefined],
    ['a key with the label of sandboxes', '/merchants/:id/keys', { label: 'sandbox' }, 'input_invalid', 'label'],
    ['a key of nobody', `/merchants/mer_${'0'.repeat(32)}/keys`, { label: 'tills' }, 'not_found', undefined],
    ['a code for a store of nobody', `/stores/sto_${'0'.repeat(32)}/activation-codes`, { kind: 'kiosk' }, 'not_found', undefined],
  ])('%s', async (_name, path, json, code, at) => {
    const { merchantId } = await openShop('Dairy');
    const before = (await server.pool.query('SELECT (SELECT count(*) FROM merchant) AS merchants, (SELECT count(*) FROM store) AS stores, (SELECT count(*) FROM merchant_key) AS keys')).rows;
    const { body } = await operator('POST', path.replace(':id', merchantId), json);
    expect(body.code).toBe(code);
    if (at !== undefined) expect(body.errors.map(({ path: field }: { path: string }) => field)).toContain(at);
    expect((await server.pool.query('SELECT (SELECT count(*) FROM merchant) AS merchants, (SELECT count(*) FROM store) AS stores, (SELECT count(*) FROM merchant_key) AS keys')).rows).toEqual(before);
  });

  it('a menu with an id twice, or a negative price', async () => {
    const { merchantId } = await openShop('Dairy');
    const set = (items: object[]) => operator('PUT', `/merchants/${merchantId}/menu`, { items });
    expect((await set([milk, milk])).body.code).toBe('input_invalid');
    expect((await set([{ ...milk, unitAmountMinor: '-1' }])).body.code).toBe('amount_invalid');
  });

  it('setting up where nothing was ever installed', async () => {
    const migrateOnly = async (url: string) => {
      const pool = createPool({ url });
      await migrate({ pool, migrationsDir });
      await pool.end();
    };
    const database = await createTestDatabase({ migrationsDir, name: 'set_up_nothing', migrate: migrateOnly });
    await expect(withSetUp({ databaseUrl: database.url, command: null }, ({ people }) => people.list())).rejects.toBeInstanceOf(NotInstalled);
    await database.drop();
  });
});
