// Re-keying under searches, on two vaults of one database and keys folder; what old keys open afterwards; and the end of all keys.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { TestDatabase } from '../../../../tools/test-database.ts';
import { encodeFrame, personFrame } from '../testing/fake-engine.ts';
import { temporaryKeys } from '../testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from '../testing/test-vault.ts';
import type { TestVault } from '../testing/test-vault.ts';
import { keyKeptMs } from './rekey.ts';

const people = [1, 2, 3, 4];
const framesOf = (person: number) => Array.from({ length: 4 }, () => encodeFrame(personFrame(person)));

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vaults: TestVault[];
let payments = 0;
const start = async () => {
  const vault = await startTestVault({ url: database.url, keysDir: keys.dir });
  vaults.push(vault);
  return vault;
};
beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('rekey');
  vaults = [];
});
afterEach(async () => {
  for (const vault of vaults) await vault.stop();
  await database.drop();
  keys.remove();
});

const enrolAll = async (vault: TestVault) => {
  for (const person of people) await vault.enrol(vault.enrolment(`pyr_${person}`), framesOf(person));
};
const outcomeOf = async (vault: TestVault, person: number) => (await vault.take(vault.payment(`pay_${++payments}`), framesOf(person))).body.outcome;
const keyFiles = () => readdirSync(keys.dir).filter((name) => /^(templates|transform)-/.test(name)).sort();
const versionsIn = async (vault: TestVault) => (await vault.db.rows<{ v: number }>('SELECT DISTINCT key_version AS v FROM face_template ORDER BY 1')).map(({ v }) => v);
const operate = async (vault: TestVault, input: { method: 'GET' | 'POST'; url: string; token?: string; payload?: object }) => {
  const headers = { authorization: `Bearer ${input.token ?? vault.keys.operationsToken}` };
  const reply = await vault.app.inject({ method: input.method, url: input.url, headers, ...(input.payload ? { payload: input.payload } : {}) });
  return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
};

test('records move to new keys while both vaults are searched and somebody enrols; then the old keys are gone, and open no backup', async () => {
  const [one, two] = [await start(), await start()];
  await enrolAll(one);
  const backup = await one.db.rows<{ payer_ref: string; epoch: number; pack_id: string; key_version: number; wrapped_key: Buffer; ciphertext: Buffer }>('SELECT * FROM face_template');
  const begun = await operate(one, { method: 'POST', url: vaultPaths.rekey });
  expect(begun).toEqual({ status: 200, body: { state: 'resealing', keyVersion: 2, records: 4, left: 4 } });
  const [first, outcomes] = await Promise.all([
    Promise.all([one.rekeying.round(), two.rekeying.round()]),
    Promise.all([one, two].flatMap((vault) => people.map((person) => outcomeOf(vault, person)))),
    one.enrol(one.enrolment('pyr_late', { faceEpoch: 1 }), framesOf(9)),
  ]);
  expect(new Set(outcomes)).toEqual(new Set(['identified']));
  const later = [await one.rekeying.round(), await two.rekeying.round()];
  expect([...first, ...later].reduce((sum, resealed) => sum + resealed, 0)).toBe(4);
  expect(await versionsIn(one)).toEqual([2]);
  expect((await operate(two, { method: 'GET', url: vaultPaths.rekey })).body).toEqual({ state: 'retiring', keyVersion: 2, records: 5, left: 0 });

  const opensBackup = async () => {
    const sealer = await one.keys.templateKeys.sealer(1);
    return backup.map((row) => sealer.open({ keyVersion: 1, wrappedKey: row.wrapped_key, ciphertext: row.ciphertext }, { payerRef: row.payer_ref, epoch: row.epoch, packId: row.pack_id })).length;
  };
  // The control: as long as the old keys are there, the backup opens.
  expect([await opensBackup(), keyFiles()]).toEqual([4, ['templates-1.key', 'templates-2.key', 'transform-1.key', 'transform-2.key']]);
  one.time.nowMs += keyKeptMs;
  await one.rekeying.round();
  expect(keyFiles()).toEqual(['templates-2.key', 'transform-2.key']);
  await expect(opensBackup()).rejects.toThrow(/templates-1\.key is not in the keys folder/);
  for (const person of [1, 9]) expect(await outcomeOf(two, person)).toBe('identified');
  expect(await outcomeOf(await start(), 3)).toBe('identified');
});

test('records from before there were transforms are opened, and have one after re-keying', async () => {
  writeFileSync(join(keys.dir, 'templates-1.key'), Buffer.alloc(32, 7), { mode: 0o600 });
  const vault = await start();
  await enrolAll(vault);
  expect(keyFiles()).toEqual(['templates-1.key']);
  await vault.rekeying.start();
  expect(await vault.rekeying.round()).toBe(4);
  expect(keyFiles()).toEqual(['templates-1.key', 'templates-2.key', 'transform-2.key']);
  expect(await outcomeOf(vault, 4)).toBe('identified');
});

test('who is erased while records are re-keyed stays erased, on both', async () => {
  const [one, two] = [await start(), await start()];
  await enrolAll(one);
  await one.rekeying.start();
  await Promise.all([two.rekeying.round(), one.forget('pyr_2', 2)]);
  await one.rekeying.round();
  expect([await outcomeOf(two, 2), await outcomeOf(one, 2), await outcomeOf(two, 1)]).toEqual(['not_recognised', 'not_recognised', 'identified']);
  expect(await versionsIn(one)).toEqual([2]);
});

test('a vault whose records are under keys that are gone does not start', async () => {
  await enrolAll(await start());
  rmSync(join(keys.dir, 'templates-1.key'));
  await expect(start()).rejects.toThrow(/template keys of version 1 are not in the vault's keys folder/);
});

test('destroying all leaves no key, no record and nobody to be found on any vault; the server may not ask for it', async () => {
  const [one, two] = [await start(), await start()];
  await enrolAll(one);
  await two.gallery.catchUp();
  const ask = { method: 'POST', url: vaultPaths.destroyTemplates, payload: { confirm: 'destroy every template' } } as const;
  expect((await operate(one, { ...ask, token: 'a secret that is only used in tests' })).status).toBe(401);
  expect((await operate(one, { ...ask, payload: { confirm: 'yes' } })).status).toBe(400);
  // The control: none of that destroyed anything.
  expect([await outcomeOf(two, 1), keyFiles().length]).toEqual(['identified', 2]);
  expect(await operate(one, ask)).toEqual({ status: 200, body: { faces: 4, templates: 4, keyVersions: [1] } });
  expect([keyFiles(), await versionsIn(one), one.gallery.peopleCount]).toEqual([[], [], 0]);
  expect([await outcomeOf(two, 1), await outcomeOf(one, 1)]).toEqual(['not_recognised', 'not_recognised']);
  await two.gallery.catchUp();
  expect(two.gallery.peopleCount).toBe(0);
  const enrolled = await two.take(two.enrolment('pyr_new'), framesOf(1));
  expect([enrolled.status, enrolled.body.code]).toEqual([503, 'vault_unavailable']);
  // Started again, it has new keys, and only people who enrol anew.
  const again = await start();
  await again.enrol(again.enrolment('pyr_new'), framesOf(1));
  expect([keyFiles(), await outcomeOf(again, 1), await outcomeOf(again, 2)]).toEqual([['templates-2.key', 'transform-2.key'], 'identified', 'not_recognised']);
});
