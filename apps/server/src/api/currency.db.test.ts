// An installation in another currency than the one most tests use: none of its amounts has two decimals.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, enrol, freshKey, recognised, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ name: 'api-currency', environment: { SONRISA_CURRENCY: 'JPY' } });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

it('a wallet is opened, filled, and pays at the bakery, in yen throughout', async () => {
  const { token } = await activate(server);
  expect((await server.ask('GET', '/api/terminal/profile', { token })).body.pinFrom).toEqual({ amountMinor: '20000', currency: 'JPY' });
  const ken = await enrol(server, { phone: '+8613800000077', name: 'Ken', pin: '471147', face: 'ken', topUpMinor: '5000', currency: 'JPY' });
  const { paymentId } = await recognised(server, { token, amountMinor: '280', face: 'ken', currency: 'JPY' });
  const paid = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  expect(paid.body).toMatchObject({ state: 'captured', amount: { amountMinor: '280', currency: 'JPY' } });
  expect((await server.ask('GET', '/api/phone/me', { token: ken.session })).body.balance).toEqual({ amountMinor: '4720', currency: 'JPY' });
  const { rows } = await server.pool.query<{ units: number }>(`SELECT (signals -> 'payment' ->> 'units')::float8 AS units FROM risk_decision WHERE payment_id = $1`, [paymentId]);
  expect(rows).toEqual([{ units: 2.8 }]);
});

it('an amount in another currency is refused', async () => {
  const { token } = await activate(server);
  const refused = await server.ask('POST', '/api/terminal/payments', { token, key: freshKey(), json: { amount: { amountMinor: '280', currency: 'CNY' }, lines: [] } });
  expect(refused.body.code).toBe('currency_mismatch');
});

it('where a unit is small a payment may be many of them: what a phone offers as a top-up is taken in rupiah', async () => {
  const rupiah = await startTestServer({ name: 'api-currency-small-unit', environment: { SONRISA_CURRENCY: 'IDR' } });
  try {
    const { token } = await activate(rupiah);
    expect((await rupiah.ask('GET', '/api/terminal/profile', { token })).body.paymentMax).toEqual({ amountMinor: '50000000000', currency: 'IDR' });
    const sari = await enrol(rupiah, { phone: '+8613800000078', name: 'Sari', pin: '471147', face: 'sari', topUpMinor: '500000000', currency: 'IDR' });
    expect((await rupiah.ask('GET', '/api/phone/me', { token: sari.session })).body.balance).toEqual({ amountMinor: '500000000', currency: 'IDR' });
    await assertBooksCoherent(rupiah.pool);
  } finally {
    await rupiah.stop();
  }
});
