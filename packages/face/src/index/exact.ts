// 1:N search by looking at every template: always right, fast enough for a shop
// (128 dimensions, 10,000 templates: a few milliseconds). A faster scan fits behind the same interface.
import type { Embedding } from '../embed.ts';
import type { GalleryIndex, SearchHit } from './gallery.ts';

export interface ExactIndex extends GalleryIndex {
  /** The live buffer, for tests that look for bytes left behind. */
  readonly bytes: () => Float32Array;
}

export function createExactIndex(options: { readonly dimensions: number; readonly capacity?: number }): ExactIndex {
  const { dimensions } = options;
  let buffer: Float32Array = new Float32Array(dimensions * Math.max(1, options.capacity ?? 64));
  const owners: string[] = [];
  const slotsByRef = new Map<string, Set<number>>();
  const slot = (index: number): Float32Array => buffer.subarray(index * dimensions, (index + 1) * dimensions);

  function grow(): void {
    const larger = new Float32Array(buffer.length * 2);
    larger.set(buffer);
    buffer.fill(0);
    buffer = larger;
  }

  // The last slot moves into the gap, so the scan stays contiguous and erasing costs O(1).
  function freeSlot(index: number): void {
    const last = owners.length - 1;
    if (index !== last) {
      const moved = owners[last];
      slot(index).set(slot(last));
      owners[index] = moved;
      const slots = slotsByRef.get(moved);
      slots?.delete(last);
      slots?.add(index);
    }
    slot(last).fill(0);
    owners.pop();
  }

  function erase(ref: string): boolean {
    const slots = slotsByRef.get(ref);
    if (!slots) return false;
    slotsByRef.delete(ref);
    // Highest first: otherwise the last slot, moved into a gap, could be one still to be freed.
    for (const index of [...slots].sort((a, b) => b - a)) freeSlot(index);
    return true;
  }

  function put(ref: string, templates: readonly Embedding[]): void {
    for (const template of templates) {
      if (template.length !== dimensions) throw new Error(`a template has ${template.length} values, not ${dimensions}`);
    }
    erase(ref);
    if (templates.length === 0) return;
    const slots = new Set<number>();
    for (const template of templates) {
      if ((owners.length + 1) * dimensions > buffer.length) grow();
      slot(owners.length).set(template);
      slots.add(owners.length);
      owners.push(ref);
    }
    slotsByRef.set(ref, slots);
  }

  function search(probe: Embedding, limit: number, among?: ReadonlySet<string>): SearchHit[] {
    if (probe.length !== dimensions) throw new Error(`the probe has ${probe.length} values, not ${dimensions}`);
    const best = new Map<string, number>();
    for (let index = 0; index < owners.length; index++) {
      const ref = owners[index];
      if (among && !among.has(ref)) continue;
      let score = 0;
      const start = index * dimensions;
      for (let i = 0; i < dimensions; i++) score += probe[i] * buffer[start + i];
      const before = best.get(ref);
      if (before === undefined || score > before) best.set(ref, score);
    }
    const hits = [...best].map(([ref, score]): SearchHit => ({ ref, score }));
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
      return owners.length;
    },
    bytes: () => buffer,
  };
}
