// A small convolutional net on this thread, in WebAssembly: opened from an ONNX file of our own converters, for one size of input.
import { compileNet } from './compile.ts';
import { kernelRuns, openNetKernel } from './kernel.ts';
import { readOnnx } from './onnx-reader.ts';
import type { CompiledNet, NetOutput } from './compile.ts';
import type { Tensor } from '../runner.ts';

export { kernelRuns };

export interface Net {
  readonly dims: readonly number[];
  /** `data`: float32 in the layout of `dims`. Outputs by the names the file gives them; the input's copy is wiped. */
  run(data: Float32Array): Record<string, Tensor>;
}

/** Throws `UnknownOperation` when the file has something else than our converters write. `dims`: NHWC or NCHW. */
export function openNet(onnx: Uint8Array, dims: readonly number[]): Net {
  const { plan, steps, input, outputs } = compileNet(readOnnx(onnx), dims);
  const kernel = openNetKernel({ bytes: plan.bytes });
  const values = new Float32Array(kernel.memory.buffer);
  for (const constant of plan.constants) values.set(constant.values, constant.address / 4);
  return {
    dims,
    run(data) {
      writeInput(values, input, data);
      for (const step of steps) step(kernel);
      wipe(values, input);
      return Object.fromEntries(outputs.map((output) => [output.name, readOutput(values, output)]));
    },
  };
}

type Input = CompiledNet['input'];

function writeInput(values: Float32Array, input: Input, data: Float32Array): void {
  const { map, planesFirst, shift, scale, isFolded } = input;
  const [red, green, blue] = shift;
  const isAsItIs = !planesFirst && !isFolded && scale === 1 && red === 0 && green === 0 && blue === 0;
  const { images, origin, rowStride, imageStride } = map;
  const [height, width] = isFolded ? [2 * map.height, 2 * map.width] : [map.height, map.width];
  const plane = height * width;
  // From a pixel to the one right of it, and to that one's neighbour.
  const [even, odd] = isFolded ? [3, 9] : [3, 3];
  const [pixelStep, channelStep] = planesFirst ? [1, plane] : [3, 1];
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y++) {
      const row = isFolded ? (y >> 1) * rowStride + (y & 1) * 24 : y * rowStride;
      let to = (origin + image * imageStride + row) / 4;
      let at = image * plane * 3 + y * width * pixelStep;
      if (isAsItIs) {
        values.set(data.subarray(at, at + width * 3), to);
        continue;
      }
      for (let x = 0; x < width; x++, at += pixelStep) {
        values[to] = (data[at] - red) * scale;
        values[to + 1] = (data[at + channelStep] - green) * scale;
        values[to + 2] = (data[at + 2 * channelStep] - blue) * scale;
        to += x & 1 ? odd : even;
      }
    }
  }
}

function wipe(values: Float32Array, { map }: Input): void {
  const { images, height, origin, rowStride, imageStride, width, pixelStride } = map;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y++) {
      const at = (origin + image * imageStride + y * rowStride) / 4;
      values.fill(0, at, at + (width * pixelStride) / 4);
    }
  }
}

function readOutput(values: Float32Array, { map, channels, sigmoid, dims }: NetOutput): Tensor {
  const data = new Float32Array(map.images * map.height * map.width * channels);
  let to = 0;
  for (let image = 0; image < map.images; image++) {
    for (let y = 0; y < map.height; y++) {
      for (let x = 0; x < map.width; x++, to += channels) {
        const at = (map.origin + image * map.imageStride + y * map.rowStride + x * map.pixelStride) / 4;
        data.set(values.subarray(at, at + channels), to);
      }
    }
  }
  if (sigmoid) data.forEach((value, i) => (data[i] = 1 / (1 + Math.exp(-value))));
  return { data, dims };
}
