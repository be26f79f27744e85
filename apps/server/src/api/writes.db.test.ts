// Writes that are repeated, and what back office and owner may do with money and face. Real database; the vault is the
// labelled double of ../testing. Whatever moves money ends with coherent books.
import { sandboxKeysSchema, trialBalanceSchema } from '@sonrisa/protocol/back-office-api.ts';
import { paymentViewSchema } from '@sonrisa/protocol/terminal-api.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, enrol, freshKey, recognised, sealedPin, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let keys: z.infer<typeof sandboxKeysSchema>;
let ana: Awaited<ReturnType<typeof enrol>>;

beforeAll(async () => {
  server = await startTestServer({ name: 'writes' });
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
const newPayment = (json: unknown, more: { token?: string; key?: string } = {}) => server.ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), json, ...more });
const confirm = async (paymentId: string, { json = {}, ...more }: { token?: string; key?: string; json?: object } = {}) =>
  server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId), ...json }, ...more });
const balance = async () => (await server.ask('GET', '/api/phone/me', { token: ana.session })).body.balance.amountMinor;
async function paid(amountMinor: string): Promise<string> {
  const { paymentId } = await recognised(server, { token: till, amountMinor, face: 'ana' });
  expect((await confirm(paymentId)).body.state).toBe('captured');
  return paymentId;
}

describe('a repeated write', () => {
  it('is answered byte for byte as before and done once', async () => {
    const key = freshKey();
    const first = await newPayment({ amount: cny('1200') }, { key });
    const again = await newPayment({ amount: cny('1200') }, { key });
    expect(again.text).toBe(first.text);
    expect(again.status).toBe(201);
    paymentViewSchema.parse(again.body);
    expect((await newPayment({ amount: cny('1300') }, { key })).body).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  });

  it('control: under another key it is another write', async () => {
    const [one, other] = [await newPayment({ amount: cny('1200') }), await newPayment({ amount: cny('1200') })];
    expect(other.body.id).not.toBe(one.body.id);
  });

  it('charges once however many repeat it at once', async () => {
    const before = BigInt(await balance());
    const { paymentId } = await recognised(server, { token: till, amountMinor: '700', face: 'ana' });
    const key = freshKey();
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(paymentId, { key })));
    for (const { status, body } of answers) expect([200, 409]).toContain(status === 409 ? (body.code === 'idempotency_in_progress' ? 409 : 0) : status);
    const settled = await Promise.all(Array.from({ length: 5 }, () => confirm(paymentId, { key })));
    expect(new Set(settled.map(({ text }) => text)).size).toBe(1);
    expect(settled[0]?.body.state).toBe('captured');
    expect(BigInt(await balance())).toBe(before - 700n);
    await assertBooksCoherent(server.pool);
  });

  it('needs a key, of a decent shape', async () => {
    const answer = await server.ask('POST', '/api/terminal/payments', { token: till, json: { amount: cny('1200') } });
    expect(answer.body.code).toBe('idempotency_key_missing');
    expect((await newPayment({ amount: cny('1200') }, { key: 'short' })).body).toMatchObject({ code: 'input_invalid', errors: [{ path: 'headers.idempotency-key' }] });
  });

  it('replays a final refusal too, and a transient one not', async () => {
    const key = freshKey();
    const refused = await newPayment({ amount: cny('0') }, { key });
    expect(refused.body.code).toBe('amount_invalid');
    const topUp = (amountMinor: string, idempotencyKey: string) =>
      server.ask('POST', '/api/phone/top-ups', { token: ana.session, key: idempotencyKey, json: { amount: cny(amountMinor), source: 'test_bank' } });
    const bankKey = freshKey();
    const first = await topUp('1013', bankKey);
    expect(first.body.code).toBe('payment_source_refused');
    expect((await topUp('1013', bankKey)).text).toBe(first.text);
  });

  it('of a top-up puts the money in once', async () => {
    const before = BigInt(await balance());
    const key = freshKey();
    const ask = () => server.ask('POST', '/api/phone/top-ups', { token: ana.session, key, json: { amount: cny('2500'), source: 'test_bank' } });
    const first = await ask();
    expect(first.body).toMatchObject({ amount: cny('2500'), balance: cny(String(before + 2500n)) });
    expect((await ask()).text).toBe(first.text);
    expect(BigInt(await balance())).toBe(before + 2500n);
    await assertBooksCoherent(server.pool);
  });

  it('whose first process died is taken up again, and the money moved once', async () => {
    const before = BigInt(await balance());
    const key = freshKey();
    const ask = () => server.ask('POST', '/api/phone/top-ups', { token: ana.session, key, json: { amount: cny('300'), source: 'test_bank' } });
    await ask();
    // As if the answer had never been stored: the row is claimed, nothing more.
    await server.pool.query(`UPDATE idempotency SET status = NULL, body = NULL WHERE key = $1 AND principal LIKE 'http:%'`, [key]);
    server.clock.ms += 60_000;
    expect((await ask()).body.code).toBe('idempotency_in_progress');
    // By a process that holds no lock any more.
    await server.pool.query(`UPDATE idempotency SET held_by = held_by + 1 WHERE key = $1 AND principal LIKE 'http:%'`, [key]);
    expect((await ask()).status).toBe(201);
    expect(BigInt(await balance())).toBe(before + 300n);
    await assertBooksCoherent(server.pool);
  });
});

describe('text that no database keeps', () => {
  it.each(['NUL \u0000', 'half a pair \ud800'])('is refused with a code, wherever it is typed: %j', async (text) => {
    const paymentId = await paid('100');
    const answers = await Promise.all([
      newPayment({ amount: cny('100'), lines: [{ name: text, quantity: 1, unitAmountMinor: '100' }] }),
      server.ask('POST', `/api/merchant/payments/${paymentId}/refunds`, { token: keys.merchantKey, key: freshKey(), json: { reason: text } }),
      server.ask('POST', '/api/phone/enrolments', { json: { phone: '13900000055', name: text } }),
      server.ask('POST', '/api/phone/enrolments', { json: { phone: text, name: 'Ana' } }),
      server.ask('POST', '/api/terminal/activations', { json: { code: text, publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } } }),
      ...(text.includes('NUL') ? [server.ask('GET', '/api/sandbox/outbox?phone=%00'), server.ask('PUT', `/api/terminal/payments/${paymentId}/looks/%00/capture`, { token: till, bytes: Buffer.from('ana') })] : []),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [400, 'input_invalid']));
  });
});

describe('the back office', () => {
  it('sees, refunds in part and in full, and never more', async () => {
    const paymentId = await paid('10000');
    const ask = (method: 'GET' | 'POST', path: string, json?: unknown) => server.ask(method, `/api/merchant/${path}`, { token: keys.merchantKey, key: freshKey(), ...(json ? { json } : {}) });
    expect((await ask('GET', `payments/${paymentId}`)).body).toMatchObject({ state: 'captured', feeMinor: '60' });
    expect((await ask('GET', 'payments?limit=1')).body.payments).toHaveLength(1);
    const part = await ask('POST', `payments/${paymentId}/refunds`, { amount: cny('2500'), reason: 'burnt' });
    expect(part.body).toMatchObject({ state: 'partially_refunded', refundedMinor: '2500', feeReturnedMinor: '15' });
    expect((await ask('POST', `payments/${paymentId}/refunds`, { amount: cny('7501'), reason: 'too much' })).body.code).toBe('refund_exceeds_payment');
    expect((await ask('POST', `payments/${paymentId}/refunds`, { reason: 'all the rest' })).body).toMatchObject({ state: 'refunded', refundedMinor: '10000' });
    expect((await ask('GET', 'balance')).body).toMatchObject({ currency: 'CNY' });
    await assertBooksCoherent(server.pool);
  });

  it('of the operator: the books add up, and a payment tells its story', async () => {
    const paymentId = await paid('900');
    const trial = trialBalanceSchema.parse((await server.ask('GET', '/api/operator/trial-balance', { token: keys.operatorToken })).body);
    expect(trial).toMatchObject({ coherent: true, findings: [] });
    const { body: story } = await server.ask('GET', `/api/operator/payments/${paymentId}`, { token: keys.operatorToken });
    expect(story.events.length).toBeGreaterThan(2);
    expect(story.postings.length).toBeGreaterThan(2);
    await assertBooksCoherent(server.pool);
  });
});

describe('the owner', () => {
  it('deletes their face: the till knows nobody any more, an outstanding match pays nothing, the money stays', async () => {
    const owner = await enrol(server, { phone: '+8613900000003', name: 'Leaving', pin: '294615', face: 'leaving', topUpMinor: '5000' });
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face: 'leaving' });
    const { body: me } = await server.ask('DELETE', '/api/phone/me/face', { token: owner.session });
    expect(me).toMatchObject({ face: { state: 'off', enrolledAtMs: null, needsNewLook: false }, balance: cny('5000') });
    expect((await confirm(paymentId)).body.code).toBe('face_paused');
    expect((await recognised(server, { token: till, amountMinor: '1200', face: 'leaving' })).result.body.outcome).toBe('not_recognised');
    await assertBooksCoherent(server.pool);
  });

  it('deletes their face while the vault is away: no match counts from then on, and the vault hears of it later', async () => {
    const owner = await enrol(server, { phone: '+8613900000006', name: 'Patient', pin: '294615', face: 'patient', topUpMinor: '5000' });
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face: 'patient' });
    server.vault.up = false;
    expect((await server.ask('DELETE', '/api/phone/me/face', { token: owner.session })).body.code).toBe('vault_unavailable');
    expect((await confirm(paymentId)).body.code).toBe('face_paused');
    server.vault.up = true;
    expect(server.vault.faces.has('patient')).toBe(true);
    await server.runRound('deleted faces');
    expect(server.vault.faces.has('patient')).toBe(false);
    server.vault.forgotten.length = 0;
    await server.runRound('deleted faces');
    expect(server.vault.forgotten).toEqual([]);
    await assertBooksCoherent(server.pool);
  });

  it('opens face + PIN again, right after signing in; the operator may at any time', async () => {
    const owner = await enrol(server, { phone: '+8613900000008', name: 'Locked Out', pin: '294615', face: 'locked-out', topUpMinor: '90000' });
    const lock = () => server.pool.query('UPDATE payer SET face_pin_failures = 50 WHERE id = $1', [owner.payerId]);
    const pay = async () => {
      const { paymentId } = await recognised(server, { token: till, amountMinor: '20000', face: 'locked-out' });
      const pin = await sealedPin(server, { pin: '294615', subjectId: paymentId });
      const { body } = await confirm(paymentId, { json: { pin } });
      return body.code ?? body.state;
    };
    const clear = () => server.ask('POST', '/api/phone/me/face-pin-lock/clear', { token: owner.session });
    await lock();
    expect(await pay()).toBe('pin_off');
    expect((await clear()).status).toBe(204);
    expect(await pay()).toBe('captured');

    await lock();
    server.clock.ms += 10 * 60_000;
    expect((await clear()).body.code).toBe('forbidden');
    expect(await pay()).toBe('pin_off');
    const asOperator = (payerId: string) => server.ask('POST', `/api/operator/payers/${payerId}/face-pin-lock/clear`, { token: keys.operatorToken });
    expect((await asOperator(owner.payerId)).status).toBe(204);
    expect(server.logged.join('')).toContain('The operator opened face + PIN of a payer again');
    expect((await asOperator(`pyr_${'0'.repeat(32)}`)).body.code).toBe('not_found');
    expect(await pay()).toBe('captured');
    await assertBooksCoherent(server.pool);
  });

  it('signs out, and the session is over', async () => {
    const owner = await enrol(server, { phone: '+8613900000004', name: 'Leaver', pin: '294615', face: 'leaver' });
    expect((await server.ask('POST', '/api/phone/sign-out', { token: owner.session })).status).toBe(204);
    expect((await server.ask('GET', '/api/phone/me', { token: owner.session })).body.code).toBe('unauthorised');
  });
});
