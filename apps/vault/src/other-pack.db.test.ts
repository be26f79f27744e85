// Templates of another pack: never compared, counted, refused in words, replaced by a new look; and there again when the
// pack comes back.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createFakeEngine, encodeFrame, personFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';
import { createWaiting } from './waiting.ts';

const keys = temporaryKeys();
let database: TestDatabase;
let vault: TestVault | undefined;
let looks = 0;

beforeAll(async () => {
  database = await createVaultDatabase('other_pack');
});
afterEach(async () => {
  await vault?.stop();
  vault = undefined;
});
afterAll(async () => {
  await database.drop();
  keys.remove();
});

async function startWith(packId: string): Promise<TestVault> {
  vault = await startTestVault({ url: database.url, keysDir: keys.dir, engine: { ...createFakeEngine(), packId } });
  return vault;
}
const frames = (person: number) => [1, 2, 3].map(() => encodeFrame(personFrame(person)));
const pay = async (at: TestVault, person: number) => (await at.take(at.payment(`pay_${(looks += 1)}`), frames(person))).body;
const verify = async (at: TestVault, payerRef: string, person: number) => (await at.take(at.verification(payerRef, `ver_${(looks += 1)}`), frames(person))).body;
const faceOf = async (at: TestVault, payerRef: string) => (await at.call({ method: 'GET', url: `/v1/faces/${payerRef}` })).body;
const waitingAt = async (at: TestVault) => (await at.call({ method: 'GET', url: '/health' })).body.waitingForNewLook;

test('after a change of pack nobody is compared across it, and everybody is told', async () => {
  const before = await startWith('fake-1');
  await before.enrol(before.enrolment('pyr_one'), frames(1));
  await before.enrol(before.enrolment('pyr_two'), frames(2));
  expect(await pay(before, 1)).toMatchObject({ outcome: 'identified' });
  expect(await waitingAt(before)).toBe(0);
  expect(await faceOf(before, 'pyr_one')).toEqual({ state: 'active', epoch: 1 });
  await before.stop();

  const after = await startWith('fake-2');
  expect(await pay(after, 1)).toEqual({ outcome: 'not_recognised' });
  expect(await verify(after, 'pyr_one', 1)).toMatchObject({ code: 'face_needs_new_look', status: 409 });
  expect(await verify(after, 'pyr_nobody', 1)).toEqual({ outcome: 'not_verified' });
  expect(await waitingAt(after)).toBe(2);
  expect((await after.stats()).body).toMatchObject({ packId: 'fake-2', waitingForNewLook: 2 });
  expect(await faceOf(after, 'pyr_one')).toEqual({ state: 'other_pack', epoch: 1 });
  expect(await faceOf(after, 'pyr_nobody')).toEqual({ state: 'none', epoch: null });

  await after.enrol(after.enrolment('pyr_one', { faceEpoch: 2 }), frames(1));
  expect(await pay(after, 1)).toMatchObject({ outcome: 'identified' });
  expect(await faceOf(after, 'pyr_one')).toEqual({ state: 'active', epoch: 2 });
  after.time.nowMs += 61_000;
  expect(await waitingAt(after)).toBe(1);
});

// The control: what the same database holds for the pack of before is found by it, and the face taken anew is not.
test('the earlier pack finds its own faces again', async () => {
  const back = await startWith('fake-1');
  expect(await pay(back, 2)).toMatchObject({ outcome: 'identified' });
  expect(await pay(back, 1)).toEqual({ outcome: 'not_recognised' });
  expect(await faceOf(back, 'pyr_one')).toEqual({ state: 'other_pack', epoch: 2 });
});

test('the count is asked once a minute, and a failure is not kept', async () => {
  const clock = { now: 0, nowMs: () => clock.now };
  const asked: number[] = [];
  let broken = true;
  const waiting = createWaiting({
    clock,
    count: async () => {
      asked.push(clock.now);
      if (broken) throw new Error('no database');
      return 5;
    },
  });
  await expect(waiting.count()).rejects.toThrow('no database');
  broken = false;
  expect([await waiting.count(), await waiting.count()]).toEqual([5, 5]);
  clock.now = 60_000;
  await waiting.count();
  expect(asked).toEqual([0, 0, 60_000]);
});
