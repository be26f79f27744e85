// Reads a TensorFlow.js weights manifest: tensors lie one after the other in the .bin file, as float32,
// int32, or quantised to float16, uint8 or uint16 (value = q × scale + min).

export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly isInteger: boolean;
}

export function readWeights(entries: readonly WeightEntry[], bytes: Uint8Array): Map<string, Weight> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const entry of entries) {
    const count = entry.shape.reduce((product, dim) => product * dim, 1);
    const read = readerOf(entry, view);
    const values = new Float32Array(count);
    if (offset + count * read.bytesEach > bytes.length) throw new Error(`the weights end before ${entry.name}`);
    for (let i = 0; i < count; i++) values[i] = read.at(offset + i * read.bytesEach);
    offset += count * read.bytesEach;
    weights.set(entry.name, { shape: entry.shape, values, isInteger: entry.dtype === 'int32' });
  }
  if (offset !== bytes.length) throw new Error(`${bytes.length - offset} bytes of weights belong to no tensor`);
  return weights;
}

interface Reader {
  readonly bytesEach: number;
  readonly at: (offset: number) => number;
}

function readerOf(entry: WeightEntry, view: DataView): Reader {
  const { dtype, scale = 1, min = 0 } = entry.quantization ?? { dtype: entry.dtype };
  switch (dtype) {
    case 'float32':
      return { bytesEach: 4, at: (offset) => view.getFloat32(offset, true) };
    case 'int32':
      return { bytesEach: 4, at: (offset) => view.getInt32(offset, true) };
    case 'float16':
      return { bytesEach: 2, at: (offset) => halfToNumber(view.getUint16(offset, true)) };
    case 'uint8':
      return { bytesEach: 1, at: (offset) => view.getUint8(offset) * scale + min };
    case 'uint16':
      return { bytesEach: 2, at: (offset) => view.getUint16(offset, true) * scale + min };
    default:
      throw new Error(`${entry.name} is kept as ${dtype}, which this reader does not know`);
  }
}

// IEEE 754 binary16: sign, five bits of exponent (bias 15), ten of fraction.
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
