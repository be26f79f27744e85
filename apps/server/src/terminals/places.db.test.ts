// A terminal carried elsewhere opens no camera until somebody says that it belongs there; nor does one with a wrong clock. Every
// other way to pay goes on.
import { sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { StoreNetworks } from '@sonrisa/protocol/networks-api.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { createDatabase } from '../db/database.ts';
import { activate, enrol, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';
import { clockOffMaxMs, createPlaces } from './places.ts';

let server: TestServer;
let keys: { merchantKey: string; operatorToken: string };
let till: { token: string; terminalId: string };
let storeId: string;

beforeAll(async () => {
  server = await startTestServer({ name: 'places' });
  keys = sandboxKeysSchema.parse((await server.ask('GET', '/api/sandbox/keys')).body);
  await enrol(server, { phone: '+8613900000001', name: 'Ana', pin: '294615', face: 'ana', topUpMinor: '100000' });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});
beforeEach(async () => {
  till = await activate(server);
  storeId = (await server.pool.query('SELECT store_id FROM terminal WHERE id = $1', [till.terminalId])).rows[0].store_id;
  await setCheck({ check: 'learned' });
});

const setCheck = async (json: StoreNetworks | object, token = keys.merchantKey, api = 'merchant') => server.ask('PUT', `/api/${api}/stores/${storeId}/networks`, { token, key: freshKey(), json });
const payment = async () => (await server.ask('POST', '/api/terminal/payments', { token: till.token, key: freshKey(), json: { amount: { amountMinor: '1200', currency: 'CNY' }, lines: [] } })).body.id as string;
/** 'opened', or why not. */
async function lookFrom(remoteAddress: string, json: object = {}): Promise<string> {
  const answer = await server.ask('POST', `/api/terminal/payments/${await payment()}/looks`, { token: till.token, remoteAddress, json });
  return answer.status === 201 ? 'opened' : answer.body.code;
}
const networks = async () => {
  const { body } = await server.ask('GET', '/api/merchant/terminals?limit=200', { token: keys.merchantKey });
  return body.terminals.find(({ id }: { id: string }) => id === till.terminalId).networks;
};
const confirm = (network: string, token = keys.merchantKey, api = 'merchant') =>
  server.ask('POST', `/api/${api}/terminals/${till.terminalId}/confirm-network`, { token, key: freshKey(), json: { network } });

describe('a terminal that was carried elsewhere', () => {
  it.each([
    ['IPv4', '203.0.113.9', '203.0.113.200', '198.51.100.9', '203.0.113.0/24', '198.51.100.0/24'],
    ['IPv4 on an IPv6 socket', '::ffff:203.0.113.9', '203.0.113.4', '::ffff:198.51.100.9', '203.0.113.0/24', '198.51.100.0/24'],
    ['IPv6', '2001:db8:1:2::9', '2001:db8:1:ff::1', '2001:db8:1:100::9', '2001:db8:1::/56', '2001:db8:1:100::/56'],
  ])('opens no camera until the move is confirmed: %s', async (_, home, besideHome, elsewhere, homeNetwork, otherNetwork) => {
    expect(await lookFrom(home)).toBe('opened');
    expect(await networks()).toEqual({ known: [homeNetwork], waiting: null });
    expect(await lookFrom(besideHome)).toBe('opened');
    expect(await lookFrom(elsewhere)).toBe('terminal_moved');
    expect(await lookFrom(elsewhere)).toBe('terminal_moved');
    expect(await networks()).toEqual({ known: [homeNetwork], waiting: { network: otherNetwork, firstSeenAtMs: expect.any(Number), lastSeenAtMs: server.clock.ms - 1 } });
    expect((await confirm(otherNetwork)).body).toMatchObject({ id: till.terminalId, networks: { waiting: null, known: expect.arrayContaining([otherNetwork, homeNetwork]) } });
    expect(await lookFrom(elsewhere)).toBe('opened');
    expect(await lookFrom(home)).toBe('opened');
  });

  it('costs no look, and goes on selling', async () => {
    await lookFrom('203.0.113.9');
    const id = await payment();
    const moved = await server.ask('POST', `/api/terminal/payments/${id}/looks`, { token: till.token, remoteAddress: '198.51.100.9' });
    expect(moved).toMatchObject({ status: 409, body: { code: 'terminal_moved' } });
    const view = await server.ask('GET', `/api/terminal/payments/${id}`, { token: till.token, remoteAddress: '198.51.100.9' });
    expect(view.body).toMatchObject({ state: 'created', next: 'look', looksLeft: 3 });
    expect((await server.ask('POST', `/api/terminal/payments/${id}/code`, { token: till.token, key: freshKey(), json: { code: '1234' }, remoteAddress: '198.51.100.9' })).body.code).toBe('payment_code_invalid');
  });

  it('is shown to the operator, who may confirm it too, and only where it was seen', async () => {
    await lookFrom('203.0.113.9');
    const moved = async () => (await server.ask('GET', '/api/operator/terminals/moved', { token: keys.operatorToken })).body.terminals.map(({ id }: { id: string }) => id);
    expect(await moved()).not.toContain(till.terminalId);
    await lookFrom('198.51.100.9');
    expect((await moved())[0]).toBe(till.terminalId);
    expect((await confirm('192.0.2.0/24', keys.operatorToken, 'operator')).body.code).toBe('not_found');
    expect((await confirm('198.51.100.9', keys.operatorToken, 'operator')).body.code).toBe('input_invalid');
    expect((await confirm('198.51.100.0/24', keys.operatorToken, 'operator')).status).toBe(200);
    expect(await moved()).not.toContain(till.terminalId);
    expect(await lookFrom('198.51.100.9')).toBe('opened');
  });

  it('is told to the operator with its shop and its camera, and may be switched off by them, for good', async () => {
    await lookFrom('203.0.113.9');
    server.clock.ms += 60_000;
    await lookFrom('198.51.100.9');
    const moved = async () => (await server.ask('GET', '/api/operator/terminals/moved', { token: keys.operatorToken })).body.terminals.find(({ id }: { id: string }) => id === till.terminalId);
    const [shop] = (await server.pool.query('SELECT m.id, m.name, s.name AS store FROM merchant m JOIN store s ON s.merchant_id = m.id JOIN terminal t ON t.store_id = s.id WHERE t.id = $1', [till.terminalId])).rows;
    expect(await moved()).toMatchObject({
      merchant: { id: shop.id, name: shop.name }, store: { name: shop.store }, cameraChangedAtMs: null, networks: { known: ['203.0.113.0/24'], waiting: { network: '198.51.100.0/24', firstSeenAtMs: server.clock.ms - 1 } },
    });
    await server.pool.query(`UPDATE terminal SET camera = 'another', camera_changed_at = to_timestamp(1790000000) WHERE id = $1`, [till.terminalId]);
    expect((await moved()).cameraChangedAtMs).toBe(1_790_000_000_000);
    const revoke = (id: string) => server.ask('POST', `/api/operator/terminals/${id}/revoke`, { token: keys.operatorToken, key: freshKey() });
    const [off, again] = [await revoke(till.terminalId), await revoke(till.terminalId)];
    expect(off).toMatchObject({ status: 200, body: { id: till.terminalId, state: 'revoked' } });
    expect(again.body.revokedAtMs).toBe(off.body.revokedAtMs);
    expect(await moved()).toBeUndefined();
    expect((await server.ask('GET', '/api/terminal/menu', { token: till.token })).body.code).toBe('terminal_revoked');
    expect((await revoke(`ter_${'0'.repeat(32)}`)).body.code).toBe('not_found');
  });

  it('has one first network, also when two looks come at once', async () => {
    const answers = await Promise.all(['203.0.113.9', '198.51.100.9', '192.0.2.9', '8.8.8.8'].map((address) => lookFrom(address)));
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    expect((await networks()).known).toHaveLength(1);
  });

  it('in a sandbox is where it is while its address is private', async () => {
    expect(await lookFrom('127.0.0.1')).toBe('opened');
    expect(await lookFrom('192.168.1.5')).toBe('opened');
    expect(await networks()).toEqual({ known: [], waiting: null });
    expect(await lookFrom('203.0.113.9')).toBe('opened');
    expect(await lookFrom('10.0.0.9')).toBe('opened');
    expect(await lookFrom('198.51.100.9')).toBe('terminal_moved');
  });
});

describe('a store says how networks are checked', () => {
  it('as listed: there and nowhere else, whatever was learned before', async () => {
    await lookFrom('203.0.113.9');
    const list = { check: 'listed', networks: ['198.51.100.128/25', '2001:db8::/32', '198.51.100.200/25'] };
    const shown = { check: 'listed', networks: ['198.51.100.128/25', '2001:db8::/32'] };
    expect((await setCheck(list)).body).toEqual(shown);
    expect((await server.ask('GET', `/api/merchant/stores/${storeId}/networks`, { token: keys.merchantKey })).body).toEqual(shown);
    expect(await lookFrom('198.51.100.200')).toBe('opened');
    expect(await lookFrom('198.51.100.1')).toBe('terminal_moved');
    expect(await lookFrom('2001:db8:77::1')).toBe('opened');
    expect(await lookFrom('203.0.113.9')).toBe('terminal_moved');
  });

  it('not at all', async () => {
    await lookFrom('203.0.113.9');
    expect((await setCheck({ check: 'off' }, keys.operatorToken, 'operator')).body).toEqual({ check: 'off' });
    expect(await lookFrom('198.51.100.9')).toBe('opened');
    expect((await networks()).waiting).toBeNull();
  });

  it.each([[{ check: 'listed', networks: [] }], [{ check: 'listed', networks: ['10.0.0.0'] }], [{ check: 'off', networks: ['10.0.0.0/8'] }], [{ check: 'sometimes' }]])('%o is no setting', async (json) => {
    expect((await setCheck(json)).body.code).toBe('input_invalid');
  });
});

describe('the clock', () => {
  it.each([
    ['right', 0, 'opened'], ['a minute late', -61_000, 'opened'], ['five minutes ahead', clockOffMaxMs - 1_000, 'opened'], ['more than that', clockOffMaxMs + 1_000, 'terminal_clock_off'], ['an hour late', -3_600_000, 'terminal_clock_off'],
  ])('%s', async (_, offMs, expected) => {
    expect(await lookFrom('203.0.113.9', { clockMs: server.clock.ms + offMs })).toBe(expected);
  });

  it('is written down with the look', async () => {
    await lookFrom('203.0.113.9', { clockMs: server.clock.ms - 90_000 });
    await lookFrom('203.0.113.9');
    const { rows } = await server.pool.query('SELECT l.clock_off_s FROM look l JOIN payment p ON p.id = l.payment_id WHERE p.terminal_id = $1 ORDER BY l.opened_at', [till.terminalId]);
    expect(rows.map(({ clock_off_s: off }) => off)).toEqual([90, null]);
  });
});

it('in production a private network is a network like any other', async () => {
  const places = createPlaces({ db: createDatabase(server.pool), nowMs: () => server.clock.ms, mode: 'production' });
  const from = (address: string | undefined) => places.admit({ terminalId: till.terminalId, address, clockMs: undefined });
  await from('10.1.2.3');
  await from('10.1.2.4');
  await expect(from('10.1.3.4')).rejects.toMatchObject({ code: 'terminal_moved' });
  await expect(from(undefined)).rejects.toMatchObject({ code: 'terminal_moved' });
});
