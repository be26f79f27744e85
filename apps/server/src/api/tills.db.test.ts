// Tills: activation, paying with every rung, invitations, the outbox, and the walls between tenants. Real database; the vault
// is the labelled double of ../testing. Whatever moves money ends with coherent books.
import { createHash } from 'node:crypto';
import { sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import { menuSchema, terminalProfileSchema } from '@sonrisa/protocol/terminal-api.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, activationCode, enrol, freshKey, newSigner, recognised, sealedPin, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let keys: z.infer<typeof sandboxKeysSchema>;
let ana: Awaited<ReturnType<typeof enrol>>;

beforeAll(async () => {
  server = await startTestServer({ name: 'tills' });
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
const newPayment = (json: unknown) => server.ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), json });
const confirm = async (paymentId: string, { json = {}, ...more }: { token?: string; key?: string; json?: object } = {}) =>
  server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId), ...json }, ...more });
const balance = async () => (await server.ask('GET', '/api/phone/me', { token: ana.session })).body.balance.amountMinor;
async function paid(amountMinor: string): Promise<string> {
  const { paymentId } = await recognised(server, { token: till, amountMinor, face: 'ana' });
  expect((await confirm(paymentId)).body.state).toBe('captured');
  return paymentId;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

describe('a terminal', () => {
  it('is told who it is and what its store sells', async () => {
    const profile = terminalProfileSchema.parse((await server.ask('GET', '/api/terminal/profile', { token: till })).body);
    expect(profile).toMatchObject({ mode: 'sandbox', merchant: { nameZh: '太阳面包房' }, currency: 'CNY', pinFrom: cny('20000') });
    expect(menuSchema.parse((await server.ask('GET', '/api/terminal/menu', { token: till })).body).items).toHaveLength(12);
  });

  it('is activated with the sandbox code as often as one likes, with any other once', async () => {
    const other = await activate(server);
    expect(other.token).not.toBe(till);
    const ask = async (code: string) => (await server.ask('POST', '/api/terminal/activations', { json: { code, publicJwk: await newSigner() } })).body;
    expect((await ask('WRONGONE')).code).toBe('activation_code_invalid');
    expect((await ask(` ${activationCode.toLowerCase()} `)).token).toBeDefined();
    await server.pool.query('INSERT INTO activation_code (code_hash, store_id) SELECT $1, id FROM store LIMIT 1', [sha256('ONCE2345')]);
    const both = await Promise.all([ask('ONCE2345'), ask('ONCE2345')]);
    expect(both.filter(({ token }) => token !== undefined)).toHaveLength(1);
  });

  it('is out at once when it is revoked', async () => {
    const { token, terminalId } = await activate(server);
    expect((await server.ask('GET', '/api/terminal/menu', { token })).status).toBe(200);
    const merchant = { token: keys.merchantKey, key: freshKey() };
    const off = await server.ask('POST', `/api/merchant/terminals/${terminalId}/revoke`, merchant);
    expect(off.body).toMatchObject({ id: terminalId, state: 'revoked', revokedAtMs: server.clock.ms });
    expect((await server.ask('GET', '/api/terminal/menu', { token })).body).toMatchObject({ code: 'terminal_revoked', status: 401 });
  });

  it('keeps its sale when the vault is away, and says so', async () => {
    const { body } = await newPayment({ amount: cny('1200') });
    server.vault.up = false;
    const look = await server.ask('POST', `/api/terminal/payments/${body.id}/looks`, { token: till });
    expect(look.body).toMatchObject({ code: 'vault_unavailable', status: 503 });
    expect(look.headers['retry-after']).toBeDefined();
    server.vault.up = true;
    expect((await server.ask('GET', `/api/terminal/payments/${body.id}`, { token: till })).body.next).toBe('look');
  });

  it('asks for the PIN of a large payment and takes no other', async () => {
    const { paymentId, result } = await recognised(server, { token: till, amountMinor: '20000', face: 'ana' });
    expect(result.body.payment.next).toBe('confirm_with_pin');
    expect((await confirm(paymentId)).body.code).toBe('pin_required');
    const pin = (value: string) => sealedPin(server, { pin: value, subjectId: paymentId });
    expect((await confirm(paymentId, { json: { pin: await pin('802947') } })).body.code).toBe('pin_wrong');
    expect((await confirm(paymentId, { json: { pin: await pin('294615') } })).body.state).toBe('captured');
    await assertBooksCoherent(server.pool);
  });

  it('asks for digits when the vault does', async () => {
    server.vault.rung = 'face_digits';
    const { paymentId, result } = await recognised(server, { token: till, amountMinor: '1200', face: 'ana' });
    expect(result.body).toMatchObject({ outcome: 'needs_digits', payment: { next: 'digits', payer: null } });
    const digits = (value: string) => server.ask('POST', `/api/terminal/payments/${paymentId}/digits`, { token: till, json: { digits: value } });
    expect((await digits('12a4')).body.code).toBe('input_invalid');
    expect((await digits('9999')).body.code).toBe('digits_wrong');
    expect((await digits('0001')).body).toMatchObject({ outcome: 'identified', payment: { next: 'confirm' } });
    expect((await confirm(paymentId)).body.state).toBe('captured');
    await assertBooksCoherent(server.pool);
  });

  it('asks for digits, then for the PIN, when the vault’s word rests on both', async () => {
    server.vault.rung = 'face_digits_pin';
    const { paymentId, result } = await recognised(server, { token: till, amountMinor: '1200', face: 'ana' });
    expect(result.body).toMatchObject({ outcome: 'needs_digits', payment: { next: 'digits', payer: null } });
    const typed = await server.ask('POST', `/api/terminal/payments/${paymentId}/digits`, { token: till, json: { digits: '0001' } });
    expect(typed.body).toMatchObject({ outcome: 'identified', payment: { next: 'confirm_with_pin', decision: { rung: 'face_digits_pin' } } });
    expect((await confirm(paymentId)).body.code).toBe('pin_required');
    const pin = await sealedPin(server, { pin: '294615', subjectId: paymentId });
    expect((await confirm(paymentId, { json: { pin } })).body.state).toBe('captured');
    await assertBooksCoherent(server.pool);
  });

  it('is told nobody’s name when a face is not known, and charges nobody', async () => {
    const before = await balance();
    const { paymentId, result } = await recognised(server, { token: till, amountMinor: '1200', face: 'a stranger' });
    expect(result.body).toMatchObject({ outcome: 'not_recognised', payment: { payer: null } });
    expect((await confirm(paymentId)).body.code).toBe('payment_state_conflict');
    expect(await balance()).toBe(before);
    await assertBooksCoherent(server.pool);
  });
});

describe('an invitation', () => {
  it('leads an unknown face to its own phone, and the till sees it come back', async () => {
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face: 'newcomer' });
    const url = `/api/terminal/payments/${paymentId}/invites`;
    const invite = await server.ask('POST', url, { token: till, json: { phone: '13900000002', locale: 'en' } });
    expect(invite.body).toMatchObject({ state: 'open', url: `http://localhost:8080/phone/?invite=${invite.body.id}` });
    const { body: outbox } = await server.ask('GET', '/api/sandbox/outbox?phone=13900000002');
    expect(outbox.messages[0].text).toContain(invite.body.url);
    expect(outbox.messages[0].text).toContain('Do not pass it on');
    const state = async () => (await server.ask('GET', `${url}/${invite.body.id}`, { token: till })).body.state;
    await enrol(server, { phone: '+8613900000002', name: 'New Comer', pin: '294615', face: 'newcomer', topUpMinor: '5000', inviteId: invite.body.id });
    expect(await state()).toBe('enrolled');
    const look = await server.ask('POST', `/api/terminal/payments/${paymentId}/looks`, { token: till });
    const result = await server.ask('PUT', `/api/terminal/payments/${paymentId}/looks/${look.body.nonce}/capture`, { token: till, bytes: Buffer.from('newcomer') });
    expect(result.body.outcome).toBe('identified');
    expect((await confirm(paymentId)).body.state).toBe('captured');
    await assertBooksCoherent(server.pool);
  });

  it('answers alike for any number, runs out, and belongs to its terminal', async () => {
    const { body } = await newPayment({ amount: cny('1200') });
    const url = `/api/terminal/payments/${body.id}/invites`;
    const known = await server.ask('POST', url, { token: till, json: { phone: '13900000001' } });
    const unknown = await server.ask('POST', url, { token: till, json: { phone: '13900000077' } });
    const shape = (answer: typeof known) => ({ ...answer.body, id: '', url: '', expiresAtMs: 0 });
    expect(shape(known)).toEqual(shape(unknown));
    expect((await server.ask('POST', url, { token: till, json: { phone: '12' } })).body.code).toBe('phone_invalid');
    const other = await activate(server);
    expect((await server.ask('GET', `${url}/${known.body.id}`, { token: other.token })).body.code).toBe('not_found');
    expect((await server.ask('POST', url, { token: other.token, json: {} })).body.code).toBe('payment_not_found');
    server.clock.ms += 15 * 60_000;
    expect((await server.ask('GET', `${url}/${known.body.id}`, { token: till })).body.state).toBe('expired');
    expect((await server.ask('POST', '/api/phone/enrolments', { json: { phone: '13900000077', name: '某人', inviteId: known.body.id } })).body.code).toBe('invite_invalid');
  });
});

describe('tenants', () => {
  it('a merchant reaches no payment of another, a terminal none of another store or till', async () => {
    const paymentId = await paid('1000');
    const other = await anotherMerchant();
    const asOther = { token: other.key, key: freshKey() };
    expect((await server.ask('GET', `/api/merchant/payments/${paymentId}`, asOther)).body.code).toBe('payment_not_found');
    expect((await server.ask('POST', `/api/merchant/payments/${paymentId}/refunds`, { ...asOther, json: { reason: 'mine now' } })).body.code).toBe('payment_not_found');
    expect((await server.ask('GET', '/api/merchant/payments', asOther)).body.payments).toEqual([]);
    expect((await server.ask('GET', '/api/merchant/balance', asOther)).body.payableMinor).toBe('0');
    const neighbour = (await activate(server)).token;
    for (const token of [other.till, neighbour]) {
      const base = `/api/terminal/payments/${paymentId}`;
      expect((await server.ask('GET', base, { token })).body.code).toBe('payment_not_found');
      expect((await server.ask('POST', `${base}/looks`, { token })).body.code).toBe('payment_not_found');
      expect((await server.ask('POST', `${base}/confirm`, { token, key: freshKey(), json: { nonce: 'any' } })).body.code).toBe('payment_not_found');
      expect((await server.ask('POST', `${base}/cancel`, { token })).body.code).toBe('payment_not_found');
      expect((await server.ask('POST', `${base}/invites`, { token, json: {} })).body.code).toBe('payment_not_found');
    }
    await assertBooksCoherent(server.pool);
  });

  it('credentials of one kind open no door of another', async () => {
    const doors = { 'terminal/profile': till, 'phone/me': ana.session, 'merchant/balance': keys.merchantKey, 'operator/trial-balance': keys.operatorToken };
    for (const door of Object.keys(doors)) {
      for (const [own, token] of Object.entries(doors)) {
        expect((await server.ask('GET', `/api/${door}`, { token })).status, `${own} at ${door}`).toBe(own === door ? 200 : 401);
      }
    }
  });
});

async function anotherMerchant(): Promise<{ key: string; till: string }> {
  const [merchant, store, key, code] = [`mer_${'b'.repeat(32)}`, `sto_${'b'.repeat(32)}`, 'sk_test_another', 'OTHERS11'];
  await server.pool.query(`INSERT INTO merchant (id, name, name_zh, currency) VALUES ($1, 'Other', '别家', 'CNY') ON CONFLICT DO NOTHING`, [merchant]);
  await server.pool.query(`INSERT INTO store (id, merchant_id, name, name_zh, time_zone, pin_from_minor) VALUES ($2, $1, 'Other', '别家', 'Asia/Shanghai', 20000)`, [merchant, store]);
  await server.pool.query('INSERT INTO merchant_key (key_hash, merchant_id) VALUES ($1, $2)', [sha256(key), merchant]);
  await server.pool.query('INSERT INTO activation_code (code_hash, store_id, reusable) VALUES ($1, $2, true)', [sha256(code), store]);
  const { body } = await server.ask('POST', '/api/terminal/activations', { json: { code, publicJwk: await newSigner() } });
  return { key, till: body.token };
}

describe('the outbox', () => {
  it('tells new messages as they are sent', async () => {
    server.clock.ms += 1;
    const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
    const stop = new AbortController();
    const answer = await fetch(`${address}/api/sandbox/outbox/live`, { signal: stop.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    await server.ask('POST', '/api/phone/enrolments', { json: { phone: '13900000005', name: '直播' } });
    let text = '';
    while (!text.includes('+8613900000005')) text += (await reader.read()).value ?? '';
    expect(/data: (.*)\n\n/.exec(text)?.[1]).toContain('"to":"+8613900000005"');
    stop.abort();
  });
});
