// 1:N search over galleries of any size: a flat scan of sign bits in WebAssembly, then int8 scores for the K nearest.
// No graph to build: a person is in with the call that puts them and gone, bytes and all, with the call that erases.
import type { Embedding } from '../../embed.ts';
import type { GalleryIndex, SearchHit } from '../gallery.ts';
import { createShardMemory, hitsMax, planShard } from './layout.ts';
import { createRoster } from './roster.ts';
import type { Roster } from './roster.ts';
import { prepareShard, setCentre } from './shard.ts';
import type { ShardHandle } from './shard.ts';
import { createShardScanner } from './shard-scanner.ts';
import type { ScanMode, ShardHit } from './shard-scanner.ts';
import { createShardWriter } from './shard-writer.ts';
import type { ShardWriter } from './shard-writer.ts';

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
  /** Takes signs around this mean from here on. Throws once somebody is in: their codes are around the old one. */
  centreOn(centre: Embedding): void;
  readonly isCentred: boolean;
  /** Everybody who is in, in no order; puts and erasures meanwhile may or may not show. */
  refs(): Iterable<string>;
  /** Slots of these people's templates, by shard, for `scoreSlots` in a worker. */
  slotsOf(refs: Iterable<string>): number[][];
  /** Throws on what no search takes. */
  checkProbe(probe: Embedding, limit: number): void;
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

/**
 * Throws, like its methods, on vectors that are not finite, have the wrong number of values, or are longer than 1: a fused
 * template is the plain mean of unit vectors and shorter than they are, and its scores are lower by as much.
 */
export function createFlatIndex(options: FlatIndexOptions): FlatIndex {
  const { dimensions } = options;
  const handles = openShards(options);
  const writers = handles.map(createShardWriter);
  const scanners = handles.map((handle) => createShardScanner(handle, { scanner: 0 }));
  const roster = createRoster({ shardCount: handles.length, slotsPerShardMax: handles[0].layout.slotsMax, slotsMax: options.capacity });
  let isCentred = options.centre !== undefined;

  function centreOn(centre: Embedding): void {
    checkFinite(centre, dimensions);
    if (roster.templateCount > 0) throw new Error('the centre stays where it is while anybody is in');
    for (const handle of handles) setCentre(handle, centre);
    isCentred = true;
  }


  function put(ref: string, templates: readonly Embedding[]): void {
    for (const template of templates) checkLength(template, dimensions);
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

  const resolve: FlatIndex['resolve'] = (hitsByShard, limit) => peopleOf(hitsByShard, { limit, writers, roster });

  function scan(probes: readonly Embedding[], limit: number, mode: ScanMode): SearchHit[][] {
    for (const probe of probes) checkProbe(probe, { dimensions, limit });
    const answers = scanners.map((scanner) => scanner.scan(probes, { limit, mode }));
    return probes.map((_, i) => resolve(answers.map((answer) => answer[i]), limit));
  }

  function searchAmong(probe: Embedding, limit: number, among: ReadonlySet<string>): SearchHit[] {
    checkProbe(probe, { dimensions, limit });
    return resolve(roster.slotsOf(among).map((slots, shard) => scanners[shard].scoreSlots(probe, { slots, limit })), limit);
  }

  return {
    put,
    erase,
    has: (ref) => roster.has(ref),
    search: (probe, limit, among) => (among ? searchAmong(probe, limit, among) : scan([probe], limit, 'two_stage')[0]),
    searchBatch: (probes, limit) => scan(probes, limit, 'two_stage'),
    searchEveryRow: (probe, limit) => scan([probe], limit, 'every_row')[0],
    resolve,
    centreOn,
    get isCentred() {
      return isCentred;
    },
    refs: () => roster.refs(),
    slotsOf: (refs) => roster.slotsOf(refs),
    checkProbe: (probe, limit) => checkProbe(probe, { dimensions, limit }),
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

function peopleOf(hitsByShard: readonly (readonly ShardHit[])[], input: { limit: number; writers: readonly ShardWriter[]; roster: Roster }): SearchHit[] {
  const { limit, writers, roster } = input;
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

/** A length of 1, and what rounding makes of it. */
const lengthMax = 1.01;
/** The mean of frames of one person is nearly as long as they are: what is shorter than this is no face. */
const lengthMin = 0.1;

function checkLength(vector: Embedding, dimensions: number): void {
  const length = Math.sqrt(checkFinite(vector, dimensions));
  if (length > lengthMax || length < lengthMin) throw new Error(`an embedding has length ${length}, not 1 or a little less`);
}

function checkProbe(probe: Embedding, { dimensions, limit }: { dimensions: number; limit: number }): void {
  checkLength(probe, dimensions);
  checkLimit(limit);
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
