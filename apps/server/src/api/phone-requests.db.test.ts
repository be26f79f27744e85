// Codes and requests of a shopper's phone through the real API: who may ask, one use, guesses, and what the till hears.
import { ownerChallenge } from '@sonrisa/protocol/owner-proof.ts';
import { codeStepOf, makeCodeFromKey, paymentCodeStepMs, type PaymentCodeKey } from '@sonrisa/protocol/payment-code.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { failuresMax } from '../payment-codes/accept.ts';
import { softwarePasskey } from '../testing/software-passkey.ts';
import { activate, enrol, freshKey, recognised, sealedPin, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let owner: { session: string; payerId: string };
const pin = '294615';
beforeAll(async () => {
  server = await startTestServer({ name: 'phone_requests' });
  till = (await activate(server)).token;
  owner = await enrol(server, { phone: '+8613900020001', name: 'Ana', pin, face: 'ana', topUpMinor: '100000' });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

const phone = (method: 'GET' | 'POST' | 'PUT', path: string, json?: unknown, key?: string) =>
  server.ask(method, `/api/phone/me/${path}`, { token: owner.session, ...(json === undefined ? {} : { json }), ...(key === undefined ? {} : { key }) });
const newPayment = async (amountMinor = '1280'): Promise<string> =>
  (await server.ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), json: { amount: { amountMinor, currency: 'CNY' }, lines: [] } })).body.id;
const payByCode = (paymentId: string, code: string, key = freshKey()) =>
  server.ask('POST', `/api/terminal/payments/${paymentId}/code`, { token: till, key, json: { code } });
const codeKey = async (): Promise<PaymentCodeKey> => (await phone('POST', 'payment-code')).body;
const nowCode = (held: PaymentCodeKey, later = 0) => makeCodeFromKey(held, codeStepOf(server.clock.ms) + later);

describe('a payment code', () => {
  it('pays once; the same request is answered alike; the next code pays again', async () => {
    const held = await codeKey();
    const [code, key, paymentId] = [await nowCode(held), freshKey(), await newPayment()];
    const paid = await payByCode(paymentId, code, key);
    expect([paid.status, paid.body.state]).toEqual([200, 'captured']);
    expect((await payByCode(paymentId, code, key)).text).toBe(paid.text);
    const again = await payByCode(await newPayment(), code);
    expect([again.status, again.body.code]).toEqual([409, 'payment_code_used']);
    server.clock.ms += paymentCodeStepMs;
    expect((await payByCode(await newPayment(), await nowCode(held))).status).toBe(200);
  });

  it('shown to two tills at once pays one of them', async () => {
    const code = await nowCode(await codeKey());
    const payments = await Promise.all([1, 2, 3, 4, 5].map(() => newPayment()));
    const answers = await Promise.all(payments.map((id) => payByCode(id, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  it('made without a network counts for a minute and no longer', async () => {
    const held = await codeKey();
    const old = await nowCode(held);
    server.clock.ms += 2 * paymentCodeStepMs;
    expect((await payByCode(await newPayment(), old)).status).toBe(200);
    const older = await nowCode(await codeKey());
    server.clock.ms += 3 * paymentCodeStepMs;
    expect((await payByCode(await newPayment(), older)).body.code).toBe('payment_code_invalid');
  });

  it('guessed at, even all at once, is dead after a few tries', async () => {
    const held = await codeKey();
    const otherKey = { ...held, key: Buffer.alloc(32, 7).toString('base64url') };
    const payments = await Promise.all(Array.from({ length: failuresMax }, () => newPayment()));
    await Promise.all(payments.map(async (id, n) => payByCode(id, await nowCode(otherKey, n * 10))));
    const right = await payByCode(await newPayment(), await nowCode(held));
    expect(right.body.code).toBe('payment_code_invalid');
    // The control: one guess less, and the right code still pays.
    const spared = await codeKey();
    const otherSpared = { ...spared, key: otherKey.key };
    await Promise.all(payments.slice(1).map(async (id, n) => payByCode(id, await nowCode(otherSpared, n * 10))));
    expect((await payByCode(await newPayment(), await nowCode(spared))).status).toBe(200);
  });

  it('of a phone that signed out is nothing', async () => {
    const other = await enrol(server, { phone: '+8613900020002', name: 'Bo', pin, face: 'bo', topUpMinor: '5000' });
    const held: PaymentCodeKey = (await server.ask('POST', '/api/phone/me/payment-code', { token: other.session })).body;
    await server.ask('POST', '/api/phone/sign-out', { token: other.session });
    expect((await payByCode(await newPayment(), await nowCode(held))).body.code).toBe('payment_code_invalid');
  });
});

describe('a till that waits for the phone', () => {
  it('is answered by the PIN, sealed for this payment', async () => {
    expect((await phone('PUT', 'ask-phone-from', { amountMinor: '0' })).status).toBe(204);
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1280', face: 'ana' });
    const nonce = await shownNonce(server, paymentId);
    const waits = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce } });
    expect([waits.status, waits.body.next, waits.body.phone.pinInstead]).toEqual([200, 'wait_phone', true]);
    const { requests, payerId } = (await phone('GET', 'requests')).body;
    expect([requests.length, payerId]).toEqual([1, owner.payerId]);
    const approve = async (subjectId: string) => phone('POST', `requests/${requests[0].id}/approve`, { pin: await sealedPin(server, { pin, subjectId }) }, freshKey());
    expect((await approve(owner.payerId)).body.code).toBe('pin_sealed_wrong');
    const yes = await approve(paymentId);
    expect([yes.status, yes.body.state]).toEqual([200, 'captured']);
    expect((await server.ask('GET', `/api/terminal/payments/${paymentId}`, { token: till })).body.state).toBe('captured');
    const [notice] = (await phone('GET', 'notices')).body.notices;
    expect(notice).toMatchObject({ paymentId, way: 'face', confirmedOnPhone: true, isNew: true });
  });

  it('asks from a larger amount on only for a phone that has just signed in', async () => {
    server.clock.ms += 11 * 60_000;
    expect((await phone('PUT', 'ask-phone-from', { amountMinor: null })).body.code).toBe('forbidden');
    expect((await phone('POST', 'passkeys/options', {})).body.code).toBe('pin_required');
    const options = await phone('POST', 'passkeys/options', { pin: await sealedPin(server, { pin, subjectId: owner.payerId }) });
    expect([options.status, options.body.rp.id, options.body.authenticatorSelection.userVerification]).toEqual([200, 'localhost', 'required']);
  });

  it('is stripped of a passkey by the PIN or another passkey, not by whoever holds it unlocked', async () => {
    const keyOf = () => softwarePasskey({ pool: server.pool, payerId: owner.payerId, rpId: 'localhost', origin: 'http://localhost:8080' });
    const [goes, stays] = [await keyOf(), await keyOf()];
    const ids = async (): Promise<string[]> => (await phone('GET', 'passkeys')).body.passkeys.map(({ id }: { id: string }) => id);
    const signedBy = async (key: typeof goes, subject = goes.id) => {
      const { nonce } = (await phone('POST', 'limits/nonce')).body;
      return { nonce, passkey: key.answer(await ownerChallenge({ act: 'remove_passkey', payerId: owner.payerId, subject, nonce })) };
    };
    const remove = async (proof?: object, id = goes.id) => (await phone('POST', 'passkeys/remove', { id, ...(proof ? { proof } : {}) })).body;
    expect((await remove()).code).toBe('input_invalid');
    expect((await remove({ pin: await sealedPin(server, { pin: '111222', subjectId: owner.payerId }) })).code).toBe('pin_wrong');
    expect((await remove(await signedBy(goes))).code).toBe('passkey_invalid');
    expect((await remove(await signedBy(stays, stays.id))).code).toBe('passkey_invalid');
    expect(await ids()).toEqual(expect.arrayContaining([goes.id, stays.id]));
    expect((await remove(await signedBy(stays))).passkeys).toHaveLength(1);
    expect((await remove({ pin: await sealedPin(server, { pin, subjectId: owner.payerId }) }, stays.id)).passkeys).toEqual([]);
  });

  it('tells how people paid', async () => {
    const keys = (await server.ask('GET', '/api/sandbox/keys')).body;
    const ways = await server.ask('GET', '/api/merchant/ways?days=7', { token: keys.merchantKey });
    expect(ways.status).toBe(200);
    expect(ways.body.byCode).toBeGreaterThan(3);
    expect(ways.body.otherShare).toBeCloseTo(ways.body.byCode / (ways.body.byCode + ways.body.byFace), 12);
    expect((await server.ask('GET', '/api/operator/ways', { token: keys.operatorToken })).body).toMatchObject({ byCode: ways.body.byCode });
  });
});
