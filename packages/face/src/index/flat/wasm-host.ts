// The few parts of the WebAssembly API used here. Node's types leave them out and the browser's bring the whole DOM.

export interface SharedWasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** In pages of 64 KiB; returns the size before. Shared memory grows in place: no copy stays behind. */
  grow(pages: number): number;
}

interface WasmHost {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => SharedWasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: SharedWasmMemory } }) => { readonly exports: unknown };
}

export function wasmHost(): WasmHost {
  return (globalThis as unknown as { readonly WebAssembly: WasmHost }).WebAssembly;
}
