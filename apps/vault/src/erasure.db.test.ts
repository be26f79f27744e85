// An erased person's bytes are in no memory that is scanned, no table and no answer when the call returns: looked for,
// byte by byte, in a vault whose gallery is spread over two threads.
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuse } from '@sonrisa/face/embed.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import type { Database } from './db/database.ts';
import type { Gallery } from './gallery.ts';
import { openScanThreads } from './search/scan-threads.ts';
import { encodeFrame, fakeDimensions, personFrame, vectorOf } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const openScans = openScanThreads(fileURLToPath(new URL('./search/scan-worker.ts', import.meta.url)));
const search = { openScans, threads: 2, peopleMax: 1000 };
const anaMix = { 1: 0.9, 40: 0.4, 77: -0.3 };
const ana = Array.from({ length: 4 }, () => encodeFrame({ mix: anaMix }));
const people = 6;

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;
beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('erasure');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir, search });
  await vault.enrol(vault.enrolment('pyr_ana', { subjectId: 'enr_of_her', lastFour: '4321' }), ana);
  for (let n = 1; n < people; n++) await vault.enrol(vault.enrolment(`pyr_${n}`), Array.from({ length: 4 }, () => encodeFrame(personFrame(n + 100))));
});
afterEach(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

test('in no shard: neither floats, nor int8 codes, nor sign bits, also after searches and digits', async () => {
  expect(tracesIn(vault)).toEqual({ floats: 0, codes: 1, signs: 1 });
  const pays = () => Promise.all([1, 2, 3].map(async (n) => (await vault.take(vault.payment(`pay_${n}`), ana)).body));
  expect(await pays()).toMatchObject([{ outcome: 'identified' }, { outcome: 'identified' }, { outcome: 'identified' }]);
  expect(tracesIn(vault)).toEqual({ floats: 0, codes: 1, signs: 1 });
  expect((await vault.forget('pyr_ana', 2)).body).toEqual({ forgotten: true, templatesErased: 1 });
  expect(tracesIn(vault)).toEqual({ floats: 0, codes: 0, signs: 0 });
  expect(vault.gallery.peopleCount).toBe(people - 1);
  expect((await vault.gallery.search(vectorOf(anaMix), people)).map(({ ref }) => ref)).not.toContain('pyr_ana');
  expect((await vault.take(vault.payment('pay_after'), ana)).body).toEqual({ outcome: 'not_recognised' });
});

test('control: a memory that is not told keeps them, and is caught', async () => {
  const wrapGallery = (gallery: Gallery): Gallery => ({ ...gallery, catchUp: async () => undefined, peopleCount: people });
  const deaf = await startTestVault({ url: database.url, keysDir: keys.dir, search, wrapGallery });
  expect((await deaf.forget('pyr_ana', 2)).body).toEqual({ forgotten: true, templatesErased: 1 });
  expect(tracesIn(deaf)).toEqual({ floats: 0, codes: 1, signs: 1 });
  expect((await deaf.gallery.search(vectorOf(anaMix), 1))[0]?.ref).toBe('pyr_ana');
  await deaf.stop();
});

test('in no table but those that keep the reference from being enrolled again; a copy left behind, the control, is found', async () => {
  const keepsTheReference = ['gallery_change', 'payer_epoch'];
  await vault.take(vault.payment('pay_1'), ana);
  expect(await tablesNaming(vault.db, 'pyr_ana')).toEqual(expect.arrayContaining(['face', 'face_template', ...keepsTheReference]));
  await vault.db.rows("CREATE TABLE planted AS SELECT * FROM face_template WHERE payer_ref = 'pyr_ana'");
  await vault.forget('pyr_ana', 2);
  expect(await tablesNaming(vault.db, 'pyr_ana')).toEqual([...keepsTheReference, 'planted'].sort());
  await vault.db.rows('DROP TABLE planted');
  expect(await tablesNaming(vault.db, 'pyr_ana')).toEqual(keepsTheReference);
});

/** How often the person's numbers stand in the memories of the gallery, in the three forms they take there. */
function tracesIn({ shards }: TestVault) {
  const template = fuse(Array.from({ length: 4 }, () => vectorOf(anaMix)));
  // The same person alone in an index of the same rotation: her codes are wherever she is.
  const alone = createFlatIndex({ dimensions: fakeDimensions, capacity: 1 });
  alone.put('ana', [template]);
  const [shard] = alone.shards;
  if (!shard) throw new Error('no shard');
  const { layout, memory } = shard;
  const at = (start: number, bytes: number) => Buffer.from(new Uint8Array(memory.buffer).slice(start, start + bytes));
  const signs = at(layout.chunksStart, fakeDimensions / 8);
  const codes = at(layout.chunksStart + layout.codesOffset, fakeDimensions);
  const floats = Buffer.from(template.buffer);
  const count = (needle: Buffer) => shards.reduce((sum, { memory: scanned }) => sum + occurrences(Buffer.from(scanned.buffer), needle), 0);
  return { floats: count(floats), codes: count(codes), signs: count(signs) };
}

function occurrences(haystack: Buffer, needle: Buffer): number {
  let found = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + 1)) found++;
  return found;
}

async function tablesNaming(db: Database, text: string): Promise<string[]> {
  const tables = await db.rows<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1");
  const naming: string[] = [];
  for (const { name } of tables) {
    const rows = await db.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    if (rows.some(({ row }) => row.includes(text))) naming.push(name);
  }
  return naming;
}
