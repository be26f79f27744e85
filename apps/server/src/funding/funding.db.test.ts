// Top-ups from every source and with every answer there is. The real Stripe SDK, over a socket, to a server that speaks its shapes.
import { money } from '@sonrisa/ledger/money.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIds } from '../adapters/ids.ts';
import { systemRandom } from '../adapters/random.ts';
import { createStripeCards, neverArrivedAfterMs } from '../adapters/stripe-cards.ts';
import { createTestBank, lateAfterMs } from '../adapters/test-bank.ts';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { keyKeptMs, forgetOldKeys } from '../idempotency/prune.ts';
import { startStripeDouble, type Behaviour } from '../testing/stripe-double.ts';
import { createFunding, leftAloneMs, type Funding, type FundingDeps, type SourceName } from './index.ts';

let test: TestBooks;
let stripe: Awaited<ReturnType<typeof startStripeDouble>>;
let deps: FundingDeps;
let funding: Funding;
let payerId: string;
const clock = { ms: 1_780_000_000_000, nowMs: () => clock.ms };

beforeAll(async () => {
  test = await openTestBooks('funding');
  stripe = await startStripeDouble(clock);
  const cards = createStripeCards({ secretKey: 'sk_test_made_up', url: stripe.url, clock });
  deps = { pool: test.pool, clock, ids: createIds({ random: systemRandom, nowMs: () => clock.nowMs() }), books: test.books, testBank: createTestBank({ clock }), cards };
  funding = createFunding(deps);
});
beforeEach(async () => {
  Object.assign(stripe.state, { behaviour: 'succeed', listIsDown: false, cardsAreDown: false, creations: 0 });
  payerId = test.next('pyr');
  await test.addPayer(payerId);
  await funding.addCard({ payerId, methodRef: 'pm_card_visa' });
});
afterAll(async () => {
  await stripe.stop();
  await test.close();
});

const topUp = (minor: bigint, source: SourceName, key = 'top-up-1') => funding.topUp({ payerId, key, amount: money(minor, 'CNY'), source });
const wallet = () => test.books.walletMinor({ payerId, currency: 'CNY' });
const stateOf = async () => (await test.pool.query<{ state: string }>('SELECT state FROM funding_attempt WHERE payer_id = $1', [payerId])).rows[0]?.state;
/** As if an answer had got lost: the second time it knows no such customer. */
const stripeForgot = () => deps.cards!.forget(`cus_${payerId}`);
const behave = (behaviour: Behaviour) => void (stripe.state.behaviour = behaviour);

describe('the test bank', () => {
  it('gives, refuses at 13, and once for each key', async () => {
    await topUp(1_000n, 'test_bank');
    expect(await topUp(1_000n, 'test_bank')).toMatchObject({ replayed: true });
    await expect(topUp(1_013n, 'test_bank', 'refused')).rejects.toMatchObject({ code: 'payment_source_refused' });
    await expect(topUp(1_013n, 'test_bank', 'refused')).rejects.toMatchObject({ code: 'payment_source_refused' });
    await expect(topUp(999n, 'test_bank')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await wallet()).toBe(1_000n);
  });

  it('times out at 17, and nothing ever happened', async () => {
    await expect(topUp(1_017n, 'test_bank')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    expect([await stateOf(), await wallet()]).toEqual(['unknown', 0n]);
    await expect(topUp(1_017n, 'test_bank')).rejects.toMatchObject({ code: 'payment_source_refused' });
    expect([await stateOf(), await wallet()]).toEqual(['failed', 0n]);
  });

  it('times out at 19 and succeeds after all: for whoever asks again, and by itself', async () => {
    for (let tries = 0; tries < 2; tries += 1) await expect(topUp(1_019n, 'test_bank')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    clock.ms += lateAfterMs;
    await topUp(1_019n, 'test_bank');
    await expect(topUp(2_019n, 'test_bank', 'left alone')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    expect(await funding.resolve()).toBe(0);
    clock.ms += leftAloneMs;
    expect(await funding.resolve()).toBe(1);
    expect(await wallet()).toBe(3_038n);
    expect(await topUp(2_019n, 'test_bank', 'left alone')).toMatchObject({ replayed: true });
    expect(await funding.resolve()).toBe(0);
  });

  it('gives once for ever: the books forget the key after a month, the attempt does not', async () => {
    const given = await topUp(1_000n, 'test_bank');
    const { rows } = await test.pool.query<{ created_at: Date }>('SELECT max(created_at) AS created_at FROM idempotency');
    const aMonthLater = { nowMs: () => rows[0]!.created_at.getTime() + keyKeptMs + 1 };
    await forgetOldKeys({ db: test.db, clock: aMonthLater });
    expect((await test.pool.query('SELECT 1 FROM idempotency WHERE principal = $1', [`payer:${payerId}`])).rows).toEqual([]);
    expect(await topUp(1_000n, 'test_bank')).toEqual({ ...given, replayed: true });
    await expect(topUp(999n, 'test_bank')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect([await wallet(), await funding.resolve()]).toEqual([1_000n, 0]);
  });

  it('gives once in the books themselves: the database refuses a second transfer of one attempt', async () => {
    await topUp(1_000n, 'test_bank');
    const attempt = (await test.pool.query<{ id: string }>('SELECT id FROM funding_attempt WHERE payer_id = $1', [payerId])).rows[0]!.id;
    const again = { idempotency: { principal: `payer:${payerId}`, key: 'another' }, command: { kind: 'top_up', payerId, amount: money(1_000n, 'CNY') }, atMs: clock.ms, about: attempt } as const;
    await expect(test.books.post(again)).rejects.toMatchObject({ code: '23505', constraint: 'transfer_once' });
    expect(await wallet()).toBe(1_000n);
  });

  it('is refused where there is none, and a card where none is kept', async () => {
    const production = createFunding({ ...deps, testBank: undefined, cards: undefined });
    const ask = (source: SourceName) => production.topUp({ payerId, key: 'k', amount: money(1n, 'CNY'), source });
    await expect(ask('test_bank')).rejects.toMatchObject({ code: 'production_refuses_sandbox' });
    await expect(ask('card')).rejects.toMatchObject({ code: 'payment_source_refused' });
    await test.pool.query('DELETE FROM payer_card WHERE payer_id = $1', [payerId]);
    await expect(topUp(1n, 'card')).rejects.toMatchObject({ code: 'payment_source_refused' });
    await expect(funding.addCard({ payerId, methodRef: 'pm_nothing' })).rejects.toMatchObject({ code: 'payment_source_refused' });
  });
});

describe('a card', () => {
  it('is charged off-session, once for each key, under our id', async () => {
    await topUp(700n, 'card');
    expect(await topUp(700n, 'card')).toMatchObject({ replayed: true });
    expect([await wallet(), stripe.state.creations]).toEqual([700n, 1]);
    expect(stripe.intents.at(-1)).toMatchObject({ amount: 700, currency: 'cny', customer: `cus_${payerId}` });
    const { rows } = await test.pool.query<{ id: string; source_ref: string }>('SELECT id, source_ref FROM funding_attempt WHERE payer_id = $1', [payerId]);
    expect(rows[0]).toEqual({ id: stripe.intents.at(-1)!.metadata['attempt'], source_ref: stripe.intents.at(-1)!.id });
  });

  it.each([
    ['decline', 'insufficient_funds'],
    ['needs_authentication', 'authentication_required'],
    ['asks_for_action', 'authentication_required'],
  ] as const)('that answers %s is refused for good, and charged nothing', async (behaviour, reason) => {
    behave(behaviour);
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_refused', facts: { reason } });
    behave('succeed');
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_refused' });
    expect([await wallet(), await stateOf(), stripe.state.creations]).toEqual([0n, 'failed', 1]);
    expect(['canceled', 'requires_payment_method']).toContain(stripe.intents.at(-1)!.status);
  });

  it('whose answer was lost after success is found and not charged again', async () => {
    behave('lost_answer');
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    expect([await wallet(), await stateOf()]).toEqual([0n, 'unknown']);
    stripe.state.listIsDown = true;
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    stripe.state.listIsDown = false;
    await topUp(700n, 'card');
    expect([await wallet(), await stateOf(), stripe.state.creations]).toEqual([700n, 'succeeded', 1]);
  });

  it('whose answer was lost, and whose owner never asks again, is found by the round', async () => {
    behave('lost_answer');
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    clock.ms += leftAloneMs;
    expect(await funding.resolve()).toBe(1);
    expect([await wallet(), stripe.state.creations]).toEqual([700n, 1]);
  });

  it('that is still being processed succeeds later', async () => {
    behave('processing');
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    stripe.intents.at(-1)!.status = 'succeeded';
    await topUp(700n, 'card');
    expect(await wallet()).toBe(700n);
  });

  it('is forgotten by the processor first, however often it is asked, and charged no more', async () => {
    stripe.state.cardsAreDown = true;
    await expect(funding.forgetCard(payerId)).rejects.toMatchObject({ code: 'busy' });
    expect((await test.pool.query('SELECT FROM payer_card WHERE payer_id = $1', [payerId])).rowCount).toBe(1);
    stripe.state.cardsAreDown = false;
    await stripeForgot();
    await funding.forgetCard(payerId);
    await funding.forgetCard(payerId);
    expect(stripe.state.forgotten).toContain(`cus_${payerId}`);
    await expect(topUp(1n, 'card')).rejects.toMatchObject({ code: 'payment_source_refused' });
  });

  it.each(['server_error', 'never_arrives'] as const)('at %s: unknown, and failed only when it can no longer be on its way', async (behaviour) => {
    behave(behaviour);
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_unknown' });
    clock.ms += leftAloneMs;
    expect([await funding.resolve(), await stateOf()]).toEqual([0, 'unknown']);
    clock.ms += neverArrivedAfterMs;
    expect([await funding.resolve(), await stateOf()]).toEqual([1, 'failed']);
    await expect(topUp(700n, 'card')).rejects.toMatchObject({ code: 'payment_source_refused' });
    expect([await wallet(), stripe.state.creations]).toEqual([0n, 0]);
  });
});

describe('a process that dies', () => {
  it('after the charge and before the books leaves a row that is carried on', async () => {
    const cutOff = createFunding({ ...deps, books: { post: () => Promise.reject(new Error('killed')) } });
    await expect(cutOff.topUp({ payerId, key: 'k', amount: money(700n, 'CNY'), source: 'card' })).rejects.toThrow('killed');
    expect([await stateOf(), await wallet()]).toEqual(['succeeded', 0n]);
    clock.ms += leftAloneMs;
    expect(await funding.resolve()).toBe(1);
    expect([await wallet(), stripe.state.creations]).toEqual([700n, 1]);
  });

  it('before it asked anybody leaves a row that ends, or is taken up by a retry', async () => {
    const insert = (key: string) =>
      test.pool.query(
        `INSERT INTO funding_attempt (id, payer_id, key, source, currency, amount_minor, state, customer_ref, method_ref, created_at, changed_at)
         VALUES ($1, $2, $3, 'card', 'CNY', 700, 'created', $4, 'pm_card_visa', $5, $5)`,
        [test.next('top'), payerId, key, `cus_${payerId}`, new Date(clock.ms)],
      );
    await insert('taken up');
    await topUp(700n, 'card', 'taken up');
    await insert('left');
    clock.ms += leftAloneMs;
    expect(await funding.resolve()).toBe(1);
    await expect(topUp(700n, 'card', 'left')).rejects.toMatchObject({ code: 'payment_source_refused' });
    expect([await wallet(), stripe.state.creations]).toEqual([700n, 1]);
  });
});
