// A vault that began with nobody reads its people again, around their mean, once there are enough: everybody is still found.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuse } from '@sonrisa/face/embed.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import { createSyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { systemRandom } from './adapters/system.ts';
import { openDatabase } from './db/database.ts';
import type { Database } from './db/database.ts';
import { createFaces } from './faces.ts';
import { announceChange, createGallery } from './gallery.ts';
import { createPeopleSearch } from './search/people-search.ts';
import { SecretTemplate } from './secret-template.ts';
import { createTemplateSealer } from './templates.ts';
import { openScansHere } from './testing/scan-here.ts';
import { createVaultDatabase } from './testing/test-vault.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createVaultDatabase('gallery_centre');
  db = openDatabase({ url: database.url, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const dimensions = 128;
const set = createSyntheticSet({ kind: 'skewed', dimensions });
const sealer = createTemplateSealer({ installationId: 'test', masterKey: systemRandom.bytes(32), keyVersion: 1, random: systemRandom });
const faces = createFaces({ keys: { sealer: async () => sealer }, packId: 'fake-1', onDamaged: () => undefined });
const refOf = (id: number) => `pyr_${id}`;

async function enrol(ids: readonly number[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const id of ids) {
      const face = { payerRef: refOf(id), epoch: 1 };
      const template = new SecretTemplate(fuse([set.row(id)]));
      await faces.replace(tx, { ...face, lastFourHmac: Buffer.alloc(32), enrolledAt: new Date(0), templates: [template] });
      await faces.activate(tx, { ...face, at: new Date(0) });
      await announceChange(tx, face.payerRef);
    }
  });
}

const openGallery = async (capacity = 1000) => {
  const memory = createFlatIndex({ dimensions, capacity });
  const index = createPeopleSearch({ index: memory, scans: await openScansHere(memory.shards) });
  const leftOut: string[] = [];
  return { index, leftOut, gallery: createGallery({ db, faces, index, onLeftOut: (payerRef) => void leftOut.push(payerRef), centredFrom: 100 }) };
};

test('it grows past the number, is read again and finds all; a vault that starts then is centred from the start', async () => {
  const ids = Array.from({ length: 150 }, (_, id) => id);
  const { index, gallery } = await openGallery();
  await gallery.load(() => undefined);
  await enrol(ids.slice(0, 40));
  await gallery.catchUp();
  expect(index.isCentred).toBe(false);
  await enrol(ids.slice(40));
  const caughtUp = gallery.catchUp();
  await Promise.all([caughtUp, gallery.catchUp()]);
  expect([index.isCentred, index.peopleCount]).toEqual([true, 150]);
  const fresh = await openGallery();
  await fresh.gallery.load(() => undefined);
  expect(fresh.index.isCentred).toBe(true);
  for (const each of [gallery, fresh.gallery]) {
    for (const id of ids) expect((await each.search(set.row(id), 1))[0]?.ref).toBe(refOf(id));
  }
});

test('a memory that is full leaves somebody out, says whom, and finds the others', async () => {
  const { index, leftOut, gallery } = await openGallery(149);
  await gallery.load(() => undefined);
  expect(index.peopleCount).toBe(149);
  expect(leftOut).toHaveLength(1);
  const [found] = await gallery.search(set.row(7), 1);
  expect(found?.ref).toBe(refOf(7));
});
