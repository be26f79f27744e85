// The first payment by face: kept small, announced, taken back with one tap, and not settled before that is over.
import { createHash } from 'node:crypto';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../limits/defaults.ts';
import { setLimits } from '../limits/lifted.fixture.ts';
import { createSettlements } from '../settlements/index.ts';
import { createPayments } from './index.ts';
import { undoUnderWayMs } from './limits.ts';
import { codeOf, openTill, type Till } from './till.fixture.ts';

let till: Till;
const standard = defaultSettings('CNY');
beforeAll(async () => {
  till = await openTill('undo');
});
afterAll(() => till.close());
beforeEach(() => setLimits(till.pool, standard));

const dayMs = 86_400_000;
const pay = async (payerId: string, amountMinor: bigint) => (await till.payments.confirm(await till.press(await till.identified(payerId, amountMinor)))).id;
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });
const undo = (payerId: string, paymentId: string) => till.payments.undo({ payerId, paymentId });

describe('a first payment by face', () => {
  it('is kept small and announced; one tap takes it back, however often it is tapped', async () => {
    const payerId = await till.shopper(50_000n);
    expect(await codeOf(pay(payerId, 10_001n))).toBe('limit_first_payment');
    const id = await pay(payerId, 10_000n);
    const undoUntilMs = till.clock.nowMs + standard.first.undoMs;
    expect((await till.payments.notices(payerId)).notices).toMatchObject([{ paymentId: id, isNew: true, undoUntilMs }]);
    expect(await codeOf(undo(await till.shopper(0n), id))).toBe('payment_not_found');
    const taps = await Promise.all(Array.from({ length: 5 }, () => undo(payerId, id)));
    expect(new Set(taps.map((tap) => JSON.stringify(tap))).size).toBe(1);
    expect(taps[0]).toMatchObject({ state: 'refunded' });
    expect(await walletOf(payerId)).toBe(50_000n);
    // Nothing was bought: the next one is the first again, and the one after it is not.
    till.clock.nowMs += 1_000;
    const next = await pay(payerId, 3_000n);
    expect((await till.payments.listForPayer({ payerId, limit: 1 }))[0]).toMatchObject({ id: next, way: 'face', undoUntilMs: undoUntilMs + 1_000 });
    till.clock.nowMs += 1_000;
    const later = await pay(payerId, 700n);
    expect(await codeOf(undo(payerId, later))).toBe('undo_over');
  });

  it('cannot be taken back when its time is over, and not twice with a refund of the shop', async () => {
    const [late, racing] = [await till.shopper(50_000n), await till.shopper(50_000n)];
    const [old, id] = [await pay(late, 5_000n), await pay(racing, 5_000n)];
    const codes = await Promise.all([
      codeOf(undo(racing, id)),
      codeOf(till.payments.refund({ merchantId: till.merchantId, paymentId: id, key: till.next('key'), reason: 'the last loaf was gone' })),
    ]);
    expect(codes).toContain('ok');
    expect(await walletOf(racing)).toBe(50_000n);
    till.clock.nowMs += standard.first.undoMs;
    expect(await codeOf(undo(late, old))).toBe('undo_over');
    expect(await walletOf(late)).toBe(45_000n);
  });

  it('is taken back three times in thirty days and not a fourth time, nor for more than the sum', async () => {
    const payerId = await till.shopper(50_000n);
    const codes: string[] = [];
    for (let tried = 0; tried < 4; tried += 1) codes.push(await codeOf(undo(payerId, await pay(payerId, 100n))));
    expect(codes).toEqual(['ok', 'ok', 'ok', 'undo_capped']);
    await setLimits(till.pool, { ...standard, undo: { countMax: 99, sumMaxMinor: '5000', days: 30 } });
    const other = await till.shopper(50_000n);
    expect([await codeOf(undo(other, await pay(other, 4_000n))), await codeOf(undo(other, await pay(other, 1_001n)))]).toEqual(['ok', 'undo_capped']);
  });

  it('is settled when it can no longer be taken back; control: another one of the same day is settled at once', async () => {
    const settlements = createSettlements({ db: till.db, books: till.books, pager: { page: async () => false }, log: { error: () => undefined, warn: () => undefined }, nowMs: () => till.clock.nowMs, newId: () => makeId('settlement', createHash('sha256').update(till.next('set')).digest().subarray(0, 16)) });
    const settle = async () => {
      await settlements.round();
      return (await till.pool.query<{ id: string }>(`SELECT t.hold_id AS id FROM settlement_line l JOIN transfer t ON t.id = l.transfer_id WHERE t.kind = 'capture'`)).rows.map(({ id }) => id);
    };
    await setLimits(till.pool, { ...standard, first: { ...standard.first, undoMs: 36 * 3_600_000 } });
    const payerId = await till.shopper(50_000n);
    const first = await pay(payerId, 5_000n);
    till.clock.nowMs += 1_000;
    const second = await pay(payerId, 600n);
    till.clock.nowMs += dayMs;
    const early = await settle();
    expect([early.includes(first), early.includes(second)]).toEqual([false, true]);
    till.clock.nowMs += dayMs;
    const late = await settle();
    expect([late.includes(first), late.filter((id) => id === second)]).toEqual([true, [second]]);
  });

  it('that was cut off before the money moved is bound by the same time and number when it is tapped again', async () => {
    const dying = createPayments({ ...till.deps, books: { ...till.books, post: async () => Promise.reject(new Error('killed')) } });
    const cutOff = async (payerId: string) => {
      const id = await pay(payerId, 100n);
      await expect(dying.undo({ payerId, paymentId: id })).rejects.toThrow('killed');
      return id;
    };
    const [late, soon, often] = [await till.shopper(50_000n), await till.shopper(50_000n), await till.shopper(50_000n)];
    const [old, fresh, capped] = [await cutOff(late), await cutOff(soon), await cutOff(often)];
    expect([await undo(soon, fresh), await undo(soon, fresh)]).toMatchObject([{ state: 'refunded' }, { state: 'refunded' }]);
    expect(await walletOf(soon)).toBe(50_000n);
    // The cap falls to nothing meanwhile.
    await setLimits(till.pool, { ...standard, undo: { countMax: 0, sumMaxMinor: '5000', days: 30 } });
    expect(await codeOf(undo(often, capped))).toBe('undo_capped');
    // What was done already answers the same, whatever the cap.
    expect((await undo(soon, fresh)).state).toBe('refunded');
    till.clock.nowMs += standard.first.undoMs;
    expect(await codeOf(undo(late, old))).toBe('undo_over');
    expect([await walletOf(often), await walletOf(late)]).toEqual([49_900n, 49_900n]);
  });

  it('that was cut off, and so never went back, is none of the three: the control, one that did, is', async () => {
    await setLimits(till.pool, { ...standard, first: { ...standard.first, payments: 20 } });
    const dying = createPayments({ ...till.deps, books: { ...till.books, post: async () => Promise.reject(new Error('killed')) } });
    const payerId = await till.shopper(50_000n);
    const cutOff = [await pay(payerId, 100n), await pay(payerId, 100n), await pay(payerId, 100n)];
    for (const paymentId of cutOff) await expect(dying.undo({ payerId, paymentId })).rejects.toThrow('killed');
    const next = await pay(payerId, 100n);
    // As long as their money may still be about to move they count, so that taps at once share the cap.
    till.clock.nowMs += undoUnderWayMs - 1;
    expect(await codeOf(undo(payerId, next))).toBe('undo_capped');
    till.clock.nowMs += 1;
    expect(await codeOf(undo(payerId, next))).toBe('ok');
    // Given back by the shop instead, it was not taken back either.
    await till.payments.refund({ merchantId: till.merchantId, paymentId: cutOff[0]!, key: till.next('key'), reason: 'stale' });
    till.clock.nowMs += undoUnderWayMs;
    const codes: string[] = [];
    for (const paymentId of [cutOff[1]!, cutOff[2]!, await pay(payerId, 100n)]) codes.push(await codeOf(undo(payerId, paymentId)));
    expect(codes).toEqual(['ok', 'ok', 'undo_capped']);
    expect(await walletOf(payerId)).toBe(49_900n);
  });
});
