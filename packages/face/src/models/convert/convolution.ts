// Filter layouts: TensorFlow keeps [height, width, in, out], ONNX wants [out, in, height, width].
import type { Weight } from './weights.ts';

export interface OnnxFilter {
  readonly dims: readonly [out: number, inPerGroup: number, height: number, width: number];
  readonly values: Float32Array;
}

export function convolutionFilter({ shape, values }: Weight): OnnxFilter {
  const [height, width, inputs, outputs] = shape;
  return permute(values, [outputs, inputs, height, width], (out, input, y, x) => ((y * width + x) * inputs + input) * outputs + out);
}

/** Depthwise: [height, width, in, multiplier] becomes [in × multiplier, 1, height, width] with group = in. */
export function depthwiseFilter({ shape, values }: Weight): OnnxFilter {
  const [height, width, inputs, multiplier] = shape;
  return permute(values, [inputs * multiplier, 1, height, width], (out, _, y, x) => (y * width + x) * inputs * multiplier + out);
}

function permute(
  values: Float32Array,
  dims: readonly [number, number, number, number],
  from: (out: number, input: number, y: number, x: number) => number,
): OnnxFilter {
  const target = new Float32Array(values.length);
  let at = 0;
  for (let out = 0; out < dims[0]; out++) {
    for (let input = 0; input < dims[1]; input++) {
      for (let y = 0; y < dims[2]; y++) {
        for (let x = 0; x < dims[3]; x++) target[at++] = values[from(out, input, y, x)];
      }
    }
  }
  return { dims, values: target };
}
