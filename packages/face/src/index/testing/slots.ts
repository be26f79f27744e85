// Templates side by side in one buffer, each in a numbered slot with its owner; never a gap, so that a scan is a
// walk from front to back, and freed bytes are overwritten with zeros.

export interface Slots {
  readonly count: number;
  ownerOf(slot: number): string;
  /** Copies the vector in behind the last one; answers its slot. */
  append(owner: string, vector: Float32Array): number;
  /** Frees a slot; the last one moves into it: answers whose moved from where, if any did. */
  free(slot: number): { readonly owner: string; readonly from: number } | null;
  /** Scalar product with the vector in the slot. */
  score(slot: number, probe: Float32Array): number;
  /** The live buffer, for tests that look for bytes left behind. */
  bytes(): Float32Array;
}

export function createSlots(options: { readonly dimensions: number; readonly capacity: number }): Slots {
  const { dimensions } = options;
  const owners: string[] = [];
  let buffer = new Float32Array(dimensions * Math.max(1, options.capacity));

  const part = (slot: number): Float32Array => buffer.subarray(slot * dimensions, (slot + 1) * dimensions);

  function grow(): void {
    const larger = new Float32Array(buffer.length * 2);
    larger.set(buffer);
    buffer.fill(0);
    buffer = larger;
  }

  return {
    get count() {
      return owners.length;
    },
    ownerOf: (slot) => owners[slot],
    append(owner, vector) {
      if ((owners.length + 1) * dimensions > buffer.length) grow();
      part(owners.length).set(vector);
      return owners.push(owner) - 1;
    },
    free(slot) {
      const from = owners.length - 1;
      const owner = owners[from];
      part(slot).set(part(from));
      part(from).fill(0);
      owners[slot] = owner;
      owners.pop();
      return slot === from ? null : { owner, from };
    },
    score(slot, probe) {
      const start = slot * dimensions;
      let sum = 0;
      for (let i = 0; i < dimensions; i++) sum += probe[i] * buffer[start + i];
      return sum;
    },
    bytes: () => buffer,
  };
}
