// Opens the net kernels over a memory of their own. tools/build-kernel.ts writes the bytes from packages/face/kernel/nets.as.
import { kernelBase64 } from './kernel.wasm.ts';

/** All arguments are byte addresses, byte strides or counts; see the source for each. */
export interface NetKernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  convolveRow(
    a: number, aStride: number, segments: number, segmentStride: number, depth: number, b: number,
    c: number, cStride: number, pixels: number, columns: number, bias: number, slope: number,
    residual: number, residualStride: number, residualColumns: number,
  ): void;
  multiplyPlaces(
    places: number, a: number, aStride: number, inputs: number, b: number, c: number, cStride: number, patches: number, outputs: number,
  ): void;
  into6x6: IntoPatch;
  into4x4: IntoPatch;
  into2x2: IntoPatch;
  outOf6x6: OutOfPatch;
  outOf4x4: OutOfPatch;
  outOf3x3: OutOfPatch;
  outOf2x2: OutOfPatch;
  depthwiseRow(from: number, rowStride: number, step: number, channels: number, weights: number, to: number, pixels: number): void;
  poolRow(
    from: number, rowStride: number, step: number, channels: number, window: number, isMean: number, to: number, toStride: number, pixels: number,
  ): void;
}

type IntoPatch = (from: number, rowStride: number, channels: number, to: number) => void;

type OutOfPatch = (
  from: number, outputs: number, to: number, rowStride: number, pixelStride: number, rows: number, columns: number,
  bias: number, slope: number, residual: number, residualRowStride: number, residualPixelStride: number, residualColumns: number,
) => void;

interface Host {
  readonly Memory: new (options: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: object } }) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

const host = (): Host => (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly;

const pageBytes = 65_536;

export const kernelBytes = (): Uint8Array => Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0));

/** Whether this host knows the instructions (relaxed SIMD: fused multiply-add). */
export const kernelRuns = (): boolean => host().validate(kernelBytes());

export function openNetKernel(options: { readonly bytes: number }): NetKernel {
  const { Memory, Module, Instance } = host();
  const pages = Math.ceil(options.bytes / pageBytes);
  const memory = new Memory({ initial: pages, maximum: pages });
  const { exports } = new Instance(new Module(kernelBytes()), { env: { memory } });
  return { ...(exports as Omit<NetKernel, 'memory'>), memory };
}
