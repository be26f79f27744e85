// The gallery's record of changes is short, and a process that slept through more of it than is kept still ends up right.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { openDatabase } from './db/database.ts';
import type { Database } from './db/database.ts';
import type { Faces } from './faces.ts';
import { announceChange, createGallery, forgetOldChanges } from './gallery.ts';
import type { PeopleSearch } from './search/people-search.ts';
import { createVaultDatabase } from './testing/test-vault.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createVaultDatabase('gallery');
  db = openDatabase({ url: database.url, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

// People without templates: which of them are known is all this is about.
function galleryOf(people: Set<string>) {
  const known = new Set<string>();
  const index = {
    put: (ref: string, _templates: readonly Embedding[]) => void known.add(ref),
    erase: (ref: string) => known.delete(ref),
    refs: () => known,
    search: async () => [],
    get peopleCount() {
      return known.size;
    },
  } as unknown as PeopleSearch;
  const faces = {
    page: async (_db: unknown, { after, limit }: { after: string; limit: number }) => [...people].sort().filter((ref) => ref > after).slice(0, limit),
    open: async (_db: unknown, refs: readonly string[]) => refs.filter((ref) => people.has(ref)).map((payerRef) => ({ payerRef, templates: [] })),
  } as unknown as Faces;
  return { gallery: createGallery({ db, faces, index, onLeftOut: () => undefined }), known };
}

test('changes are kept for a day, the newest always, and a process that missed some reads everybody again', async () => {
  const people = new Set(['pyr_gone', 'pyr_stays']);
  const { gallery, known } = galleryOf(people);
  await gallery.load(() => undefined);
  people.delete('pyr_gone');
  people.add('pyr_new');
  for (const ref of ['pyr_gone', 'pyr_new', 'pyr_stays']) await db.transaction((tx) => announceChange(tx, ref));
  await forgetOldChanges(db);
  expect(await db.rows('SELECT version FROM gallery_change')).toHaveLength(3);
  await db.rows(`UPDATE gallery_change SET at = now() - interval '25 hours'`);
  await forgetOldChanges(db);
  expect(await db.rows('SELECT version, payer_ref FROM gallery_change')).toEqual([{ version: '3', payer_ref: 'pyr_stays' }]);
  await gallery.catchUp();
  expect([...known].sort()).toEqual(['pyr_new', 'pyr_stays']);
});
