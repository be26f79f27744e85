// Amounts, phone numbers, keys and receipts that must not pass, through the public API: a code of the catalogue, a fitting
// status, a sentence that says what to do, and nothing changed.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { ApiAnswer, ApiRequest } from '../apps/cli/src/demo/api.ts';
import { enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { assertBooksCoherent } from './harness/books.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { expectRefusal, fingerprint } from './harness/refusal.ts';

let running: TestInstance;
let shopper: Shopper;

beforeAll(async () => {
  running = await startTestInstance({ people: 1, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0);
});
afterAll(async () => {
  try {
    if (running) await assertBooksCoherent(running);
  } finally {
    await running?.stop();
  }
});

const key = () => randomUUID();
const ask = (request: ApiRequest): Promise<ApiAnswer> => running.stage.terminal.api.raw(request);
const newPayment = (amount: unknown, lines: unknown[] = [], idempotencyKey: string = key()): ApiRequest => ({
  path: '/api/terminal/payments',
  token: running.stage.terminal.token,
  json: { amount, lines },
  idempotencyKey,
});
const topUp = (amount: unknown, idempotencyKey: string = key()): ApiRequest => ({
  path: '/api/phone/top-ups',
  token: shopper.session,
  json: { amount, source: 'test_bank' },
  idempotencyKey,
});

async function expectRefusedAndHarmless(request: ApiRequest, code: ProblemCode): Promise<void> {
  const before = await fingerprint(running);
  expectRefusal(await ask(request), code);
  expect(await fingerprint(running)).toEqual(before);
}

describe('amounts', () => {
  const cny = (amountMinor: unknown) => ({ amountMinor, currency: 'CNY' });
  const cases: { what: string; amount: unknown; code: ProblemCode }[] = [
    { what: 'zero', amount: cny('0'), code: 'amount_invalid' },
    { what: 'negative', amount: cny('-100'), code: 'amount_invalid' },
    { what: 'fractional', amount: cny('12.50'), code: 'amount_invalid' },
    { what: 'with an exponent', amount: cny('1e3'), code: 'amount_invalid' },
    { what: 'with a leading zero', amount: cny('0100'), code: 'amount_invalid' },
    { what: 'a JSON number', amount: cny(1250), code: 'amount_invalid' },
    { what: 'empty', amount: cny(''), code: 'amount_invalid' },
    { what: 'one more than the maximum', amount: 'maximum + 1', code: 'amount_too_large' },
    { what: '2^63', amount: cny(String(2n ** 63n)), code: 'amount_too_large' },
    { what: 'of a hundred digits', amount: cny('9'.repeat(100)), code: 'amount_invalid' },
    { what: 'in another currency', amount: { amountMinor: '1250', currency: 'EUR' }, code: 'currency_mismatch' },
    { what: 'in a currency that is none', amount: { amountMinor: '1250', currency: 'yuan' }, code: 'input_invalid' },
    { what: 'without a currency', amount: { amountMinor: '1250' }, code: 'input_invalid' },
  ];
  const filled = (amount: unknown) => (amount === 'maximum + 1' ? cny(String(BigInt(running.stage.terminal.profile.paymentMax.amountMinor) + 1n)) : amount);
  test.each(cases)('a payment $what: $code', ({ amount, code }) => expectRefusedAndHarmless(newPayment(filled(amount)), code));
  // The maximum of a top-up is another one: only the shapes are shared.
  test.each(cases.filter(({ amount }) => amount !== 'maximum + 1'))('a top-up $what: $code', ({ amount, code }) => expectRefusedAndHarmless(topUp(amount), code));

  test('lines that add up to something else', () =>
    expectRefusedAndHarmless(newPayment(cny('1000'), [{ name: 'Roll', quantity: 3, unitAmountMinor: '300' }]), 'amount_mismatch'));

  test('the twin: the maximum itself is a payment', async () => {
    expect((await ask(newPayment(running.stage.terminal.profile.paymentMax))).status).toBe(201);
  });

  test('a refund of more than was paid, of nothing, in another currency', async () => {
    const paid = await payOnce();
    const refund = (amount: unknown): ApiRequest => ({
      path: `/api/merchant/payments/${paid}/refunds`,
      token: running.stage.offices.keys.merchantKey,
      json: { amount, reason: 'test' },
      idempotencyKey: key(),
    });
    await expectRefusedAndHarmless(refund(cny('1201')), 'refund_exceeds_payment');
    await expectRefusedAndHarmless(refund(cny('0')), 'amount_invalid');
    await expectRefusedAndHarmless(refund({ amountMinor: '100', currency: 'EUR' }), 'currency_mismatch');
    expect((await ask(refund(cny('1200')))).status).toBe(201);
  });
});

describe('phone numbers', () => {
  const start = (phone: unknown, name: unknown = 'Lin'): ApiRequest => ({ path: '/api/phone/enrolments', json: { phone, name, locale: 'en' } });
  const cases: { what: string; phone: unknown; code: ProblemCode }[] = [
    { what: 'empty', phone: '', code: 'input_invalid' },
    { what: 'a word', phone: 'call me', code: 'phone_invalid' },
    { what: 'too short', phone: '+86138001', code: 'phone_invalid' },
    { what: 'too long', phone: '+861380013800012', code: 'phone_invalid' },
    { what: 'of a country that does not exist', phone: '+9991234567890', code: 'phone_invalid' },
    { what: 'a landline', phone: '+861012345678', code: 'phone_invalid' },
    { what: 'an emergency number', phone: '110', code: 'phone_invalid' },
    { what: 'longer than a field may be', phone: '1'.repeat(100), code: 'input_invalid' },
    { what: 'a number, not text', phone: 13800138000, code: 'input_invalid' },
  ];
  test.each(cases)('$what: $code', ({ phone, code }) => expectRefusedAndHarmless(start(phone), code));

  test('a name of control characters', () => expectRefusedAndHarmless(start('+8613900139000', '\u0000\u0007'), 'input_invalid'));
  test('a name that is none', () => expectRefusedAndHarmless(start('+8613900139000', '123'), 'name_invalid'));

  test('the twin: a mobile number gets its code', async () => {
    expect((await ask(start('+8613900139000'))).status).toBe(201);
  });
});

describe('idempotency keys', () => {
  test('the same key with another body', async () => {
    const { profile } = running.stage.terminal;
    const once = key();
    expect((await ask(newPayment({ amountMinor: '700', currency: profile.currency }, [], once))).status).toBe(201);
    await expectRefusedAndHarmless(newPayment({ amountMinor: '701', currency: profile.currency }, [], once), 'idempotency_key_reused');
    const top = key();
    expect((await ask(topUp({ amountMinor: '1000', currency: profile.currency }, top))).status).toBe(201);
    await expectRefusedAndHarmless(topUp({ amountMinor: '1001', currency: profile.currency }, top), 'idempotency_key_reused');
  });

  test('the twin: the same key with the same body is answered as before, to the byte', async () => {
    const request = topUp({ amountMinor: '1000', currency: running.stage.terminal.profile.currency });
    const first = await ask(request);
    const before = await fingerprint(running);
    expect(await ask(request)).toMatchObject({ status: first.status, body: first.body });
    expect(await fingerprint(running)).toEqual(before);
  });

  test('no key, and a key that is none', async () => {
    const { idempotencyKey: _none, ...without } = newPayment({ amountMinor: '700', currency: 'CNY' });
    await expectRefusedAndHarmless(without, 'idempotency_key_missing');
    await expectRefusedAndHarmless({ ...without, idempotencyKey: 'short' }, 'input_invalid');
  });
});

// The API never takes a receipt: these put a wrong one where the payment keeps it, as a defect or a tamperer would.
describe('receipts at the moment of paying', () => {
  test('expired', () => expectReceiptRefused((claims) => ({ ...claims, exp: 1_600_000_000 }), 'receipt_expired'));

  test('of a face that was erased since', () => expectReceiptRefused((claims) => ({ ...claims, faceEpoch: Number(claims.faceEpoch) + 1 }), 'face_paused'));

  test.each([
    { what: 'made for another amount', change: { amountMinor: '1199' } },
    { what: 'made for another payment', change: { subjectId: `pay_${'0'.repeat(32)}` } },
    { what: 'made at another store', change: { storeId: `sto_${'0'.repeat(32)}` } },
    { what: 'made for another purpose', change: { purpose: 'verification' } },
    { what: 'signed by another terminal', change: { signerThumbprint: 'A'.repeat(43) } },
  ])('$what', ({ change }) => expectReceiptRefused((claims) => ({ ...claims, ...change }), 'receipt_invalid'));

  test('used before', async () => {
    const spent = await payOnce();
    const [row] = await withConnection(running.instance.databaseUrl, (query) => query("SELECT receipt_claims->>'jti' AS jti FROM payment WHERE id = $1", [spent]));
    await expectReceiptRefused((claims) => ({ ...claims, jti: row?.jti }), 'receipt_used');
  });

  test('the twin: an untouched receipt pays', async () => {
    expect((await running.stage.terminal.payment(await payOnce())).state).toBe('captured');
  });
});

async function expectReceiptRefused(change: (claims: Record<string, unknown>) => Record<string, unknown>, code: ProblemCode): Promise<void> {
  const { terminal } = running.stage;
  const { id: paymentId, payer } = await identify();
  await withConnection(running.instance.databaseUrl, async (query) => {
    const [row] = await query('SELECT receipt_claims FROM payment WHERE id = $1', [paymentId]);
    await query('UPDATE payment SET receipt_claims = $2 WHERE id = $1', [paymentId, JSON.stringify(change(row?.receipt_claims as Record<string, unknown>))]);
  });
  await expectRefusedAndHarmless({ path: `/api/terminal/payments/${paymentId}/confirm`, token: terminal.token, json: { nonce: payer?.nonce }, idempotencyKey: key() }, code);
}

async function identify(): Promise<PaymentView> {
  const { terminal } = running.stage;
  const { id } = await terminal.createPayment({ amountMinor: '1200' });
  const { outcome, payment } = await terminal.look(id, (count) => shopper.person.burst({ kind: 'till', seed: 6, count }));
  expect(outcome).toBe('identified');
  return payment;
}

async function payOnce(): Promise<string> {
  const payment = await identify();
  expect((await running.stage.terminal.confirm(payment)).state).toBe('captured');
  return payment.id;
}
