// Messages and providers on a real database: who is asked after whom, what is never sent twice, what becomes of receipts. The
// providers are doubles that say what a test wants; the real ones have tests of their own in ../adapters/sms.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Handed, SmsMessage, SmsProvider, SmsReceipt } from '../adapters/sms/provider.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { sendTimeoutMs } from './deliver.ts';
import { receiptChecksMs } from './record.ts';

type Double = SmsProvider & { sent: SmsMessage[]; says: (message: SmsMessage) => Handed | Promise<Handed>; serving: (to: string) => boolean; receipt: SmsReceipt | undefined; asked: number; tell: (receipt: SmsReceipt) => Promise<void> };

function double(name: string, polled: boolean): Double {
  const self: Double = {
    name, sent: [], asked: 0, receipt: undefined, says: () => ({ is: 'taken', refs: [] }), serving: () => true, tell: async () => undefined,
    serves: (to) => self.serving(to),
    send: async (message) => {
      self.sent.push(message);
      return self.says(message);
    },
    ...(polled ? { receiptOf: async () => ((self.asked += 1), self.receipt) } : { start: (tell: Double['tell']) => { self.tell = tell; } }),
    isUp: () => name !== 'second',
    stop: async () => undefined,
  };
  return self;
}

let [first, second] = [double('first', false), double('second', true)];
let server: TestServer;
let phones = 13_500_000_000;

beforeAll(async () => {
  server = await startTestServer({ name: 'sms_fail_over', mode: 'production', smsProviders: [first, second] });
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.pool.query('DELETE FROM sms_outbox');
  for (const provider of [first, second]) Object.assign(provider, { sent: [], asked: 0, receipt: undefined, says: () => ({ is: 'taken', refs: [] }), serving: () => true });
  // Nobody rests any more.
  server.clock.ms += 10 * 60_000;
});

const start = async () => {
  const phone = `+86${(phones += 20_011)}`;
  const started = await server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三丰' }, remoteAddress: `10.1.${phones % 251}.1` });
  if (started.status !== 201) throw new Error(started.text);
  return started;
};
const rows = async () => (await server.pool.query('SELECT state, provider, receipt FROM sms_outbox')).rows;
const settled = (state: string) => expect.poll(async () => (await rows()).map((row) => row.state)).toEqual([state]);
const attempts = async () => (await server.pool.query('SELECT provider, outcome FROM sms_attempt ORDER BY id')).rows.map(({ provider, outcome }) => `${provider} ${outcome}`);
const runLater = async (ms: number) => {
  server.clock.ms += ms;
  await server.runRound('messages');
};

describe('a message', () => {
  it('that one provider did not take goes to the next, with its template; whoever failed is asked last for a while', async () => {
    first.says = () => ({ is: 'not_taken', why: 'no session' });
    await start();
    await settled('sent');
    expect(await attempts()).toEqual(['first not_taken', 'second taken']);
    expect(second.sent[0]).toMatchObject({ purpose: 'code', template: { name: 'code', locale: 'zh', params: { code: expect.stringMatching(/^\d{6}$/), minutes: '5' } } });
    expect(second.sent[0]?.text).toContain(second.sent[0]?.template?.params['code']);
    await server.pool.query('DELETE FROM sms_outbox');
    await start();
    await settled('sent');
    expect(await attempts()).toEqual(['second taken']);
  });

  it('that may have been sent goes nowhere again, and the phone is told that it waits', async () => {
    first.says = () => ({ is: 'unknown', why: 'no answer' });
    const started = await start();
    await settled('unclear');
    await runLater(60_000);
    await runLater(60_000);
    expect([first.sent.length, second.sent.length]).toEqual([1, 0]);
    const { body } = await server.ask('GET', `/api/phone/enrolments/${started.body.id}`, { token: started.body.token });
    expect(body.smsState).toBe('waiting');
  });

  it('control: called not taken after it was sent, it goes out twice', async () => {
    first.says = () => ({ is: 'not_taken', why: 'said too early' });
    await start();
    await settled('sent');
    expect(first.sent[0]?.id).toBe(second.sent[0]?.id);
  });

  it('that a provider throws at counts as sent, for all anybody knows', async () => {
    first.says = () => Promise.reject(new Error('a bug'));
    await start();
    await settled('unclear');
    expect(second.sent).toEqual([]);
  });

  it('whose process died while it was being sent stays unclear', async () => {
    await start();
    await settled('sent');
    await server.pool.query(`UPDATE sms_outbox SET state = 'sending', next_attempt_at = $1`, [new Date(server.clock.ms + sendTimeoutMs)]);
    await runLater(sendTimeoutMs - 1);
    expect(await rows()).toMatchObject([{ state: 'sending' }]);
    await runLater(1);
    expect(await rows()).toMatchObject([{ state: 'unclear' }]);
    expect(first.sent).toHaveLength(1);
  });

  it('that all refuse, or nobody has a sender for, has failed at once', async () => {
    first.says = second.says = () => ({ is: 'refused', why: 'no such number' });
    await start();
    await settled('failed');
    expect(await attempts()).toEqual(['first refused', 'second refused']);
    await server.pool.query('DELETE FROM sms_outbox');
    first.serving = second.serving = () => false;
    await start();
    await settled('failed');
    expect(await attempts()).toEqual([]);
  });

  it('that a throttled network asks to wait for is sent when it says', async () => {
    first.says = () => ({ is: 'not_taken', why: 'throttled', retryAfterMs: 20_000 });
    second.serving = () => false;
    await start();
    await expect.poll(attempts).toEqual(['first not_taken']);
    await settled('queued');
    await runLater(15_000);
    expect(first.sent).toHaveLength(1);
    first.says = () => ({ is: 'taken', refs: ['a'] });
    await runLater(5_001);
    expect(await rows()).toMatchObject([{ state: 'sent', provider: 'first' }]);
  });
});

describe('a receipt', () => {
  it('of a message in parts counts when all have come, in whatever order, even before the parts are known', async () => {
    first.says = async () => {
      await first.tell({ ref: 'p2', is: 'delivered', detail: '' });
      return { is: 'taken', refs: ['p1', 'p2', 'p3'] };
    };
    await start();
    await settled('sent');
    await first.tell({ ref: 'p1', is: 'delivered', detail: '' });
    expect(await rows()).toMatchObject([{ receipt: null }]);
    await first.tell({ ref: 'p3', is: 'delivered', detail: '' });
    await first.tell({ ref: 'p3', is: 'undelivered', detail: 'a second one' });
    expect(await rows()).toMatchObject([{ receipt: 'delivered' }]);
  });

  it('is asked for a few times where the network does not send them', async () => {
    first.serving = () => false;
    second.says = () => ({ is: 'taken', refs: ['s1'] });
    await start();
    await settled('sent');
    const round = async (ms: number) => {
      server.clock.ms += ms;
      await server.runRound('receipts');
    };
    await round(receiptChecksMs[0] - 100);
    expect(second.asked).toBe(0);
    await round(100);
    second.receipt = { ref: 's1', is: 'undelivered', detail: 'absent' };
    await round(receiptChecksMs[1]);
    await round(receiptChecksMs[2]);
    expect(second.asked).toBe(2);
    expect(await rows()).toMatchObject([{ receipt: 'undelivered' }]);
  });

  it('is asked for no longer than that', async () => {
    first.serving = () => false;
    second.says = () => ({ is: 'taken', refs: ['s2'] });
    await start();
    await settled('sent');
    for (let round = 0; round < receiptChecksMs.length + 3; round += 1) {
      server.clock.ms += receiptChecksMs.at(-1) ?? 0;
      await server.runRound('receipts');
    }
    expect(second.asked).toBe(receiptChecksMs.length);
  });
});

it('the operator sees providers, receipts, the last failures and the budget, and no number', async () => {
  await server.pool.query(`INSERT INTO operator_person (id, name, token_hash, created_at) VALUES ('op', 'O', $1, now())`, [createHash('sha256').update('op').digest('base64url')]);
  first.says = () => ({ is: 'not_taken', why: 'no session' });
  second.says = () => ({ is: 'taken', refs: ['r1'] });
  await start();
  await settled('sent');
  second.receipt = { ref: 'r1', is: 'undelivered', detail: 'absent' };
  server.clock.ms += receiptChecksMs[0];
  await server.runRound('receipts');
  const { body, text } = await server.ask('GET', '/api/operator/sms', { token: 'op' });
  expect(body).toMatchObject({
    messages: { sent: 1, undelivered: 1, unclear: 0 },
    providers: [{ name: 'first', up: true, notTaken: 1, taken: 0, lastTakenAtMs: null, lastReceiptAtMs: null }, { name: 'second', up: false, taken: 1, undelivered: 1, lastTakenAtMs: expect.any(Number), lastReceiptAtMs: expect.any(Number) }],
    lastFailures: [{ provider: 'second', outcome: 'undelivered', why: 'absent' }, { provider: 'first', outcome: 'not_taken', why: 'no session' }],
    budget: { hour: { max: 1_000 }, day: { max: 10_000, sent: expect.any(Number), entered: 0 } },
    guard: { watch: 'calm', countries: [{ country: 'CN', day: { entered: 0 }, isLow: false }] },
  });
  expect(text).not.toMatch(/\+?86135/);
  expect((await server.ask('GET', '/api/operator/sms', { token: 'nobody' })).body.code).toBe('unauthorised');
  expect((await server.ask('GET', '/health')).body).toMatchObject({ sms: 'ok' });
});
