// A face that is not enough alone: the last four digits are asked, and with the weakest faces a PIN besides.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { receiptClaimsSchema } from '@sonrisa/protocol/receipt.ts';
import { decodeJwt } from 'jose';
import { digitsWindowMs } from './probes.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { encodeFrame, personFrame, resembling } from './testing/fake-engine.ts';
import type { FakeFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const framesOf = (frame: FakeFrame) => Array.from({ length: 4 }, () => encodeFrame(frame));

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;
let subjects = 0;
const freshPayment = (at: TestVault = vault) => at.payment(`pay_${(subjects += 1)}`);
const claims = (body: Record<string, unknown>) => receiptClaimsSchema.parse(decodeJwt(body.receipt as string));

beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('digits');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir });
  await vault.enrol(vault.enrolment('pyr_ana', { lastFour: '4321' }), framesOf(personFrame(1)));
  await vault.enrol(vault.enrolment('pyr_ben', { lastFour: '9999' }), framesOf(personFrame(2)));
});
afterEach(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

test('a likeness that is not enough alone asks for digits; the right ones, of that person, identify', async () => {
  const look = await vault.look(freshPayment(), framesOf(resembling(1, 0.935)));
  expect((await look.submit()).body).toEqual({ outcome: 'needs_digits', untilMs: vault.time.nowMs + digitsWindowMs });
  expect((await vault.digits(look.nonce, '9999')).body).toEqual({ outcome: 'digits_wrong', triesLeft: 2 });
  const right = await vault.digits(look.nonce, '4321');
  expect(right.body).toMatchObject({ outcome: 'identified', rung: 'face_digits' });
  expect(claims(right.body)).toMatchObject({ payerRef: 'pyr_ana', rung: 'face_digits', candidateCount: 2 });
  expect((await vault.digits(look.nonce, '4321')).body).toMatchObject({ code: 'digits_window_closed' });
});

test('after three wrong tries, or a minute, the probe is gone', async () => {
  const tried = await vault.look(freshPayment(), framesOf(resembling(1, 0.935)));
  const waited = await vault.look(freshPayment(), framesOf(resembling(1, 0.935)));
  expect([(await tried.submit()).body.outcome, (await waited.submit()).body.outcome]).toEqual(['needs_digits', 'needs_digits']);
  for (const triesLeft of [2, 1, 0]) expect((await vault.digits(tried.nonce, '0001')).body).toEqual({ outcome: 'digits_wrong', triesLeft });
  expect((await vault.digits(tried.nonce, '4321')).body).toMatchObject({ code: 'digits_window_closed' });
  vault.ringTimers();
  expect((await vault.digits(waited.nonce, '4321')).body).toMatchObject({ code: 'digits_window_closed' });
});

test('two right answers at once give one receipt', async () => {
  const look = await vault.look(freshPayment(), framesOf(resembling(1, 0.935)));
  await look.submit();
  const answers = await Promise.all([vault.digits(look.nonce, '4321'), vault.digits(look.nonce, '4321')]);
  expect(answers.filter((answer) => answer.body.outcome === 'identified')).toHaveLength(1);
});

test('a face too weak for digits alone is asked for digits too, and its receipt rests on a PIN besides', async () => {
  const strict = await startTestVault({ url: database.url, keysDir: keys.dir, budget: 1e-6 });
  const look = await strict.look(freshPayment(strict), framesOf(resembling(1, 0.92)));
  expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
  expect((await strict.digits(look.nonce, '9999')).body).toEqual({ outcome: 'digits_wrong', triesLeft: 2 });
  const right = await strict.digits(look.nonce, '4321');
  expect(right.body).toMatchObject({ outcome: 'identified', rung: 'face_digits_pin' });
  const { bound, budget } = claims(right.body);
  expect(claims(right.body)).toMatchObject({ payerRef: 'pyr_ana', rung: 'face_digits_pin', candidateCount: 2, threshold: 0.911 });
  expect(bound).toBeLessThanOrEqual(budget / 3);
  await strict.stop();
});
