// Limits as they come, on real payments and books: counted under parallel payments, given back by what ends a payment, lowered at
// once and raised later.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayments } from '../payments/index.ts';
import { codeOf, creation, openTill, rightPin, type Till } from '../payments/till.fixture.ts';
import { defaultSettings } from './defaults.ts';
import { createLimits, type Limits } from './index.ts';
import { setLimits } from './lifted.fixture.ts';

let till: Till;
let limits: Limits;
const standard = defaultSettings('CNY');
/** Nobody is new, nobody is asked for a second factor: the sums alone. */
const sums = { ...standard, first: { ...standard.first, payments: 0 }, unconfirmed: { paymentsMax: 1_000, sumMaxMinor: '99999999' } };
beforeAll(async () => {
  till = await openTill('limits');
  limits = createLimits({
    db: till.db,
    nowMs: () => till.clock.nowMs,
    currency: 'CNY',
    proofs: {
      checkPin: async ({ sealedPin }) => {
        if (sealedPin !== rightPin) throw new ProblemError('pin_wrong');
      },
      checkPasskey: till.deps.checkPasskey,
      takeNonce: async () => {},
    },
  });
});
afterAll(() => till.close());
beforeEach(() => setLimits(till.pool, sums));

const hourMs = 3_600_000;
const pay = async (payerId: string, amountMinor: bigint, pin?: string) => till.payments.confirm(await till.press(await till.identified(payerId, amountMinor), { pin }));
const used = async (payerId: string, kind = 'day') => (await limits.mine(payerId)).limits.find((each) => each.kind === kind)!;

describe('payments at once', () => {
  it.each([
    ['never pass the limit of a day together', 'limit_day', 2],
    ['control: not counted under the lock they do', 'ok', 6],
  ])('%s', async (says, _code, paid) => {
    const payerId = await till.shopper(200_000n);
    await limits.set({ payerId, kind: 'day', maxMinor: '10000' });
    const unlocked = createPayments({ ...till.deps, limits: { ...till.deps.limits, take: async () => ({ allowed: true, confirmationDue: false, isFirst: false }) } });
    const payments = says.startsWith('control') ? unlocked : till.payments;
    const presses = [];
    for (let n = 0; n < 6; n += 1) presses.push(await till.press(await till.identified(payerId, 4_000n)));
    const codes = await Promise.all(presses.map((press) => codeOf(payments.confirm(press))));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(paid);
    expect(codes.filter((code) => code === 'limit_day')).toHaveLength(6 - paid);
    expect(await till.books.walletMinor({ payerId, currency: 'CNY' })).toBe(200_000n - BigInt(paid) * 4_000n);
  });

  it('ask for a second factor from the sixth by face alone on, however many come at once', async () => {
    await setLimits(till.pool, { ...standard, first: { ...standard.first, payments: 0 } });
    const payerId = await till.shopper(200_000n);
    const presses = [];
    for (let n = 0; n < 9; n += 1) presses.push(await till.press(await till.identified(payerId, 100n)));
    const codes = await Promise.all(presses.map((press) => codeOf(till.payments.confirm(press))));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(5);
    expect(new Set(codes)).toEqual(new Set(['ok', 'confirmation_due']));
    // Who is told so types the PIN, and may go on by face alone for a while.
    const due = presses[codes.indexOf('confirmation_due')]!;
    till.clock.nowMs += 1_000;
    expect(await till.payments.view(due)).toMatchObject({ state: 'identified', next: 'confirm_with_pin', lastProblem: { code: 'confirmation_due' } });
    expect((await till.payments.confirm({ ...due, key: till.next('key'), pin: rightPin })).state).toBe('captured');
    expect((await limits.mine(payerId)).unconfirmed).toMatchObject({ payments: 0, paymentsMax: 5 });
    till.clock.nowMs += 1_000;
    expect((await pay(payerId, 100n)).state).toBe('captured');
    expect((await limits.mine(payerId)).unconfirmed).toMatchObject({ payments: 1, sumMinor: '100' });
  });
});

describe('what was counted', () => {
  it('is given back by a refund, and by a payment that never came to be; the counter of payments is not', async () => {
    const payerId = await till.shopper(50_000n);
    const { id } = await pay(payerId, 3_000n);
    expect((await used(payerId)).usedMinor).toBe('3000');
    await till.payments.refund({ merchantId: till.merchantId, paymentId: id, key: till.next('key'), amount: { amountMinor: '1000', currency: 'CNY' }, reason: 'stale' });
    expect([(await used(payerId)).usedMinor, (await limits.mine(payerId)).unconfirmed.sumMinor]).toEqual(['2000', '3000']);
    // On its way to the books, then cancelled at the till.
    const way = await till.press(await till.identified(payerId, 5_000n));
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    await expect(dying.confirm(way)).rejects.toThrow('killed');
    expect((await used(payerId)).usedMinor).toBe('7000');
    await till.payments.cancel(way);
    expect((await used(payerId)).usedMinor).toBe('2000');
    // Not enough money: declined.
    expect(await codeOf(pay(payerId, 60_000n, rightPin))).toBe('balance_insufficient');
    expect((await used(payerId)).usedMinor).toBe('2000');
  });

  it('begins anew with the day and the month of the platform', async () => {
    const payerId = await till.shopper(50_000n);
    const before = till.clock.nowMs;
    // 2026-05-28 20:26 UTC is past midnight in Shanghai; six hours earlier is the day before.
    till.clock.nowMs -= 6 * hourMs;
    await pay(payerId, 700n);
    till.clock.nowMs = before;
    expect([(await used(payerId)).usedMinor, (await used(payerId, 'month')).usedMinor]).toEqual(['0', '700']);
    till.clock.nowMs += 5 * 24 * hourMs;
    expect((await used(payerId, 'month')).usedMinor).toBe('0');
    till.clock.nowMs = before;
  });

  it('stands in the decision an officer reads, and over a limit the payment begins anew', async () => {
    const payerId = await till.shopper(50_000n);
    await limits.set({ payerId, kind: 'payment', maxMinor: '1000' });
    const id = await till.identified(payerId, 1_001n);
    expect(await codeOf(till.payments.confirm(await till.press(id)))).toBe('limit_payment');
    expect(await till.payments.view({ terminalId: till.terminalId, paymentId: id })).toMatchObject({ state: 'created', payer: null, lastProblem: { code: 'limit_payment' } });
    expect((await till.payments.story(id)).events.at(-1)).toMatchObject({ event: 'over_limit', reason: 'limit_payment' });
    const [decision] = await till.risk.explain(id);
    expect(decision?.signals).toContainEqual({ name: 'limits.verdict', says: expect.any(String), value: 'limit_payment' });
    // Somebody else pays it.
    await till.lookAt(id, await till.shopper(5_000n));
    expect((await till.payments.confirm(await till.press(id))).state).toBe('captured');
  });
});

describe('a payment code', () => {
  it('counts for the day, not for what goes by face alone, and is refused before a phone is asked', async () => {
    const payerId = await till.shopper(100_000n);
    const show = async (amountMinor: bigint, n: number) => {
      const { id } = await till.payments.create(creation(till, amountMinor));
      return till.payments.payWithCode({ terminalId: till.terminalId, paymentId: id, key: till.next('key'), code: `${payerId} ${n}` });
    };
    expect((await show(1_500n, 1)).state).toBe('captured');
    expect([(await used(payerId)).usedMinor, (await limits.mine(payerId)).unconfirmed.payments]).toEqual(['1500', 0]);
    await limits.set({ payerId, kind: 'day', maxMinor: '20000' });
    expect(await codeOf(show(18_501n, 2))).toBe('limit_day');
    expect((await till.db.selectFrom('phone_request').select('id').where('payer_id', '=', payerId).execute()).length).toBe(0);
  });
});

describe('a shopper', () => {
  it('lowers at once and raises by a proof, later, unless they think better of it', async () => {
    const payerId = await till.shopper(0n);
    await limits.set({ payerId, kind: 'day', maxMinor: '5000' });
    expect(await used(payerId)).toMatchObject({ maxMinor: '5000', ownMinor: '5000', platformMinor: '200000', raise: null });
    expect(await codeOf(limits.set({ payerId, kind: 'day', maxMinor: '5001' }))).toBe('limit_needs_proof');
    expect(await codeOf(limits.set({ payerId, kind: 'day', maxMinor: '5001', proof: { pin: '000000' } }))).toBe('pin_wrong');
    await limits.set({ payerId, kind: 'day', maxMinor: '9000', proof: { pin: rightPin } });
    const takesEffectAtMs = till.clock.nowMs + standard.raiseDelayMs;
    expect(await used(payerId)).toMatchObject({ maxMinor: '5000', raise: { maxMinor: '9000', takesEffectAtMs } });
    await limits.cancelRaise({ payerId, kind: 'day' });
    expect(await used(payerId)).toMatchObject({ maxMinor: '5000', raise: null });

    await limits.set({ payerId, kind: 'day', maxMinor: null, proof: { pin: rightPin } });
    const before = till.clock.nowMs;
    till.clock.nowMs += standard.raiseDelayMs - 1_000;
    expect((await used(payerId)).maxMinor).toBe('5000');
    till.clock.nowMs += 1_000;
    expect(await used(payerId)).toMatchObject({ maxMinor: '200000', ownMinor: null, raise: null });
    till.clock.nowMs = before;
    // Lowering takes the place of a raise that waits.
    await limits.set({ payerId, kind: 'day', maxMinor: '4000' });
    expect(await used(payerId)).toMatchObject({ maxMinor: '4000', raise: null });
  });

  it('who lowers and raises at once does not get the raise without a proof', async () => {
    const payerId = await till.shopper(0n);
    const codes = await Promise.all(['3000', '150000', '2000', '100000', '4000'].map((maxMinor) => codeOf(limits.set({ payerId, kind: 'day', maxMinor }))));
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(0);
    const { rows } = await sql<{ max_minor: bigint; proof: string | null; raised: boolean }>`
      SELECT max_minor, proof, COALESCE(max_minor > lag(max_minor) OVER (ORDER BY id), false) AS raised FROM own_limit WHERE payer_id = ${payerId}`.execute(till.db);
    expect(rows.filter(({ raised, proof }) => raised && proof === null)).toEqual([]);
  });

  it('whose identity is attested may spend more; a merchant takes what it takes', async () => {
    const payerId = await till.shopper(900_000n);
    expect(await codeOf(pay(payerId, 100_001n, rightPin))).toBe('limit_payment');
    await limits.setIdentity({ payerId, level: 'attested', note: 'passport seen', setBy: 'token' });
    expect((await pay(payerId, 100_001n, rightPin)).state).toBe('captured');
    await limits.setMerchant({ merchantId: till.merchantId, limits: { categoryCode: '7995', paymentMaxMinor: '5000', dayMaxMinor: null } });
    expect(await codeOf(pay(payerId, 100n))).toBe('limit_category');
    await limits.setMerchant({ merchantId: till.merchantId, limits: { categoryCode: '5462', paymentMaxMinor: '5000', dayMaxMinor: null } });
    expect([await codeOf(pay(payerId, 5_001n)), await codeOf(pay(payerId, 5_000n))]).toEqual(['limit_merchant', 'ok']);
    expect((await used(payerId, 'food')).usedMinor).toBe('5000');
    await limits.setMerchant({ merchantId: till.merchantId, limits: { categoryCode: null, paymentMaxMinor: null, dayMaxMinor: null } });
  });
});
