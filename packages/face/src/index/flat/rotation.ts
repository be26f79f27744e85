// The random signs of the rotation that is applied before sign bits are taken: random signs and a Hadamard transform,
// three times, spread any embedding evenly over its values, at a fraction of the cost of a dense matrix.

/** Float32Array(rounds × codeLength) of 1 and -1, the same for the same seed. */
export function rotationSigns(options: { readonly codeLength: number; readonly rounds: number; readonly seed: number }): Float32Array {
  const next = xorshift32(options.seed);
  return Float32Array.from({ length: options.rounds * options.codeLength }, () => (next() & 0x10000 ? 1 : -1));
}

/** Marsaglia, "Xorshift RNGs" (2003), 32 bits, triple 13, 17, 5. */
function xorshift32(seed: number): () => number {
  // Zero would stay zero; neighbouring seeds should not start alike.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
