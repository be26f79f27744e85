// Limits as strangers and tills meet them: made-up credentials win nothing, and one till's noise is not another's.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activate, startTestServer, type TestServer } from '../testing/test-server.ts';
import { badCredentialsPerMinuteMax, codesPerNumberMax, ordinaryPerMinuteMax } from './limits.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ name: 'limits', environment: { SONRISA_TRUST_PROXY: '127.0.0.9' } });
});
afterEach(() => server.stop());

async function tally(count: number, ask: (n: number) => ReturnType<TestServer['ask']>) {
  const statuses: Record<number, number> = {};
  for (let n = 0; n < count; n++) {
    const { status } = await ask(n);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}
const over = 20;

it('another made-up credential with each request is counted as one stranger on an open route', async () => {
  const statuses = await tally(ordinaryPerMinuteMax + over, (n) => server.ask('GET', '/api/phone/consent', { token: `made-up-${n}` }));
  expect(statuses).toEqual({ 200: ordinaryPerMinuteMax, 429: over });
});

it.each([
  ['another one each time', (n: number) => `made-up-${n}`],
  ['the same one each time', () => 'made-up'],
])('bad credentials on a guarded route: %s', async (_which, token) => {
  const statuses = await tally(badCredentialsPerMinuteMax + over, (n) => server.ask('GET', '/api/terminal/profile', { token: token(n) }));
  expect(statuses).toEqual({ 401: badCredentialsPerMinuteMax, 429: over });
  expect((await server.ask('GET', '/api/terminal/profile', { token: 'x', remoteAddress: '10.1.1.1' })).status).toBe(401);
});

it('tills behind one address are counted apart', async () => {
  const [one, other] = [await activate(server), await activate(server)];
  const statuses = await tally(ordinaryPerMinuteMax + over, () => server.ask('GET', '/api/terminal/menu', { token: one.token }));
  expect(statuses).toEqual({ 200: ordinaryPerMinuteMax, 429: over });
  expect((await server.ask('GET', '/api/terminal/menu', { token: other.token })).status).toBe(200);
});

it('one address cannot use up the messages of a number, however it writes the number', async () => {
  const start = (phone: string, remoteAddress: string) => server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三' }, remoteAddress });
  const spellings = ['13800138000', '+86 138 0013 8000', '+8613800138000'];
  const statuses = await tally(codesPerNumberMax + over, async (n) => {
    server.clock.ms += 10 * 60_000;
    return start(spellings[n % spellings.length] ?? '', '10.1.1.1');
  });
  expect(statuses).toEqual({ 201: codesPerNumberMax, 429: over });
  expect((await start('13800138000', '10.1.1.2')).status).toBe(201);
  const { rows } = await server.pool.query('SELECT count(*)::int AS n FROM sms_outbox');
  expect(rows).toEqual([{ n: codesPerNumberMax + 1 }]);
});

it('keys of repeated writes are kept for thirty days', async () => {
  const { pool, clock } = server;
  const at = (days: number) => new Date(clock.ms - days * 24 * 60 * 60_000);
  await pool.query(`INSERT INTO idempotency (principal, key, input_hash, created_at) VALUES ('p', 'new', 'x', $1), ('p', 'old', 'x', $2)`, [at(29), at(30)]);
  await server.runRound('old keys');
  expect((await pool.query('SELECT key FROM idempotency')).rows).toEqual([{ key: 'new' }]);
});

it('the address a proxy names is believed of a trusted proxy only', async () => {
  const askAs = (remoteAddress: string) => (n: number) =>
    server.ask('GET', '/api/terminal/profile', { token: 'made-up', remoteAddress, headers: { 'x-forwarded-for': `10.2.${n >> 8}.${n & 255}` } });
  expect(await tally(badCredentialsPerMinuteMax + over, askAs('127.0.0.9'))).toEqual({ 401: badCredentialsPerMinuteMax + over });
  expect(await tally(badCredentialsPerMinuteMax + over, askAs('127.0.0.8'))).toEqual({ 401: badCredentialsPerMinuteMax, 429: over });
});
