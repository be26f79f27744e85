// 1:N search by looking at every template in float32: always right, and what the fast scan is compared with.
import type { Embedding } from '../../embed.ts';
import type { GalleryIndex, SearchHit } from '../gallery.ts';
import { createSlots } from './slots.ts';
import type { Slots } from './slots.ts';

export interface ExactIndex extends GalleryIndex {
  /** The live buffer, for tests that look for bytes left behind. */
  readonly bytes: () => Float32Array;
}

export function createExactIndex(options: { readonly dimensions: number; readonly capacity?: number }): ExactIndex {
  const { dimensions, capacity = 64 } = options;
  const slots = createSlots({ dimensions, capacity });
  const slotsByRef = new Map<string, Set<number>>();

  function erase(ref: string): boolean {
    const own = slotsByRef.get(ref);
    if (!own) return false;
    slotsByRef.delete(ref);
    // Highest first: otherwise the last slot, moved into a gap, could be one still to be freed.
    for (const slot of [...own].sort((a, b) => b - a)) {
      const moved = slots.free(slot);
      const others = moved && slotsByRef.get(moved.owner);
      others?.delete(moved?.from ?? slot);
      others?.add(slot);
    }
    return true;
  }

  function put(ref: string, templates: readonly Embedding[]): void {
    for (const template of templates) assertLength(template, dimensions);
    erase(ref);
    if (templates.length > 0) slotsByRef.set(ref, new Set(templates.map((template) => slots.append(ref, template))));
  }

  function search(probe: Embedding, limit: number, among?: ReadonlySet<string>): SearchHit[] {
    assertLength(probe, dimensions);
    const hits = [...bestByRef(slots, probe, among)].map(([ref, score]): SearchHit => ({ ref, score }));
    hits.sort((a, b) => b.score - a.score || (a.ref < b.ref ? -1 : 1));
    return hits.slice(0, limit);
  }

  return {
    put,
    erase,
    search,
    has: (ref) => slotsByRef.has(ref),
    get peopleCount() {
      return slotsByRef.size;
    },
    get templateCount() {
      return slots.count;
    },
    bytes: () => slots.bytes(),
  };
}

function bestByRef(slots: Slots, probe: Embedding, among?: ReadonlySet<string>): Map<string, number> {
  const best = new Map<string, number>();
  for (let slot = 0; slot < slots.count; slot++) {
    const ref = slots.ownerOf(slot);
    if (among && !among.has(ref)) continue;
    const score = slots.score(slot, probe);
    if (score > (best.get(ref) ?? -Infinity)) best.set(ref, score);
  }
  return best;
}

function assertLength(vector: Embedding, dimensions: number): void {
  if (vector.length !== dimensions) throw new Error(`a vector has ${vector.length} values, not ${dimensions}`);
}
