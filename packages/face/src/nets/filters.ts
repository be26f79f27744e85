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

// G of F(4×4, 3×3) and of F(2×2, 3×3): Lavin and Gray, 2015, sections 4.1 and 4.3.
const into6 = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];
const into4 = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];

/** G g Gᵀ of a 3×3 filter for patches of 4×4 or 2×2 outputs: [place][outputs / 8][inputs][8]. */
export function winogradPanels({ outputs, inputs, values }: Filter, patch: 4 | 2): Float32Array {
  const rows = Float64Array.from((patch === 4 ? into6 : into4).flat());
  const side = rows.length / 3;
  const stride = upTo(outputs, 8) * inputs;
  const packed = new Float32Array(side * side * stride);
  const half = new Float64Array(side * 3);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = (output * inputs + input) * 9;
      for (let i = 0; i < rows.length; i++) {
        const row = i - (i % 3);
        const x = at + (i % 3);
        half[i] = rows[row] * values[x] + rows[row + 1] * values[x + 3] + rows[row + 2] * values[x + 6];
      }
      let to = ((output >> 3) * inputs + input) * 8 + (output & 7);
      for (let i = 0; i < half.length; i += 3) {
        for (let j = 0; j < rows.length; j += 3, to += stride) {
          packed[to] = rows[j] * half[i] + rows[j + 1] * half[i + 1] + rows[j + 2] * half[i + 2];
        }
      }
    }
  }
  return packed;
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
