// The gallery: everybody's templates in memory, a cache of the database that any number of vault processes change.
// Each change of a face takes the next version; a process replays the versions it has not seen before it searches.
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { GalleryIndex, SearchHit } from '@sonrisa/face/index/gallery.ts';
import type { Database, Queries } from './db/database.ts';
import type { Faces } from './faces.ts';

export interface Gallery {
  /** Fills the memory from the database; `progress` hears how many people are in so far. */
  load(progress: (people: number) => void): Promise<void>;
  /** Takes in what changed elsewhere, and here. */
  catchUp(): Promise<void>;
  search(probe: Embedding, limit: number, among?: ReadonlySet<string>): SearchHit[];
  readonly peopleCount: number;
}

const pagePeopleMax = 500;

export function createGallery(deps: { db: Database; faces: Faces; index: GalleryIndex }): Gallery {
  const { db, faces, index } = deps;
  let seenVersion = 0n;
  const known = new Set<string>();
  let last: Promise<void> = Promise.resolve();

  // The version is read first: a change made during the load is replayed afterwards, which does no harm.
  async function load(progress: (people: number) => void): Promise<void> {
    seenVersion = await currentVersion(db);
    let after = '';
    for (;;) {
      const refs = await faces.page(db, { after, limit: pagePeopleMax });
      const lastRef = refs.at(-1);
      if (lastRef === undefined) break;
      await refresh(refs);
      after = lastRef;
      progress(index.peopleCount);
    }
  }

  // One at a time: a slow reading of an old row must not overwrite a newer one.
  function catchUp(): Promise<void> {
    const run = last.then(replay);
    last = run.catch(() => undefined);
    return run;
  }

  async function replay(): Promise<void> {
    const changes = await db.rows<{ version: string; payer_ref: string }>(
      'SELECT version, payer_ref FROM gallery_change WHERE version > $1 ORDER BY version LIMIT $2',
      [seenVersion.toString(), pagePeopleMax],
    );
    const newest = changes.at(-1);
    if (!newest) return;
    // A process that slept for longer than changes are kept cannot know what it missed.
    if (BigInt(changes[0]?.version ?? 0) > seenVersion + 1n) return reload();
    await refresh([...new Set(changes.map((change) => change.payer_ref))]);
    seenVersion = BigInt(newest.version);
    if (changes.length === pagePeopleMax) await replay();
  }

  async function reload(): Promise<void> {
    const before = [...known];
    await load(() => undefined);
    for (let from = 0; from < before.length; from += pagePeopleMax) await refresh(before.slice(from, from + pagePeopleMax));
  }

  async function refresh(refs: readonly string[]): Promise<void> {
    const rows = await faces.open(db, refs);
    const present = new Set(rows.map((row) => row.payerRef));
    for (const ref of refs) {
      if (present.has(ref)) known.add(ref);
      else if (known.delete(ref)) index.erase(ref);
    }
    for (const { payerRef, templates } of rows) {
      index.put(payerRef, templates.map((template) => template.reveal()));
      templates.forEach((template) => template.wipe());
    }
  }

  return {
    load,
    catchUp,
    search: (probe, limit, among) => index.search(probe, limit, among),
    get peopleCount() {
      return index.peopleCount;
    },
  };
}

/** Takes turns with every other change of any face until the transaction ends, in all processes. */
export async function lockGallery(tx: Queries): Promise<void> {
  await tx.rows('SELECT version FROM gallery_version FOR UPDATE');
}

/** Tells every process that this payer's face changed. The caller holds `lockGallery`. */
export async function announceChange(tx: Queries, payerRef: string): Promise<void> {
  await tx.rows(
    `WITH next AS (UPDATE gallery_version SET version = version + 1 RETURNING version)
     INSERT INTO gallery_change (version, payer_ref) SELECT version, $1 FROM next`,
    [payerRef],
  );
}

/** Changes older than a day; the newest stays, so that a process which missed the others notices. */
export async function forgetOldChanges(queries: Queries): Promise<void> {
  await queries.rows("DELETE FROM gallery_change WHERE at < now() - interval '1 day' AND version < (SELECT max(version) FROM gallery_change)");
}

async function currentVersion(queries: Queries): Promise<bigint> {
  const [row] = await queries.rows<{ version: string }>('SELECT version FROM gallery_version');
  return BigInt(row?.version ?? 0);
}
