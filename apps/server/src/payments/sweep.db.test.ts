// A server that dies between two steps of a payment, at each of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Books } from '../books/index.ts';
import { createPayments, type Payments } from './index.ts';
import { authorisedGraceMs, paymentLifetimeMs } from './limits.ts';
import { creation, openTill, rightPin, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('sweep');
});
afterAll(() => till.close());

const of = (paymentId: string) => ({ terminalId: till.terminalId, paymentId });
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });
const stateOf = async (paymentId: string) => (await till.payments.view(of(paymentId))).state;

/** Payments of a process that dies when Pay posts. Only one of an earlier version, which posted hold and capture one after the other, can die between them. */
function dying(when: 'before' | 'between' | 'after'): Payments {
  const books: Books = {
    ...till.books,
    async postInOrder(chain) {
      const [first] = chain.movements;
      if (when === 'between') await till.books.post({ idempotency: chain.idempotency, ...first! });
      if (when === 'after') await till.books.postInOrder(chain);
      throw new Error('killed');
    },
  };
  return createPayments({ ...till.deps, books });
}

const transactionsOf = async (paymentId: string) =>
  (await till.pool.query<{ kinds: string; transactions: bigint }>(`SELECT count(DISTINCT kind) AS kinds, count(DISTINCT written_in) AS transactions FROM transfer WHERE hold_id = $1`, [paymentId])).rows[0];

describe('killed', () => {
  it.each([
    ['before', 'identified', 1n],
    ['between', 'authorised', 2n],
    ['after', 'captured', 1n],
  ] as const)('%s what Pay posts: it stands at %s, and the same confirm again charges once', async (when, left, transactions) => {
    const payerId = await till.shopper(30_000n);
    const id = await till.identified(payerId, 20_000n);
    const press = await till.press(id, { pin: rightPin });
    await expect(dying(when).confirm(press)).rejects.toThrow('killed');
    expect(await stateOf(id)).toBe(left);
    expect((await till.payments.confirm(press)).state).toBe('captured');
    expect((await till.payments.confirm(press)).state).toBe('captured');
    expect(await walletOf(payerId)).toBe(10_000n);
    // Hold and capture are written together; the control is the earlier version's payment, whose two are not.
    expect(await transactionsOf(id)).toEqual({ kinds: 2n, transactions });
  });

  it('between two postings and nobody asks again: the sweep hands it over', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    await expect(dying('between').confirm(await till.press(id))).rejects.toThrow('killed');
    expect(await till.payments.view(of(id))).toMatchObject({ state: 'authorised', next: 'wait', paid: null });
    expect((await till.payments.sweep()).completed).toBe(0);
    till.clock.nowMs += authorisedGraceMs;
    expect((await till.payments.sweep()).completed).toBe(1);
    expect(await stateOf(id)).toBe('captured');
    expect(await walletOf(payerId)).toBe(3720n);
  });

  it('and everybody away for long: the sweep releases the hold, and a late confirm charges nobody', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    const press = await till.press(id);
    await expect(dying('between').confirm(press)).rejects.toThrow('killed');
    till.clock.nowMs += paymentLifetimeMs;
    expect((await till.payments.sweep()).voided).toBe(1);
    expect(await stateOf(id)).toBe('expired');
    await expect(till.payments.confirm(press)).rejects.toMatchObject({ code: 'payment_expired' });
    expect(await walletOf(payerId)).toBe(5000n);
  });

  it('between two postings, and the till cancels: the money comes back', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    await expect(dying('between').confirm(await till.press(id))).rejects.toThrow('killed');
    expect((await till.payments.cancel(of(id))).state).toBe('cancelled');
    expect(await walletOf(payerId)).toBe(5000n);
  });
});

it('a cancel that is overtaken by the capture takes the money back', async () => {
  const payerId = await till.shopper(5000n);
  const id = await till.identified(payerId);
  await expect(dying('between').confirm(await till.press(id))).rejects.toThrow('killed');
  const books: Books = {
    ...till.books,
    async post(request) {
      if (request.command.kind === 'void') await till.payments.confirm(await till.press(id));
      return till.books.post(request);
    },
  };
  const view = await createPayments({ ...till.deps, books }).cancel(of(id));
  expect(view).toMatchObject({ state: 'refunded', paid: { refundedMinor: '1280' } });
  expect(await walletOf(payerId)).toBe(5000n);
});

it('one payment that cannot be finished holds up no other', async () => {
  const [first, second] = [await till.identified(await till.shopper(5000n)), await till.identified(await till.shopper(5000n))];
  for (const id of [first, second]) await expect(dying('between').confirm(await till.press(id))).rejects.toThrow('killed');
  till.clock.nowMs += authorisedGraceMs;
  const books: Books = {
    ...till.books,
    async post(request) {
      if (request.payment?.id === first) throw new Error('poisoned');
      return till.books.post(request);
    },
  };
  await expect(createPayments({ ...till.deps, books }).sweep()).rejects.toThrow('poisoned');
  expect([await stateOf(first), await stateOf(second)]).toEqual(['authorised', 'captured']);
  await till.payments.sweep();
  expect(await stateOf(first)).toBe('captured');
});

it('a look from a sandbox does not pay after a restart in production', async () => {
  const payerId = await till.shopper(5000n);
  const id = await till.identified(payerId);
  const production = createPayments({ ...till.deps, mode: 'production' });
  await expect(production.confirm(await till.press(id))).rejects.toMatchObject({ code: 'production_refuses_sandbox' });
  expect(await stateOf(id)).toBe('created');
  expect(await walletOf(payerId)).toBe(5000n);
});

it('many sweeps at once do each thing once', async () => {
  const ids: string[] = [];
  for (let made = 0; made < 5; made += 1) ids.push((await till.payments.create(creation(till, 100n))).id);
  till.clock.nowMs += paymentLifetimeMs;
  const swept = await Promise.all(Array.from({ length: 4 }, () => till.payments.sweep()));
  expect(swept.reduce((sum, one) => sum + one.expired, 0)).toBeGreaterThanOrEqual(5);
  for (const id of ids) {
    expect(await stateOf(id)).toBe('expired');
    const events = (await till.payments.story(id)).events.filter((event) => event.event === 'expired');
    expect(events).toHaveLength(1);
  }
});
