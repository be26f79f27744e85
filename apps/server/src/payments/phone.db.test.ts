// The till waits for the payer's own phone: yes, no, not me, silence, and the PIN in its place.
import { approvalChallenge } from '@sonrisa/protocol/approval.ts';
import type { PasskeyAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { settleApproved } from './confirm.ts';
import { createPayments } from './index.ts';
import { approvedGraceMs, phonePinFailuresBeforeDelay, phoneWaitMs } from './limits.ts';
import type { PaymentRow } from './record.ts';
import { codeOf, creation, openTill, rightPin, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('phone');
});
afterAll(() => till.close());

const of = (paymentId: string) => ({ terminalId: till.terminalId, paymentId });
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });
const view = (paymentId: string) => till.payments.view(of(paymentId));
const rowOf = async (id: string) => (await till.db.selectFrom('payment').selectAll().where('id', '=', id).executeTakeFirstOrThrow()) as PaymentRow;

/** A shopper whose phone is asked for every payment, and a payment of theirs that waits for it. */
async function waiting(amountMinor = 1_280n) {
  const payerId = await till.shopper(50_000n);
  await till.db.updateTable('payer').set({ ask_phone_from_minor: 0n }).where('id', '=', payerId).execute();
  const paymentId = await till.identified(payerId, amountMinor);
  expect(await view(paymentId)).toMatchObject({ state: 'identified', next: 'confirm' });
  const press = await till.press(paymentId);
  expect(await till.payments.confirm(press)).toMatchObject({ state: 'awaiting_phone', next: 'wait_phone', paid: null });
  const [request] = await till.payments.openRequests(payerId);
  if (!request) throw new Error('the phone is asked nothing');
  return { payerId, paymentId, press, request, asked: { payerId, requestId: request.id } };
}
type Waiting = Awaited<ReturnType<typeof waiting>>;

const lowerLimit = (payerId: string) => till.pool.query(`INSERT INTO own_limit (payer_id, kind, max_minor, asked_at, effective_at) VALUES ($1, 'payment', 1, $2, $2)`, [payerId, new Date(till.clock.nowMs)]);
const signed = (id: string) => ({ passkey: { id } as PasskeyAnswer });
const challengeOf = ({ request, payerId }: Waiting, change: { amountMinor?: string; merchantId?: string; nonce?: string } = {}) =>
  approvalChallenge({
    requestId: request.id,
    paymentId: request.paymentId,
    merchantId: change.merchantId ?? request.merchant.id,
    storeId: request.store.id,
    payerId,
    amount: { ...request.amount, amountMinor: change.amountMinor ?? request.amount.amountMinor },
    nonce: change.nonce ?? request.nonce,
  });

describe('yes on the phone', () => {
  it('by passkey: the till shows paid, charged once however often it is said', async () => {
    const wait = await waiting();
    expect(wait.request).toMatchObject({ amount: { amountMinor: '1280', currency: 'CNY' }, store: { name: 'Corner' }, merchant: { name: 'Bakery' }, reason: 'own_limit', way: 'face' });
    expect(await walletOf(wait.payerId)).toBe(50_000n);
    const proof = signed(await challengeOf(wait));
    const answers = await Promise.all([1, 2, 3].map(() => codeOf(till.payments.approve({ ...wait.asked, proof }))));
    expect(answers).toContain('ok');
    expect(await till.payments.approve({ ...wait.asked, proof })).toMatchObject({ state: 'captured' });
    expect(await view(wait.paymentId)).toMatchObject({ state: 'captured', next: null, phone: null });
    expect(await walletOf(wait.payerId)).toBe(50_000n - 1_280n);
    expect(await till.payments.openRequests(wait.payerId)).toEqual([]);
    const events = (await till.payments.story(wait.paymentId)).events.map(({ event, reason }) => `${event} ${reason}`.trim());
    expect(events.slice(2)).toEqual(['matched face', 'phone_asked own_limit', 'phone_approved by passkey', 'authorised', 'captured']);
  });

  it.each([
    ['another amount', { amountMinor: '1' }],
    ['another merchant', { merchantId: 'mer_other' }],
    ['another nonce', { nonce: 'n'.repeat(32) }],
  ])('signed for %s is no yes', async (_what, change) => {
    const wait = await waiting();
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof: signed(await challengeOf(wait, change)) }))).toBe('passkey_invalid');
    expect((await view(wait.paymentId)).state).toBe('awaiting_phone');
    expect(await walletOf(wait.payerId)).toBe(50_000n);
  });

  it('of somebody else is not heard', async () => {
    const [wait, other] = [await waiting(), await waiting()];
    const proof = signed(await challengeOf(wait));
    expect(await codeOf(till.payments.approve({ payerId: other.payerId, requestId: wait.request.id, proof }))).toBe('phone_request_not_found');
    expect(await codeOf(till.payments.approve({ ...other.asked, proof }))).toBe('passkey_invalid');
  });

  it('with the PIN stands for the PIN at the till, and tries are counted apart from those at tills', async () => {
    const wait = await waiting(30_000n);
    for (let n = 1; n < phonePinFailuresBeforeDelay; n += 1) expect(await codeOf(till.payments.approve({ ...wait.asked, proof: { pin: '111111' } }))).toBe('pin_wrong');
    // In parallel: the last try of the round, and only that one, is heard.
    const guesses = await Promise.all([1, 2, 3, 4].map(() => codeOf(till.payments.approve({ ...wait.asked, proof: { pin: '111111' } }))));
    expect(guesses.sort()).toEqual(['approval_locked', 'approval_locked', 'approval_locked', 'pin_wrong']);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof: { pin: rightPin } }))).toBe('approval_locked');
    const { face_pin_failures } = await till.db.selectFrom('payer').select('face_pin_failures').where('id', '=', wait.payerId).executeTakeFirstOrThrow();
    expect(face_pin_failures).toBe(0);
    till.clock.nowMs += 30_000;
    expect(await till.payments.approve({ ...wait.asked, proof: { pin: rightPin } })).toMatchObject({ state: 'captured' });
  });

  it('that died before the money moved is finished by saying it again', async () => {
    const wait = await waiting();
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    const proof = signed(await challengeOf(wait));
    await expect(dying.approve({ ...wait.asked, proof })).rejects.toThrow('killed');
    // The till waits for the money, and may press Pay once nobody seems to be at it any more.
    expect(await view(wait.paymentId)).toMatchObject({ state: 'identified', next: 'wait' });
    till.clock.nowMs += approvedGraceMs;
    expect(await view(wait.paymentId)).toMatchObject({ state: 'identified', next: 'confirm' });
    expect(await till.payments.approve({ ...wait.asked, proof })).toMatchObject({ state: 'captured' });
    expect(await walletOf(wait.payerId)).toBe(50_000n - 1_280n);
  });

  it('moves nobody else\'s money: what was taken back, and then looked at by another, is not what it was for', async () => {
    const wait = await waiting();
    const proof = signed(await challengeOf(wait));
    // A lowers their own limit while the till waits, so that their yes takes the payment back to its beginning.
    await lowerLimit(wait.payerId);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof }))).toBe('limit_payment');
    expect((await view(wait.paymentId)).state).toBe('created');
    const victim = await till.shopper(50_000n);
    await till.lookAt(wait.paymentId, victim);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof }))).toBe('phone_request_over');
    expect(await view(wait.paymentId)).toMatchObject({ state: 'identified', next: 'confirm', paid: null });
    expect(await walletOf(victim)).toBe(50_000n);
    // Control: the victim's own Pay; and what they paid is not told to the first phone as its own.
    expect(await till.payments.confirm(await till.press(wait.paymentId))).toMatchObject({ state: 'captured' });
    expect(await walletOf(victim)).toBe(50_000n - 1_280n);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof }))).toBe('phone_request_over');
    expect((await till.payments.notices(victim)).notices).toMatchObject([{ paymentId: wait.paymentId, confirmedOnPhone: false }]);
    // Neither does the same person's next look go by the yes to the one before.
    const again = await waiting();
    const first = signed(await challengeOf(again));
    await lowerLimit(again.payerId);
    expect(await codeOf(till.payments.approve({ ...again.asked, proof: first }))).toBe('limit_payment');
    await till.lookAt(again.paymentId, again.payerId);
    expect(await codeOf(till.payments.approve({ ...again.asked, proof: first }))).toBe('phone_request_over');
    expect(await walletOf(again.payerId)).toBe(50_000n);
  });

  it('counts although the receipt of the look ran out meanwhile', async () => {
    const wait = await waiting();
    till.clock.nowMs += phoneWaitMs - 1_000;
    expect(await till.payments.approve({ ...wait.asked, proof: signed(await challengeOf(wait)) })).toMatchObject({ state: 'captured' });
  });
});

describe('no charge', () => {
  it.each([
    ['denied', 'phone_denied'],
    ['not_me', 'phone_not_me'],
  ] as const)('%s on the phone ends the payment', async (why, code) => {
    const wait = await waiting();
    expect(await till.payments.deny({ ...wait.asked, why })).toMatchObject({ state: 'declined' });
    expect(await till.payments.deny({ ...wait.asked, why })).toMatchObject({ state: 'declined' });
    expect(await view(wait.paymentId)).toMatchObject({ state: 'declined', next: null, lastProblem: { code } });
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof: signed(await challengeOf(wait)) }))).toBe('phone_request_over');
    expect(await walletOf(wait.payerId)).toBe(50_000n);
  });

  it('silence: the wait ends on both sides, and the till may look again', async () => {
    const wait = await waiting();
    till.clock.nowMs += phoneWaitMs;
    expect(await till.payments.openRequests(wait.payerId)).toEqual([]);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof: signed(await challengeOf(wait)) }))).toBe('phone_request_over');
    await till.payments.sweep();
    expect(await view(wait.paymentId)).toMatchObject({ state: 'created', next: 'look', lastProblem: { code: 'phone_timed_out' }, payer: null });
    await till.lookAt(wait.paymentId, wait.payerId);
    expect(await till.payments.confirm(await till.press(wait.paymentId))).toMatchObject({ next: 'wait_phone' });
    expect(await till.payments.openRequests(wait.payerId)).toHaveLength(1);
  });

  it.each(['notMe', 'cancel'] as const)('%s at the till: the phone is asked no more', async (way) => {
    const wait = await waiting();
    await till.payments[way](of(wait.paymentId));
    expect(await till.payments.openRequests(wait.payerId)).toEqual([]);
    expect(await codeOf(till.payments.approve({ ...wait.asked, proof: signed(await challengeOf(wait)) }))).toBe('phone_request_over');
    expect(await codeOf(till.payments.deny({ ...wait.asked, why: 'denied' }))).toBe('phone_request_over');
    expect(await walletOf(wait.payerId)).toBe(50_000n);
  });
});

describe('no phone at hand', () => {
  const pinAtTill = (wait: Waiting, pin: string) => till.payments.phonePin({ ...of(wait.paymentId), key: till.next('key'), nonce: wait.press.nonce, pin });

  it('below the store limit the PIN at the till is enough', async () => {
    const wait = await waiting(19_999n);
    expect(await view(wait.paymentId)).toMatchObject({ phone: { pinInstead: true } });
    expect(await codeOf(pinAtTill(wait, '111111'))).toBe('pin_wrong');
    expect(await pinAtTill(wait, rightPin)).toMatchObject({ state: 'captured' });
    expect(await walletOf(wait.payerId)).toBe(50_000n - 19_999n);
  });

  it('from the limit on it is not: the payment waits on', async () => {
    const wait = await waiting(20_000n);
    expect(await view(wait.paymentId)).toMatchObject({ phone: { pinInstead: false } });
    expect(await codeOf(pinAtTill(wait, rightPin))).toBe('phone_needed');
    expect((await view(wait.paymentId)).state).toBe('awaiting_phone');
  });
});

describe('a payment code', () => {
  const withCode = (paymentId: string, code: string, key = till.next('key')) => till.payments.payWithCode({ ...of(paymentId), key, code });

  it('pays from every open state, without a face, and says so', async () => {
    const [payerId, other] = [await till.shopper(50_000n), await till.shopper(50_000n)];
    const fresh = (await till.payments.create(creation(till, 1_280n))).id;
    const shown = await till.identified(other, 1_280n);
    const wait = await waiting();
    for (const paymentId of [fresh, shown, wait.paymentId]) expect(await withCode(paymentId, `${payerId} ${paymentId}`)).toMatchObject({ state: 'captured', payer: null, decision: null });
    expect(await walletOf(payerId)).toBe(50_000n - 3n * 1_280n);
    expect([await walletOf(other), await walletOf(wait.payerId)]).toEqual([50_000n, 50_000n]);
    expect(await till.payments.openRequests(wait.payerId)).toEqual([]);
    const { notices } = await till.payments.notices(payerId);
    expect(notices.map(({ way, isNew }) => `${way} ${isNew}`)).toEqual(['code true', 'code true', 'code true']);
    await till.payments.noticesSeen({ payerId, untilMs: till.clock.nowMs });
    expect((await till.payments.notices(payerId)).notices.some(({ isNew }) => isNew)).toBe(false);
    const ways = await till.payments.ways({ merchantId: till.merchantId, days: 1 });
    expect(ways).toMatchObject({ byCode: 3, otherShare: 3 / (3 + ways.byFace) });
  });

  it('of somebody without enough money leaves the payment open for another way', async () => {
    const poor = await till.shopper(100n);
    const { id } = await till.payments.create(creation(till, 1_280n));
    expect(await codeOf(withCode(id, `${poor} 1`))).toBe('balance_insufficient');
    expect(await view(id)).toMatchObject({ state: 'created', next: 'look' });
    const rich = await till.shopper(5_000n);
    expect(await withCode(id, `${rich} 1`)).toMatchObject({ state: 'captured' });
  });

  it('from the store limit on waits for the phone; only the phone will do', async () => {
    const payerId = await till.shopper(50_000n);
    const { id } = await till.payments.create(creation(till, 20_000n));
    expect(await withCode(id, `${payerId} 7`)).toMatchObject({ state: 'awaiting_phone', next: 'wait_phone', phone: { pinInstead: false } });
    const [request] = await till.payments.openRequests(payerId);
    expect(request).toMatchObject({ reason: 'code_amount', way: 'code' });
    expect(await till.payments.approve({ payerId, requestId: request?.id ?? '', proof: { pin: rightPin } })).toMatchObject({ state: 'captured' });
    expect(await walletOf(payerId)).toBe(30_000n);
  });

  it('of a second time is paid by no yes to the first: a yes is to one code', async () => {
    const [payerId, other] = [await till.shopper(50_000n), await till.shopper(50_000n)];
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    const mute = createPayments({ ...till.deps, newId: (kind) => { if (kind === 'phoneRequest') throw new Error('killed'); return till.deps.newId(kind); } });
    const yes = { pin: rightPin };
    for (const second of [payerId, other]) {
      const { id } = await till.payments.create(creation(till, 20_000n));
      await withCode(id, `${payerId} ${id} first`);
      const asked = { payerId, requestId: (await till.payments.openRequests(payerId))[0]?.id ?? '' };
      // The yes is taken, and nobody comes to move the money; nor, with the second code, to ask for another yes.
      await expect(dying.approve({ ...asked, proof: yes })).rejects.toThrow('killed');
      const first = await rowOf(id);
      await expect(mute.payWithCode({ ...of(id), key: till.next('key'), code: `${second} ${id} second` })).rejects.toThrow('killed');
      expect(await codeOf(till.payments.approve({ ...asked, proof: yes }))).toBe('phone_request_over');
      // Nor does a process move it that saw the payment while it was the first code's.
      await settleApproved(till.deps, first);
      expect(await view(id)).toMatchObject({ state: 'identified', paid: null });
      expect([await walletOf(payerId), await walletOf(other)]).toEqual([50_000n, 50_000n]);
    }
    // Control: with a yes of its own the second code pays.
    const { id } = await till.payments.create(creation(till, 20_000n));
    await withCode(id, `${payerId} ${id} first`);
    const firstAsked = (await till.payments.openRequests(payerId))[0]?.id ?? '';
    expect(await withCode(id, `${payerId} ${id} second`)).toMatchObject({ state: 'awaiting_phone' });
    const secondAsked = (await till.payments.openRequests(payerId))[0]?.id ?? '';
    expect(await codeOf(till.payments.approve({ payerId, requestId: firstAsked, proof: yes }))).toBe('phone_request_over');
    expect(await till.payments.approve({ payerId, requestId: secondAsked, proof: yes })).toMatchObject({ state: 'captured' });
    expect(await walletOf(payerId)).toBe(30_000n);
  });

  it.each([
    ['another code', 'identified'],
    ['"not me"', 'created'],
  ] as const)('whose money is on its way when %s takes its place charges nobody: the payment names who pays', async (_what, state) => {
    const [payerId, other] = [await till.shopper(5_000n), await till.shopper(5_000n)];
    const { id } = await till.payments.create(creation(till, 1_280n));
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    const another = { ...of(id), key: till.next('key'), code: `${other} ${id}` };
    const slow = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async (chain) => {
      if (state === 'identified') await expect(dying.payWithCode(another)).rejects.toThrow('killed');
      else await till.payments.notMe(of(id));
      return till.books.postInOrder(chain);
    } } });
    await codeOf(slow.payWithCode({ ...of(id), key: till.next('key'), code: `${payerId} ${id}` }));
    expect(await rowOf(id)).toMatchObject({ state, payer_id: state === 'identified' ? other : null });
    expect([await walletOf(payerId), await walletOf(other)]).toEqual([5_000n, 5_000n]);
    await assertBooksCoherent(till.pool);
    if (state === 'created') return;
    expect(await till.payments.payWithCode(another)).toMatchObject({ state: 'captured' });
    expect([await walletOf(payerId), await walletOf(other)]).toEqual([5_000n, 5_000n - 1_280n]);
  });

  it('whose answer was lost is answered with the payment it paid', async () => {
    const payerId = await till.shopper(50_000n);
    const { id } = await till.payments.create(creation(till, 1_280n));
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    const key = till.next('key');
    await expect(dying.payWithCode({ ...of(id), key, code: `${payerId} 9` })).rejects.toThrow('killed');
    expect(await withCode(id, `${payerId} 9`, key)).toMatchObject({ state: 'captured' });
    expect(await walletOf(payerId)).toBe(50_000n - 1_280n);
  });
});
