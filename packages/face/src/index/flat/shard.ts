// One shared memory full of templates. The thread that owns the gallery writes and erases (shard-writer.ts); any thread
// may scan (shard-scanner.ts), each with a scanner's area of its own, so the memory is never copied between threads.
import type { Embedding } from '../../embed.ts';
import { openKernel } from './kernel.ts';
import type { SearchKernel } from './kernel.ts';
import { chunkSlots, header, rotationRounds, scannersMax } from './layout.ts';
import type { ShardLayout } from './layout.ts';
import { rotationSigns } from './rotation.ts';
import type { SharedWasmMemory } from './wasm-host.ts';

/** What a worker needs to scan a shard: structured cloning shares the memory. */
export interface ShardHandle {
  readonly memory: SharedWasmMemory;
  readonly layout: ShardLayout;
}

/** Prepares a fresh memory: the rotation by `seed`, and the point around which signs are taken. */
export function prepareShard(handle: ShardHandle, options: { readonly seed: number; readonly centre: Embedding | null }): void {
  const { memory, layout } = handle;
  const floats = new Float32Array(memory.buffer);
  floats.set(rotationSigns({ codeLength: layout.codeLength, rounds: rotationRounds, seed: options.seed }), header.signs / 4);
  if (options.centre) setCentre(handle, options.centre);
}

/** For a shard nobody is in. */
export function setCentre({ memory, layout }: ShardHandle, centre: Embedding): void {
  const place = new Float32Array(memory.buffer, header.centre, layout.codeLength).fill(0);
  place.set(centre);
  openKernel(memory).rotate(layout.codeLength, header.centre, header.signs, rotationRounds);
}

export interface ShardAddresses {
  chunkAt(slot: number): number;
  ownerAt(slot: number): number;
  /** Where the owners of the chunk with this slot stand; 0 when every slot of it belongs to somebody. */
  ownersToCheck(slot: number): number;
  /** Address of the number of slots of that chunk that belong to somebody. */
  liveAt(slot: number): number;
  /** Slots below this have been used at some time. */
  slotsUsed(): number;
}

export function addressesOf({ memory, layout }: ShardHandle): ShardAddresses {
  const chunkAt = (slot: number): number => layout.chunksStart + Math.floor(slot / chunkSlots) * layout.chunkBytes;
  const liveAt = (slot: number): number => header.liveInChunks + Math.floor(slot / chunkSlots) * 4;
  const isFull = (slot: number): boolean => Atomics.load(new Int32Array(memory.buffer, liveAt(slot), 1), 0) === chunkSlots;
  return {
    chunkAt,
    ownersToCheck: (slot) => (isFull(slot) ? 0 : chunkAt(slot) + layout.ownersOffset),
    liveAt,
    ownerAt: (slot) => chunkAt(slot) + layout.ownersOffset + (slot % chunkSlots) * 4,
    slotsUsed: () => Atomics.load(new Int32Array(memory.buffer, header.slotsUsed, 1), 0),
  };
}

/** The place of one thread where a vector stands while it is being encoded. */
export interface EncodingPlace {
  /** Address of the scanner's area. */
  readonly start: number;
  /** Address of the vector. */
  readonly at: number;
  loadRotated(vector: Embedding): void;
  wipe(): void;
}

export function openEncodingPlace({ memory, layout }: ShardHandle, options: { readonly kernel: SearchKernel; readonly scanner: number }): EncodingPlace {
  const { kernel, scanner } = options;
  if (!Number.isInteger(scanner) || scanner < 0 || scanner >= scannersMax) throw new Error(`a shard has scanners 0 to ${scannersMax - 1}, not ${scanner}`);
  const start = layout.scannersStart + scanner * layout.scannerBytes;
  const area = new Float32Array(memory.buffer, start, layout.codeLength);
  return {
    start,
    at: start,
    loadRotated(vector) {
      area.fill(0);
      area.set(vector);
      kernel.rotate(layout.codeLength, start, header.signs, rotationRounds);
    },
    wipe: () => void area.fill(0),
  };
}
