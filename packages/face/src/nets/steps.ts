// The steps a net consists of, as calls of the kernels with every address worked out beforehand.
import { depthwisePanels, middle, padded, panels, rowDepth, tileSide, upTo, winogradPanels } from './filters.ts';
import type { Filter, Patch } from './filters.ts';
import type { NetKernel } from './kernel.ts';
import type { MemoryPlan, PlacedMap } from './memory-plan.ts';

export type Step = (kernel: NetKernel) => void;

export interface ConvolutionStep {
  readonly from: PlacedMap;
  readonly to: PlacedMap;
  readonly filter: Filter;
  readonly stride: number;
  /** Rows and columns of zeros before the picture. */
  readonly before: number;
  readonly bias: Float32Array;
  /** By output; 0 is Relu, 1 is none. */
  readonly slope: Float32Array;
  /** Added before the activation; may have fewer channels. */
  readonly residual: PlacedMap | null;
  /** Size of what the convolution writes: may leave the last row and column of `to` as they are. */
  readonly height: number;
  readonly width: number;
}

export function convolutionStep(plan: MemoryPlan, options: ConvolutionStep): Step {
  const { filter, stride, before, from, height } = options;
  const isPlain3x3 = filter.height === 3 && filter.width === 3 && stride === 1 && before === 1;
  if (isPlain3x3 && from.height === height && filter.inputs % 4 === 0) {
    // Small maps fill too few patches of 4×4: there the filters' bytes are what counts.
    if (height > 4) return winogradStep(plan, { ...options, patch: productsOf(options, 6) < productsOf(options, 4) ? 6 : 4 });
    if (height > 2) return winogradStep(plan, { ...options, patch: 2 });
    if (height === 1 && from.width === 1) return directStep(plan, { ...options, filter: middle(filter), before: 0 });
  }
  // What foldedFilter makes of 7×7 filters. Patches of 4×4 would need a seventh point and its rounding.
  if (filter.height === 4 && filter.width === 4 && stride === 1 && before === 0) return winogradStep(plan, { ...options, patch: 3 });
  return directStep(plan, options);
}

// Multiplications by input and output: what is saved between pixels is lost again in patches that reach over the edge.
const productsOf = ({ height, width }: ConvolutionStep, patch: Patch): number =>
  tileSide(patch) ** 2 * Math.ceil(height / patch) * Math.ceil(width / patch);

function directStep(plan: MemoryPlan, options: ConvolutionStep): Step {
  const { from, to, filter, stride, before, residual, height, width } = options;
  const { bias, slope } = ends(plan, options);
  const weights = plan.constant(panels(filter));
  const columns = upTo(filter.outputs, 8);
  const depth = rowDepth(filter) * 4;
  if (height === 1 && width === 1 && !residual) {
    // Images take the place of pixels, so that the filters pass once.
    const a = from.origin - before * (from.rowStride + from.pixelStride);
    const input = [a, from.imageStride, filter.height, from.rowStride, depth, weights] as const;
    return (kernel) => kernel.convolveRow(...input, to.origin, to.imageStride, to.images, columns, bias, slope, 0, 0, 0);
  }
  if (width < 4 && !residual) return gatheredStep(plan, { ...options, weights, ends: { bias, slope } });
  return (kernel) => {
    for (let image = 0; image < to.images; image++) {
      for (let y = 0; y < height; y++) {
        const a = from.origin + image * from.imageStride + (y * stride - before) * from.rowStride - before * from.pixelStride;
        const c = to.origin + image * to.imageStride + y * to.rowStride;
        const r = residual ? residual.origin + image * residual.imageStride + y * residual.rowStride : 0;
        kernel.convolveRow(
          ...[a, stride * from.pixelStride, filter.height, from.rowStride, depth, weights] as const,
          ...[c, to.pixelStride, width, columns, bias, slope] as const,
          ...[r, residual?.pixelStride ?? 0, residual?.channels ?? 0] as const,
        );
      }
    }
  };
}

// Rows too short for four pixels at once: what each pixel sees is laid out in one long row, so that the filters pass once.
function gatheredStep(
  plan: MemoryPlan,
  options: ConvolutionStep & { readonly weights: number; readonly ends: { readonly bias: number; readonly slope: number } },
): Step {
  const { from, to, filter, stride, before, height, width, weights, ends } = options;
  const segmentBytes = rowDepth(filter) * 4;
  const seenBytes = segmentBytes * filter.height;
  const columns = upTo(filter.outputs, 8);
  const pixels = patchesOf({ images: to.images, height, width, patch: 1 });
  const seen = plan.scratch(pixels.length * seenBytes);
  const made = plan.scratch(pixels.length * columns * 4);
  return (kernel) => {
    const bytes = new Uint8Array(kernel.memory.buffer);
    for (const [index, { image, y, x }] of pixels.entries()) {
      const a = from.origin + image * from.imageStride + (y * stride - before) * from.rowStride + (x * stride - before) * from.pixelStride;
      for (let row = 0; row < filter.height; row++) {
        bytes.copyWithin(seen + index * seenBytes + row * segmentBytes, a + row * from.rowStride, a + row * from.rowStride + segmentBytes);
      }
    }
    kernel.convolveRow(seen, seenBytes, 1, 0, seenBytes, weights, made, columns * 4, pixels.length, columns, ends.bias, ends.slope, 0, 0, 0);
    for (const [index, { image, y, x }] of pixels.entries()) {
      const c = to.origin + image * to.imageStride + y * to.rowStride + x * to.pixelStride;
      bytes.copyWithin(c, made + index * columns * 4, made + (index + 1) * columns * 4);
    }
  };
}

/** A 3×3 depthwise convolution without bias or activation, then a 1×1 convolution: row by row, so that rows stay in the cache. */
export function separableStep(
  plan: MemoryPlan,
  options: ConvolutionStep & { readonly depthwise: Filter },
): Step {
  const { from, to, filter, depthwise, stride, before, residual, height, width } = options;
  const { bias, slope } = ends(plan, options);
  const weights = plan.constant(panels(filter));
  const spatial = plan.constant(depthwisePanels(depthwise));
  const row = plan.scratch(width * from.pixelStride);
  const columns = upTo(filter.outputs, 8);
  return (kernel) => {
    for (let image = 0; image < to.images; image++) {
      for (let y = 0; y < height; y++) {
        const a = from.origin + image * from.imageStride + (y * stride - before) * from.rowStride - before * from.pixelStride;
        const c = to.origin + image * to.imageStride + y * to.rowStride;
        const r = residual ? residual.origin + image * residual.imageStride + y * residual.rowStride : 0;
        kernel.depthwiseRow(a, from.rowStride, stride * from.pixelStride, from.channels, spatial, row, width);
        kernel.convolveRow(
          ...[row, from.pixelStride, 1, 0, from.pixelStride, weights] as const,
          ...[c, to.pixelStride, width, columns, bias, slope] as const,
          ...[r, residual?.pixelStride ?? 0, residual?.channels ?? 0] as const,
        );
      }
    }
  };
}

function ends(plan: MemoryPlan, { bias, slope }: ConvolutionStep): { bias: number; slope: number } {
  return { bias: plan.constant(padded(bias)), slope: plan.constant(padded(slope, 1)) };
}

// Transformed patches and their products together should stay in a second-level cache.
const patchBytesMax = 320 * 1024;
// An odd number of cache lines between patches, so that they do not all fall into the same sets.
const patchGap = 16;

function winogradStep(plan: MemoryPlan, options: ConvolutionStep & { readonly patch: Patch }): Step {
  const { from, to, filter, before, residual, height, width, patch } = options;
  const { bias, slope } = ends(plan, options);
  const places = tileSide(patch) ** 2;
  const outputs = upTo(filter.outputs, 8);
  const inputStride = (places * filter.inputs + patchGap) * 4;
  const productStride = (places * outputs + patchGap) * 4;
  const patches = patchesOf({ images: to.images, height, width, patch });
  const batch = evenBatch(patches.length, Math.max(batchStep, Math.floor(patchBytesMax / (inputStride + productStride))));
  const weights = plan.constant(winogradPanels(filter, patch));
  const transformed = plan.scratch(batch * inputStride);
  const products = plan.scratch(batch * productStride);
  return (kernel) => {
    const into = { 2: kernel.into2x2, 3: kernel.into4x4, 4: kernel.into4x4, 6: kernel.into6x6 }[patch];
    const outOf = { 2: kernel.outOf2x2, 3: kernel.outOf3x3, 4: kernel.outOf4x4, 6: kernel.outOf6x6 }[patch];
    for (let first = 0; first < patches.length; first += batch) {
      const count = Math.min(batch, patches.length - first);
      for (let i = 0; i < count; i++) {
        const { image, y, x } = patches[first + i];
        const a = from.origin + image * from.imageStride + (y - before) * from.rowStride + (x - before) * from.pixelStride;
        into(a, from.rowStride, filter.inputs, transformed + i * inputStride);
      }
      kernel.multiplyPlaces(places, transformed, inputStride, filter.inputs, weights, products, productStride, count, outputs);
      for (let i = 0; i < count; i++) {
        const { image, y, x, rows, columns } = patches[first + i];
        const c = to.origin + image * to.imageStride + y * to.rowStride + x * to.pixelStride;
        const r = residual ? residual.origin + image * residual.imageStride + y * residual.rowStride + x * residual.pixelStride : 0;
        outOf(
          ...[products + i * productStride, outputs, c, to.rowStride, to.pixelStride, rows, columns] as const,
          ...[bias, slope, r, residual?.rowStride ?? 0, residual?.pixelStride ?? 0, residual?.channels ?? 0] as const,
        );
      }
    }
  };
}

interface PatchPlace {
  readonly image: number;
  readonly y: number;
  readonly x: number;
  /** How many of its rows and columns lie in the map. */
  readonly rows: number;
  readonly columns: number;
}

function patchesOf({ images, height, width, patch }: { images: number; height: number; width: number; patch: number }): PatchPlace[] {
  const patches: PatchPlace[] = [];
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y += patch) {
      for (let x = 0; x < width; x += patch) {
        patches.push({ image, y, x, rows: Math.min(patch, height - y), columns: Math.min(patch, width - x) });
      }
    }
  }
  return patches;
}

// What the kernels multiply at once.
const batchStep = 6;

// As few batches as the limit allows, all about as big: a small rest would waste the filters' way through the cache.
function evenBatch(count: number, max: number): number {
  return upTo(Math.ceil(count / Math.ceil(count / max)), batchStep);
}

export interface PoolStep {
  readonly from: PlacedMap;
  readonly to: PlacedMap;
  readonly window: number;
  readonly stride: number;
  readonly kind: 'max' | 'mean';
}

export function poolStep({ from, to, window, stride, kind }: PoolStep): Step {
  return (kernel) => {
    for (let image = 0; image < to.images; image++) {
      for (let y = 0; y < to.height; y++) {
        const a = from.origin + image * from.imageStride + y * stride * from.rowStride;
        const c = to.origin + image * to.imageStride + y * to.rowStride;
        kernel.poolRow(a, from.rowStride, stride * from.pixelStride, from.channels, window, kind === 'mean' ? 1 : 0, c, to.pixelStride, to.width);
      }
    }
  };
}

/** Copies a map into one with more channels; the further channels become zero. */
export function widenStep({ from, to }: { readonly from: PlacedMap; readonly to: PlacedMap }): Step {
  return ({ memory }) => {
    const values = new Float32Array(memory.buffer);
    for (let image = 0; image < to.images; image++) {
      for (let y = 0; y < to.height; y++) {
        for (let x = 0; x < to.width; x++) {
          const a = (from.origin + image * from.imageStride + y * from.rowStride + x * from.pixelStride) / 4;
          const c = (to.origin + image * to.imageStride + y * to.rowStride + x * to.pixelStride) / 4;
          values.copyWithin(c, a, a + from.channels);
          values.fill(0, c + from.channels, c + to.channels);
        }
      }
    }
  };
}
