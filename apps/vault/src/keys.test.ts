// The vault's keys as files: made once, kept, private to their owner, and never half-written.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemRandom } from './adapters/system.ts';
import { openKeyFiles } from './key-files.ts';
import { openKeyRing } from './keys.ts';
import { createPassphraseWrapping } from './passphrase.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';

let keys: ReturnType<typeof temporaryKeys>;
beforeEach(() => void (keys = temporaryKeys()));
afterEach(() => keys.remove());

const open = async () => openKeyRing({ files: openKeyFiles(keys.dir), random: systemRandom });

test('made on the first start, the same on the second', async () => {
  const [first, second] = [await open(), await open()];
  expect(second.exported).toEqual(first.exported);
  expect(second.installationId).toBe(first.installationId);
  expect(second.hideLastFour('1234')).toEqual(first.hideLastFour('1234'));
  expect(second.hideLastFour('1234')).not.toEqual(first.hideLastFour('1235'));
});

test('two first starts at once end up with one set', async () => {
  const rings = await Promise.all([open(), open(), open(), open()]);
  expect(new Set(rings.map((ring) => JSON.stringify([ring.exported, ring.installationId, ring.hideLastFour('1').toString('hex')]))).size).toBe(1);
});

test('only their owner can read them, and nothing else is left in the folder', async () => {
  await (await open()).templateKeys.make(1);
  expect(statSync(keys.dir).mode & 0o777).toBe(0o700);
  expect(readdirSync(keys.dir).sort()).toEqual(['digits.key', 'frames.key', 'installation-id', 'operations.key', 'receipts.jwk', 'sealing.jwk', 'templates-1.key', 'transform-1.key']);
  for (const file of readdirSync(keys.dir)) expect(statSync(join(keys.dir, file)).mode & 0o777).toBe(0o600);
});

test.each([
  ['a key that others can read', () => chmodSync(join(keys.dir, 'digits.key'), 0o644), /can be reached by other users/],
  ['a folder that others can enter', () => chmodSync(keys.dir, 0o755), /can be reached by other users/],
  ['a key cut short', () => writeFileSync(join(keys.dir, 'digits.key'), 'short'), /digits\.key is damaged/],
  ['a key that is no JSON', () => writeFileSync(join(keys.dir, 'sealing.jwk'), '{'), /sealing\.jwk is damaged/],
])('refused: %s', async (_what, harm, sentence) => {
  await open();
  harm();
  await expect(open()).rejects.toThrow(sentence);
});

test('what is exported holds no private part; the file, the control, does', async () => {
  const ring = await open();
  const secretOf = (file: string) => (JSON.parse(readFileSync(join(keys.dir, file), 'utf8')) as { d: string }).d;
  for (const file of ['sealing.jwk', 'receipts.jwk']) {
    expect(secretOf(file)).toHaveLength(43);
    expect(JSON.stringify(ring.exported)).not.toContain(secretOf(file));
  }
});

test('private keys cannot be taken out of the process', async () => {
  const ring = await open();
  await expect(crypto.subtle.exportKey('jwk', ring.unsealing)).rejects.toThrow();
  await expect(crypto.subtle.exportKey('jwk', ring.receiptSigning.privateKey)).rejects.toThrow();
});

test('with a passphrase no file holds a readable key, older ones are wrapped, and another passphrase opens none', async () => {
  const openWith = (passphrase: string) => openKeyRing({ files: openKeyFiles(keys.dir, createPassphraseWrapping({ passphrase, random: systemRandom })), random: systemRandom });
  const plain = await open();
  await plain.templateKeys.make(1);
  // The control: without one the private part is there to be read.
  expect(readFileSync(join(keys.dir, 'sealing.jwk'), 'utf8')).toContain('"d":');
  const wrapped = await openWith('four words of a phrase');
  await wrapped.templateKeys.sealer(1);
  expect(wrapped.exported).toEqual(plain.exported);
  for (const file of readdirSync(keys.dir).filter((name) => name !== 'operations.key')) expect(readFileSync(join(keys.dir, file)).subarray(0, 5).toString(), file).toBe('SNRW1');
  await expect(openWith('four words of another')).rejects.toThrow(/does not open with SONRISA_VAULT_KEYS_PASSPHRASE/);
  await expect(open()).rejects.toThrow(/is wrapped/);
});
