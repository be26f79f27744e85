// Galleries and probes for the search bench and its tests: every row has a seed of its own, so a set of 10,000 is the
// beginning of the set of a million, and nothing needs to be kept to know a row again.

export type SetKind = 'random' | 'clustered' | 'skewed';

export interface SyntheticSet {
  /** Unit vector of person `id`. */
  readonly row: (id: number) => Float32Array;
  /** Unit vector at a cosine of about 0.6 (sd 0.1) to its mate's. */
  readonly probe: (index: number, mate: number) => Float32Array;
}

/**
 * `random`: independent directions, the kindest case.
 * `clustered`: families of 20 with a cosine of about 0.4 inside, in a space whose directions vary unequally.
 * `skewed`: clustered around a common mean, as real recognisers' embeddings are: strangers have a cosine of about 0.5.
 */
export function createSyntheticSet(options: { readonly kind: SetKind; readonly dimensions: number }): SyntheticSet {
  const { kind, dimensions } = options;
  const spectrum = Float32Array.from({ length: dimensions }, (_, i) => (kind === 'random' ? 1 : (i + 1) ** -0.4));
  const mixing = signs(dimensions, 77);
  const mean = kind === 'skewed' ? direction(meanSeed) : null;
  let family = { id: -1, centre: new Float32Array(dimensions) };

  function direction(seed: number): Float32Array {
    const vector = gaussians(dimensions, seed);
    if (kind === 'random') return normalise(vector);
    for (let i = 0; i < dimensions; i++) vector[i] *= spectrum[i] * mixing[i];
    hadamard(vector);
    return normalise(vector);
  }

  function row(id: number): Float32Array {
    const own = direction(rowSeed + id);
    if (kind === 'random') return own;
    const familyId = Math.floor(id / familySize);
    if (family.id !== familyId) family = { id: familyId, centre: direction(familySeed + familyId) };
    for (let i = 0; i < dimensions; i++) {
      own[i] = Math.SQRT1_2 * ((mean?.[i] ?? 0) * Math.SQRT2) + familyWeight * family.centre[i] + ownWeight * own[i];
    }
    return normalise(own);
  }

  function probe(index: number, mate: number): Float32Array {
    const target = row(mate);
    const noise = direction(probeSeed + index);
    const [wish = 0] = gaussians(4, wishSeed + index);
    const cosine = Math.min(0.95, Math.max(0.2, 0.6 + 0.1 * wish));
    let along = 0;
    for (let i = 0; i < dimensions; i++) along += noise[i]! * target[i]!;
    for (let i = 0; i < dimensions; i++) noise[i]! -= along * target[i]!;
    normalise(noise);
    const across = Math.sqrt(1 - cosine * cosine);
    return target.map((value, i) => cosine * value + across * noise[i]!);
  }

  return { row, probe };
}
