// Guessing SMS codes in parallel, at one enrolment and at as many as one likes of one number, from an address each: what can be guessed
// at is what was sent, three times. GUESSES=10000 runs the long version. The control takes the counting away and finds the code.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeSentTo, startTestServer, type TestServer } from '../testing/test-server.ts';
import { smsCodeMatches } from '../sms-codes/index.ts';
import { codeTriesMax, sendCode } from './code.ts';
import type { EnrolmentDeps } from './ports.ts';

const guesses = Number(process.env['GUESSES'] ?? 80);
const atOnce = 40;
let server: TestServer;
let addresses = 0;

beforeAll(async () => {
  server = await startTestServer({ name: 'sms_guesses', environment: { SONRISA_SMS_PER_HOUR_MAX: '100000' } });
});
afterAll(() => server.stop());

const nextAddress = () => `10.${(addresses += 1) >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
const start = (phone: string) => server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三丰' }, remoteAddress: nextAddress() });
type Started = Awaited<ReturnType<typeof start>>;
const enter = async ({ body }: Started, code: string) => {
  const { status, body: answer } = await server.ask('POST', `/api/phone/enrolments/${body.id}/code`, { token: body.token, json: { code }, remoteAddress: nextAddress() });
  return status === 200 ? 'ok' : (answer.code as string);
};
async function storm(count: number, one: (index: number) => Promise<string>): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) {
      const answer = await one(next++);
      counted[answer] = (counted[answer] ?? 0) + 1;
    }
  }));
  return counted;
}
const wrongFor = (code: string, index: number) => String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0');

it('at one enrolment: three, whatever comes at once, and then the right one is none', async () => {
  const phone = '+8613900000001';
  const started = await start(phone);
  const code = await codeSentTo(server, phone);
  const answers = await storm(guesses, (index) => enter(started, index === guesses - 1 ? code : wrongFor(code, index)));
  expect(answers).toEqual({ code_wrong: codeTriesMax - 1, code_tries_used_up: guesses - codeTriesMax + 1 });
});

it('at many enrolments of one number: three codes go out, all others are of nothing', async () => {
  const phone = '+8613900000002';
  const rounds = Math.ceil(guesses / codeTriesMax);
  const answers: Record<string, number> = {};
  await storm(rounds, async (round) => {
    const started = await start(phone);
    for (let tried = 0; tried < codeTriesMax; tried += 1) {
      // What three codes there are is not known to a guesser; a hit by chance would be told as `ok`.
      const answer = await enter(started, String((round * codeTriesMax + tried) % 1_000_000).padStart(6, '0'));
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
    return 'done';
  });
  expect(Object.keys(answers).filter((answer) => !['code_wrong', 'code_tries_used_up', 'ok'].includes(answer))).toEqual([]);
  const { rows } = await server.pool.query('SELECT count(*)::int AS sent FROM sms_outbox WHERE to_e164 = $1', [phone]);
  expect(rows).toEqual([{ sent: 3 }]);
  // Nine guesses at most can have been at a code that exists.
  expect(answers['ok'] ?? 0).toBeLessThanOrEqual(1);
});

it('an enrolment whose code was not sent keeps the mark of no code at all', async () => {
  const refused = { random: { digits: () => { throw new Error('a code was made that nobody gets'); }, bytes: (count: number) => new Uint8Array(count) }, smsLimits: { ask: async () => ({ is: 'refused', why: 'number', scope: 'phone' }) }, messages: { available: true }, clock: { nowMs: () => 0 }, codeKey: new Uint8Array(32) };
  const kept = await sendCode(refused as unknown as EnrolmentDeps, server.pool as never, { enrolmentId: 'enr', phone: '+8613900000003', locale: 'zh', purpose: 'enter', from: {} });
  expect(kept).toMatchObject({ message_id: null, code_tries: 0 });
  expect(['000000', '123456', '999999'].some((code) => smsCodeMatches({ codeKey: new Uint8Array(32), boundTo: 'enr', code, codeHmac: kept.code_hmac }))).toBe(false);
});

it('control: with the tries wiped before each, guesses go on until the code is found', async () => {
  const phone = '+8613900000004';
  const started = await start(phone);
  const code = await codeSentTo(server, phone);
  const answers: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    await server.pool.query('UPDATE enrolment SET code_tries = 0 WHERE id = $1', [started.body.id]);
    answers.push(await enter(started, index === 19 ? code : wrongFor(code, index)));
  }
  expect([answers.slice(0, 19).every((answer) => answer === 'code_wrong'), answers[19]]).toEqual([true, 'ok']);
});
