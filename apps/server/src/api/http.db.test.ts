// The API as its callers meet it: headers, health, description, problems for bad input, and what the log never holds. Real
// database; the vault is the labelled double of ../testing.
import { sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { activate, enrol, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let keys: z.infer<typeof sandboxKeysSchema>;
let ana: Awaited<ReturnType<typeof enrol>>;

beforeAll(async () => {
  server = await startTestServer({ name: 'http' });
  till = (await activate(server)).token;
  keys = sandboxKeysSchema.parse((await server.ask('GET', '/api/sandbox/keys')).body);
  ana = await enrol(server, { phone: '+8613900000001', name: 'Ana', pin: '294615', face: 'ana', topUpMinor: '100000' });
});
afterAll(() => server.stop());
beforeEach(() => {
  server.vault.rung = 'face';
  server.vault.up = true;
});

const cny = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
const newPayment = (json: unknown, more: { key?: string } = {}) => server.ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), json, ...more });

describe('every answer', () => {
  it('says what pages may do, and who asked', async () => {
    const { headers } = await server.ask('GET', '/health');
    expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(headers['content-security-policy']).toContain("worker-src 'self' blob:");
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(headers['permissions-policy']).toContain('camera=(self)');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-request-id']).toMatch(/^req_[0-9a-f]{24}$/);
  });

  it('of /health names the part that is down', async () => {
    expect((await server.ask('GET', '/health')).body).toEqual({ status: 'ok', mode: 'sandbox', version: '0.1.0', database: 'ok', vault: 'ok', books: 'ok', sms: 'ok', faces: 'unknown' });
    server.vault.up = false;
    expect(await server.ask('GET', '/health')).toMatchObject({ status: 503, body: { status: 'down', database: 'ok', vault: 'down' } });
  });

  it('describes every route of the contract in OpenAPI 3.1', async () => {
    const { body } = await server.ask('GET', '/docs/json');
    expect(body.openapi).toBe('3.1.0');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) => Object.keys(methods as object).map((method) => `${method} ${path}`));
    expect(routes).toEqual(expect.arrayContaining(contract));
    expect(body.paths['/api/terminal/menu'].get.responses.default.content).toHaveProperty('application/problem+json');
    const page = await server.ask('GET', '/docs/');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\//);
    expect((await server.ask('GET', '/docs/problems')).text).toContain('<tr id="pin_wrong">');
  });
});

const contract = [
  ...['post activations', 'get profile', 'get menu', 'post payments', 'get payments/{id}', 'post payments/{id}/looks'].map((route) => at('terminal', route)),
  ...['put payments/{id}/looks/{nonce}/capture', 'post payments/{id}/digits', 'post payments/{id}/confirm'].map((route) => at('terminal', route)),
  ...['post payments/{id}/not-me', 'post payments/{id}/cancel', 'post payments/{id}/invites', 'get payments/{id}/invites/{inviteId}'].map((route) => at('terminal', route)),
  ...['get keys', 'get consent', 'post enrolments', 'get enrolments/{id}', 'post enrolments/{id}/code', 'post enrolments/{id}/resend'].map((route) => at('phone', route)),
  ...['post enrolments/{id}/consent', 'post enrolments/{id}/looks', 'put enrolments/{id}/looks/{nonce}/capture', 'post enrolments/{id}/pin'].map((route) => at('phone', route)),
  ...['get me', 'post top-ups', 'post sign-out', 'delete me/face', 'post me/face-pin-lock/clear'].map((route) => at('phone', route)),
  ...['get payments', 'get payments/{id}', 'post payments/{id}/refunds', 'get balance'].map((route) => at('merchant', route)),
  ...['get trial-balance', 'get payments/{id}', 'post payers/{id}/face-pin-lock/clear'].map((route) => at('operator', route)),
  ...['get outbox', 'get outbox/live', 'get keys'].map((route) => at('sandbox', route)),
];
function at(group: string, route: string): string {
  const [method, path] = route.split(' ');
  return `${method} /api/${group}/${path}`;
}

describe('bad input', () => {
  it.each([
    ['no amount', {}, 'input_invalid', 400],
    ['an amount of 0', { amount: cny('0') }, 'amount_invalid', 422],
    ['a negative amount', { amount: cny('-100') }, 'amount_invalid', 422],
    ['a fraction', { amount: cny('12.50') }, 'amount_invalid', 422],
    ['a number instead of a string', { amount: { amountMinor: 1250, currency: 'CNY' } }, 'amount_invalid', 422],
    ['an exponent', { amount: cny('1e3') }, 'amount_invalid', 422],
    ['leading zeros', { amount: cny('0012') }, 'amount_invalid', 422],
    ['another currency', { amount: { amountMinor: '1200', currency: 'EUR' } }, 'currency_mismatch', 422],
    ['a currency that is none', { amount: { amountMinor: '1200', currency: 'yuan' } }, 'input_invalid', 400],
    ['an amount above the maximum', { amount: cny('5000001') }, 'amount_too_large', 422],
    ['an amount past 64 bits', { amount: cny('9999999999999999999') }, 'amount_too_large', 422],
    ['an amount of a thousand digits', { amount: cny('9'.repeat(1000)) }, 'amount_invalid', 422],
    ['lines that do not add up', { amount: cny('1200'), lines: [{ name: 'Bun', quantity: 1, unitAmountMinor: '1100' }] }, 'amount_mismatch', 422],
    ['more lines than a receipt holds', { amount: cny('51'), lines: Array.from({ length: 51 }, () => ({ name: 'Bun', quantity: 1, unitAmountMinor: '1' })) }, 'input_invalid', 400],
    ['an unknown field', { amount: cny('1200'), discount: 'all' }, 'input_invalid', 400],
    ['no object', [], 'input_invalid', 400],
  ])('%s', async (_what, json, code, status) => {
    const before = await server.pool.query('SELECT count(*) FROM payment');
    const answer = await newPayment(json);
    expect(answer.body).toMatchObject({ code, status });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect((await server.pool.query('SELECT count(*) FROM payment')).rows).toEqual(before.rows);
  });

  it('names the fields that are wrong', async () => {
    const { body } = await newPayment({ amount: { amountMinor: '1', currency: 'cny' }, lines: [{ name: '', quantity: 0, unitAmountMinor: '1' }] });
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['amount.currency', 'lines.0.name', 'lines.0.quantity']);
  });

  it.each([
    ['text that is no JSON', { headers: { 'content-type': 'application/json' }, payload: '{"amount":' }, 'input_invalid', 400],
    ['another content type', { headers: { 'content-type': 'text/xml' }, payload: '<amount/>' }, 'media_type_unsupported', 415],
    ['a prototype in disguise', { headers: { 'content-type': 'application/json' }, payload: '{"__proto__":{"admin":true}}' }, 'input_invalid', 400],
    ['a body of a megabyte', { headers: { 'content-type': 'application/json' }, payload: `"${'x'.repeat(1_000_000)}"` }, 'body_too_large', 413],
  ])('%s', async (_what, { headers, payload }, code, status) => {
    const answer = await server.ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), headers, bytes: Buffer.from(payload) });
    expect(answer.body).toMatchObject({ code, status });
  });

  it('captures: JSON, too many bytes, a payment that is none', async () => {
    const { body } = await newPayment({ amount: cny('1200') });
    const look = await server.ask('POST', `/api/terminal/payments/${body.id}/looks`, { token: till });
    const url = `/api/terminal/payments/${body.id}/looks/${look.body.nonce}/capture`;
    expect((await server.ask('PUT', url, { token: till, json: {} })).body.code).toBe('media_type_unsupported');
    expect((await server.ask('PUT', url, { token: till, bytes: Buffer.alloc(8 * 1024 * 1024 + 1) })).body.code).toBe('body_too_large');
    expect((await server.ask('GET', '/api/terminal/payments/pay_1', { token: till })).body.code).toBe('input_invalid');
    expect((await server.ask('GET', `/api/terminal/payments/pay_${'0'.repeat(32)}`, { token: till })).body.code).toBe('payment_not_found');
    expect((await server.ask('GET', '/api/terminal/nothing', { token: till })).body.code).toBe('not_found');
  });

  it('captures and credentials: nobody without a token gets a byte read', async () => {
    const url = `/api/terminal/payments/pay_${'0'.repeat(32)}/looks/${'A'.repeat(43)}/capture`;
    expect((await server.ask('PUT', url, { bytes: Buffer.alloc(8 * 1024 * 1024 + 1) })).body.code).toBe('unauthorised');
    for (const group of ['terminal/profile', 'phone/me', 'merchant/balance', 'operator/trial-balance']) {
      expect((await server.ask('GET', `/api/${group}`)).body.code, group).toBe('unauthorised');
      expect((await server.ask('GET', `/api/${group}`, { token: 'wrong' })).body.code, group).toBe('unauthorised');
    }
  });
});

describe('the log', () => {
  it('names no number, code, PIN, name or token', async () => {
    const logged = server.logged.join('');
    expect(logged).toContain('/api/phone/enrolments');
    const secrets = ['3900000001', '294615', ana.session, till, keys.merchantKey, 'Ana', 'phone='];
    for (const secret of secrets) expect(logged.includes(secret), secret).toBe(false);
  });
});
