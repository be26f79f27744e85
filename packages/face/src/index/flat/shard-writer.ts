// Puts templates into the slots of a shard and wipes them again, in the one thread that owns the gallery.
import type { Embedding } from '../../embed.ts';
import { openKernel } from './kernel.ts';
import { chunkSlots, header, pageBytes } from './layout.ts';
import { addressesOf, openEncodingPlace } from './shard.ts';
import type { ShardHandle } from './shard.ts';

export interface ShardWriter {
  /** Encodes a template into the slot after the last one used, or into one that was erased. */
  write(slot: number, options: { readonly owner: number; readonly template: Embedding }): void;
  /** Overwrites the slot with zeros; no scan returns it from here on. */
  erase(slot: number): void;
  /** 0: empty. */
  ownerOf(slot: number): number;
}

export function createShardWriter(handle: ShardHandle): ShardWriter {
  const { memory, layout } = handle;
  const { codeLength } = layout;
  const { chunkAt, ownerAt, liveAt, slotsUsed } = addressesOf(handle);
  const kernel = openKernel(memory);
  const place = openEncodingPlace(handle, { kernel, scanner: 0 });
  const setOwner = (slot: number, owner: number): void => void Atomics.store(new Uint32Array(memory.buffer, ownerAt(slot), 1), 0, owner);
  const countLive = (slot: number, more: 1 | -1): void => void Atomics.add(new Int32Array(memory.buffer, liveAt(slot), 1), 0, more);

  function write(slot: number, { owner, template }: { owner: number; template: Embedding }): void {
    const used = slotsUsed();
    if (slot > used || slot >= layout.slotsMax) throw new Error(`slot ${slot} is not the next one`);
    const missing = chunkAt(slot) + layout.chunkBytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(missing / pageBytes);
    place.loadRotated(template);
    kernel.writeRow(codeLength, place.at, header.centre, chunkAt(slot), slot % chunkSlots);
    place.wipe();
    // The owner comes last: until then every scan takes the slot for an empty one.
    setOwner(slot, owner);
    countLive(slot, 1);
    if (slot === used) Atomics.store(new Int32Array(memory.buffer, header.slotsUsed, 1), 0, used + 1);
  }

  function erase(slot: number): void {
    countLive(slot, -1);
    setOwner(slot, 0);
    const chunk = chunkAt(slot);
    const at = slot % chunkSlots;
    const zero = (start: number, bytes: number): void => void new Uint8Array(memory.buffer, start, bytes).fill(0);
    zero(chunk + at * (codeLength / 8), codeLength / 8);
    zero(chunk + layout.codesOffset + at * codeLength, codeLength);
    zero(chunk + layout.scalesOffset + at * 4, 4);
  }

  return { write, erase, ownerOf: (slot) => Atomics.load(new Uint32Array(memory.buffer, ownerAt(slot), 1), 0) };
}
