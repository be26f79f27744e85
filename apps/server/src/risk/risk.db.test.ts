// The engine on real payments: what the till has to ask, what is kept of it, and how rules are tried, put in charge and taken back.
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { FramesSeenError } from '@sonrisa/protocol/vault-api.ts';
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { creation, openTill, rightPin, type Till } from '../payments/till.fixture.ts';
import { kilometresBetween } from './distance.ts';

let till: Till;
let builtIn: number;
const minuteMs = 60_000;
const by = { setBy: 'test', reason: 'test' };

beforeAll(async () => {
  till = await openTill('risk');
  builtIn = (await till.risk.rollOut()).active;
});
afterAll(() => till.close());
beforeEach(async () => {
  till.clock.nowMs += 26 * 60 * minuteMs;
  await till.risk.setRollOut({ active: builtIn, candidate: null, ...by });
});

const scene = (more: Partial<ReceiptClaims['scene']>): Partial<ReceiptClaims> => ({ scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null, ...more } });
const twoFaces = scene({ facesMax: 2, nearestOtherRatio: 0.4 });
const view = (paymentId: string) => till.payments.view({ terminalId: till.terminalId, paymentId });
const pay = async (paymentId: string, pin?: string) => till.payments.confirm(await till.press(paymentId, { pin }));
const explained = async (paymentId: string) => (await till.risk.explain(paymentId)).at(-1)!;
const add = async (...rules: Pick<RiskRule, 'when' | 'outcome'>[]) =>
  (await till.risk.addRules({ rules: rules.map((rule, i) => ({ id: `rule-${i}`, reason: { en: 'so it is', zh: '就是这样' }, ...rule })), note: 'test', madeBy: 'test' })).version;
const storeId = async () => (await till.db.selectFrom('terminal').select('store_id').where('id', '=', till.terminalId).executeTakeFirstOrThrow()).store_id;

describe('what the till asks', () => {
  it('two faces near: a yes on the phone, with the reason in words', async () => {
    const payerId = await till.shopper(50_000n);
    const paymentId = await till.identified(payerId, 1280n, twoFaces);
    expect((await view(paymentId)).next).toBe('confirm');
    expect(await pay(paymentId, rightPin)).toMatchObject({ state: 'awaiting_phone', next: 'wait_phone' });
    const [request] = await till.payments.openRequests(payerId);
    expect(request).toMatchObject({ paymentId, reason: 'risk' });
    expect((await till.payments.approve({ payerId, requestId: request?.id ?? '', proof: { pin: rightPin } })).state).toBe('captured');
    expect(await explained(paymentId)).toMatchObject({
      decided: { version: builtIn, outcome: 'confirm_on_phone', reasons: [{ rule: 'two-faces-near', en: expect.stringContaining('close'), zh: expect.stringContaining('别人') }] },
      asked: { rung: 'face', digits: false, pin: false, phone: true, refused: false },
      shadow: null,
      replay: { outcome: 'confirm_on_phone', same: true },
    });
  });

  it('control: without the rule the same payment goes through by face alone', async () => {
    await till.risk.setRollOut({ active: await add({ when: 'false', outcome: 'refuse' }), candidate: null, ...by });
    const paymentId = await till.identified(await till.shopper(50_000n), 1280n, twoFaces);
    expect((await pay(paymentId)).state).toBe('captured');
  });

  it('a rung that rests on the PIN keeps asking for it, whatever the rules say', async () => {
    const paymentId = await till.identified(await till.shopper(50_000n), 1280n, { rung: 'face_pin' });
    expect(await explained(paymentId)).toMatchObject({ decided: { outcome: 'allow' }, asked: { pin: true } });
    await expect(pay(paymentId)).rejects.toMatchObject({ code: 'pin_required' });
  });

  it('a refusal charges nobody, names nobody, and a new look is judged anew', async () => {
    const payerId = await till.shopper(50_000n);
    await expect(till.identified(payerId, 1280n, scene({ padScore: 0.1 }))).rejects.toMatchObject({ code: 'risk_refused' });
    const { id } = await till.db.selectFrom('payment').select('id').orderBy('created_at', 'desc').orderBy('id', 'desc').executeTakeFirstOrThrow();
    expect(await view(id)).toMatchObject({ state: 'capturing', payer: null, lastProblem: { code: 'risk_refused' } });
    await till.lookAt(id, payerId, scene({ padScore: 0.99 }));
    expect((await pay(id)).state).toBe('captured');
    expect((await till.risk.explain(id)).map(({ decided }) => decided.outcome)).toEqual(['refuse', 'allow']);
  });

  it('a look-alike types the last four digits before a name is shown; guesses in parallel share three tries', async () => {
    const payerId = await till.shopper(50_000n);
    const phone = (await till.db.selectFrom('payer').select('phone_e164').where('id', '=', payerId).executeTakeFirstOrThrow()).phone_e164 ?? '';
    const paymentId = await till.identified(payerId, 1280n, { lookAlike: true });
    const of = { terminalId: till.terminalId, paymentId };
    expect(await view(paymentId)).toMatchObject({ state: 'awaiting_digits', next: 'digits', payer: null });
    await expect(till.payments.digits({ ...of, digits: '9999' })).rejects.toMatchObject({ code: 'digits_wrong', facts: { triesLeft: 2 } });
    expect((await till.payments.digits({ ...of, digits: phone!.slice(-4) })).payment).toMatchObject({ state: 'identified', payer: { maskedName: expect.anything() } });
    expect((await pay(paymentId)).state).toBe('captured');

    const other = { terminalId: till.terminalId, paymentId: await till.identified(payerId, 1280n, { lookAlike: true }) };
    const guesses = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => till.payments.digits({ ...other, digits: String(5000 + i) })));
    const codes = guesses.map((guess) => (guess.status === 'rejected' ? guess.reason.code : 'right'));
    expect([codes.filter((code) => code === 'digits_wrong').length, codes.includes('right')]).toEqual([3, false]);
    expect(await view(other.paymentId)).toMatchObject({ state: 'created', payer: null });
    await expect(till.payments.digits({ ...other, digits: phone!.slice(-4) })).rejects.toMatchObject({ code: 'payment_state_conflict' });
  });
});

describe('rules', () => {
  it('in shadow are judged and recorded, and change nothing; a back-test says the same', async () => {
    const version = await add({ when: 'payment.amountMinor > 1000', outcome: 'refuse' });
    await till.risk.setRollOut({ active: builtIn, candidate: { stage: 'shadow', version }, ...by });
    const paymentId = await till.identified(await till.shopper(50_000n), 1280n);
    expect((await pay(paymentId)).state).toBe('captured');
    expect(await explained(paymentId)).toMatchObject({ decided: { outcome: 'allow' }, shadow: { version, outcome: 'refuse', reasons: [{ en: 'so it is', zh: '就是这样' }] } });
    const says = { decisions: 1, stricter: 1, changes: [{ from: 'allow', to: 'refuse', amounts: [{ amountMinor: '1280', currency: 'CNY' }], examples: [{ paymentId, firedBefore: [], firedAfter: ['rule-0'] }] }] };
    expect(await till.risk.backTest({ version, decisions: 1 })).toMatchObject(says);
    expect(await till.risk.candidate({ decisions: 1_000 })).toMatchObject({ ...says, recorded: 1, next: null });
  });

  it('in pages a back-test goes through every decision once, and counts what shoppers said "not me" of', async () => {
    const version = await add({ when: 'payment.amountMinor == 4321', outcome: 'refuse' });
    const payerId = await till.shopper(50_000n);
    for (let i = 0; i < 5; i += 1) await pay(await till.identified(payerId, 4321n));
    const { id } = await till.db.selectFrom('payment').select('id').where('payer_id', '=', payerId).orderBy('id').executeTakeFirstOrThrow();
    await till.pool.query(`INSERT INTO face_case (id, payment_id, payer_id, currency, amount_minor, refund, opened_at) VALUES ($1, $2, $3, 'CNY', 4321, 'capped', now())`, [till.next('fc'), id, payerId]);
    const { rows } = await till.pool.query<{ decisions: number }>('SELECT count(*)::int AS decisions FROM risk_decision');
    const counted = { pages: 0, decisions: 0, refused: 0, reported: 0 };
    for (let before: string | undefined; ; ) {
      const page = await till.risk.backTest({ version, decisions: 3, before });
      expect(page.recorded).toBe(before === undefined ? rows[0]?.decisions : null);
      counted.pages += 1;
      counted.decisions += page.decisions;
      for (const change of page.changes.filter(({ to }) => to === 'refuse')) [counted.refused, counted.reported] = [counted.refused + change.decisions, counted.reported + change.reported];
      if (page.next === null) break;
      before = page.next;
    }
    expect(counted).toEqual({ pages: Math.floor((rows[0]?.decisions ?? 0) / 3) + 1, decisions: rows[0]?.decisions, refused: 5, reported: 1 });
  });

  it('roll out by store; a bad version is gone with one call, on the next payment', async () => {
    const bad = await add({ when: 'payment.amountMinor >= 1', outcome: 'refuse' });
    const payerId = await till.shopper(50_000n);
    await till.risk.setRollOut({ active: builtIn, candidate: { stage: 'stores', version: bad, storeIds: [await storeId()] }, ...by });
    await expect(till.identified(payerId)).rejects.toMatchObject({ code: 'risk_refused' });
    await till.risk.setRollOut({ active: bad, candidate: null, ...by });
    await expect(till.identified(payerId)).rejects.toMatchObject({ code: 'risk_refused' });

    expect(await till.risk.rollBack(by)).toMatchObject({ active: builtIn, candidate: { stage: 'stores', version: bad } });
    await expect(till.identified(payerId)).rejects.toMatchObject({ code: 'risk_refused' });
    expect(await till.risk.rollBack(by)).toMatchObject({ active: builtIn, candidate: null });
    expect((await pay(await till.identified(payerId))).state).toBe('captured');
  });

  it('in other stores than the pilot the old ones decide', async () => {
    const version = await add({ when: 'payment.amountMinor > 1', outcome: 'refuse' });
    const elsewhere = till.next('sto');
    await till.db.insertInto('store').values({ id: elsewhere, merchant_id: till.merchantId, name: 'x', name_zh: 'x', time_zone: 'Asia/Shanghai', pin_from_minor: 20_000n }).execute();
    await till.risk.setRollOut({ active: builtIn, candidate: { stage: 'stores', version, storeIds: [elsewhere] }, ...by });
    expect(await explained(await till.identified(await till.shopper(50_000n)))).toMatchObject({ decided: { version: builtIn }, shadow: { version } });
    // Where the candidate decides, the old rules are beside it; both are told as from the old to the new.
    till.clock.nowMs += minuteMs;
    await till.risk.setRollOut({ active: builtIn, candidate: { stage: 'stores', version, storeIds: [await storeId()] }, ...by });
    await expect(till.identified(await till.shopper(50_000n))).rejects.toMatchObject({ code: 'risk_refused' });
    expect(await till.risk.candidate({ decisions: 1_000 })).toMatchObject({ changes: [{ from: 'allow', to: 'refuse', examples: [{ firedBefore: [], firedAfter: ['rule-0'] }] }] });
    expect((await till.risk.stores()).map(({ id }) => id)).toEqual(expect.arrayContaining([elsewhere, await storeId()]));
  });

  it('the first of all cannot be rolled back; unknown versions and stores, and rules that are none, are refused', async () => {
    await expect((async () => { for (let i = 0; i < 100; i += 1) await till.risk.rollBack(by); })()).rejects.toMatchObject({ code: 'roll_back_impossible' });
    await expect(till.risk.setRollOut({ active: 999, candidate: null, ...by })).rejects.toMatchObject({ code: 'not_found' });
    await expect(till.risk.setRollOut({ active: builtIn, candidate: { stage: 'stores', version: builtIn, storeIds: ['sto_none'] }, ...by })).rejects.toMatchObject({ code: 'not_found' });
    await expect(add({ when: 'capture.faces > 1', outcome: 'refuse' })).rejects.toMatchObject({ code: 'input_invalid', errors: [{ path: 'rules.0.when' }] });
  });

  it('what is kept cannot be changed, and a record that does not fit its rules is told apart', async () => {
    await expect(till.pool.query(`UPDATE risk_decision SET outcome = 'allow'`)).rejects.toThrow(/append/);
    const paymentId = await till.identified(await till.shopper(50_000n), 1280n, twoFaces);
    await till.pool.query(`INSERT INTO risk_decision (payment_id, at, store_id, terminal_id, rules_version, outcome, fired, asked, signals)
      SELECT payment_id, at, store_id, terminal_id, rules_version, 'allow', '[]', asked, signals FROM risk_decision WHERE payment_id = $1`, [paymentId]);
    expect((await till.risk.explain(paymentId)).map(({ replay }) => replay.same)).toEqual([true, false]);
  });
});

describe('signals', () => {
  const signalOf = async (paymentId: string, name: string) => (await explained(paymentId)).signals.find((signal) => signal.name === name)?.value;

  it('know the habit, the speed and the network, and no face', async () => {
    const payerId = await till.shopper(500_000n);
    for (let i = 0; i < 5; i += 1) await pay(await till.identified(payerId, 1000n + BigInt(i)));
    till.clock.nowMs += 2 * 60 * minuteMs;
    const paymentId = await till.identified(payerId, 15_000n);
    const { decided, signals } = await explained(paymentId);
    expect(decided.reasons.map(({ rule }) => rule)).toContain('unusual-amount');
    expect(Object.fromEntries(signals.map(({ name, value }) => [name, value]))).toMatchObject({ 'person.paid': 5, 'person.usualMinor': '1002', 'person.paidLastHour': 0, 'person.paidLastDay': 5, 'person.travelKm': 0 });
    expect(JSON.stringify(signals)).not.toContain(payerId);

    // The last one was in Shanghai; half an hour later in Beijing.
    const beijing = till.next('sto');
    await till.db.insertInto('store').values({ id: beijing, merchant_id: till.merchantId, name: 'x', name_zh: 'x', time_zone: 'Asia/Shanghai', pin_from_minor: 20_000n }).execute();
    await till.risk.placeStore({ storeId: await storeId(), latitude: 31.23, longitude: 121.47 });
    await till.risk.placeStore({ storeId: beijing, latitude: 39.9, longitude: 116.4 });
    await till.pool.query('UPDATE payment SET store_id = $1 WHERE id = $2', [beijing, (await lastPaid(payerId)).id]);
    till.clock.nowMs = (await lastPaid(payerId)).created_at.getTime() + 30 * minuteMs;
    await expect(till.identified(payerId)).rejects.toMatchObject({ code: 'risk_refused' });
    till.clock.nowMs += 6 * 60 * minuteMs;
    expect(await signalOf(await till.identified(payerId), 'person.travelKmh')).toBeCloseTo(1068 / 6.5, -1);
    await sql`UPDATE store SET latitude = NULL, longitude = NULL`.execute(till.db);
  });

  it('a terminal that moved to another network asks for the PIN for a day', async () => {
    const payerId = await till.shopper(500_000n);
    const onNetwork = async (address: string) => {
      await till.places.admit({ terminalId: till.terminalId, address, clockMs: undefined });
      return signalOf(await till.identified(payerId), 'terminal.newNetwork');
    };
    expect(await onNetwork('10.1.2.3')).toBe(false);
    till.clock.nowMs += 25 * 60 * minuteMs;
    expect(await onNetwork('::ffff:10.1.2.200')).toBe(false);
    expect(await onNetwork('10.9.2.3')).toBe(true);
    till.clock.nowMs += 25 * 60 * minuteMs;
    expect(await onNetwork('10.9.2.4')).toBe(false);
  });

  it('a terminal that looks through another camera asks for the PIN for a day', async () => {
    const payerId = await till.shopper(500_000n);
    const through = async (camera: string | undefined) => signalOf(await till.identified(payerId, 1280n, camera === undefined ? {} : { camera }), 'terminal.cameraChanged');
    expect(await through(undefined)).toBe(false);
    expect(await through('one')).toBe(false);
    expect(await through('one')).toBe(false);
    expect(await through('other')).toBe(true);
    expect(await through('other')).toBe(true);
    till.clock.nowMs += 25 * 60 * minuteMs;
    expect(await through('other')).toBe(false);
    const back = await till.identified(payerId, 1280n, { camera: 'one' });
    expect((await explained(back)).decided).toMatchObject({ outcome: 'ask_pin', reasons: [{ rule: 'camera-changed' }] });
  });

  it('a terminal whose move was confirmed asks for the PIN for a day', async () => {
    const payerId = await till.shopper(500_000n);
    const from = async (address: string) => {
      till.clock.nowMs += minuteMs;
      await till.places.admit({ terminalId: till.terminalId, address, clockMs: undefined });
      return signalOf(await till.identified(payerId), 'terminal.moved');
    };
    expect(await from('203.0.113.7')).toBe(false);
    till.clock.nowMs += 25 * 60 * minuteMs;
    await expect(from('198.51.100.7')).rejects.toMatchObject({ code: 'terminal_moved' });
    await till.places.confirm({ terminalId: till.terminalId, network: '198.51.100.0/24', by: 'test' });
    expect(await from('198.51.100.7')).toBe(true);
    expect(await from('203.0.113.7')).toBe(false);
    till.clock.nowMs += 25 * 60 * minuteMs;
    expect(await from('198.51.100.7')).toBe(false);
  });

  it('a clock that was off when the look was opened', async () => {
    const { id } = await till.payments.create(creation(till, 1280n));
    await till.payments.openLook({ terminalId: till.terminalId, paymentId: id, clockMs: till.clock.nowMs - 75_000 });
    await till.lookAt(id, await till.shopper(50_000n));
    expect(await signalOf(id, 'terminal.clockOffS')).toBe(75);
    expect((await explained(id)).decided).toMatchObject({ reasons: [{ rule: 'clock-off' }] });
  });

  it('frames shown before are a signal of this payment and of this terminal, and the till is told nothing of it', async () => {
    const payerId = await till.shopper(500_000n);
    const replayed = async () => {
      const { id } = await till.payments.create(creation(till, 1280n));
      const of = { terminalId: till.terminalId, paymentId: id };
      const { nonce } = await till.payments.openLook(of);
      till.vault.capture = () => Promise.reject(new FramesSeenError());
      const refusal = await till.payments.submitCapture({ ...of, nonce, sealed: new Uint8Array() }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'liveness_failed', facts: undefined });
      return id;
    };
    const first = await replayed();
    await till.lookAt(first, payerId);
    expect((await explained(first)).decided).toMatchObject({ outcome: 'confirm_on_phone', reasons: [{ rule: 'frames-repeated' }] });
    expect(await signalOf(await till.identified(payerId), 'capture.repeatedFrames')).toBe(0);
    await replayed();
    await replayed();
    const later = await till.identified(payerId);
    expect(await signalOf(later, 'terminal.repeatedFramesLastDay')).toBe(3);
    expect((await explained(later)).decided).toMatchObject({ reasons: [{ rule: 'frames-repeated-here' }] });
    till.clock.nowMs += 25 * 60 * minuteMs;
    expect(await signalOf(await till.identified(payerId), 'terminal.repeatedFramesLastDay')).toBe(0);
  });

  it('refunds count for the store, whichever of its terminals took the payment, and for the merchant with all its stores', async () => {
    const payerId = await till.shopper(500_000n);
    const [own, other] = [await storeId(), till.next('sto')];
    await till.db.insertInto('store').values({ id: other, merchant_id: till.merchantId, name: 'x', name_zh: 'x', time_zone: 'Asia/Shanghai', pin_from_minor: 20_000n }).execute();
    const terminalAt = async (store: string) => {
      const id = till.next('ter');
      await till.pool.query(`INSERT INTO terminal (id, merchant_id, store_id, kind, key_thumbprint, public_jwk, token_hash) VALUES ($1, $2, $3, 'kiosk', $1, '{}', $1)`, [id, till.merchantId, store]);
      return id;
    };
    const [beside, elsewhere] = [await terminalAt(own), await terminalAt(other)];
    const seed = (terminalId: string, store: string, [state, count]: [string, number], hoursAgo: number) =>
      till.pool.query(
        `INSERT INTO payment (id, merchant_id, store_id, terminal_id, receipt_number, amount_minor, currency, fee_basis_points, lines, state, created_at, expires_at)
         SELECT $1 || n, $2, $3, $4, $1 || n, 100, 'CNY', 60, '[]', $5, $7::timestamptz - make_interval(hours => $8), $7 FROM generate_series(1, $6::int) n`,
        [till.next('pay'), till.merchantId, store, terminalId, state, count, new Date(till.clock.nowMs), hoursAgo],
      );
    const before = await till.identified(payerId);
    const counted = async (paymentId: string) => Promise.all(['paidLastWeek', 'refundsLastWeek', 'paidAllStores', 'refundedAllStores'].map(async (name) => Number(await signalOf(paymentId, `merchant.${name}`))));
    const [paid = 0, refunds = 0, paidAll = 0, refundedAll = 0] = await counted(before);
    await seed(beside, own, ['captured', 8], 2);
    await seed(beside, own, ['refunded', 3], 2);
    await seed(beside, own, ['cancelled', 5], 2);
    await seed(elsewhere, other, ['captured', 6], 30);
    await seed(elsewhere, other, ['partially_refunded', 2], 30);
    await seed(elsewhere, other, ['disputed', 1], 24 * 9);
    const after = await till.identified(payerId);
    expect(await counted(after)).toEqual([paid + 11, refunds + 3, paidAll + 8, refundedAll + 2]);
    // No money stands behind these, as the books would find.
    await till.pool.query('DELETE FROM payment WHERE terminal_id = ANY ($1)', [[beside, elsewhere]]);
  });

  const lastPaid = (payerId: string) => till.db.selectFrom('payment').select(['id', 'created_at']).where('payer_id', '=', payerId).where('state', '=', 'captured').orderBy('created_at', 'desc').orderBy('id', 'desc').executeTakeFirstOrThrow();
});

it('Shanghai to Beijing is 1,068 km, and nowhere is further than the other side', () => {
  expect(kilometresBetween({ latitude: 31.23, longitude: 121.47 }, { latitude: 39.9, longitude: 116.4 })).toBeCloseTo(1068, -1);
  expect(kilometresBetween({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(Math.PI * 6371, 3);
});
