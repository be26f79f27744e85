// The last resort: a code by text message in place of the phone. Who is sent one, what it is good for, and guesses at it, all at once too.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lifted, setLimits } from '../limits/lifted.fixture.ts';
import { createPayments } from './index.ts';
import { smsCodeAfterMs, smsCodeLifetimeMs, smsCodeTriesMax, terminalFailuresBeforeDelay } from './limits.ts';
import { codeOf, openTill, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('sms_code');
});
beforeEach(() => till.pool.query('DELETE FROM attempt_limit'));
afterAll(() => till.close());

const of = (paymentId: string) => ({ terminalId: till.terminalId, paymentId });
const view = (paymentId: string) => till.payments.view(of(paymentId));
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });

/** A payment that waits for a phone that nobody opens, for as long as it takes until a code is offered. */
async function waiting({ payerId, amountMinor = 1_280n }: { payerId?: string; amountMinor?: bigint } = {}) {
  const who = payerId ?? (await till.shopper(500_000n));
  await till.db.updateTable('payer').set({ ask_phone_from_minor: 0n }).where('id', '=', who).execute();
  const paymentId = await till.identified(who, amountMinor);
  const { nonce } = await till.press(paymentId);
  await till.payments.confirm(await till.press(paymentId));
  till.clock.nowMs += smsCodeAfterMs;
  return { payerId: who, paymentId, nonce };
}
type Waiting = Awaited<ReturnType<typeof waiting>>;

const send = ({ paymentId, nonce }: Waiting) => till.payments.sendSmsCode({ ...of(paymentId), nonce });
const enter = ({ paymentId, nonce }: Waiting, code: string, payments = till.payments, key = till.next('key')) => payments.paySmsCode({ ...of(paymentId), key, nonce, code });
async function textsTo(payerId: string): Promise<string[]> {
  const { phone_e164: to } = await till.db.selectFrom('payer').select('phone_e164').where('id', '=', payerId).executeTakeFirstOrThrow();
  return (await till.db.selectFrom('sms_outbox').select('body').where('to_e164', '=', to ?? '').orderBy('created_at').execute()).map(({ body }) => body);
}
const codeIn = (text: string | undefined): string => /[0-9]{6}/.exec(text ?? '')?.[0] ?? 'none';
async function sent(more: Parameters<typeof waiting>[0] = {}) {
  const wait = await waiting(more);
  await send(wait);
  return { ...wait, code: codeIn((await textsTo(wait.payerId)).at(-1)) };
}
const another = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code by text message', () => {
  it('says shop and amount, pays this payment once, and is announced like any other', async () => {
    const wait = await waiting();
    expect(await view(wait.paymentId)).toMatchObject({ next: 'wait_phone', phone: { smsCode: 'offered' } });
    const untilMs = till.clock.nowMs + smsCodeLifetimeMs;
    // However often it is asked for, one goes out, and the wait becomes as long as it is good.
    await Promise.all([send(wait), send(wait)]);
    expect(await send(wait)).toMatchObject({ phone: { expiresAtMs: untilMs, smsCode: expect.stringMatching(/^sen/) } });
    const texts = await textsTo(wait.payerId);
    expect(texts).toEqual([expect.stringMatching(/^【Sonrisa】[0-9]{6} 是在“面包店”付款12\.80元的确认码/)]);
    await till.deps.sms.messages.nudge();
    await expect.poll(async () => (await view(wait.paymentId)).phone?.smsCode).toBe('sent');
    const key = till.next('key');
    const paid = await enter(wait, codeIn(texts[0]), till.payments, key);
    expect(paid).toMatchObject({ state: 'captured', phone: null });
    expect(await enter(wait, codeIn(texts[0]), till.payments, key)).toEqual(paid);
    expect(await walletOf(wait.payerId)).toBe(500_000n - 1_280n);
    const events = (await till.payments.story(wait.paymentId)).events.map(({ event, reason }) => `${event} ${reason}`.trim());
    expect(events.slice(2)).toEqual(['matched face', 'phone_asked own_limit', 'phone_approved by SMS code at the till', 'authorised', 'captured']);
    // Nobody said yes on the phone: of "that was not me" the money goes back at once.
    expect((await till.payments.notices(wait.payerId)).notices).toMatchObject([{ paymentId: wait.paymentId, isNew: true, confirmedOnPhone: false }]);
  });

  it('is nothing to another payment, not even of the same shopper, shop and amount', async () => {
    const first = await sent();
    const second = await sent({ payerId: first.payerId });
    expect(await codeOf(enter(second, first.code === second.code ? another(first.code) : first.code))).toBe('sms_code_wrong');
    expect(await codeOf(enter(first, first.code))).toBe('ok');
    expect(await codeOf(enter(second, second.code))).toBe('ok');
  });

  it.each(['notMe', 'cancel'] as const)('is nothing after %s', async (way) => {
    const wait = await sent();
    await till.payments[way](of(wait.paymentId));
    expect(await codeOf(enter(wait, wait.code))).toBe('payment_state_conflict');
    expect(await walletOf(wait.payerId)).toBe(500_000n);
  });

  it('is over with its time, and the wait with it', async () => {
    const wait = await sent();
    till.clock.nowMs += smsCodeLifetimeMs;
    expect(await codeOf(enter(wait, wait.code))).toBe('phone_timed_out');
    expect(await view(wait.paymentId)).toMatchObject({ state: 'created', lastProblem: { code: 'phone_timed_out' } });
  });

  it('does not stand in the way of the phone: its no ends the payment, its yes pays it', async () => {
    const [refused, approved] = [await sent(), await sent()];
    const asked = async ({ payerId }: Waiting) => ({ payerId, requestId: (await till.payments.openRequests(payerId))[0]?.id ?? '' });
    await till.payments.deny({ ...(await asked(refused)), why: 'denied' });
    expect(await codeOf(enter(refused, refused.code))).toBe('payment_state_conflict');
    expect(await till.payments.approve({ ...(await asked(approved)), proof: { pin: '135790' } })).toMatchObject({ state: 'captured' });
    expect(await codeOf(enter(approved, approved.code))).toBe('ok');
    expect(await walletOf(approved.payerId)).toBe(500_000n - 1_280n);
  });

  it('that was right when the server died is finished by saying it again', async () => {
    const wait = await sent();
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    const key = till.next('key');
    await expect(enter(wait, wait.code, dying, key)).rejects.toThrow('killed');
    expect(await enter(wait, wait.code, till.payments, key)).toMatchObject({ state: 'captured' });
    expect(await walletOf(wait.payerId)).toBe(500_000n - 1_280n);
  });
});

describe('no code is sent', () => {
  const refused = async (wait: Waiting) => {
    expect((await view(wait.paymentId)).phone?.smsCode).toBe('none');
    expect(await codeOf(send(wait))).toBe('sms_code_impossible');
    expect(await textsTo(wait.payerId)).toEqual([]);
  };
  const changed = async (wait: Waiting, text: string, values: unknown[] = []) => {
    await till.pool.query(text, [wait.payerId, ...values]);
    return wait;
  };
  const daysAgo = (days: number) => new Date(till.clock.nowMs - days * 86_400_000);
  const recovery = `INSERT INTO recovery (id, payer_id, kind, state, proofs, new_phone_e164, asked_at, effective_at, expires_at, ended_at, ended_by, guarded_until)`;

  it('above the limit', async () => {
    await refused(await waiting({ amountMinor: 5_001n }));
    expect((await view((await waiting({ amountMinor: 5_000n })).paymentId)).phone?.smsCode).toBe('offered');
  });
  it('to a phone that shows the payment', async () => {
    const wait = await waiting();
    await till.payments.openRequests(wait.payerId);
    await refused(wait);
  });
  it('to an account that is new', async () => refused(await changed(await waiting(), 'UPDATE payer SET created_at = $2 WHERE id = $1', [daysAgo(13)])));
  it('to a number that is new', async () =>
    refused(await changed(await waiting(), `${recovery} VALUES ('rcv_n', $1, 'number', 'done', '{}', '+8613', $2, $2, $2, $2, 'asker', NULL)`, [daysAgo(13)])));
  it('while the account is being recovered', async () =>
    refused(await changed(await waiting(), `${recovery} VALUES ('rcv_p', $1, 'pin', 'cooling', '{}', NULL, $2, $2, $2, NULL, NULL, $3)`, [daysAgo(0), daysAgo(-3)])));
  it('while somebody else claims the number', async () =>
    refused(await changed(await waiting(), `${recovery} VALUES ('rcv_c', $1, 'claim', 'cooling', '{}', NULL, $2, $2, $2, NULL, NULL, NULL)`, [daysAgo(0)])));

  it('of codes that nobody used more than three a day', async () => {
    const { payerId } = await sent();
    for (let more = 1; more < lifted.smsCode!.unusedPerDayMax; more += 1) {
      till.clock.nowMs += 10 * 60_000;
      await sent({ payerId });
    }
    till.clock.nowMs += 10 * 60_000;
    const next = await waiting({ payerId });
    expect(await codeOf(send(next))).toBe('sms_code_impossible');
    till.clock.nowMs += 86_400_000;
    expect(await codeOf(send(await waiting({ payerId })))).toBe('ok');
  });

  it('more than so many, also when several tills ask at once', async () => {
    await setLimits(till.pool, { ...lifted, smsCode: { ...lifted.smsCode!, unusedPerDayMax: 1 } });
    const payerId = await till.shopper(500_000n);
    const waits: Waiting[] = [];
    for (let wait = 0; wait < 3; wait += 1) waits.push(await waiting({ payerId }));
    const codes = await Promise.all(waits.map((wait) => codeOf(send(wait))));
    expect(codes.sort()).toEqual(['ok', 'sms_code_impossible', 'sms_code_impossible']);
    await setLimits(till.pool, lifted);
  });

  it('past the limits of the number: the till says so, and nothing is kept', async () => {
    const { payerId } = await sent();
    for (let more = 1; more < 3; more += 1) {
      const wait = await sent({ payerId });
      await enter(wait, wait.code);
    }
    const next = await waiting({ payerId });
    expect(await codeOf(send(next))).toBe('sms_unavailable');
    expect((await view(next.paymentId)).phone?.smsCode).toBe('offered');
    expect(await codeOf(enter(next, '123456'))).toBe('sms_code_over');
  });
});

it('counts as no second factor: payments by it run into the counter of those by face alone, and then the PIN is asked', async () => {
  await setLimits(till.pool, { ...lifted, unconfirmed: { paymentsMax: 2, sumMaxMinor: '100000' } });
  const first = await sent();
  const late = await sent({ payerId: first.payerId });
  const second = await sent({ payerId: first.payerId });
  await enter(first, first.code);
  await enter(second, second.code);
  // Due only since this code was sent.
  expect(await codeOf(enter(late, late.code))).toBe('confirmation_due');
  expect(await view(late.paymentId)).toMatchObject({ state: 'identified', next: expect.stringMatching(/^(wait|confirm_with_pin)$/) });
  till.clock.nowMs += 10_000;
  expect(await view(late.paymentId)).toMatchObject({ next: 'confirm_with_pin' });
  expect(await till.payments.confirm(await till.press(late.paymentId, { pin: '135790' }))).toMatchObject({ state: 'captured' });
  await setLimits(till.pool, lifted);
});

describe('guesses', () => {
  const guesses = Number(process.env['GUESSES'] ?? 40);
  const wrong = (code: string, index: number): string => String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0');
  const count = (codes: string[]) => Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((each) => each === code).length]));

  it('all at once at one code, through restarts: three are heard, and the right one is not any more', async () => {
    const wait = await sent();
    const elsewhere = async (index: number) => {
      // As if each stood at a till of its own: what is counted here is the code.
      await till.pool.query('UPDATE attempt_limit SET failures = 0, locked_until = NULL');
      return codeOf(enter(wait, wrong(wait.code, index), createPayments(till.deps)));
    };
    const codes = await Promise.all(Array.from({ length: guesses }, (_, index) => elsewhere(index)));
    expect(codes.filter((code) => code === 'sms_code_wrong').length).toBeLessThanOrEqual(smsCodeTriesMax - 1);
    const { tries } = await till.db.selectFrom('sms_step_up').select('tries').where('payer_id', '=', wait.payerId).executeTakeFirstOrThrow();
    expect(tries).toBe(smsCodeTriesMax);
    await till.pool.query('DELETE FROM attempt_limit');
    expect(await codeOf(enter(wait, wait.code))).toBe('sms_code_over');
    expect(await view(wait.paymentId)).toMatchObject({ state: 'awaiting_phone', phone: { smsCode: 'over' } });
    expect(await walletOf(wait.payerId)).toBe(500_000n);
  });

  it('at the codes of many people at one terminal: five, then it waits', async () => {
    const waits: Awaited<ReturnType<typeof sent>>[] = [];
    for (let people = 0; people < 4; people += 1) waits.push(await sent());
    const codes = count(await Promise.all(Array.from({ length: guesses }, (_, index) => codeOf(enter(waits[index % 4]!, wrong(waits[index % 4]!.code, index))))));
    expect((codes['sms_code_wrong'] ?? 0) + (codes['sms_code_over'] ?? 0)).toBeGreaterThan(0);
    const { rows } = await till.pool.query<{ tries: number }>('SELECT sum(tries)::int AS tries FROM sms_step_up WHERE payer_id = ANY ($1)', [waits.map(({ payerId }) => payerId)]);
    expect(rows[0]?.tries).toBe(terminalFailuresBeforeDelay);
    expect(await codeOf(enter(waits[3]!, waits[3]!.code))).toBe('till_locked');
  });

  it('control: with the tries wiped before each, they go on until the code is found', async () => {
    const wait = await sent();
    const codes: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      await till.pool.query('UPDATE sms_step_up SET tries = 0');
      await till.pool.query('DELETE FROM attempt_limit');
      codes.push(await codeOf(enter(wait, index === 19 ? wait.code : wrong(wait.code, index))));
    }
    expect(count(codes)).toEqual({ ok: 1, sms_code_wrong: 19 });
  });
});
