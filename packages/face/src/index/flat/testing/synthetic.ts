// Galleries and probes for the tests and the bench of the search: every row has a seed of its own, so a set of 10,000
// is the beginning of the set of a million, and nothing needs to be kept to make a row again.

export type SetKind = 'random' | 'clustered' | 'skewed';
export const setKinds: readonly SetKind[] = ['random', 'clustered', 'skewed'];

export interface SyntheticSet {
  /** Unit vector of person `id`. */
  row(id: number): Float32Array;
  /** Unit vector at a cosine of about 0.6 (sd 0.1) to that of its mate. */
  probe(options: { readonly index: number; readonly mate: number }): Float32Array;
}

const familySize = 20;
const familyWeight = Math.sqrt(0.4);
const ownWeight = Math.sqrt(0.6);
const seeds = { row: 0x1000_0000, family: 0x3000_0000, probe: 0x5000_0000, wish: 0x6000_0000, mean: 0x7000_0000, mixing: 77 };

/**
 * `random`: independent directions, the kindest case.
 * `clustered`: families of 20 with a cosine of about 0.4 inside, in a space whose directions vary unequally.
 * `skewed`: the same around a common mean, as real recognisers' embeddings lie: strangers have a cosine of about 0.5.
 */
export function createSyntheticSet(options: { readonly kind: SetKind; readonly dimensions: number }): SyntheticSet {
  const { kind, dimensions } = options;
  const plain = kind === 'random';
  const mixing = gaussians({ count: dimensions, seed: seeds.mixing });
  const spread = mixing.map((value, i) => Math.sign(value) * (i + 1) ** -0.4);
  const mean = kind === 'skewed' ? direction(seeds.mean) : new Float32Array(dimensions);
  let family = { id: -1, centre: mean };

  function direction(seed: number): Float32Array {
    const vector = gaussians({ count: dimensions, seed });
    if (plain) return unit(vector);
    for (let i = 0; i < dimensions; i++) vector[i] *= spread[i];
    return unit(hadamard(vector));
  }

  function row(id: number): Float32Array {
    const own = direction(seeds.row + id);
    if (plain) return own;
    const familyId = Math.floor(id / familySize);
    if (family.id !== familyId) family = { id: familyId, centre: direction(seeds.family + familyId) };
    const { centre } = family;
    for (let i = 0; i < dimensions; i++) own[i] = mean[i] + familyWeight * centre[i] + ownWeight * own[i];
    return unit(own);
  }

  function probe({ index, mate }: { index: number; mate: number }): Float32Array {
    const target = row(mate);
    const noise = direction(seeds.probe + index);
    const [wish] = gaussians({ count: 2, seed: seeds.wish + index });
    const cosine = Math.min(0.95, Math.max(0.2, 0.6 + 0.1 * wish));
    let along = 0;
    for (let i = 0; i < dimensions; i++) along += noise[i] * target[i];
    for (let i = 0; i < dimensions; i++) noise[i] -= along * target[i];
    unit(noise);
    const across = Math.sqrt(1 - cosine * cosine);
    return unit(target.map((value, i) => cosine * value + across * noise[i]));
  }

  return { row, probe };
}

// The sum of four uniform numbers is near enough to a bell for this, and much cheaper than a logarithm.
function gaussians({ count, seed }: { count: number; seed: number }): Float32Array {
  const values = new Float32Array(count);
  let a = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  let b = Math.imul(seed + 0x6d2b79f5, 0xc2b2ae35) | 1;
  for (let i = -8; i < count; i++) {
    a = scramble(a);
    b = scramble(b);
    if (i >= 0) values[i] = ((a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) - 0x1fffe) / 0x9000;
  }
  return values;
}

function scramble(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}

function hadamard(vector: Float32Array): Float32Array {
  for (let half = 1; half < vector.length; half *= 2) {
    for (let start = 0; start < vector.length; start += half * 2) {
      for (let i = start; i < start + half; i++) {
        const a = vector[i];
        const b = vector[i + half];
        vector[i] = a + b;
        vector[i + half] = a - b;
      }
    }
  }
  return vector;
}

function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return vector;
}
