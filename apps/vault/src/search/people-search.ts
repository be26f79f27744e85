// 1:N search as the vault asks it: people live in shared memory that this thread writes and erases at once, other threads
// scan it, one a shard, and searches that come in while a scan is under way share the next one.
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { FlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import { batchMax } from '@sonrisa/face/index/flat/layout.ts';
import type { ShardHandle } from '@sonrisa/face/index/flat/shard.ts';
import type { ScanJob } from '@sonrisa/face/index/flat/scan-jobs.ts';
import type { ShardHit } from '@sonrisa/face/index/flat/shard-scanner.ts';
import type { SearchHit } from '@sonrisa/face/index/gallery.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';

/** Scores are from int8 codes, up to 0.003 beside the truth: whoever decides scores the few best again (confirm.ts). */
export interface PeopleSearch {
  /** Replaces everything kept under `ref`. Throws when the memory is full. */
  put(ref: string, templates: readonly Embedding[]): void;
  /** When it returns no shard holds a byte of the person, and no search that is under way will find them. */
  erase(ref: string): boolean;
  has(ref: string): boolean;
  refs(): Iterable<string>;
  /** The best `limit` people, best first. Throws ProblemError `vault_unavailable` when a scanning thread broke. */
  search(probe: Embedding, limit: number, among?: ReadonlySet<string>): Promise<SearchHit[]>;
  /** Takes signs around this mean; only while nobody is in. See `centre.ts`. */
  centreOn(mean: Embedding): void;
  readonly isCentred: boolean;
  readonly peopleCount: number;
  readonly templateCount: number;
}

/** Who scans: a thread for each shard, in the vault. */
export interface ShardScans {
  /** Hits by shard, then by job. One call at a time. */
  scan(jobsByShard: readonly (readonly ScanJob[])[]): Promise<ShardHit[][][]>;
  close(): Promise<void>;
}

export type OpenShardScans = (shards: readonly ShardHandle[]) => Promise<ShardScans>;

const retryAfterS = 1;

type Waiting = {
  readonly probe: Embedding;
  readonly limit: number;
  readonly among: ReadonlySet<string> | undefined;
  readonly resolve: (hits: SearchHit[]) => void;
  readonly reject: (error: ProblemError) => void;
};

export function createPeopleSearch({ index, scans }: { index: FlatIndex; scans: ShardScans }): PeopleSearch {
  const waiting: Waiting[] = [];
  let isScanning = false;

  async function search(probe: Embedding, limit: number, among?: ReadonlySet<string>): Promise<SearchHit[]> {
    index.checkProbe(probe, limit);
    return new Promise((resolve, reject) => {
      waiting.push({ probe, limit, among, resolve, reject });
      void scanNext();
    });
  }

  async function scanNext(): Promise<void> {
    if (isScanning || waiting.length === 0) return;
    isScanning = true;
    await scanTogether(waiting.splice(0, batchMax));
    isScanning = false;
    void scanNext();
  }

  async function scanTogether(searches: readonly Waiting[]): Promise<void> {
    const slots = searches.map(({ among }) => (among ? index.slotsOf(among) : null));
    const jobsByShard = index.shards.map((_, shard) =>
      searches.map(({ probe, limit }, i): ScanJob => ({ probe, limit, slots: slotsIn(slots[i] ?? null, shard) })),
    );
    try {
      const hitsByShard = await scans.scan(jobsByShard);
      searches.forEach(({ resolve, limit, among }, i) => {
        const people = index.resolve(hitsByShard.map((hits) => hits[i] ?? []), limit);
        // A slot may have passed to somebody else since it was asked for.
        resolve(among ? people.filter(({ ref }) => among.has(ref)) : people);
      });
    } catch (cause) {
      for (const { reject } of searches) reject(new ProblemError('vault_unavailable', { facts: { retryAfterS }, cause }));
    }
  }

  return {
    put: index.put,
    erase: index.erase,
    has: index.has,
    refs: index.refs,
    search,
    centreOn: index.centreOn,
    get isCentred() {
      return index.isCentred;
    },
    get peopleCount() {
      return index.peopleCount;
    },
    get templateCount() {
      return index.templateCount;
    },
  };
}

const slotsIn = (byShard: readonly (readonly number[])[] | null, shard: number): Uint32Array | null =>
  byShard && Uint32Array.from(byShard[shard] ?? []);
