// Guessing in parallel and after restarts, at PINs and digits, over many payers, payments and terminals: what gets through is what
// the limits say. GUESSES=10000 runs the long version. The control takes the counting away and finds the secret.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { createPayments, type Payments } from './index.ts';
import { facePinDelayMs, facePinFailuresBeforeDelay, storeFailuresMax, terminalFailureFadesMs, terminalFailuresBeforeDelay, terminalFailuresMax } from './limits.ts';
import { guessAtTill } from './till-attempts.ts';
import { codeOf, openTill, rightPin, type Till } from './till.fixture.ts';

const guesses = Number(process.env['GUESSES'] ?? 80);
const atOnce = 40;
let till: Till;

beforeAll(async () => {
  till = await openTill('guesses');
});
beforeEach(() => till.pool.query('DELETE FROM attempt_limit'));
afterAll(() => till.close());

async function storm(one: (index: number) => Promise<string>): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < guesses) {
      const code = await one(next++);
      counted[code] = (counted[code] ?? 0) + 1;
    }
  }));
  return counted;
}
const wrongPin = (index: number) => String(200_000 + index);
const press = async (payments: Payments, paymentId: string, pin: string) => codeOf(payments.confirm(await till.press(paymentId, { pin })));
/** A server that was started anew on the same database. */
const restarted = () => createPayments(till.deps);

it('PINs of one person, on several payments at once, through restarts: five, and then the right one waits as well', async () => {
  const payerId = await till.shopper(500_000n);
  const payments = [await till.identified(payerId, 20_000n), await till.identified(payerId, 20_001n)];
  const codes = await storm((index) => press(restarted(), payments[index % 2]!, index === guesses - 1 ? rightPin : wrongPin(index)));
  expect(codes).toEqual({ pin_wrong: facePinFailuresBeforeDelay, pin_locked: guesses - facePinFailuresBeforeDelay });
});

it('PINs of many people at one terminal: five, then a pause for whoever stands there, and no more than that', async () => {
  const ids: string[] = [];
  for (let people = 0; people < 8; people += 1) ids.push(await till.identified(await till.shopper(500_000n), 20_000n));
  const codes = await storm((index) => press(till.payments, ids[index % ids.length]!, wrongPin(index)));
  // While guesses that the terminal turns away are being given back to their payers, a payer may look locked too.
  expect(Object.keys(codes).filter((code) => !['pin_wrong', 'till_locked', 'pin_locked'].includes(code))).toEqual([]);
  expect(codes['pin_wrong']).toBe(terminalFailuresBeforeDelay);
  const free = await till.identified(await till.shopper(500_000n), 20_000n);
  expect(await press(till.payments, free, rightPin)).toBe('till_locked');
  till.clock.nowMs += facePinDelayMs;
  expect(await press(till.payments, await till.identified(await till.shopper(500_000n), 20_000n), rightPin)).toBe('ok');
});

it('digits: three a look and five a terminal, whatever comes at once; right answers of their own give a guesser nothing back', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, async () => till.shopper(500_000n)));
  const ids: string[] = [];
  for (const payerId of people) ids.push(await till.identified(payerId, 1280n, { lookAlike: true }));
  const codes = await storm((index) => codeOf(restarted().digits({ terminalId: till.terminalId, paymentId: ids[index % ids.length]!, digits: String(index % 10_000).padStart(4, '0') })));
  expect(codes['digits_wrong']).toBeLessThanOrEqual(terminalFailuresBeforeDelay);
  expect(codes['ok'] ?? 0).toBe(0);

  await till.pool.query('DELETE FROM attempt_limit');
  let wrong = 0;
  for (let round = 0; round < 6; round += 1) {
    const own = await till.identified(await till.shopper(500_000n), 20_000n);
    await press(till.payments, own, rightPin);
    if ((await press(till.payments, await till.identified(await till.shopper(500_000n), 20_000n), wrongPin(round))) === 'pin_wrong') wrong += 1;
  }
  expect(wrong).toBe(terminalFailuresBeforeDelay);
});

it('fifty at one terminal: faces are off there until the operator says so, and time does not say it', async () => {
  const place = { terminalId: 'ter_x', storeId: 'sto_x' };
  let nowMs = till.clock.nowMs;
  const guess = () => codeOf(guessAtTill(till.db, { ...place, nowMs, check: async () => 'wrong', isWrong: () => true }));
  for (let failed = 0; failed < terminalFailuresMax; failed += 1) {
    if (failed > 0 && failed % terminalFailuresBeforeDelay === 0) nowMs += facePinDelayMs;
    expect(await guess()).toBe('ok');
  }
  nowMs += 100 * terminalFailureFadesMs;
  expect(await guess()).toBe('face_off_here');
  await till.payments.clearTillAttempts({ scope: 'terminal', id: 'ter_x' });
  expect(await guess()).toBe('ok');

  await till.pool.query(`INSERT INTO attempt_limit (scope, subject, failures, counted_at) SELECT 'store', store_id, $2, now() FROM terminal WHERE id = $1`, [till.terminalId, storeFailuresMax]);
  await expect(till.identified(await till.shopper(100n), 10n)).rejects.toMatchObject({ code: 'face_off_here' });
});

it('what is no guess is not counted, and failures fade', async () => {
  const place = { terminalId: 'ter_y', storeId: 'sto_y' };
  let nowMs = till.clock.nowMs;
  for (let i = 0; i < 20; i += 1) expect(await codeOf(guessAtTill(till.db, { ...place, nowMs, check: async () => { throw new ProblemError('digits_window_closed'); } }))).toBe('digits_window_closed');
  const wrong = () => codeOf(guessAtTill(till.db, { ...place, nowMs, check: async () => { throw new ProblemError('digits_wrong'); } }));
  for (let i = 0; i < 4; i += 1) expect(await wrong()).toBe('digits_wrong');
  nowMs += 2 * terminalFailureFadesMs;
  for (let i = 0; i < 3; i += 1) expect(await wrong()).toBe('digits_wrong');
  expect(await wrong()).toBe('till_locked');
});

it('control: with the counts wiped before each, guesses at the PIN go on until it is found', async () => {
  const id = await till.identified(await till.shopper(500_000n), 20_000n);
  const codes: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    await till.pool.query('UPDATE payer SET face_pin_failures = 0, face_pin_locked_until = NULL');
    await till.pool.query('DELETE FROM attempt_limit');
    codes.push(await press(till.payments, id, index === 29 ? rightPin : wrongPin(index)));
  }
  expect([codes.slice(0, 29).every((code) => code === 'pin_wrong'), codes[29]]).toEqual([true, 'ok']);
});
