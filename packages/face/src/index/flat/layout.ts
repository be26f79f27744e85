// Where everything lies in the memory of one shard. The kernel (packages/face/kernel/search.as) knows the
// inside of a chunk and of a probe's area by heart; the constants here and there must agree.
import { tuningByCodeLength } from './tuning.ts';
import { wasmHost } from './wasm-host.ts';
import type { SharedWasmMemory } from './wasm-host.ts';

export const chunkSlots = 8192;
export const pageBytes = 65_536;
/** A wasm memory with 32-bit addresses ends here. */
export const memoryBytesMax = 4 * 1024 ** 3;
/** More than fit into one memory at any length of embedding. */
const slotsPerMemoryMax = 2 ** 25;
export const rotationRounds = 3;
/** People one search may ask for. */
export const hitsMax = 1000;
export const batchMax = 16;
/** Threads that may scan one shard at the same time, the writing one included. */
export const scannersMax = 2;

/** Lengths the kernel has loops for; shorter embeddings are padded with zeros, which a rotation spreads. */
export const codeLengths = [128, 256, 512] as const;
export type CodeLength = (typeof codeLengths)[number];

export interface ShardLayout {
  /** Values in an embedding. */
  readonly dimensions: number;
  readonly codeLength: CodeLength;
  /** K, the number of the nearest by sign bits that go into the second stage: at least, of more rows one in so many, at most. */
  readonly keepMin: number;
  readonly keepOneIn: number;
  readonly keepMax: number;
  /** Shards with up to so many rows are scored in full. */
  readonly rowsInFullMax: number;
  /** Candidates a probe has room for. */
  readonly candidatesMax: number;
  readonly slotsMax: number;
  readonly scannersStart: number;
  readonly scannerBytes: number;
  readonly probesOffset: number;
  readonly probeBytes: number;
  readonly chunksStart: number;
  readonly chunkBytes: number;
  readonly codesOffset: number;
  readonly scalesOffset: number;
  readonly ownersOffset: number;
}

/** Byte addresses in the first page: one int32 of slots ever used, the rotation's signs, the rotated centre, and for each
 * chunk (at most 4,096) an int32 of the slots that belong to somebody. */
export const header = { slotsUsed: 0, signs: 1024, centre: 8192, liveInChunks: 16_384 } as const;

/** Offsets in a probe's area. */
export const probeArea = { count: 12, hitCount: 20, scale: 28, offset: 32, hits: 7488, candidates: 21_888 } as const;
export const hitBytes = 12;

export function planShard(options: { readonly dimensions: number; readonly keep?: number; readonly slotsMax: number }): ShardLayout {
  const { dimensions } = options;
  const codeLength = codeLengths.find((length) => length >= dimensions);
  if (!codeLength || dimensions < 1) throw new Error(`the flat index holds embeddings of 1 to 512 values, not ${dimensions}`);
  const { keepOneIn, ...tuning } = tuningByCodeLength[codeLength];
  const keepMin = options.keep ?? tuning.keepMin;
  const keepMax = options.keep ?? Math.max(keepMin, Math.ceil(Math.min(options.slotsMax, slotsPerMemoryMax) / keepOneIn));
  if (!Number.isInteger(keepMin) || keepMin < 1) throw new Error(`K must be a positive whole number, not ${keepMin}`);
  // A compaction must free room for many: see `compact` in the kernel.
  const candidatesMax = 2 * keepMax + 4096;
  // Before the probes stands one vector of float32.
  const probesOffset = 4096;
  const probeBytes = roundUp(probeArea.candidates + candidatesMax * 8, 64);
  const scannerBytes = probesOffset + batchMax * probeBytes;
  const scannersStart = pageBytes;
  const chunksStart = roundUp(scannersStart + scannersMax * scannerBytes, pageBytes);
  const codesOffset = chunkSlots * (codeLength / 8);
  const scalesOffset = codesOffset + chunkSlots * codeLength;
  const ownersOffset = scalesOffset + chunkSlots * 4;
  const chunkBytes = ownersOffset + chunkSlots * 4;
  const chunksMax = Math.min(Math.floor((memoryBytesMax - chunksStart) / chunkBytes), Math.ceil(options.slotsMax / chunkSlots));
  if (chunksMax < 1) throw new Error(`K = ${keepMax} leaves no room for a single template`);
  return {
    dimensions,
    codeLength,
    keepMin,
    keepOneIn,
    keepMax,
    rowsInFullMax: options.keep ?? tuning.rowsInFullMax,
    candidatesMax,
    slotsMax: chunksMax * chunkSlots,
    scannersStart,
    scannerBytes,
    probesOffset,
    probeBytes,
    chunksStart,
    chunkBytes,
    codesOffset,
    scalesOffset,
    ownersOffset,
  };
}

/** K for a search among so many rows. */
export function keepAmong({ keepMin, keepOneIn, keepMax }: ShardLayout, rows: number): number {
  return Math.min(keepMax, Math.max(keepMin, Math.ceil(rows / keepOneIn)));
}

/** The shared memory of one shard, with room for no template yet. It grows a chunk at a time and is never copied. */
export function createShardMemory(layout: ShardLayout): SharedWasmMemory {
  const pages = layout.chunksStart / pageBytes;
  const maximum = (layout.chunksStart + (layout.slotsMax / chunkSlots) * layout.chunkBytes) / pageBytes;
  const { Memory } = wasmHost();
  return new Memory({ initial: pages, maximum, shared: true });
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
