// The converted nets against the library they come from: TensorFlow.js runs the original files here, on wasm.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertGraphModel } from '@sonrisa/face/models/convert/tfjs.ts';
import type { GraphModel } from '@sonrisa/face/models/convert/tfjs.ts';
import { referencePicture } from '@sonrisa/face/models/embedded/reference.ts';
import { referenceEmbedding } from '@sonrisa/face/models/embedded/reference-values.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readInstalledSource } from './load-pack.ts';

interface TfTensor {
  readonly shape: number[];
  dataSync(): Float32Array;
}

interface TensorFlow {
  readonly io: { fromMemory(artifacts: unknown): unknown };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  loadGraphModel(handler: unknown): Promise<{ predict(input: unknown): TfTensor | TfTensor[] }>;
  tensor(data: Float32Array, shape: number[]): unknown;
  tensor3d(data: Uint8Array, shape: number[], type: string): unknown;
}

interface FaceApi {
  readonly nets: {
    readonly faceRecognitionNet: {
      loadFromDisk(folder: string): Promise<void>;
      computeFaceDescriptor(tensor: unknown): Promise<Float32Array>;
    };
  };
}

const require = createRequire(import.meta.url);
const originalFetch = globalThis.fetch;
let tensorFlow: TensorFlow;

beforeAll(async () => {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  tensorFlow = require('@tensorflow/tfjs') as TensorFlow;
  // The backend fetches its wasm file by path.
  globalThis.fetch = async (input) =>
    new Response(readFileSync(String(input)), { headers: { 'content-type': 'application/wasm' } });
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tensorFlow.setBackend('wasm');
  await tensorFlow.ready();
});

afterAll(() => {
  globalThis.fetch = originalFetch;
});

// The packs use the first two; the others, with float16 and uint8 weights, cover the remaining operations.
describe.each([
  ['blazeface', [1, 256, 256, 3]],
  ['facemesh', [1, 192, 192, 3]],
  ['liveness', [1, 32, 32, 3]],
  ['antispoof', [1, 128, 128, 3]],
  ['iris', [1, 64, 64, 3]],
  ['emotion', [1, 64, 64, 1]],
])('%s', (name, shape) => {
  it('answers the same after conversion', async () => {
    const model = JSON.parse(Buffer.from(readInstalledSource(`@vladmandic/human/models/${name}.json`)).toString()) as GraphModel;
    const weights = readInstalledSource(`@vladmandic/human/models/${name}.bin`);
    const input = pseudoRandom(shape.reduce((a, b) => a * b));

    const session = await InferenceSession.create(convertGraphModel(model, weights));
    const outputs = await session.run({ input: new Tensor('float32', input, shape) });
    const ours = Object.values(outputs).map(({ data }) => data as Float32Array);

    const original = await tensorFlow.loadGraphModel(
      tensorFlow.io.fromMemory({
        modelTopology: model.modelTopology,
        weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
        weightData: Uint8Array.from(weights).buffer,
      }),
    );
    const predicted = original.predict(tensorFlow.tensor(input, shape));
    const theirs = (Array.isArray(predicted) ? predicted : [predicted]).map((tensor) => tensor.dataSync());

    expect(ours.map(({ length }) => length).sort()).toEqual(theirs.map(({ length }) => length).sort());
    for (const expected of theirs) expect(Math.min(...ours.map((each) => differenceShare(each, expected)))).toBeLessThan(1e-3);
  });
});

it("the reference embedding is what face-api's own recogniser answers for the made-up picture", async () => {
  const model = dirname(require.resolve('@vladmandic/face-api/model/face_recognition_model-weights_manifest.json'));
  const { nets } = require(join(model, '../dist/face-api.node-wasm.js')) as FaceApi;
  await nets.faceRecognitionNet.loadFromDisk(model);
  const picture = tensorFlow.tensor3d(referencePicture(), [150, 150, 3], 'int32');
  const answer = await nets.faceRecognitionNet.computeFaceDescriptor(picture);
  expect(answer).toHaveLength(referenceEmbedding.length);
  referenceEmbedding.forEach((value, i) => expect(Math.abs(value - (answer[i] ?? Number.NaN))).toBeLessThan(1e-5));
});

function pseudoRandom(count: number): Float32Array {
  let seed = 7;
  return Float32Array.from({ length: count }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return seed / 4_294_967_296;
  });
}

// The largest difference as a share of the largest value; another output's shape counts as all wrong.
function differenceShare(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 1;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
    largest = Math.max(largest, Math.abs(b[i] ?? 0));
  }
  return difference / Math.max(largest, 1e-6);
}
