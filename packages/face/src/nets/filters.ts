// Brings filters into the layout of the kernels: panels of eight outputs, [output / 8][depth][8], zeros where there is none.

export interface Filter {
  readonly outputs: number;
  readonly inputs: number;
  readonly height: number;
  readonly width: number;
  /** [outputs][inputs][height][width], as ONNX keeps it. */
  readonly values: Float32Array;
}

export const upTo = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Depth of one row of a filter, in values: pixels and their channels lie one after the other. */
export const rowDepth = ({ width, inputs }: Filter): number => upTo(width * inputs, 4);

/** [outputs / 8][height][rowDepth][8] */
export function panels(filter: Filter): Float32Array {
  const { outputs, inputs, height, width, values } = filter;
  const depth = rowDepth(filter);
  const packed = new Float32Array(upTo(outputs, 8) * height * depth);
  for (let output = 0; output < outputs; output++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let input = 0; input < inputs; input++) {
          const place = (((output >> 3) * height + y) * depth + x * inputs + input) * 8 + (output & 7);
          packed[place] = values[((output * inputs + input) * height + y) * width + x];
        }
      }
    }
  }
  return packed;
}

// G of F(6×6, 3×3), F(4×4, 3×3), F(3×3, 4×4) and F(2×2, 3×3), by outputs a side: Lavin and Gray, 2015, section 4. The first
// has the points 0, ±1, ±2, ±1/2, ∞; the third has the second's points (0, ±1, ±2, ∞) and factors, and one power more.
const transforms = {
  6: [
    [1, 0, 0],
    [-2 / 9, -2 / 9, -2 / 9],
    [-2 / 9, 2 / 9, -2 / 9],
    [1 / 90, 1 / 45, 2 / 45],
    [1 / 90, -1 / 45, 2 / 45],
    [32 / 45, 16 / 45, 8 / 45],
    [32 / 45, -16 / 45, 8 / 45],
    [0, 0, 1],
  ],
  4: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  3: [
    [1 / 4, 0, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6, 1 / 6],
    [1 / 24, 1 / 12, 1 / 6, 1 / 3],
    [1 / 24, -1 / 12, 1 / 6, -1 / 3],
    [0, 0, 0, 1],
  ],
  2: [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ],
} as const;

export type Patch = keyof typeof transforms;

/** Inputs a side that one patch of outputs needs. */
export const tileSide = (patch: Patch): number => transforms[patch].length;

/** G g Gᵀ of a filter, 3×3 or (for patches of 3×3) 4×4: [place][outputs / 8][inputs][8]. */
export function winogradPanels({ outputs, inputs, width: taps, values }: Filter, patch: Patch): Float32Array {
  const rows = Float64Array.from(transforms[patch].flat());
  const side = tileSide(patch);
  const stride = upTo(outputs, 8) * inputs;
  const packed = new Float32Array(side * side * stride);
  const half = new Float64Array(side * taps);
  const dot = (row: number, first: number, step: number, of: ArrayLike<number>): number => {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += rows[row + tap] * of[first + tap * step];
    return sum;
  };
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = (output * inputs + input) * taps * taps;
      for (let i = 0; i < rows.length; i++) half[i] = dot(i - (i % taps), at + (i % taps), taps, values);
      let to = ((output >> 3) * inputs + input) * 8 + (output & 7);
      for (let i = 0; i < half.length; i += taps) {
        for (let j = 0; j < rows.length; j += taps, to += stride) packed[to] = dot(j, i, 1, half);
      }
    }
  }
  return packed;
}

/**
 * A filter for every second pixel, as one for every pixel of the same map with each square of 2×2 pixels laid into one
 * of four times the channels (row, column, channel). `before`: zeros before the map; answers that of the new filter too.
 */
export function foldedFilter(filter: Filter, before: number): { readonly filter: Filter; readonly before: number } {
  const { outputs, inputs, height, width, values } = filter;
  const folded = Math.ceil(before / 2);
  // Where the old filter's first tap lies within the first square.
  const first = 2 * folded - before;
  const [rows, columns] = [Math.ceil((first + height) / 2), Math.ceil((first + width) / 2)];
  const packed = new Float32Array(outputs * 4 * inputs * rows * columns);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [v, u] = [y + first, x + first];
          const channel = (((v & 1) << 1) | (u & 1)) * inputs + input;
          packed[((output * 4 * inputs + channel) * rows + (v >> 1)) * columns + (u >> 1)] = values[((output * inputs + input) * height + y) * width + x];
        }
      }
    }
  }
  return { before: folded, filter: { outputs, inputs: 4 * inputs, height: rows, width: columns, values: packed } };
}

/** The middle of a filter: all that a single pixel among zeros meets. */
export function middle({ outputs, inputs, height, width, values }: Filter): Filter {
  const place = (height >> 1) * width + (width >> 1);
  const kept = new Float32Array(outputs * inputs);
  for (let i = 0; i < kept.length; i++) kept[i] = values[i * height * width + place];
  return { outputs, inputs, height: 1, width: 1, values: kept };
}

/** [channels][1][3][3] becomes [9][channels]. */
export function depthwisePanels({ outputs, values }: Filter): Float32Array {
  const packed = new Float32Array(values.length);
  for (let channel = 0; channel < outputs; channel++) {
    for (let place = 0; place < 9; place++) packed[place * outputs + channel] = values[channel * 9 + place];
  }
  return packed;
}

/** As long as the padded outputs; `rest` where there is no value. */
export function padded(values: Float32Array, rest = 0): Float32Array {
  const out = new Float32Array(upTo(values.length, 8)).fill(rest);
  out.set(values);
  return out;
}
