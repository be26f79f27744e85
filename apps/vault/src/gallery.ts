// The gallery: everybody's templates in memory, a cache of the database that any number of vault processes change.
// Each change of a face takes the next version; a process replays the versions it has not seen before it searches.
import type { Embedding } from '@sonrisa/face/embed.ts';
import { meanEmbedding } from '@sonrisa/face/index/flat/centre.ts';
import type { SearchHit } from '@sonrisa/face/index/gallery.ts';
import type { Database, Queries } from './db/database.ts';
import type { FaceRow, Faces } from './faces.ts';
import type { PeopleSearch } from './search/people-search.ts';

export interface Gallery {
  /** Fills the memory from the database; `progress` hears how many people are in so far. */
  load(progress: (people: number) => void): Promise<void>;
  /** Takes in what changed elsewhere, and here. */
  catchUp(): Promise<void>;
  search(probe: Embedding, limit: number, among?: ReadonlySet<string>): Promise<SearchHit[]>;
  has(ref: string): boolean;
  readonly peopleCount: number;
}

const pagePeopleMax = 500;
/** Below this every template is scored in full, and where the signs are taken does not matter: see `rowsInFullMax`. */
const centredFromPeople = 4096;

export interface GalleryDeps {
  readonly db: Database;
  readonly faces: Faces;
  readonly index: PeopleSearch;
  /** Hears of a face the memory does not take (it is full): one record must not keep everybody else from being found. */
  readonly onLeftOut: (payerRef: string, error: unknown) => void;
  readonly centredFrom?: number;
}

export function createGallery(deps: GalleryDeps): Gallery {
  const { db, faces, index, centredFrom = centredFromPeople } = deps;
  const refresh = createRefresh(deps);
  let seenVersion = 0n;
  let last: Promise<void> = Promise.resolve();
  let rebuilding: Promise<void> | null = null;
  let wasRebuilt = false;

  // The version is read first: a change made during the load is replayed afterwards, which does no harm.
  async function load(progress: (people: number) => void): Promise<void> {
    seenVersion = await currentVersion(db);
    for await (const refs of pagesOf({ db, faces })) {
      await refresh(refs);
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
    if (rebuilding) await rebuild();
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
    else if (!index.isCentred && !wasRebuilt && index.peopleCount >= centredFrom) await rebuild();
  }

  async function reload(): Promise<void> {
    const before = [...index.refs()];
    await load(() => undefined);
    for (let from = 0; from < before.length; from += pagePeopleMax) await refresh(before.slice(from, from + pagePeopleMax));
  }

  // A process that began with next to nobody has no centre: once there are people enough, it reads them all again around
  // theirs. Searches wait; when it breaks half-way they fail, and the next catching up begins again.
  async function rebuild(): Promise<void> {
    for (const ref of [...index.refs()]) index.erase(ref);
    rebuilding = load(() => undefined);
    await rebuilding;
    rebuilding = null;
    wasRebuilt = true;
  }

  async function search(probe: Embedding, limit: number, among?: ReadonlySet<string>): Promise<SearchHit[]> {
    if (rebuilding) await rebuilding;
    return index.search(probe, limit, among);
  }

  const { has } = index;
  return {
    ...{ load, catchUp, search, has },
    get peopleCount() {
      return index.peopleCount;
    },
  };
}

async function* pagesOf({ db, faces }: Pick<GalleryDeps, 'db' | 'faces'>): AsyncGenerator<string[]> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const refs = await faces.page(db, { after, limit: pagePeopleMax });
    if (refs.length > 0) yield refs;
    after = refs.at(-1);
  }
}

// Makes the memory hold of these people what the database holds.
function createRefresh({ db, faces, index, onLeftOut }: GalleryDeps): (refs: readonly string[]) => Promise<void> {
  // References are drawn at random, so the first page is as good a sample as any.
  function centre(rows: readonly FaceRow[]): void {
    const mean = meanEmbedding(rows.flatMap(({ templates }) => templates.map((template) => template.reveal())));
    if (mean) index.centreOn(mean);
  }

  function take({ payerRef, templates }: FaceRow): void {
    try {
      index.put(payerRef, templates.map((template) => template.reveal()));
    } catch (error) {
      index.erase(payerRef);
      onLeftOut(payerRef, error);
    }
  }

  return async (refs) => {
    const rows = await faces.open(db, refs);
    try {
      if (index.peopleCount === 0 && !index.isCentred) centre(rows);
      const present = new Set(rows.map((row) => row.payerRef));
      for (const ref of refs) if (!present.has(ref)) index.erase(ref);
      rows.forEach(take);
    } finally {
      for (const { templates } of rows) templates.forEach((template) => template.wipe());
    }
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
