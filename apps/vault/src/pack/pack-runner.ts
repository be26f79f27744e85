// Runs each model of a pack by what is faster on this machine: onnxruntime, or the kernels of packages/face/src/nets.
// Which one that is depends on the CPU (how wide its vectors are) and on Node's version, so it is measured, once a thread.
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { meshInputSide } from '@sonrisa/face/mesh.ts';
import { kernelRuns, openNet } from '@sonrisa/face/nets/net.ts';
import type { Net } from '@sonrisa/face/nets/net.ts';
import type { Pictures } from '@sonrisa/face/image.ts';
import { createPictures } from '@sonrisa/face/pictures/pictures.ts';
import type { ModelName, ModelRunner, Tensor } from '@sonrisa/face/runner.ts';
import type { ModelFiles } from './load-pack.ts';
import { createOrtRunner } from './ort-runner.ts';
import type { OrtRunner } from './ort-runner.ts';

export interface PackRunner extends OrtRunner {
  readonly pictures: Pictures;
  /** Models that our kernels run. */
  readonly ownNets: readonly ModelName[];
}

// What the embedded pack's pipeline feeds: other sizes go to onnxruntime.
const candidates = [
  { name: 'mesh', dims: [1, meshInputSide, meshInputSide, 3], valueMax: 1, rounds: 10 },
  { name: 'recogniser', dims: [2, 3, 150, 150], valueMax: 255, rounds: 6 },
] as const;

type Candidate = (typeof candidates)[number];

export async function createPackRunner(files: ModelFiles): Promise<PackRunner> {
  const native = await createOrtRunner(files);
  const nets = new Map<ModelName, Net>();
  if (allowFusedMultiplyAdd()) {
    for (const candidate of candidates) {
      const net = await betterNet(native, await readFile(files[candidate.name]), candidate);
      if (net) nets.set(candidate.name, net);
    }
  }
  return {
    ownNets: [...nets.keys()],
    pictures: createPictures(),
    async run(model, input) {
      const net = nets.get(model);
      return net && net.dims.join() === input.dims.join() ? net.run(input.data) : native.run(model, input);
    },
    async close() {
      nets.clear();
      await native.close();
    },
  };
}

/** Node 20 knows these instructions of WebAssembly but does not offer them unasked; later versions do. */
export function allowFusedMultiplyAdd(): boolean {
  if (!kernelRuns()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return kernelRuns();
}

// Float32 sums in another order; a net that misreads a graph is off by far more.
const differenceMax = 1e-3;

// A custom pack's own recogniser may be anything: whatever cannot be opened, or answers otherwise, stays with onnxruntime.
async function betterNet(native: ModelRunner, onnx: Uint8Array, { name, dims, valueMax, rounds }: Candidate): Promise<Net | null> {
  const data = grain(dims.reduce<number>((product, dim) => product * dim, 1), valueMax);
  try {
    const net = openNet(onnx, dims);
    const theirs = await native.run(name, { data, dims });
    if (!(largestDifference(net.run(data), theirs) < differenceMax)) return null;
    const [ours, ort] = [await fastest(rounds, () => net.run(data)), await fastest(rounds / 2, () => native.run(name, { data, dims }))];
    return ours < ort ? net : null;
  } catch {
    return null;
  }
}

function grain(count: number, valueMax: number): Float32Array {
  let seed = 7;
  return Float32Array.from({ length: count }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return (seed / 4_294_967_296) * valueMax;
  });
}

async function fastest(rounds: number, run: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Of any value, as a share of that output's largest; outputs are told apart by length, as the pipeline does. Infinity: other outputs. */
export function largestDifference(ours: Record<string, Tensor>, theirs: Record<string, Tensor>): number {
  let difference = 0;
  for (const { data } of Object.values(theirs)) {
    const same = Object.values(ours).filter((tensor) => tensor.data.length === data.length);
    difference = Math.max(difference, Math.min(Infinity, ...same.map((tensor) => differenceShare(tensor.data, data))));
    if (same.length === 0) return Infinity;
  }
  return difference;
}

function differenceShare(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let largest = 1e-3;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs((a[i] ?? Infinity) - (b[i] ?? 0)));
    largest = Math.max(largest, Math.abs(b[i] ?? 0));
  }
  return difference / largest;
}
