// Two faces alike, and an officer found that they are two people: their mark is lifted, and each look has to tell them apart.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { encodeFrame, personFrame, resembling } from './testing/fake-engine.ts';
import type { FakeFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const framesOf = (frame: FakeFrame, count = 4) => Array.from({ length: count }, () => encodeFrame(frame));
const ana = framesOf(personFrame(1));

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;
let subjects = 0;
const freshPayment = () => vault.payment(`pay_${(subjects += 1)}`);
const pay = async (frames: typeof ana) => (await vault.take(freshPayment(), frames)).body;
const claims = (body: Record<string, unknown>) => decodeJwt(body.receipt as string);

beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('told_apart');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir });
});
afterEach(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

describe('two faces that an officer told apart', () => {
  const tellApart = async (one: string, other: string) => (await vault.call({ method: 'POST', url: vaultPaths.tellApart(one), payload: { otherRef: other } })).body;
  const alikesOf = async (payerRef: string) => (await vault.call({ method: 'GET', url: vaultPaths.lookAlikes(payerRef) })).body;
  const enrolPair = async (likeness: number) => {
    await vault.enrol(vault.enrolment('pyr_ana', { lastFour: '1111' }), ana);
    await vault.enrol(vault.enrolment('pyr_like', { lastFour: '2222' }), framesOf(resembling(1, likeness)));
  };

  test('lose their mark: each pays by face alone again, no receipt speaks of it, and nobody hears of the pair', async () => {
    await enrolPair(0.955);
    const like = framesOf(resembling(1, 0.955));
    expect([(await pay(ana)).outcome, (await pay(like)).outcome]).toEqual(['needs_digits', 'needs_digits']);
    // Whichever of the two is named first, and again.
    for (const [one, other] of [['pyr_like', 'pyr_ana'], ['pyr_ana', 'pyr_like']] as const) expect(await tellApart(one, other)).toEqual({ toldApart: true });
    expect([await alikesOf('pyr_ana'), await alikesOf('pyr_like')]).toEqual([{ alikes: [] }, { alikes: [] }]);
    expect((await vault.stats()).body).toMatchObject({ faces: 2, lookAlikes: 0 });
    for (const [frames, payerRef] of [[ana, 'pyr_ana'], [like, 'pyr_like']] as const) {
      const paid = await pay(frames);
      expect(paid).toMatchObject({ outcome: 'identified', rung: 'face' });
      expect(claims(paid)).toMatchObject({ payerRef });
      expect(claims(paid)).not.toHaveProperty('lookAlike');
    }
  });

  test('and whose looks do not tell them apart still type their digits, also where the other one is not searched', async () => {
    await enrolPair(0.97);
    await tellApart('pyr_ana', 'pyr_like');
    const look = await vault.look(freshPayment(), ana);
    expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
    const paid = (await vault.digits(look.nonce, '1111')).body;
    // Alone among those with these digits, and compared with the other one all the same.
    expect(claims(paid)).toMatchObject({ payerRef: 'pyr_ana', lookAlike: true });
  });

  test('stay two people when one of them takes a new look, and are found anew after an erasure', async () => {
    await enrolPair(0.955);
    await tellApart('pyr_ana', 'pyr_like');
    await vault.enrol(vault.enrolment('pyr_like', { faceEpoch: 2, lastFour: '2222' }), framesOf(resembling(1, 0.956)));
    expect(await alikesOf('pyr_like')).toEqual({ alikes: [] });
    await vault.forget('pyr_like', 3);
    expect(await tellApart('pyr_ana', 'pyr_like')).toEqual({ toldApart: false });
    await vault.enrol(vault.enrolment('pyr_like', { faceEpoch: 3, lastFour: '2222' }), framesOf(resembling(1, 0.956)));
    expect(await alikesOf('pyr_like')).toMatchObject({ alikes: [{ payerRef: 'pyr_ana' }] });
    expect((await pay(ana)).outcome).toBe('needs_digits');
  });

  test('keep the mark that somebody else gave them, and strangers are told apart from nobody', async () => {
    await enrolPair(0.955);
    await vault.enrol(vault.enrolment('pyr_again', { lastFour: '3333' }), ana);
    await tellApart('pyr_ana', 'pyr_like');
    expect(await alikesOf('pyr_ana')).toMatchObject({ alikes: [{ payerRef: 'pyr_again' }] });
    expect((await pay(ana)).outcome).toBe('needs_digits');
    for (const [one, other] of [['pyr_ana', 'pyr_nobody'], ['pyr_ana', 'pyr_ana']] as const) expect(await tellApart(one, other)).toEqual({ toldApart: false });
    expect((await vault.call({ method: 'POST', url: vaultPaths.tellApart('pyr_ana'), payload: {} })).body).toMatchObject({ code: 'input_invalid' });
  });
});
