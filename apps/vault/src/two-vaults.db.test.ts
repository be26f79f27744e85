// Two vault processes on one database: a face erased through one is in no answer of the other from the very next request on, whichever
// way it is asked. The other's memory takes the change in before it searches; and where it did not (its search began before, or it is cut
// off from the changes), the row decides. Each protection taken away alone: still nobody. Both taken away, the control: the erased one.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestDatabase } from '../../../tools/test-database.ts';
import type { Gallery } from './gallery.ts';
import { encodeFrame, personFrame, resembling, vectorOf } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const ana = Array.from({ length: 4 }, () => encodeFrame(personFrame(1)));
/** Like her, but not enough without the digits. */
const nearlyAna = Array.from({ length: 4 }, () => encodeFrame(resembling(1, 0.935)));

/** A memory that hears of no change after it was filled. */
const deaf = { wrapGallery: (gallery: Gallery): Gallery => ({ ...gallery, catchUp: async () => undefined, get peopleCount() { return gallery.peopleCount; } }) };
/** If the memory says it is her, it is believed. */
const unconfirmed = {
  confirm: async (_probe: Float32Array, refs: readonly string[]) => refs.filter((ref) => ref === 'pyr_ana').map((payerRef) => ({ payerRef, epoch: 1, score: 1, lookAlike: false })),
};

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let one: TestVault;
let other: TestVault;
beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('two_vaults');
  one = await startTestVault({ url: database.url, keysDir: keys.dir });
  await one.enrol(one.enrolment('pyr_ana', { lastFour: '4321' }), ana);
  await one.enrol(one.enrolment('pyr_ben'), Array.from({ length: 4 }, () => encodeFrame(personFrame(2))));
});
afterEach(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await database.drop();
  keys.remove();
});
const openOther = async (more: Partial<Parameters<typeof startTestVault>[0]>) => {
  other = await startTestVault({ url: database.url, keysDir: keys.dir, ...more });
  expect(other.gallery.has('pyr_ana')).toBe(true);
};
const erase = async () => expect((await one.forget('pyr_ana', 2)).body).toEqual({ forgotten: true, templatesErased: 1 });
const pay = async (at: TestVault, id: string) => (await at.take(at.payment(id), ana)).body;

describe.each([
  ['as they run', {}],
  ['its memory deaf to changes, rows confirmed', deaf],
  ['its memory told, rows not confirmed', unconfirmed],
])('%s', (_name, more) => {
  test('a face erased through one is nobody to the other: by face, one to one, and by a look that had begun', async () => {
    await openOther(more);
    expect(await pay(other, 'pay_before')).toMatchObject({ outcome: 'identified' });
    const begun = await other.look(other.payment('pay_begun'), ana);
    await erase();
    expect((await begun.submit()).body).toEqual({ outcome: 'not_recognised' });
    expect(await pay(other, 'pay_after')).toEqual({ outcome: 'not_recognised' });
    if (!('confirm' in more)) expect((await other.take(other.verification('pyr_ana'), ana)).body).toEqual({ outcome: 'not_verified' });
  });
});

test.each([['as they run', {}], ['its memory deaf to changes', deaf]])('digits asked for before and typed after the erasure find nobody: %s', async (_name, more) => {
  await openOther(more);
  const look = await other.look(other.payment('pay_digits'), nearlyAna);
  expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
  await erase();
  expect((await other.digits(look.nonce, '4321')).body).toMatchObject({ outcome: 'digits_wrong' });
});

test('control: with both protections taken away the other still finds the erased one', async () => {
  await openOther({ ...deaf, ...unconfirmed });
  await erase();
  expect((await other.gallery.search(vectorOf({ 1: 1 }), 1))[0]?.ref).toBe('pyr_ana');
  expect(await pay(other, 'pay_control')).toMatchObject({ outcome: 'identified' });
});
