// Opens the search kernel over a shard's memory. The bytes are embedded, so that opening it takes no IO;
// tools/build-kernel.ts writes them from packages/face/kernel/search.as.
import { kernelBase64 } from './kernel.wasm.ts';
import { wasmHost } from './wasm-host.ts';
import type { SharedWasmMemory } from './wasm-host.ts';

/** All arguments are byte addresses in the shard's memory or counts; see the source for each. */
export interface SearchKernel {
  rotate(codeLength: number, vector: number, signs: number, rounds: number): void;
  writeRow(codeLength: number, vector: number, centre: number, chunk: number, slotInChunk: number): void;
  writeProbe(codeLength: number, vector: number, centre: number, probe: number): void;
  reset(codeLength: number, probe: number, keep: number, refined: number, capacity: number, hitLimit: number): void;
  scan128(probe: number, chunk: number, firstSlot: number, owners: number): void;
  scan256(probe: number, chunk: number, firstSlot: number, owners: number): void;
  scan512(probe: number, chunk: number, firstSlot: number, owners: number): void;
  compact(probe: number): number;
  rescore(codeLength: number, probe: number, firstChunk: number): void;
  scoreAll(codeLength: number, probe: number, chunk: number, rows: number, firstSlot: number): void;
  /** Reads `bytes` from `start` and does nothing with them, for benches. */
  readThrough(start: number, bytes: number): bigint;
}

export function openKernel(memory: SharedWasmMemory): SearchKernel {
  const { Module, Instance } = wasmHost();
  return new Instance(new Module(kernelBytes()), { env: { memory } }).exports as SearchKernel;
}

export function kernelBytes(): Uint8Array {
  return Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0));
}
