// Short: a few hundred records re-keyed under looks; and the control, whose old keys go at once.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestDatabase } from '../tools/test-database.ts';
import { createFakeEngine, encodeFrame, resembling } from '../apps/vault/src/testing/fake-engine.ts';
import { temporaryKeys } from '../apps/vault/src/testing/temporary-keys.ts';
import { createVaultDatabase } from '../apps/vault/src/testing/test-vault.ts';
import { rekeyUnderMatches, type RekeyPerson } from './rekey.ts';
import { createSeeded } from './seeded.ts';

let database: TestDatabase;
let keys: ReturnType<typeof temporaryKeys>;
beforeEach(async () => {
  [database, keys] = [await createVaultDatabase('rack_rekey'), temporaryKeys()];
});
afterEach(async () => {
  await database.drop();
  keys.remove();
});

const burst = (person: number, score: number) => Array.from({ length: 3 }, () => encodeFrame(resembling(person, score)));
const people = Array.from({ length: 5 }, (_, person): RekeyPerson => ({ payerRef: `pyr_${person}`, lastFour: String(1000 + person), enrolment: burst(person, 0.999), looks: [burst(person, 0.998)] }));

const rekey = (control: boolean) =>
  rekeyUnderMatches({ url: database.url, keysDir: keys.dir, engine: createFakeEngine(), synthetic: 600, people, clients: 3, looksAround: 1, random: createSeeded(3), control, progress: () => undefined });

it('no look fails, no record stays behind, no template changes', async () => {
  const { findings, looks, records } = await rekey(false);
  expect(findings).toEqual([]);
  expect(records).toBe(605);
  expect(looks.during.length).toBeGreaterThan(0);
});

it('control: with the old keys gone at once people are not found, and records stay behind', async () => {
  const { findings } = await rekey(true);
  expect(findings.join('\n')).toMatch(/pyr_\d was answered 200 not_recognised/);
  expect(findings.join('\n')).toMatch(/records are under key 1/);
  expect(findings.join('\n')).toMatch(/templates do not open/);
});
