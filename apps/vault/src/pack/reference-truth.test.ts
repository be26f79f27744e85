// Where the reference embedding comes from: face-api's own recogniser, run here by TensorFlow.js on wasm.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { referencePicture } from '@sonrisa/face/models/embedded/reference.ts';
import { referenceEmbedding } from '@sonrisa/face/models/embedded/reference-values.ts';

interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
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

it('is what the library itself answers for the made-up picture', async () => {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  const tensorFlow = require('@tensorflow/tfjs') as TensorFlow;
  const original = globalThis.fetch;
  globalThis.fetch = async (input) =>
    new Response(readFileSync(String(input)), { headers: { 'content-type': 'application/wasm' } });
  try {
    wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    await tensorFlow.setBackend('wasm');
    await tensorFlow.ready();
    const model = dirname(require.resolve('@vladmandic/face-api/model/face_recognition_model-weights_manifest.json'));
    const { nets } = require(join(model, '../dist/face-api.node-wasm.js')) as FaceApi;
    await nets.faceRecognitionNet.loadFromDisk(model);
    const picture = tensorFlow.tensor3d(referencePicture(), [150, 150, 3], 'int32');
    const answer = await nets.faceRecognitionNet.computeFaceDescriptor(picture);
    expect(answer).toHaveLength(referenceEmbedding.length);
    referenceEmbedding.forEach((value, i) => expect(Math.abs(value - (answer[i] ?? Number.NaN))).toBeLessThan(1e-5));
  } finally {
    globalThis.fetch = original;
  }
});
