import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { paymentViewSchema } from '@sonrisa/protocol/terminal-api.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentLifetimeMs } from './limits.ts';
import { codeOf, creation, openTill, receiptFor, rightPin, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('payments');
});
afterAll(() => till.close());

const of = (paymentId: string) => ({ terminalId: till.terminalId, paymentId });
const confirm = async (paymentId: string, pin?: string, key = till.next('key')) => till.payments.confirm(await till.press(paymentId, { key, pin }));
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });
const sealed = new Uint8Array([1]);
async function created(amountMinor = 1280n): Promise<string> {
  return (await till.payments.create(creation(till, amountMinor))).id;
}

describe('a new payment', () => {
  it.each([
    ['0', 'CNY', 'amount_invalid'],
    ['-5', 'CNY', 'amount_invalid'],
    ['1.5', 'CNY', 'amount_invalid'],
    ['100', 'USD', 'currency_mismatch'],
    ['5000001', 'CNY', 'amount_too_large'],
    [String(2n ** 63n - 1n), 'CNY', 'amount_too_large'],
  ])('of %s %s is refused: %s, and nothing is written', async (amountMinor, currency, code) => {
    const before = await till.pool.query('SELECT count(*) FROM payment');
    expect(await codeOf(till.payments.create({ terminalId: till.terminalId, key: till.next('key'), request: { amount: { amountMinor, currency }, lines: [] } }))).toBe(code);
    expect((await till.pool.query('SELECT count(*) FROM payment')).rows).toEqual(before.rows);
  });

  it('has lines that add up to its amount', async () => {
    const request = (amountMinor: string) => ({
      amount: { amountMinor, currency: 'CNY' },
      lines: [
        { name: 'Croissant', quantity: 2, unitAmountMinor: '900' },
        { name: 'Milk', nameZh: '牛奶', quantity: 1, unitAmountMinor: '680' },
      ],
    });
    const view = await till.payments.create({ terminalId: till.terminalId, key: till.next('key'), request: request('2480') });
    expect(paymentViewSchema.omit({ id: true }).parse(view)).toMatchObject({ state: 'created', next: 'look', looksLeft: 3, lines: request('').lines, paid: null });
    expect(await codeOf(till.payments.create({ terminalId: till.terminalId, key: till.next('key'), request: request('2481') }))).toBe('amount_mismatch');
  });

  it('asked for 40 times at once under one key is one payment, and all hear the same bytes', async () => {
    const key = till.next('key');
    const views = await Promise.all(Array.from({ length: 40 }, () => till.payments.create(creation(till, 500n, key))));
    expect(new Set(views.map((view) => JSON.stringify(view))).size).toBe(1);
    expect(await codeOf(till.payments.create(creation(till, 501n, key)))).toBe('idempotency_key_reused');
  });

  it('of another terminal is not there', async () => {
    expect(await codeOf(till.payments.view({ terminalId: 'ter_other', paymentId: await created() }))).toBe('payment_not_found');
  });
});

describe('a look', () => {
  it('that finds somebody leads to a masked name, and Pay charges once', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    expect(await till.payments.view(of(id))).toMatchObject({ state: 'identified', next: 'confirm', looksLeft: 2, liveness: 'simulated', decision: { rung: 'face', candidateCount: 12 } });
    const key = till.next('key');
    const paid = await confirm(id, undefined, key);
    expect(paid).toMatchObject({ state: 'captured', next: null, paid: { refundedMinor: '0' } });
    expect(JSON.stringify(await confirm(id, undefined, key))).toBe(JSON.stringify(paid));
    expect(await walletOf(payerId)).toBe(3720n);
    expect((await till.payments.story(id)).events.map((event) => event.event)).toEqual(['created', 'look_opened', 'matched', 'authorised', 'captured']);
    expect((await till.payments.story(id)).postings).toHaveLength(5);
  });

  it('asks the vault for a nonce bound to payment, amount, merchant, store and terminal', async () => {
    const id = await created(777n);
    await till.payments.openLook(of(id));
    expect(till.vault.minted.at(-1)).toMatchObject({ purpose: 'payment', subjectId: id, amountMinor: '777', currency: 'CNY', merchantId: till.merchantId });
  });

  it('that finds nobody three times is the last', async () => {
    const id = await created();
    till.vault.capture = async () => ({ outcome: 'not_recognised' });
    for (const left of [2, 1, 0]) {
      const { nonce } = await till.payments.openLook(of(id));
      const result = await till.payments.submitCapture({ ...of(id), nonce, sealed });
      expect(result).toMatchObject({ outcome: 'not_recognised', payment: { payer: null, looksLeft: left, lastProblem: { code: 'not_recognised' } } });
    }
    expect(await codeOf(till.payments.openLook(of(id)))).toBe('looks_used_up');
    expect(await till.payments.view(of(id))).toMatchObject({ next: null });
  });

  it('refused for its quality is given back; a replayed, foreign or late nonce changes nothing', async () => {
    const id = await created();
    const { nonce } = await till.payments.openLook(of(id));
    till.vault.capture = async () => {
      throw new ProblemError('face_too_dark');
    };
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('face_too_dark');
    expect(await till.payments.view(of(id))).toMatchObject({ looksLeft: 3, lastProblem: { code: 'face_too_dark' }, next: 'look' });

    const before = await till.payments.view(of(id));
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('nonce_used');
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce: 'unheard-of', sealed }))).toBe('nonce_unknown');
    const other = await created();
    const { nonce: foreign } = await till.payments.openLook(of(other));
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce: foreign, sealed }))).toBe('capture_binding_mismatch');
    expect(await till.payments.view(of(id))).toEqual(before);
  });

  it('counts when the vault may have compared, and is given back when it never minted', async () => {
    const id = await created();
    const { nonce } = await till.payments.openLook(of(id));
    till.vault.capture = async () => {
      throw new ProblemError('vault_unavailable');
    };
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('vault_unavailable');
    expect((await till.payments.view(of(id))).looksLeft).toBe(2);
    const { mintLook } = till.deps.vault;
    till.deps.vault.mintLook = async () => {
      throw new ProblemError('vault_unavailable');
    };
    expect(await codeOf(till.payments.openLook(of(id)))).toBe('vault_unavailable');
    till.deps.vault.mintLook = mintLook;
    expect((await till.payments.view(of(id))).looksLeft).toBe(2);
  });

  it('met by a busy vault is given back, however often, and the same capture may be sent again', async () => {
    const payerId = await till.shopper(5000n);
    const id = await created();
    till.vault.capture = async () => {
      throw new ProblemError('busy', { facts: { retryAfterS: 1 } });
    };
    for (let tried = 1; tried <= 4; tried += 1) {
      const { nonce } = await till.payments.openLook(of(id));
      for (const _again of [1, 2]) expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('busy');
      expect(await till.payments.view(of(id))).toMatchObject({ looksLeft: 3, next: 'look', lastProblem: { code: 'busy' } });
    }
    const { nonce } = await till.payments.openLook(of(id));
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('busy');
    till.vault.capture = async () => ({ outcome: 'identified', rung: 'face', receipt: receiptFor(till, { payerId }) });
    expect(await till.payments.submitCapture({ ...of(id), nonce, sealed })).toMatchObject({ outcome: 'identified', payment: { looksLeft: 2 } });
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('nonce_used');
  });

  it('met by a vault that was busy after it took the nonce is given back too, and needs another nonce', async () => {
    const id = await created();
    const { nonce } = await till.payments.openLook(of(id));
    for (const code of ['busy', 'nonce_used'] as const) {
      till.vault.capture = async () => {
        throw new ProblemError(code);
      };
      expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe(code);
      expect(await till.payments.view(of(id))).toMatchObject({ looksLeft: 3, next: 'look' });
    }
    expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('nonce_used');
    expect((await till.payments.view(of(id))).looksLeft).toBe(3);
  });

  it('answered after a newer one was opened counts for nothing, whatever it says', async () => {
    const payerId = await till.shopper(5000n);
    for (const late of ['identified', 'not_recognised', 'needs_digits'] as const) {
      const id = await created();
      const { nonce } = await till.payments.openLook(of(id));
      const receipt = receiptFor(till, { payerId });
      till.vault.capture = async () => {
        await till.payments.openLook(of(id));
        return late === 'identified' ? { outcome: late, rung: 'face', receipt } : late === 'needs_digits' ? { outcome: late, untilMs: 0 } : { outcome: late };
      };
      expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('payment_state_conflict');
      expect(await till.payments.view(of(id))).toMatchObject({ state: 'capturing', payer: null, looksLeft: 1, lastProblem: null });
      expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe('nonce_used');
    }
  });

  it('whose receipt is for another amount, or from a paused face, finds nobody', async () => {
    const payerId = await till.shopper(5000n);
    for (const [claims, code] of [
      [{ amountMinor: '1' }, 'receipt_invalid'],
      [{ faceEpoch: 2 }, 'face_paused'],
    ] as const) {
      const id = await created();
      const { nonce } = await till.payments.openLook(of(id));
      till.vault.capture = async () => ({ outcome: 'identified', rung: 'face', receipt: receiptFor(till, { payerId, claims }) });
      expect(await codeOf(till.payments.submitCapture({ ...of(id), nonce, sealed }))).toBe(code);
      expect(await till.payments.view(of(id))).toMatchObject({ state: 'capturing', payer: null, lastProblem: { code } });
    }
  });
});

describe('digits', () => {
  async function asked(): Promise<string> {
    const id = await created();
    const { nonce } = await till.payments.openLook(of(id));
    till.vault.capture = async () => ({ outcome: 'needs_digits', untilMs: till.clock.nowMs + 60_000 });
    expect(await till.payments.submitCapture({ ...of(id), nonce, sealed })).toMatchObject({ outcome: 'needs_digits', payment: { next: 'digits', payer: null } });
    return id;
  }

  it('that fit lead to the payer', async () => {
    const payerId = await till.shopper(5000n);
    const id = await asked();
    till.vault.digits = async () => ({ outcome: 'digits_wrong', triesLeft: 1 });
    await expect(till.payments.digits({ ...of(id), digits: '0000' })).rejects.toMatchObject({ code: 'digits_wrong', facts: { triesLeft: 1 } });
    till.vault.digits = async () => ({ outcome: 'identified', rung: 'face_digits', receipt: receiptFor(till, { payerId, claims: { rung: 'face_digits' } }) });
    expect(await till.payments.digits({ ...of(id), digits: '1234' })).toMatchObject({ outcome: 'identified', payment: { next: 'confirm' } });
    expect((await confirm(id)).state).toBe('captured');
  });

  it('that never fit, or come too late, end the look', async () => {
    const first = await asked();
    till.vault.digits = async () => ({ outcome: 'digits_wrong', triesLeft: 0 });
    expect(await codeOf(till.payments.digits({ ...of(first), digits: '0000' }))).toBe('digits_wrong');
    expect(await till.payments.view(of(first))).toMatchObject({ state: 'created', next: 'look' });
    const second = await asked();
    till.vault.digits = async () => {
      throw new ProblemError('digits_window_closed');
    };
    expect(await codeOf(till.payments.digits({ ...of(second), digits: '0000' }))).toBe('digits_window_closed');
    expect(await till.payments.view(of(second))).toMatchObject({ state: 'created', lastProblem: { code: 'digits_window_closed' } });
  });
});

describe('Pay', () => {
  it('without enough money declines, says why and charges nobody', async () => {
    const payerId = await till.shopper(1279n);
    const id = await till.identified(payerId);
    const key = till.next('key');
    expect(await codeOf(confirm(id, undefined, key))).toBe('balance_insufficient');
    expect(await codeOf(confirm(id, undefined, key))).toBe('balance_insufficient');
    expect(await till.payments.view(of(id))).toMatchObject({ state: 'declined', next: null, lastProblem: { code: 'balance_insufficient' }, paid: null });
    expect(await walletOf(payerId)).toBe(1279n);
  });

  it('pressed 30 times under 30 keys charges once', async () => {
    const payerId = await till.shopper(50_000n);
    const id = await till.identified(payerId);
    const views = await Promise.all(Array.from({ length: 30 }, () => confirm(id)));
    expect(new Set(views.map((view) => view.state))).toEqual(new Set(['captured']));
    expect(await walletOf(payerId)).toBe(48_720n);
  });

  it('with a receipt that lapsed asks for a new look; with a face paused meanwhile declines', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    till.clock.nowMs += 120_000;
    expect(await codeOf(confirm(id))).toBe('receipt_expired');
    expect(await till.payments.view(of(id))).toMatchObject({ state: 'created', payer: null, next: 'look' });
    const second = await till.identified(payerId);
    await till.db.updateTable('payer').set({ face_epoch: 2 }).where('id', '=', payerId).execute();
    expect(await codeOf(confirm(second))).toBe('face_paused');
    expect((await till.payments.view(of(second))).state).toBe('declined');
    expect(await walletOf(payerId)).toBe(5000n);
  });

  it('same key with another PIN is another request', async () => {
    const id = await till.identified(await till.shopper(50_000n), 20_000n);
    const key = till.next('key');
    expect(await codeOf(confirm(id, undefined, key))).toBe('pin_required');
    expect(await codeOf(confirm(id, rightPin, key))).toBe('idempotency_key_reused');
    expect((await confirm(id, rightPin)).state).toBe('captured');
  });

  it.each([
    ['the store limit', 20_000n, {}, 'confirm_with_pin'],
    ['one below the store limit', 19_999n, {}, 'confirm'],
    ['the rung face + PIN', 100n, { rung: 'face_pin' as const }, 'confirm_with_pin'],
    ['the rung face + digits + PIN', 100n, { rung: 'face_digits_pin' as const }, 'confirm_with_pin'],
  ])('at %s: %s minor units', async (_name, amountMinor, claims, next) => {
    const id = await till.identified(await till.shopper(50_000n), amountMinor, claims);
    expect((await till.payments.view(of(id))).next).toBe(next);
    expect(await codeOf(confirm(id))).toBe(next === 'confirm' ? 'ok' : 'pin_required');
    if (next !== 'confirm') expect((await confirm(id, rightPin)).state).toBe('captured');
  });
});

describe('ways out', () => {
  it('"not me" forgets who was found', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    expect(await till.payments.notMe(of(id))).toMatchObject({ state: 'created', payer: null, decision: null, next: 'look', looksLeft: 2 });
    expect(await codeOf(confirm(id))).toBe('payment_state_conflict');
    expect(await walletOf(payerId)).toBe(5000n);
  });

  it('cancel ends it, twice is once, and afterwards nothing pays', async () => {
    const payerId = await till.shopper(5000n);
    const id = await till.identified(payerId);
    expect((await till.payments.cancel(of(id))).state).toBe('cancelled');
    expect((await till.payments.cancel(of(id))).state).toBe('cancelled');
    expect(await codeOf(confirm(id))).toBe('payment_state_conflict');
    expect(await walletOf(payerId)).toBe(5000n);
  });

  it('cancel after it was paid is refused: that is a refund', async () => {
    const id = await till.identified(await till.shopper(5000n));
    await confirm(id);
    expect(await codeOf(till.payments.cancel(of(id)))).toBe('payment_state_conflict');
  });

  it('cancel and Pay at once, many times: charged in full and captured, or not charged', async () => {
    for (let round = 0; round < 12; round += 1) {
      const payerId = await till.shopper(1280n);
      const id = await till.identified(payerId);
      await Promise.allSettled([confirm(id), till.payments.cancel(of(id))]);
      const { state } = await till.payments.view(of(id));
      expect(['captured', 'cancelled', 'refunded']).toContain(state);
      expect([state, await walletOf(payerId)]).toEqual([state, state === 'captured' ? 0n : 1280n]);
    }
  });

  it('time ends it, and says so', async () => {
    const id = await created();
    till.clock.nowMs += paymentLifetimeMs;
    expect(await codeOf(till.payments.openLook(of(id)))).toBe('payment_expired');
    expect(await till.payments.view(of(id))).toMatchObject({ state: 'expired', next: null });
  });
});

describe('refunds', () => {
  const refund = (paymentId: string, amountMinor?: string, key = till.next('key')) =>
    till.payments.refund({ merchantId: till.merchantId, paymentId, key, reason: 'stale bread', ...(amountMinor ? { amount: { amountMinor, currency: 'CNY' } } : {}) });

  it('in parts, then the rest: states, fee and lists follow', async () => {
    const payerId = await till.shopper(10_000n);
    const id = await till.identified(payerId, 10_000n);
    await confirm(id);
    expect(await refund(id, '3333')).toMatchObject({ state: 'partially_refunded', feeReturnedMinor: '20', refundedMinor: '3333' });
    expect(await codeOf(refund(id, '6668'))).toBe('refund_exceeds_payment');
    expect(await refund(id)).toMatchObject({ state: 'refunded', amount: { amountMinor: '6667' }, feeReturnedMinor: '40', refundedMinor: '10000' });
    expect(await codeOf(refund(id))).toBe('payment_state_conflict');
    expect(await walletOf(payerId)).toBe(10_000n);
    expect(await till.payments.oneForMerchant({ merchantId: till.merchantId, paymentId: id })).toMatchObject({ state: 'refunded', feeMinor: '60', refundedMinor: '10000' });
    expect((await till.payments.listForPayer({ payerId, limit: 5 })).map((payment) => payment.id)).toEqual([id]);
    expect((await till.payments.listForMerchant({ merchantId: till.merchantId, limit: 1 }))[0]).toMatchObject({ id });
  });

  it('under one key is one refund; of another merchant there is no such payment', async () => {
    const payerId = await till.shopper(10_000n);
    const id = await till.identified(payerId, 10_000n);
    await confirm(id);
    const key = till.next('key');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(id, '100', key)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await codeOf(refund(id, '101', key))).toBe('idempotency_key_reused');
    expect(await walletOf(payerId)).toBe(100n);
    expect(await codeOf(till.payments.refund({ merchantId: 'mer_other', paymentId: id, key, reason: 'x' }))).toBe('payment_not_found');
  });

  it('of nothing, of more than was paid, in another currency or of an unpaid payment is refused', async () => {
    const id = await till.identified(await till.shopper(10_000n), 10_000n);
    expect(await codeOf(refund(id, '1'))).toBe('payment_state_conflict');
    await confirm(id);
    expect(await codeOf(refund(id, '0'))).toBe('amount_invalid');
    expect(await codeOf(refund(id, '10001'))).toBe('refund_exceeds_payment');
    expect(await codeOf(till.payments.refund({ merchantId: till.merchantId, paymentId: id, key: till.next('key'), reason: 'x', amount: { amountMinor: '1', currency: 'USD' } }))).toBe('currency_mismatch');
  });
});
