// The small face detector in the browser: onnxruntime-web on one thread, runtime and weights from our own server.
// It only guides; whether a picture is good enough is decided in the vault.
import { detectFaces, type FaceBox } from '@sonrisa/face/detect.ts';
import type { RgbImage } from '@sonrisa/face/image.ts';
import type { ModelRunner } from '@sonrisa/face/runner.ts';
import runtimeUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

export type Detector = { find(image: RgbImage): Promise<FaceBox[]> };

const modelUrl = '/models/detector.onnx';

/** Loads runtime and weights (about 15 MB, cached by the browser). Throws when either cannot be had. */
export async function loadDetector(): Promise<Detector> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.wasm.wasmPaths = { wasm: runtimeUrl };
  ort.env.logLevel = 'error';
  const response = await fetch(modelUrl);
  if (!response.ok) throw new Error(`the detector's weights answered ${response.status}`);
  const session = await ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const inputName = session.inputNames[0] ?? 'input';
  const runner: ModelRunner = {
    async run(_model, input) {
      const outputs = await session.run({ [inputName]: new ort.Tensor('float32', input.data, [...input.dims]) });
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, { data: tensor.data as Float32Array, dims: tensor.dims }]),
      );
    },
  };
  return { find: (image) => detectFaces(runner, image) };
}

/** One load for the whole page, started early and tried again after a failure. */
export function createDetectorSource(load: () => Promise<Detector>): () => Promise<Detector> {
  let loading: Promise<Detector> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
