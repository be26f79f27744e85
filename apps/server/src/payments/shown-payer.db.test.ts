// Pay charges the person who was shown when it was pressed, and nobody else: not when it comes late, not when it hangs.
import { money } from '@sonrisa/ledger/money.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditBooks, type PostRequest } from '../books/index.ts';
import { createPayments } from './index.ts';
import { moveOf } from './state.ts';
import { codeOf, openTill, rightPin, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('shown_payer');
});
afterAll(() => till.close());

const of = (paymentId: string) => ({ terminalId: till.terminalId, paymentId });
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });
async function becomes(paymentId: string, payerId: string, claims = {}): Promise<void> {
  await till.payments.notMe(of(paymentId));
  await till.lookAt(paymentId, payerId, claims);
}
const twoShoppers = () => Promise.all([till.shopper(50_000n), till.shopper(50_000n)]);

it('a Pay that arrives when somebody else is shown charges nobody', async () => {
  const [first, second] = await twoShoppers();
  const id = await till.identified(first);
  const late = await till.press(id);
  await becomes(id, second);
  expect(await codeOf(till.payments.confirm(late))).toBe('payment_state_conflict');
  expect(await till.payments.view(of(id))).toMatchObject({ state: 'identified', lastProblem: null });
  expect([await walletOf(first), await walletOf(second)]).toEqual([50_000n, 50_000n]);

  const now = await till.press(id);
  expect((await till.payments.view(of(id))).payer).toMatchObject({ nonce: now.nonce });
  expect((await till.payments.confirm(now)).state).toBe('captured');
  expect([await walletOf(first), await walletOf(second)]).toEqual([50_000n, 48_720n]);
});

it.each([
  ['is right', rightPin],
  ['is wrong', '000000'],
])('a Pay that hangs in the PIN check, which %s, while somebody else is identified charges nobody and says nothing of them', async (_name, pin) => {
  const [first, second] = await twoShoppers();
  const id = await till.identified(first, 20_000n);
  const hanging = createPayments({
    ...till.deps,
    checkPin: async (input) => {
      await becomes(id, second);
      return till.deps.checkPin(input);
    },
  });
  expect(await codeOf(hanging.confirm(await till.press(id, { pin })))).toBe('payment_state_conflict');
  expect(await till.payments.view(of(id))).toMatchObject({ state: 'identified', lastProblem: null });
  expect([await walletOf(first), await walletOf(second)]).toEqual([50_000n, 50_000n]);
  expect((await till.payments.confirm(await till.press(id, { pin: rightPin }))).state).toBe('captured');
  expect([await walletOf(first), await walletOf(second)]).toEqual([50_000n, 30_000n]);
});

it('a refusal for one person does not decline the payment of the next', async () => {
  const [first, second] = await twoShoppers();
  const id = await till.identified(first, 50_001n, { rung: 'face_pin' });
  const asked = authorisation({ id, payerId: first, jti: await jtiOf(id) });
  const identifying = await till.pool.connect();
  await identifying.query('BEGIN');
  await identifying.query(`UPDATE payment SET payer_id = $2, receipt_claims = jsonb_set(receipt_claims, '{jti}', '"jti_of_the_next_shopper"') WHERE id = $1`, [id, second]);
  let isAnswered = false;
  const refusing = till.books.post(asked).finally(() => (isAnswered = true));
  // Until it waits for the payment's row.
  while (!isAnswered && !(await somebodyWaits())) await new Promise((resolve) => setTimeout(resolve, 5));
  await identifying.query('COMMIT');
  identifying.release();
  expect(await refusing).toMatchObject({ ok: false, code: 'payment_state_conflict' });
  expect((await till.payments.view(of(id))).state).toBe('identified');

  async function somebodyWaits(): Promise<boolean> {
    const { rows } = await till.pool.query(`SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`);
    return rows.length > 0;
  }
});

it('the books refuse a receipt that the payment no longer rests on, and leave the payment alone', async () => {
  const [first, second] = await twoShoppers();
  const id = await till.identified(first);
  const jti = await jtiOf(id);
  await becomes(id, second);
  expect(await till.books.post(authorisation({ id, payerId: first, jti }))).toMatchObject({ ok: false, code: 'payment_state_conflict' });
  expect(await till.books.post(authorisation({ id, payerId: first, jti: await jtiOf(id) }))).toMatchObject({ ok: false, code: 'payment_state_conflict' });
  expect((await till.payments.view(of(id))).state).toBe('identified');
});

it('the auditor finds a payment that names another payer than was charged', async () => {
  const [first, second] = await twoShoppers();
  const id = await till.identified(first);
  await till.payments.confirm(await till.press(id));
  await till.db.updateTable('payment').set({ payer_id: second }).where('id', '=', id).execute();
  expect((await auditBooks(till.pool)).map(({ check }) => check)).toEqual(['payment_names_who_was_charged']);
  await till.db.updateTable('payment').set({ payer_id: first }).where('id', '=', id).execute();
  expect(await auditBooks(till.pool)).toEqual([]);
});

async function jtiOf(paymentId: string): Promise<string> {
  const { receipt_claims } = await till.db.selectFrom('payment').select('receipt_claims').where('id', '=', paymentId).executeTakeFirstOrThrow();
  return (receipt_claims as { jti: string }).jti;
}

function authorisation({ id, payerId, jti }: { id: string; payerId: string; jti: string }): PostRequest {
  return {
    idempotency: { principal: `payment:${id}`, key: till.next('authorise') },
    command: { kind: 'authorise', holdId: id, payerId, merchantId: till.merchantId, amount: money(50_001n, 'CNY') },
    atMs: till.clock.nowMs,
    receipt: { jti, faceEpoch: 1 },
    payment: { id, posted: moveOf('authorised'), refused: moveOf('declined') },
  };
}
