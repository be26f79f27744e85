// 1:N search over galleries of any size: a flat scan of sign bits in WebAssembly, then int8 scores for the K nearest.
// No graph to build: a person is in with the call that puts them and gone, bytes and all, with the call that erases.
import type { Embedding } from '../../embed.ts';
import type { GalleryIndex, SearchHit } from '../gallery.ts';
import { createShardMemory, hitsMax, planShard } from './layout.ts';
import { createRoster } from './roster.ts';
import { prepareShard } from './shard.ts';
import type { ShardHandle } from './shard.ts';
import { createShardScanner } from './shard-scanner.ts';
import type { ScanMode, ShardHit } from './shard-scanner.ts';
import { createShardWriter } from './shard-writer.ts';

export interface FlatIndexOptions {
  /** Values in an embedding, 1 to 512. */
  readonly dimensions: number;
  /** Templates at most, over all shards; address space is reserved, memory is taken as people come. */
  readonly capacity: number;
  /** Memories to spread people over, one a worker; more are added when 4 GiB are not enough. */
  readonly shardCount?: number;
  /** K, whatever the number of rows; default: tuning.ts. Galleries of up to K templates are scored in full. */
  readonly keep?: number;
  /** Chooses the rotation. */
  readonly seed?: number;
  /** Mean of the pack's embeddings (not unit length), see centre.ts: signs tell more when taken around it. */
  readonly centre?: Embedding;
}

export interface FlatIndex extends GalleryIndex {
  /** `search` for several probes in one pass over memory. */
  searchBatch(probes: readonly Embedding[], limit: number): SearchHit[][];
  /** The oracle: int8 scores of every template. */
  searchEveryRow(probe: Embedding, limit: number): SearchHit[];
  /** For workers: each scans one shard (`createShardScanner(handle, { scanner: 1 })`) and sends its hits back to `resolve`. */
  readonly shards: readonly ShardHandle[];
  /** Hits of one probe, by shard, become people; those erased or replaced since the scan are left out. */
  resolve(hitsByShard: readonly (readonly ShardHit[])[], limit: number): SearchHit[];
  /** Bytes of sign bits, codes, scale and owner. */
  readonly bytesPerTemplate: number;
}

/** Throws, like its methods, on vectors that are not finite, of the wrong length, or not unit vectors. */
export function createFlatIndex(options: FlatIndexOptions): FlatIndex {
  const { dimensions } = options;
  const handles = openShards(options);
  const writers = handles.map(createShardWriter);
  const scanners = handles.map((handle) => createShardScanner(handle, { scanner: 0 }));
  const roster = createRoster({ shardCount: handles.length, slotsPerShardMax: handles[0].layout.slotsMax, slotsMax: options.capacity });

  function put(ref: string, templates: readonly Embedding[]): void {
    for (const template of templates) checkUnitVector(template, dimensions);
    roster.checkRoom(ref, templates.length);
    erase(ref);
    const { owner, places } = roster.add(ref, templates.length);
    places.forEach(({ shard, slot }, i) => writers[shard].write(slot, { owner, template: templates[i] }));
  }

  function erase(ref: string): boolean {
    const places = roster.remove(ref);
    for (const { shard, slot } of places) writers[shard].erase(slot);
    return places.length > 0;
  }

  function resolve(hitsByShard: readonly (readonly ShardHit[])[], limit: number): SearchHit[] {
    const best = new Map<string, number>();
    hitsByShard.forEach((hits, shard) => {
      for (const { score, owner, slot } of hits) {
        if (writers[shard].ownerOf(slot) !== owner) continue;
        const ref = roster.refAt({ shard, slot });
        if (ref !== undefined && score > (best.get(ref) ?? -Infinity)) best.set(ref, score);
      }
    });
    const people = [...best].map(([ref, score]): SearchHit => ({ ref, score }));
    people.sort((a, b) => b.score - a.score || (a.ref < b.ref ? -1 : 1));
    return people.slice(0, limit);
  }

  function scan(probes: readonly Embedding[], limit: number, mode: ScanMode): SearchHit[][] {
    for (const probe of probes) checkUnitVector(probe, dimensions);
    checkLimit(limit);
    const answers = scanners.map((scanner) => scanner.scan(probes, { limit, mode }));
    return probes.map((_, i) => resolve(answers.map((answer) => answer[i]), limit));
  }

  function searchAmong(probe: Embedding, limit: number, among: ReadonlySet<string>): SearchHit[] {
    checkUnitVector(probe, dimensions);
    checkLimit(limit);
    const slots = roster.slotsOf(among);
    return resolve(slots.map((own, i) => (own.length ? scanners[i].scoreSlots(probe, { slots: own, limit }) : [])), limit);
  }

  return {
    put,
    erase,
    has: (ref) => roster.has(ref),
    search: (probe, limit, among) => (among ? searchAmong(probe, limit, among) : scan([probe], limit, 'two_stage')[0]),
    searchBatch: (probes, limit) => scan(probes, limit, 'two_stage'),
    searchEveryRow: (probe, limit) => scan([probe], limit, 'every_row')[0],
    resolve,
    shards: handles,
    bytesPerTemplate: bytesPerTemplate(handles[0]),
    get peopleCount() {
      return roster.peopleCount;
    },
    get templateCount() {
      return roster.templateCount;
    },
  };
}

function openShards(options: FlatIndexOptions): ShardHandle[] {
  const { dimensions, capacity, shardCount = 1, seed = 1, centre = null } = options;
  if (!Number.isInteger(capacity) || capacity < 1) throw new Error(`the capacity is a positive whole number, not ${capacity}`);
  if (centre) checkFinite(centre, dimensions);
  const plan = (slotsMax: number): ShardHandle['layout'] =>
    planShard({ dimensions, slotsMax, ...(options.keep === undefined ? {} : { keep: options.keep }) });
  const count = Math.max(shardCount, Math.ceil(capacity / plan(capacity).slotsMax));
  const layout = plan(Math.ceil(capacity / count));
  return Array.from({ length: count }, () => {
    const handle = { memory: createShardMemory(layout), layout };
    prepareShard(handle, { seed, centre });
    return handle;
  });
}

const bytesPerTemplate = ({ layout }: ShardHandle): number => layout.codeLength / 8 + layout.codeLength + 8;

const lengthToleranceMax = 0.01;

function checkUnitVector(vector: Embedding, dimensions: number): void {
  const length = Math.sqrt(checkFinite(vector, dimensions));
  if (!(Math.abs(length - 1) <= lengthToleranceMax)) throw new Error(`an embedding has length ${length}, not 1`);
}

// NaN and infinity both survive a sum of squares.
function checkFinite(vector: Embedding, dimensions: number): number {
  if (vector.length !== dimensions) throw new Error(`an embedding has ${vector.length} values, not ${dimensions}`);
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  if (!Number.isFinite(sum)) throw new Error('an embedding holds a value that is not a number');
  return sum;
}

function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 0 || limit > hitsMax) throw new Error(`a search returns 0 to ${hitsMax} people, not ${limit}`);
}
