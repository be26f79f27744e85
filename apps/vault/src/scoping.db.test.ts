// Regulars first, then the merchant's other stores, then everybody: each with its own number of people, within one budget.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { MintLook } from '@sonrisa/protocol/vault-api.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { regularKeptMs } from './regulars.ts';
import { encodeFrame, personFrame, resembling } from './testing/fake-engine.ts';
import type { FakeFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const framesOf = (frame: FakeFrame) => Array.from({ length: 4 }, () => encodeFrame(frame));
const ana = framesOf(personFrame(1));
const ben = framesOf(personFrame(2));
const people = 60;

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;
let subjects = 0;

beforeAll(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('scoping');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir, budget });
  for (let n = 1; n <= people; n++) await vault.enrol(vault.enrolment(`pyr_${n}`, { lastFour: String(1000 + n) }), framesOf(personFrame(n)));
});
afterAll(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

// So little that a face alone is never enough among sixty, and is among two.
const budget = 1e-4;

const at = (storeId: string, merchantId = 'mer_1', till = vault): MintLook => ({ ...(till.payment(`pay_${(subjects += 1)}`) as Extract<MintLook, { purpose: 'payment' }>), storeId, merchantId });
const claims = (body: Record<string, unknown>) => decodeJwt<ReceiptClaims>(body.receipt as string);

/** Pays, typing the digits where they are asked. */
async function pay(where: MintLook, frames: typeof ana, digits: string) {
  const look = await vault.look(where, frames);
  const { body } = await look.submit();
  const asked = body.outcome === 'needs_digits';
  const { scope, candidateCount, rung, payerRef } = claims(asked ? (await vault.digits(look.nonce, digits)).body : body);
  return { scope, candidateCount, rung, payerRef, asked };
}

test('the first visit is among everybody; the next one, among the regulars of the shop, costs less effort', async () => {
  expect(await pay(at('sto_1'), ana, '1001')).toEqual({ scope: 'all', candidateCount: people, rung: 'face_digits', payerRef: 'pyr_1', asked: true });
  expect(await pay(at('sto_1'), ana, '')).toEqual({ scope: 'store', candidateCount: 1, rung: 'face', payerRef: 'pyr_1', asked: false });
  // Another shop of the same merchant knows her as of the district, another merchant's shop does not know her.
  expect(await pay(at('sto_2'), ana, '')).toMatchObject({ scope: 'district', candidateCount: 1, rung: 'face' });
  expect(await pay(at('sto_9', 'mer_2'), ana, '1001')).toMatchObject({ scope: 'all', candidateCount: people, rung: 'face_digits' });
});

test('a newcomer at a shop with regulars is looked for among everybody, and whoever is like a regular is asked for digits', async () => {
  const here = () => at('sto_3', 'mer_3');
  await pay(here(), ana, '1001');
  expect(await pay(here(), ben, '1002')).toEqual({ scope: 'all', candidateCount: people, rung: 'face_digits', payerRef: 'pyr_2', asked: true });
  expect(await pay(here(), framesOf(resembling(2, 0.97)), '')).toMatchObject({ scope: 'store', candidateCount: 2, payerRef: 'pyr_2' });
  // Near enough to a regular that digits would settle it; they are those of somebody else, who is not found by them.
  const look = await vault.look(here(), framesOf(resembling(1, 0.932)));
  expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
  expect((await vault.digits(look.nonce, '1003')).body).toMatchObject({ outcome: 'digits_wrong' });
  expect(claims((await vault.digits(look.nonce, '1001')).body)).toMatchObject({ scope: 'store', payerRef: 'pyr_1' });
});

test("who is forgotten, or was not seen for half a year, is nobody's regular", async () => {
  await pay(at('sto_4', 'mer_4'), ana, '1001');
  await pay(at('sto_4', 'mer_4'), ben, '1002');
  await vault.forget('pyr_2', 2);
  const kept = async () => (await vault.db.rows<{ payer_ref: string }>("SELECT payer_ref FROM regular WHERE merchant_id = 'mer_4'")).map((row) => row.payer_ref);
  expect(await kept()).toEqual(['pyr_1']);
  await vault.regulars.sweep();
  expect(await kept()).toEqual(['pyr_1']);
  vault.time.nowMs += regularKeptMs + 24 * 60 * 60_000;
  await vault.regulars.sweep();
  expect(await kept()).toEqual([]);
});

test('a vault that keeps no regulars compares with everybody each time, and keeps nothing', async () => {
  const plain = await startTestVault({ url: database.url, keysDir: keys.dir, budget, keepsRegulars: false });
  for (const _visit of [1, 2]) {
    const look = await plain.look(at('sto_5', 'mer_5', plain), ana);
    expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
    const candidateCount = plain.gallery.peopleCount;
    expect(claims((await plain.digits(look.nonce, '1001')).body)).toMatchObject({ scope: 'all', candidateCount });
  }
  expect(await plain.db.rows("SELECT * FROM regular WHERE merchant_id = 'mer_5'")).toEqual([]);
  await plain.stop();
});
