// The `human` library (TensorFlow.js on wasm), for comparison.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '@sonrisa/face/image.ts';

export interface Comparison {
  readonly version: string;
  /** Finds and describes all faces; how many it found. */
  detect(image: RgbImage): Promise<number>;
}

interface HumanLibrary {
  readonly version: string;
  readonly tf: { tensor3d(data: Uint8Array, shape: number[], type: string): unknown; dispose(tensor: unknown): void };
  init(): Promise<void>;
  load(): Promise<void>;
  detect(tensor: unknown): Promise<{ face: { embedding?: number[] }[] }>;
}

/**
 * `description`: detector, mesh and description. `face`: every face model it switches on by default (iris and emotion
 * too). `shipped`: its whole default configuration, which looks for bodies and hands as well.
 */
export type HumanModels = 'description' | 'face' | 'shipped';

export async function openHuman(models: HumanModels): Promise<Comparison> {
  const require = createRequire(import.meta.url);
  // Its default entry wants tfjs-node, and its exports hide the wasm build: go by path.
  const home = join(dirname(require.resolve('@vladmandic/human')), '..');
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const { Human } = require(join(home, 'dist/human.node-wasm.js')) as { Human: new (config: unknown) => HumanLibrary };
  const human = new Human({
    backend: 'wasm',
    wasmPath: `${wasm}/`,
    modelBasePath: `file://${home}/models/`,
    debug: false,
    // Every frame anew: no result carried over from the one before.
    cacheSensitivity: 0,
    ...(models === 'shipped' ? {} : faceOnly(models)),
  });
  const restore = fetchFromDisk();
  try {
    await human.init();
    await human.load();
  } finally {
    restore();
  }
  return {
    version: human.version,
    async detect({ data, width, height }) {
      const tensor = human.tf.tensor3d(new Uint8Array(data), [height, width, 3], 'int32');
      const { face } = await human.detect(tensor);
      human.tf.dispose(tensor);
      return face.filter(({ embedding }) => embedding?.length).length;
    },
  };
}

function faceOnly(models: 'description' | 'face') {
  const off = { enabled: false };
  return {
    filter: off,
    body: off,
    hand: off,
    object: off,
    gesture: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { rotation: true, maxDetected: 5, return: false },
      mesh: { enabled: true },
      description: { enabled: true },
      iris: { enabled: models === 'face' },
      emotion: { enabled: models === 'face' },
      antispoof: off,
      liveness: off,
    },
  };
}

// The library fetches its models, and Node's fetch knows no files.
function fetchFromDisk(): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith('file:')) return original(input, init);
    const type = url.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(readFileSync(fileURLToPath(url)), { headers: { 'content-type': type } });
  };
  return () => {
    globalThis.fetch = original;
  };
}
