// Opens the picture kernel over a memory of its own. tools/build-kernel.ts writes the bytes from packages/face/kernel/pictures.as.
import { kernelBase64 } from './kernel.wasm.ts';

/** All arguments are byte addresses, byte strides or counts; see the source for each. */
export interface PictureKernel {
  sumRows(from: number, rowBytes: number, rows: number, to: number): void;
  averageCells(edges: number, cells: number, shares: number, bias: number, to: number): void;
  warp(
    from: number, rowStride: number, sourceWidth: number, sourceHeight: number,
    a: number, b: number, c: number, d: number, e: number, f: number,
    to: number, width: number, height: number, pixelStride: number, channelStride: number, scale: number, bias: number,
  ): void;
}

export interface KernelMemory {
  /** At least so many bytes; another buffer than before when it had to grow. */
  buffer(bytes: number): ArrayBuffer;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Host {
  readonly Memory: new (options: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: object } }) => { readonly exports: unknown };
}

const pageBytes = 65_536;
const pagesMax = 65_536;

export function openPictureKernel(): { readonly kernel: PictureKernel; readonly memory: KernelMemory } {
  const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly;
  const memory = new Memory({ initial: 1, maximum: pagesMax });
  const bytes = Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0));
  const { exports } = new Instance(new Module(bytes), { env: { memory } });
  const buffer = (wanted: number): ArrayBuffer => {
    const missing = wanted - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return memory.buffer;
  };
  return { kernel: exports as PictureKernel, memory: { buffer } };
}
