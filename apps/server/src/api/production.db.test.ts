// Production mode: whatever belongs to the sandbox is absent or refused. The vault is the labelled double of ../testing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { sensitivePerMinuteMax } from './limits.ts';
import { createServer } from '../server.ts';
import { systemRandom } from '../adapters/random.ts';
import { newSigner, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ name: 'production', mode: 'production' });
});
afterAll(() => server.stop());

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

describe('production mode', () => {
  it('has no sandbox routes and no seeded merchant', async () => {
    for (const path of ['outbox', 'outbox/live', 'keys']) expect((await server.ask('GET', `/api/sandbox/${path}`)).body.code).toBe('not_found');
    expect((await server.pool.query('SELECT * FROM merchant')).rows).toEqual([]);
    expect((await server.ask('GET', '/docs/json')).text).not.toContain('/api/sandbox');
  });

  it('without a pager says at the start that nobody is told, and with one does not', async () => {
    expect(server.logged.join('')).toContain('SONRISA_PAGER_URL is not set');
    const connected = await startTestServer({ name: 'production_paged', mode: 'production', environment: { SONRISA_PAGER_URL: 'http://127.0.0.1:9/' } });
    expect(connected.logged.join('')).not.toContain('SONRISA_PAGER_URL');
    await connected.stop();
  });

  it('without a sender of text messages says so, and writes nothing', async () => {
    const answer = await server.ask('POST', '/api/phone/enrolments', { json: { phone: '13800138000', name: '张三' } });
    expect(answer.body).toMatchObject({ code: 'sms_unavailable', status: 503 });
    expect((await server.pool.query('SELECT * FROM enrolment')).rows).toEqual([]);
  });

  it('activates no terminal, and refuses one that a sandbox left behind', async () => {
    const activation = await server.ask('POST', '/api/terminal/activations', { json: { code: 'ANYCODE1', publicJwk: await newSigner() } });
    expect(activation.body.code).toBe('activation_code_invalid');
    await server.pool.query(`INSERT INTO merchant (id, name, name_zh, currency) VALUES ('m', 'M', 'M', 'CNY')`);
    await server.pool.query(`INSERT INTO store (id, merchant_id, name, name_zh, time_zone, pin_from_minor) VALUES ('s', 'm', 'S', 'S', 'Asia/Shanghai', 1)`);
    await server.pool.query(
      `INSERT INTO terminal (id, merchant_id, store_id, kind, key_thumbprint, public_jwk, token_hash) VALUES ('t', 'm', 's', 'kiosk', 'x', '{}', $1)`,
      [sha256('left')],
    );
    expect((await server.ask('GET', '/api/terminal/profile', { token: 'left' })).body.code).toBe('production_refuses_sandbox');
    await server.pool.query(`INSERT INTO activation_code (code_hash, store_id, reusable) VALUES ($1, 's', true)`, [sha256('SANDBOX2')]);
    const left = await server.ask('POST', '/api/terminal/activations', { json: { code: 'SANDBOX2', publicJwk: await newSigner() } });
    expect(left.body.code).toBe('production_refuses_sandbox');
    await server.pool.query('DELETE FROM activation_code');
  });

  it('activates a live terminal by a code its merchant asked for, once, and mints its looks as live', async () => {
    const [merchantId, storeId] = [makeId('merchant', randomBytes(16)), makeId('store', randomBytes(16))];
    await server.pool.query(`INSERT INTO merchant (id, name, name_zh, currency) VALUES ($1, 'L', 'L', 'CNY')`, [merchantId]);
    await server.pool.query(`INSERT INTO store (id, merchant_id, name, name_zh, time_zone, pin_from_minor) VALUES ($1, $2, 'S', 'S', 'Asia/Shanghai', 1)`, [storeId, merchantId]);
    await server.pool.query(`INSERT INTO merchant_key (key_hash, merchant_id, label) VALUES ($1, $2, 'tills')`, [sha256('sk_live'), merchantId]);
    const ask = (at: string, token = 'sk_live') => server.ask('POST', `/api/merchant/stores/${at}/activation-codes`, { token, json: { kind: 'kiosk' } });
    expect((await ask(makeId('store', randomBytes(16)))).body.code).toBe('not_found');
    const issued = await ask(storeId);
    expect(issued).toMatchObject({ status: 201, body: { mode: 'live', kind: 'kiosk' } });
    const activate = async () => server.ask('POST', '/api/terminal/activations', { json: { code: issued.body.code, publicJwk: await newSigner() } });
    const activated = await activate();
    expect(activated.body).toMatchObject({ mode: 'live', installation: 'production' });
    expect((await activate()).body.code).toBe('activation_code_invalid');
    const payment = await server.ask('POST', '/api/terminal/payments', { token: activated.body.token, key: 'a-first-payment', json: { amount: { amountMinor: '100', currency: 'CNY' } } });
    const look = await server.ask('POST', `/api/terminal/payments/${payment.body.id}/looks`, { token: activated.body.token, json: { avoid: ['flash'] } });
    expect(look.body).toMatchObject({ mode: 'live' });
    await server.pool.query('DELETE FROM activation_code');
  });

  it('takes no merchant key that a sandbox handed out, and any other', async () => {
    await server.pool.query(`INSERT INTO merchant_key (key_hash, merchant_id, label) VALUES ($1, 'm', 'sandbox'), ($2, 'm', 'tills')`, [sha256('sk_test_x'), sha256('sk_own')]);
    expect((await server.ask('GET', '/api/merchant/balance', { token: 'sk_test_x' })).body.code).toBe('unauthorised');
    expect((await server.ask('GET', '/api/merchant/balance', { token: 'sk_own' })).status).toBe(200);
  });

  it('does not start on the database of a sandbox, nor a sandbox on its own', async () => {
    const { pool, clock, vault, app } = server;
    const asSandbox = createServer({ config: { ...server.config, mode: 'sandbox', sandboxActivationCode: 'TESTCODE' }, pool, clock, vault, random: systemRandom, log: app.log });
    await expect(asSandbox).rejects.toThrow('This database belongs to production mode and cannot be started in sandbox mode');
    expect((await pool.query(`SELECT * FROM activation_code`)).rows).toEqual([]);
  });

  it('takes no money from the test bank', async () => {
    await server.pool.query(`INSERT INTO payer (id, name, phone_e164) VALUES ('p', 'P', '+8613800138000')`);
    await server.pool.query(`INSERT INTO session (token_hash, payer_id, expires_at) VALUES ($1, 'p', '2100-01-01')`, [sha256('session')]);
    const topUp = await server.ask('POST', '/api/phone/top-ups', { token: 'session', key: 'a-key-of-mine', json: { amount: { amountMinor: '100', currency: 'CNY' }, source: 'test_bank' } });
    expect(topUp.body.code).toBe('production_refuses_sandbox');
    expect((await server.pool.query('SELECT * FROM transfer')).rows).toEqual([]);
  });

  it('has no operator by a token anybody could derive', async () => {
    expect((await server.ask('GET', '/api/operator/trial-balance', { token: 'op_test_x' })).body.code).toBe('unauthorised');
  });

  it('lets nobody guess activation codes for long', async () => {
    const guess = async () => server.ask('POST', '/api/terminal/activations', { json: { code: 'GUESSED1', publicJwk: await newSigner() } });
    const answers = await Promise.all(Array.from({ length: sensitivePerMinuteMax + 1 }, guess));
    const refused = answers.filter(({ body }) => body.code === 'rate_limited');
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });
});
