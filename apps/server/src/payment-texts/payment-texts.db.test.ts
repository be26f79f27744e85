// Payments by face told by text message: the first always, larger ones where no push arrives, once each, whatever dies in between.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SmsProvider } from '../adapters/sms/provider.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { lifted, setLimits } from '../limits/lifted.fixture.ts';
import { activate, enrol, freshKey, recognised, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';
import { pushPatienceMs, textRecheckMs, textsDayMax } from './decide.ts';

const network = { takes: true, sent: [] as { to: string; text: string }[] };
const provider: SmsProvider = {
  name: 'network', serves: () => true, isUp: () => true, stop: async () => {},
  send: async ({ to, text }) => (network.takes ? (network.sent.push({ to, text }), { is: 'taken', refs: [] }) : { is: 'refused', why: 'a test' }),
};
let server: TestServer;
let till: Awaited<ReturnType<typeof activate>>;
let owner: Awaited<ReturnType<typeof enrol>>;
let people = 0;
const phoneOf = (person: number) => `+861390004000${person}`;
const settings = { ...lifted, smsFromMinor: '5000' };
beforeAll(async () => {
  server = await startTestServer({ name: 'payment_texts', smsProviders: [provider] });
  // Below what the store wants a PIN for.
  await setLimits(server.pool, settings);
  till = await activate(server);
});
beforeEach(async () => {
  server.clock.ms += 25 * 60 * 60_000;
  people += 1;
  owner = await enrol(server, { phone: phoneOf(people), name: 'Ana', pin: '294615', face: `ana${people}`, topUpMinor: '1000000' });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

async function payByFace(amountMinor: string): Promise<string> {
  const { paymentId } = await recognised(server, { token: till.token, amountMinor, face: `ana${people}` });
  const paid = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till.token, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  if (paid.status !== 200) throw new Error(paid.text);
  return paymentId;
}
/** What the network was given since the last time. */
async function roundSent(laterMs = 0): Promise<string[]> {
  server.clock.ms += laterMs;
  network.sent.length = 0;
  await server.runRound('texts of payments');
  await server.runRound('messages');
  // What the round itself began to send is under way.
  while ((await server.pool.query(`SELECT FROM sms_outbox WHERE state IN ('queued', 'sending')`)).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return network.sent.map(({ text }) => text);
}
const set = (on: boolean) => server.ask('PUT', '/api/phone/me/sms-notices', { token: owner.session, json: { on } });
const subscribe = () =>
  server.pool.query(`INSERT INTO push_subscription (endpoint, payer_id, session_hash, p256dh, auth, created_at) SELECT 'http://127.0.0.1:9/' || $1, $1, token_hash, 'x', 'x', now() FROM session WHERE payer_id = $1`, [owner.payerId]);

it('the first payment of an account is told, whatever its amount and its owner chose, and told once', async () => {
  expect((await set(false)).status).toBe(204);
  await payByFace('1280');
  const [text, ...more] = await roundSent();
  expect(more).toEqual([]);
  expect(text).toMatch(/^【Sonrisa】\d+月\d+日 \d\d:\d\d首次刷脸付款 12\.80 CNY（.+）。非本人请打开 Sonrisa 撤回。$/);
  expect(await roundSent(textRecheckMs)).toEqual([]);
  await payByFace('9900');
  expect(await roundSent()).toEqual([]);
});

it('later ones are told from the platform’s amount on, and not while their owner wants none', async () => {
  await payByFace('1280');
  await roundSent();
  await payByFace('4999');
  expect(await roundSent()).toEqual([]);
  await payByFace('5000');
  expect(await roundSent()).toEqual([expect.stringContaining('刷脸付款 50.00 CNY')]);
  expect((await server.ask('GET', '/api/phone/me/notices', { token: owner.session })).body.smsNotices).toEqual({ on: true, fromMinor: '5000' });
  expect((await set(false)).status).toBe(204);
  await payByFace('5000');
  expect(await roundSent()).toEqual([]);
  await setLimits(server.pool, { ...lifted, smsFromMinor: null });
  expect((await set(true)).status).toBe(204);
  await payByFace('5000');
  expect(await roundSent()).toEqual([]);
  await setLimits(server.pool, settings);
});

it('off is for whoever has just proved the number', async () => {
  server.clock.ms += 11 * 60_000;
  expect((await set(false)).body.code).toBe('forbidden');
  expect((await set(true)).status).toBe(204);
});

it('a push is waited for, and a message goes out when none arrived', async () => {
  await payByFace('1280');
  await roundSent();
  await subscribe();
  const pushed = await payByFace('5000');
  const unpushed = await payByFace('6000');
  expect(await roundSent()).toEqual([]);
  await server.pool.query('UPDATE limit_use SET pushed_at = $2 WHERE payment_id = $1', [pushed, new Date(server.clock.ms)]);
  expect(await roundSent(pushPatienceMs)).toEqual([expect.stringContaining('60.00 CNY')]);
  const { rows } = await server.pool.query('SELECT text_id FROM limit_use WHERE payment_id = $1', [unpushed]);
  expect(rows[0].text_id).toMatch(/^msg_/);
});

it('a number gets so many a day', async () => {
  await payByFace('1280');
  await roundSent();
  let told = 0;
  for (let at = 0; at < textsDayMax + 2; at += 1) {
    await payByFace('5000');
    told += (await roundSent()).length;
  }
  expect(told).toBe(textsDayMax - 1);
});

it('a process that dies while it queues leaves no message, and one message goes out afterwards', async () => {
  await payByFace('1280');
  await server.pool.query('REVOKE UPDATE ON limit_use FROM sonrisa_server; GRANT UPDATE (undone_at) ON limit_use TO sonrisa_server');
  // It may lock what is due and queue a message, and not note that it did.
  await expect(roundSent()).rejects.toThrow();
  expect((await server.pool.query(`SELECT FROM sms_outbox WHERE purpose = 'notice' AND to_e164 = $1`, [phoneOf(people)])).rowCount).toBe(0);
  await server.pool.query('GRANT UPDATE ON limit_use TO sonrisa_server');
  expect(await roundSent()).toHaveLength(1);
  expect(await roundSent(textRecheckMs)).toEqual([]);
});

it('a message that failed on its way is queued again, for a day', async () => {
  network.takes = false;
  await payByFace('1280');
  expect(await roundSent()).toEqual([]);
  network.takes = true;
  expect(await roundSent(textRecheckMs - 60_000)).toEqual([]);
  expect(await roundSent(60_000)).toEqual([expect.stringContaining('首次刷脸付款')]);
  expect(await roundSent(24 * 60 * 60_000)).toEqual([]);
  expect((await server.pool.query('SELECT FROM limit_use WHERE text_next_at IS NOT NULL')).rowCount).toBe(0);
});

it('a platform whose budget of messages is used up tells it later', async () => {
  await payByFace('1280');
  await server.pool.query(`INSERT INTO sms_count (scope, subject, slice, sent, entered) VALUES ('installation', 'all', $1, 100000, 100000)`, [new Date(server.clock.ms - (server.clock.ms % 600_000) - 600_000)]);
  expect(await roundSent()).toEqual([]);
  await server.pool.query(`DELETE FROM sms_count WHERE sent = 100000`);
  expect(await roundSent(textRecheckMs)).toHaveLength(1);
});
