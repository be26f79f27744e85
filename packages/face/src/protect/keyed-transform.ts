// A secret rotation of embeddings: orthonormal, so every cosine stays what it was, and drawn from a key, so that vectors under
// two keys have nothing to do with each other. Kac's walk: rounds of keyed pairings, each pair of values turned by a keyed angle.
//
// n log n steps of the walk bring any fixed vector to the uniform distribution on the sphere (N. Pillai, A. Smith, "Kac's walk
// on the n-sphere mixes in n log n steps", Annals of Applied Probability 27, 2017); here it walks four times as far. It
// costs n log n, where a dense matrix costs n². What it does not do: whoever knows some n pairs of a vector before and after
// can compute the key's rotation, so it links nothing while the key is secret, and hides nothing once the key is out.
import type { Embedding } from '../embed.ts';

export interface KeyedTransform {
  /** A new vector of the same length and norm. */
  apply(vector: Embedding): Float32Array;
  /** What `apply` was given, to float32 rounding. */
  undo(vector: Embedding): Float32Array;
}

const roundsPerBit = 4;
const wordRange = 2 ** 32;

/** `word`: uniform whole numbers of 32 bits out of the key, the same sequence for the same key. */
export function createKeyedTransform({ dimensions, word }: { dimensions: number; word: () => number }): KeyedTransform {
  const pairsARound = dimensions >> 1;
  const steps = roundsPerBit * Math.ceil(Math.log2(dimensions)) * pairsARound;
  const first = new Int32Array(steps);
  const second = new Int32Array(steps);
  const cos = new Float64Array(steps);
  const sin = new Float64Array(steps);
  for (let step = 0; step < steps; ) {
    const order = shuffled(dimensions, word);
    for (let pair = 0; pair < pairsARound; pair++, step++) {
      const angle = (2 * Math.PI * word()) / wordRange;
      [first[step], second[step], cos[step], sin[step]] = [order[2 * pair], order[2 * pair + 1], Math.cos(angle), Math.sin(angle)];
    }
  }

  function turn(vector: Embedding, direction: 1 | -1): Float32Array {
    if (vector.length !== dimensions) throw new RangeError(`the transform takes ${dimensions} values, not ${vector.length}`);
    const values = Float64Array.from(vector);
    for (let n = 0; n < steps; n++) {
      const step = direction === 1 ? n : steps - 1 - n;
      const [i, j] = [first[step], second[step]];
      const [a, b, c, s] = [values[i], values[j], cos[step], direction * sin[step]];
      values[i] = c * a - s * b;
      values[j] = s * a + c * b;
    }
    const turned = Float32Array.from(values);
    values.fill(0);
    return turned;
  }

  return { apply: (vector) => turn(vector, 1), undo: (vector) => turn(vector, -1) };
}

// Fisher and Yates; with so few places the unevenness of the remainder is below one in ten million.
function shuffled(length: number, word: () => number): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = word() % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
