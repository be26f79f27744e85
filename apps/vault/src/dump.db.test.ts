// What a stolen vault database is worth without its keys folder: the same people enrol at two installations, and whoever holds both
// dumps tries to tell who in one is who in the other, or whom a photo shows. As good as guessing, also with the envelopes' keys but
// without the transform's; with all keys, the control, everybody is found.
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { cosine } from '@sonrisa/face/embed.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { encodeFrame, vectorOf } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

type Row = { payer_ref: string; epoch: number; pack_id: string; key_version: number; wrapped_key: Buffer; ciphertext: Buffer };
type Place = { keys: ReturnType<typeof temporaryKeys>; database: TestDatabase; vault: TestVault; dump: Row[] };

const peopleCount = 60;
// Of 60 guesses one is right on average; nine or more in one of 900,000 tries.
const byChanceMax = 8;
const [ivBytes, tagBytes] = [12, 16];
const random = createSeededRandom(11);
const faces = Array.from({ length: peopleCount }, () => Object.fromEntries(Array.from({ length: 10 }, () => [Math.floor(random() * 127), 2 * random() - 1])));
/** Another look differs a little. */
const looks = (person: number, noise: number) => ({ mix: { ...faces[person], 127: noise } });

let places: Place[];

beforeAll(async () => {
  places = [];
  for (const [name, noise] of [['dump_here', 0.1], ['dump_there', -0.1]] as const) {
    const [keys, database] = [temporaryKeys(), await createVaultDatabase(name)];
    const vault = await startTestVault({ url: database.url, keysDir: keys.dir });
    for (let person = 0; person < peopleCount; person++) {
      await vault.enrol(vault.enrolment(`pyr_${person}`), Array.from({ length: 3 }, () => encodeFrame(looks(person, noise))));
    }
    const rows = await vault.db.rows<Row>('SELECT * FROM face_template');
    places.push({ keys, database, vault, dump: rows.sort((a, b) => Number(a.payer_ref.slice(4)) - Number(b.payer_ref.slice(4))) });
  }
});
afterAll(async () => {
  for (const { vault, database, keys } of places) {
    await vault.stop();
    await database.drop();
    keys.remove();
  }
});

const photos = () => Array.from({ length: peopleCount }, (_, person) => vectorOf(looks(person, 0).mix));
const foundFirst = (probes: readonly Float32Array[], records: readonly Float32Array[]): number =>
  probes.filter((probe, person) => {
    const scores = records.map((record) => cosine(probe, record));
    return scores.indexOf(Math.max(...scores)) === person;
  }).length;

const unit = (values: Float32Array): Float32Array => {
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
};
const asFloats = (bytes: Buffer): Float32Array => Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
const body = ({ ciphertext }: Row): Buffer => ciphertext.subarray(ivBytes, ciphertext.length - tagBytes);
/** How bytes that nobody can open may be read as 128 numbers. */
const readings: [string, (record: Row) => Float32Array][] = [
  ['float32, made tame', (record) => unit(asFloats(body(record)).map((value) => (Number.isFinite(value) ? Math.sign(value) * Math.log1p(Math.abs(value)) : 0)))],
  ['signs of float32', (record) => unit(asFloats(body(record)).map((value) => (value < 0 || Object.is(value, -0) ? -1 : 1)))],
  ['int8', (record) => unit(Float32Array.from(body(record).subarray(0, 128), (byte) => (byte << 24) >> 24))],
  ['the wrapped key, int8', ({ wrapped_key: bytes }) => unit(Float32Array.from({ length: 128 }, (_, i) => (bytes.readUInt8(i % bytes.length) << 24) >> 24))],
];

test.each(readings)('the dumps alone, read as %s: as good as guessing', (_name, read) => {
  const [here, there] = places.map(({ dump }) => dump.map(read));
  if (!here || !there) throw new Error('two dumps are compared');
  expect(foundFirst(here, there)).toBeLessThanOrEqual(byChanceMax);
  expect(foundFirst(photos(), here)).toBeLessThanOrEqual(byChanceMax);
});

// The envelope's tag is not looked at: a thief does not mind.
const decrypt = (key: Uint8Array, box: Buffer): Buffer => createDecipheriv('aes-256-gcm', key, box.subarray(0, ivBytes), { authTagLength: tagBytes }).update(box.subarray(ivBytes, box.length - tagBytes));

test("with the keys of the envelopes but not the transform's: as good as guessing", () => {
  const [here, there] = places.map(({ keys, dump }) => {
    const masterKey = readFileSync(join(keys.dir, 'templates-1.key'));
    return dump.map((record) => unit(asFloats(decrypt(decrypt(masterKey, record.wrapped_key), record.ciphertext))));
  });
  if (!here || !there) throw new Error('two dumps are compared');
  expect(foundFirst(here, there)).toBeLessThanOrEqual(byChanceMax);
  expect(foundFirst(photos(), here)).toBeLessThanOrEqual(byChanceMax);
  // Opened indeed: a rotation keeps angles, so within one dump they are those of the photos.
  const angle = (of: readonly Float32Array[]) => cosine(of[0] ?? new Float32Array(0), of[1] ?? new Float32Array(0));
  expect(angle(here)).toBeCloseTo(angle(photos()), 1);
});

test('the control: with all keys, everybody is found', async () => {
  const [here, there] = await Promise.all(
    places.map(async ({ vault, dump }) => {
      const sealer = await vault.keys.templateKeys.sealer(1);
      return dump.map((record) =>
        unit(Float32Array.from(sealer.open({ keyVersion: 1, wrappedKey: record.wrapped_key, ciphertext: record.ciphertext }, { payerRef: record.payer_ref, epoch: record.epoch, packId: record.pack_id }).reveal())),
      );
    }),
  );
  if (!here || !there) throw new Error('two dumps are compared');
  expect(foundFirst(here, there)).toBe(peopleCount);
  expect(foundFirst(photos(), here)).toBe(peopleCount);
});
