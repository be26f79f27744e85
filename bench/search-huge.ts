// Ten million people in minutes instead of an hour: every row is the sum of three of a few thousand random directions, so
// that it has a cosine of about a third to thousands of others, and making it costs a tenth of putting it.
import { createSyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import type { SyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';

// Their product is the number of people with rows of their own: 16.7 million.
const firsts = 4096;
const seconds = 4096;
const thirds = 4093;

export function createMixedSet({ dimensions }: { readonly dimensions: number }): SyntheticSet {
  const source = createSyntheticSet({ kind: 'random', dimensions });
  const table = new Float32Array((firsts + seconds + thirds) * dimensions);
  for (let id = 0; id < firsts + seconds + thirds; id++) table.set(source.row(id), id * dimensions);
  // Three nearly orthogonal unit vectors.
  const scale = 1 / Math.sqrt(3);

  function row(id: number): Float32Array {
    const a = (id % firsts) * dimensions;
    const b = (firsts + (Math.floor(id / firsts) % seconds)) * dimensions;
    const c = (firsts + seconds + ((id * 7919) % thirds)) * dimensions;
    const sum = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) sum[i] = scale * ((table[a + i] as number) + (table[b + i] as number) + (table[c + i] as number));
    return toUnit(sum);
  }

  function probe({ index, mate }: { index: number; mate: number }): Float32Array {
    const target = row(mate);
    // At 0.5, 0.55 .. 0.7: about where the other sets have theirs.
    const cosine = 0.5 + 0.05 * (index % 5);
    const noise = source.row(firsts + seconds + thirds + index);
    const across = Math.sqrt(1 - cosine * cosine);
    return toUnit(target.map((value, i) => cosine * value + across * (noise[i] as number)));
  }

  return { row, probe };
}

function toUnit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * scale;
  return vector;
}
