import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPayments } from './index.ts';
import { facePinDelayMs, facePinFailuresMax } from './limits.ts';
import { codeOf, openTill, rightPin, type Till } from './till.fixture.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill('pin_attempts');
});
// What the terminal counts is tested beside this (guesses.db.test.ts).
beforeEach(() => till.pool.query('DELETE FROM attempt_limit'));
afterAll(() => till.close());

const pay = async (paymentId: string, pin: string) => codeOf(till.payments.confirm(await till.press(paymentId, { pin })));
const failuresOf = async (payerId: string) =>
  (await till.db.selectFrom('payer').select('face_pin_failures').where('id', '=', payerId).executeTakeFirstOrThrow()).face_pin_failures;

it('five wrong PINs close face + PIN for 30 seconds, also for the right one, and for no other way to pay', async () => {
  const payerId = await till.shopper(100_000n);
  const id = await till.identified(payerId, 20_000n);
  for (let tried = 1; tried <= 5; tried += 1) expect(await pay(id, '000000')).toBe('pin_wrong');
  expect(await pay(id, rightPin)).toBe('pin_locked');
  expect(await till.payments.view({ terminalId: till.terminalId, paymentId: id })).toMatchObject({ state: 'identified', lastProblem: { code: 'pin_locked' } });
  const small = await till.identified(payerId, 100n);
  expect((await till.payments.confirm(await till.press(small))).state).toBe('captured');

  till.clock.nowMs += facePinDelayMs - 1;
  expect(await pay(id, rightPin)).toBe('pin_locked');
  till.clock.nowMs += 1;
  expect(await pay(id, rightPin)).toBe('ok');
  expect(await failuresOf(payerId)).toBe(0);
});

it('200 guesses at once gain no more than five', async () => {
  const payerId = await till.shopper(100_000n);
  const id = await till.identified(payerId, 20_000n);
  const codes = await Promise.all(Array.from({ length: 200 }, (_, index) => pay(id, String(100_000 + index))));
  expect(codes.filter((code) => code === 'pin_wrong')).toHaveLength(5);
  expect(codes.filter((code) => code === 'pin_locked')).toHaveLength(195);
});

it('a PIN that was sealed wrongly is no guess', async () => {
  const payerId = await till.shopper(100_000n);
  const id = await till.identified(payerId, 20_000n);
  for (let tried = 1; tried <= 7; tried += 1) expect(await pay(id, 'torn')).toBe('pin_sealed_wrong');
  expect(await failuresOf(payerId)).toBe(0);
});

it('fifty wrong PINs close it until somebody clears it; a restart forgets nothing', async () => {
  const payerId = await till.shopper(100_000n);
  await till.db.updateTable('payer').set({ face_pin_failures: facePinFailuresMax - 1 }).where('id', '=', payerId).execute();
  const id = await till.identified(payerId, 20_000n);
  expect(await pay(id, '000000')).toBe('pin_wrong');
  till.clock.nowMs += 2 * facePinDelayMs;
  till.payments = createPayments(till.deps);
  expect(await pay(id, rightPin)).toBe('pin_off');
  await till.payments.clearFacePinLock(payerId);
  expect(await pay(id, rightPin)).toBe('ok');
});

it('a Pay that is asked again while its PIN is still being checked hears nothing final, and then that it was paid', async () => {
  const payerId = await till.shopper(100_000n);
  const id = await till.identified(payerId, 20_000n);
  await till.db.updateTable('payer').set({ face_pin_failures: 4 }).where('id', '=', payerId).execute();
  const press = await till.press(id, { pin: rightPin });
  const again: unknown[] = [];
  const slow = createPayments({
    ...till.deps,
    checkPin: async (input) => {
      // The fifth attempt is reserved and closes the way until it turns out right.
      again.push(await till.payments.confirm(press).catch((error: unknown) => error));
      return till.deps.checkPin(input);
    },
  });
  expect((await slow.confirm(press)).state).toBe('captured');
  expect(again).toMatchObject([{ code: 'pin_locked' }]);
  expect((await till.payments.confirm(press)).state).toBe('captured');
  expect(await till.books.walletMinor({ payerId, currency: 'CNY' })).toBe(80_000n);
});

it('a PIN that turns out wrong after another press has paid is answered with the payment', async () => {
  const payerId = await till.shopper(100_000n);
  const id = await till.identified(payerId, 20_000n);
  const slow = createPayments({
    ...till.deps,
    checkPin: async (input) => {
      await till.payments.confirm(await till.press(id, { pin: rightPin }));
      return till.deps.checkPin(input);
    },
  });
  expect((await slow.confirm(await till.press(id, { pin: '000000' }))).state).toBe('captured');
  expect(await till.books.walletMinor({ payerId, currency: 'CNY' })).toBe(80_000n);
});
