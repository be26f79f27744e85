// Captures that end after something else has happened, and searches that break off: no face changes behind the server's
// back, and no probe stays in memory.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createHeldEngine, encodeFrame, personFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const framesOf = (person: number) => Array.from({ length: 4 }, () => encodeFrame(personFrame(person)));

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;

beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('late');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir });
});
afterEach(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

const outcomeOf = async (person: number, subjectId: string) => (await vault.take(vault.payment(subjectId), framesOf(person))).body.outcome;

test('of two captures of one enrolment the one whose look is newest counts, in whatever order they end', async () => {
  const engine = createHeldEngine();
  const slow = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
  const late = (await slow.look(slow.enrolment('pyr_ana'), framesOf(1))).submit();
  await engine.reached;
  expect((await vault.take(vault.enrolment('pyr_ana'), framesOf(2))).body).toMatchObject({ outcome: 'enrolled' });
  engine.release();
  expect(await late).toMatchObject({ status: 410, body: { code: 'nonce_expired' } });
  await slow.stop();
  await vault.activate('pyr_ana', 1);
  expect([await outcomeOf(1, 'pay_1'), await outcomeOf(2, 'pay_2')]).toEqual(['not_recognised', 'identified']);
});

test('a new look of one enrolment leaves those of others alone', async () => {
  const mine = await vault.look(vault.enrolment('pyr_ana'), framesOf(1));
  await vault.look(vault.enrolment('pyr_ben'), framesOf(2));
  expect((await mine.submit()).body).toMatchObject({ outcome: 'enrolled' });
});

test('a search or verification that breaks off leaves zeros', async () => {
  const probes: Float32Array[] = [];
  const breaking = await startTestVault({
    url: database.url,
    keysDir: keys.dir,
    confirm: async (probe) => {
      expect(probe.some((value) => value !== 0)).toBe(true);
      probes.push(probe);
      throw new Error('the database went away');
    },
  });
  await breaking.enrol(breaking.enrolment('pyr_ana'), framesOf(1));
  for (const request of [breaking.payment('pay_1'), breaking.verification('pyr_ana')]) {
    expect((await breaking.take(request, framesOf(1))).body).toMatchObject({ code: 'internal' });
  }
  expect(probes.map((probe) => probe.every((value) => value === 0))).toEqual([true, true]);
  await breaking.stop();
});
