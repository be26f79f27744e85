// The embeddings of a labelled set of photos, in one block of memory.

export interface PhotoSet {
  /** Photo by photo, `length` values each, unit length. */
  readonly vectors: Float32Array;
  readonly length: number;
  /** Number of the person in each photo, 0 to identityCount - 1. */
  readonly identityOf: Int32Array;
  readonly identityCount: number;
  /**
   * Only photos of one group are compared: score normalisation takes each half of the people as
   * strangers for the other. All in one group when absent; the photos of one person share theirs.
   */
  readonly groupOf?: Uint8Array;
}

export type PairScore = (i: number, j: number) => number;

export const photoCount = (set: PhotoSet): number => set.identityOf.length;

export function cosineOf({ vectors, length }: PhotoSet): PairScore {
  return (i, j) => {
    const a = i * length;
    const b = j * length;
    let even = 0;
    let odd = 0;
    let q = 0;
    // Two sums at once: one would wait for itself at every step.
    for (; q + 1 < length; q += 2) {
      even += vectors[a + q] * vectors[b + q];
      odd += vectors[a + q + 1] * vectors[b + q + 1];
    }
    if (q < length) even += vectors[a + q] * vectors[b + q];
    return even + odd;
  };
}

/** Overwrites the embeddings with zeros. */
export function forgetPhotos(set: PhotoSet): void {
  set.vectors.fill(0);
}
