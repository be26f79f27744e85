// The promise at the head of code.ts: an SMS outage stops nothing but text messages. The sender here hangs or refuses at will.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SmsMessage, SmsProvider } from '../adapters/sms/provider.ts';
import { poolConnectionsMax } from '../db/pool.ts';
import { sendTimeoutMs } from '../messages/deliver.ts';
import { activate, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';

const dayMs = 24 * 60 * 60_000;
type Network = 'up' | 'refuses' | 'hangs';
let network: Network;
let handedOver: SmsMessage[];
let hanging: (() => void)[];
let server: TestServer;

// Does not even listen to its signal: the worst kind of client library.
const provider: SmsProvider = {
  name: 'network',
  serves: () => true,
  send: async (message) => {
    if (network === 'refuses') return { is: 'not_taken', why: 'the network refuses' };
    if (network === 'hangs') await new Promise<void>((resolve) => hanging.push(resolve));
    handedOver.push(message);
    return { is: 'taken', refs: [] };
  },
  isUp: () => true,
  stop: async () => undefined,
};

beforeEach(async () => {
  network = 'up';
  handedOver = [];
  hanging = [];
  server = await startTestServer({ name: 'sms_outage', smsProviders: [provider], environment: { SONRISA_SMS_PER_HOUR_MAX: '40' } });
});
afterEach(() => server.stop());

const start = (phone: string) => server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三丰' } });
const read = async ({ body }: Awaited<ReturnType<typeof start>>) => (await server.ask('GET', `/api/phone/enrolments/${body.id}`, { token: body.token })).body;
const rows = async (what: string) => (await server.pool.query(`SELECT ${what} FROM sms_outbox ORDER BY created_at, id`)).rows;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => `+86${13_700_000_000 + n}`);

it('a network that hangs holds no connection and no request', async () => {
  network = 'hangs';
  const started = await Promise.all(numbers(poolConnectionsMax + 4).map(start));
  expect(started.map(({ status }) => status)).toEqual(started.map(() => 201));
  await expect.poll(() => hanging.length).toBeGreaterThan(0);
  expect(server.pool.waitingCount).toBe(0);
  expect((await server.ask('GET', '/health')).status).toBe(200);
  expect(await read(started[0]!)).toMatchObject({ smsState: 'waiting' });
});

it('two processes never hand over the same message', async () => {
  const queued = `INSERT INTO sms_outbox (id, to_e164, body, next_attempt_at, give_up_at) SELECT 'msg_' || n, '+86', 'a code', $1, '2100-01-01' FROM generate_series(1, 6) n`;
  await server.pool.query(queued, [new Date(server.clock.ms)]);
  await Promise.all([server.runRound('messages'), server.runRound('messages'), server.runRound('messages')]);
  expect(new Set(handedOver.map(({ id }) => id)).size).toBe(6);
  expect(handedOver).toHaveLength(6);
});

it('a message is tried five times with growing pauses, then it has failed and the phone is told', async () => {
  network = 'refuses';
  const started = await start('+8613700000001');
  for (const pauseMs of [2_000, 5_000, 15_000, 45_000]) {
    await expect.poll(async () => (await rows('state'))[0]).toEqual({ state: 'queued' });
    await server.runRound('messages');
    server.clock.ms += pauseMs;
  }
  await server.runRound('messages');
  expect(await rows('state, attempts')).toEqual([{ state: 'failed', attempts: 5 }]);
  expect(await read(started)).toMatchObject({ smsState: 'failed' });
  server.clock.ms += dayMs;
  network = 'up';
  await server.runRound('messages');
  expect(handedOver).toEqual([]);
});

// Every queued message has met the refusing network and rests: an attempt still under way would set its pause by a later clock.
const refusedOnce = () =>
  expect.poll(async () => (await rows('state, next_attempt_at')).filter(({ state, next_attempt_at: at }) => state === 'sending' || (state === 'queued' && !isResting(at)))).toEqual([]);
const isResting = (nextAttemptAt: Date) => nextAttemptAt.getTime() > server.clock.ms && nextAttemptAt.getTime() < server.clock.ms + sendTimeoutMs;

it('a code is not sent when it is over, nor when a newer one replaced it', async () => {
  network = 'refuses';
  const started = await start('+8613700000001');
  await start('+8613700000002');
  server.clock.ms += 30_000;
  const again = await server.ask('POST', `/api/phone/enrolments/${started.body.id}/resend`, { token: started.body.token });
  expect(again.status).toBe(200);
  await refusedOnce();
  network = 'up';
  server.clock.ms += 4 * 60_000 + 40_000;
  await server.runRound('messages');
  expect(handedOver.map(({ to }) => to)).toEqual(['+8613700000001']);
  expect(await read(started)).toMatchObject({ smsState: 'sent' });
});

it('a till still gets its invitation, number or not', async () => {
  network = 'hangs';
  const { token } = await activate(server);
  const json = { amount: { amountMinor: '1200', currency: 'CNY' }, lines: [] };
  const payment = await server.ask('POST', '/api/terminal/payments', { token, key: freshKey(), json });
  const invite = await server.ask('POST', `/api/terminal/payments/${payment.body.id}/invites`, { token, json: { phone: '+8613700000001', locale: 'zh' } });
  expect(invite).toMatchObject({ status: 201, body: { state: 'open', url: expect.stringContaining('/phone/?invite=inv_') } });
});

it('past its hourly cap the installation says so, whoever asks, and goes on when the hour is over', async () => {
  const answers = await Promise.all(numbers(40).map(start));
  expect(answers.every(({ status }) => status === 201)).toBe(true);
  const refused = await start('+8613699999999');
  expect(refused.body).toMatchObject({ code: 'sms_unavailable', status: 503 });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  // Counted in slices of ten minutes.
  server.clock.ms += 70 * 60_000;
  expect((await start('+8613699999999')).status).toBe(201);
});

it('what a message said is forgotten, in a sandbox after a week', async () => {
  await start('+8613700000001');
  await expect.poll(() => rows('state')).toEqual([{ state: 'sent' }]);
  server.clock.ms += 6 * dayMs;
  await server.runRound('old messages');
  expect((await rows('body'))[0]?.body).not.toBe('');
  server.clock.ms += dayMs;
  await server.runRound('old messages');
  expect(await rows('body')).toEqual([{ body: '' }]);
  server.clock.ms += 23 * dayMs;
  await server.runRound('old messages');
  expect(await rows('body')).toEqual([]);
});
