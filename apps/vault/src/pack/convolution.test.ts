// The steps of our kernels against a convolution written as its definition, in float64: sizes that fill their patches and
// sizes that do not, single images and batches, channels and outputs that leave a rest.
import { beforeAll, describe, expect, it } from 'vitest';
import { foldedFilter } from '@sonrisa/face/nets/filters.ts';
import type { Filter } from '@sonrisa/face/nets/filters.ts';
import { openNetKernel } from '@sonrisa/face/nets/kernel.ts';
import { createMemoryPlan } from '@sonrisa/face/nets/memory-plan.ts';
import type { MapShape, MemoryPlan, PlacedMap } from '@sonrisa/face/nets/memory-plan.ts';
import { convolutionStep } from '@sonrisa/face/nets/steps.ts';
import { allowFusedMultiplyAdd } from './pack-runner.ts';

beforeAll(() => expect(allowFusedMultiplyAdd()).toBe(true));

interface Layer {
  readonly images?: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Taps a side; 3 by default. */
  readonly window?: number;
  readonly stride?: number;
  readonly before?: number;
  /** Channels of what is added. */
  readonly added?: number;
}

function noise(count: number, start: number): Float32Array {
  let seed = start;
  return Float32Array.from({ length: count }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return (2 * seed) / 4_294_967_296 - 1;
  });
}

/** [image][row][column][channel], without any border. */
interface Values extends MapShape {
  readonly values: Float32Array;
}

const filled = (shape: MapShape, seed: number): Values => ({ ...shape, values: noise(shape.images * shape.height * shape.width * shape.channels, seed) });

const at = (map: MapShape, image: number, y: number, x: number): number => ((image * map.height + y) * map.width + x) * map.channels;

interface Convolution {
  readonly from: Values;
  readonly filter: Filter;
  readonly stride: number;
  readonly before: number;
  readonly height: number;
  readonly width: number;
}

function sumAt({ from, filter, stride, before }: Convolution, [image, y, x, output]: readonly [number, number, number, number]): number {
  let sum = 0;
  for (let v = 0; v < filter.height; v++) {
    for (let u = 0; u < filter.width; u++) {
      const [row, column] = [y * stride + v - before, x * stride + u - before];
      if (row < 0 || column < 0 || row >= from.height || column >= from.width) continue;
      for (let input = 0; input < filter.inputs; input++) {
        const weight = filter.values[((output * filter.inputs + input) * filter.height + v) * filter.width + u] ?? Number.NaN;
        sum += weight * (from.values[at(from, image, row, column) + input] ?? Number.NaN);
      }
    }
  }
  return sum;
}

const copy = (memory: Float32Array, map: PlacedMap, values: Float32Array, direction: 'in' | 'out'): void => {
  for (let image = 0; image < map.images; image++) {
    for (let y = 0; y < map.height; y++) {
      const place = (map.origin + image * map.imageStride + y * map.rowStride) / 4;
      const own = at(map, image, y, 0);
      const length = map.width * map.channels;
      if (direction === 'in') memory.set(values.subarray(own, own + length), place);
      else values.set(memory.subarray(place, place + length), own);
    }
  }
};

type Spoil = (plan: MemoryPlan) => void;

/** Largest difference between the step and the definition, as a share of the largest value. */
function differenceOf(layer: Layer, spoil: Spoil = () => undefined): number {
  const { images = 1, height, width, inputs, outputs, window = 3, stride = 1, before = window === 3 ? 1 : 0, added = 0 } = layer;
  const side = (px: number): number => Math.floor((px + 2 * before - window) / stride) + 1;
  const size = { images, height: side(height), width: side(width) };
  const input = filled({ images, height, width, channels: inputs }, 3);
  const filter: Filter = { outputs, inputs, height: window, width: window, values: noise(outputs * inputs * window * window, 5) };
  const bias = noise(outputs, 7);
  const slope = noise(outputs, 9);
  const shortcut = filled({ ...size, channels: added }, 11);

  const plan = createMemoryPlan();
  const from = plan.map(input);
  const to = plan.map({ ...size, channels: Math.ceil(outputs / 8) * 8 });
  const residual = added ? plan.map(shortcut) : null;
  const step = convolutionStep(plan, { from, to, filter, stride, before, bias, slope, residual, height: size.height, width: size.width });
  spoil(plan);
  const kernel = openNetKernel({ bytes: plan.bytes });
  const memory = new Float32Array(kernel.memory.buffer);
  for (const { address, values } of plan.constants) memory.set(values, address / 4);
  copy(memory, from, input.values, 'in');
  if (residual) copy(memory, residual, shortcut.values, 'in');
  step(kernel);
  const found = new Float32Array(images * size.height * size.width * to.channels);
  copy(memory, to, found, 'out');

  let difference = 0;
  let largest = 0;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        for (let output = 0; output < outputs; output++) {
          const sum = sumAt({ from: input, filter, stride, before, ...size }, [image, y, x, output]) + (bias[output] ?? 0);
          const whole = sum + (output < added ? (shortcut.values[at(shortcut, image, y, x) + output] ?? Number.NaN) : 0);
          const wanted = Math.max(whole, 0) + (slope[output] ?? 0) * Math.min(whole, 0);
          difference = Math.max(difference, Math.abs(wanted - (found[at(to, image, y, x) + output] ?? Number.NaN)));
          largest = Math.max(largest, Math.abs(wanted));
        }
      }
    }
  }
  return difference / largest;
}

// Patches of 6×6 have the coarsest rounding: 2e-6 here.
const differenceMax = 1e-5;

const layers: readonly (readonly [string, Layer])[] = [
  ['6×6 patches, all full', { height: 12, width: 18, inputs: 8, outputs: 8 }],
  ['6×6 patches, 17×17 pixels, two images', { images: 2, height: 17, width: 17, inputs: 16, outputs: 24 }],
  ['6×6 patches with a shortcut', { images: 2, height: 17, width: 17, inputs: 12, outputs: 16, added: 16 }],
  ['6×6 patches with a narrower shortcut', { height: 6, width: 5, inputs: 8, outputs: 16, added: 8 }],
  ['6×6 patches, outputs that leave a rest', { height: 11, width: 23, inputs: 4, outputs: 13 }],
  ['4×4 patches, all full', { images: 2, height: 8, width: 8, inputs: 12, outputs: 16, added: 16 }],
  ['4×4 patches over the edge', { images: 3, height: 7, width: 7, inputs: 8, outputs: 9 }],
  ['2×2 patches', { images: 2, height: 4, width: 4, inputs: 20, outputs: 16, added: 8 }],
  ['2×2 patches over the edge', { images: 2, height: 3, width: 3, inputs: 8, outputs: 11 }],
  ['one pixel', { images: 2, height: 1, width: 1, inputs: 8, outputs: 16 }],
  ['3×3 patches of a 4×4 filter, all full', { images: 2, height: 12, width: 15, inputs: 12, outputs: 32, window: 4 }],
  ['3×3 patches of a 4×4 filter over the edge', { height: 10, width: 8, inputs: 4, outputs: 10, window: 4, added: 8 }],
  ['directly, inputs that leave a rest', { height: 9, width: 14, inputs: 3, outputs: 9 }],
  ['directly, every second pixel', { images: 2, height: 17, width: 17, inputs: 8, outputs: 16, stride: 2, before: 0 }],
  ['gathered: every second pixel, three a row', { images: 2, height: 8, width: 8, inputs: 8, outputs: 20, stride: 2, before: 0 }],
  ['gathered: two pixels and inputs that leave a rest', { images: 3, height: 5, width: 5, inputs: 3, outputs: 8, stride: 2, before: 0 }],
];

describe('a convolution by our kernels', () => {
  it.each(layers)('is what its definition says: %s', (_, layer) => {
    expect(differenceOf(layer)).toBeLessThan(differenceMax);
  });

  it.each(layers)('is told from one with a wrong filter: %s', (_, layer) => {
    // Control: the filter's constants are the last that a step asks for; each stretch of them counts.
    for (const share of [0.1, 0.5, 0.9]) {
      const spoil: Spoil = ({ constants }) => {
        const values = constants.at(-1)?.values ?? new Float32Array(0);
        const weights = [...values.keys()].filter((i) => values[i] !== 0);
        const index = weights[Math.floor(share * weights.length)] ?? 0;
        values[index] = (values[index] ?? 0) + 0.5;
      };
      expect(differenceOf(layer, spoil)).toBeGreaterThan(1e-3);
    }
  });
});

describe('foldedFilter', () => {
  it.each([
    { window: 7, before: 0, height: 20, width: 22 },
    { window: 5, before: 1, height: 8, width: 12 },
    { window: 6, before: 2, height: 10, width: 10 },
  ])('on folded pixels is the filter on every second pixel: %j', ({ window, before, height, width }) => {
    const from = filled({ images: 1, height, width, channels: 3 }, 13);
    const filter: Filter = { outputs: 2, inputs: 3, height: window, width: window, values: noise(2 * 3 * window * window, 15) };
    const shape = { images: 1, height: height / 2, width: width / 2, channels: 12 };
    const squares: Values = { ...shape, values: new Float32Array(from.values.length) };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = from.values.subarray(at(from, 0, y, x), at(from, 0, y, x) + 3);
        squares.values.set(pixel, at(squares, 0, y >> 1, x >> 1) + (2 * (y & 1) + (x & 1)) * 3);
      }
    }
    const folded = foldedFilter(filter, before);
    const size = { height: Math.floor((height + before - window) / 2) + 1, width: Math.floor((width + before - window) / 2) + 1 };
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        for (let output = 0; output < 2; output++) {
          const place = [0, y, x, output] as const;
          const wanted = sumAt({ from, filter, stride: 2, before, ...size }, place);
          expect(sumAt({ from: squares, filter: folded.filter, stride: 1, before: folded.before, ...size }, place)).toBeCloseTo(wanted, 6);
        }
      }
    }
  });
});
