// Answers the face package's model port with onnxruntime's native library.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CoreModelName, ModelName, ModelRunner } from '@sonrisa/face/runner.ts';

export interface OrtRunner extends ModelRunner {
  close(): Promise<void>;
}

/** A file path or the bytes of an ONNX file for each name. */
type ModelSources = Readonly<Record<CoreModelName, string | Uint8Array> & Partial<Record<ModelName, string | Uint8Array>>>;

export async function createOrtRunner(models: ModelSources): Promise<OrtRunner> {
  const sessions = new Map<ModelName, InferenceSession>();
  for (const [name, model] of Object.entries(models)) sessions.set(name as ModelName, await openSession(model));
  return {
    async run(model, input) {
      const session = sessions.get(model);
      const inputName = session?.inputNames[0];
      if (!session || inputName === undefined) throw new Error(`the ${model} model is closed or has no input`);
      const outputs = await session.run({ [inputName]: new Tensor('float32', input.data, input.dims) });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, floatTensor(name, tensor)]));
    },
    async close() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

// One thread a session: the worker pool is what uses the cores.
function openSession(model: string | Uint8Array): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}

function floatTensor(name: string, tensor: Tensor): { data: Float32Array; dims: readonly number[] } {
  if (!(tensor.data instanceof Float32Array)) throw new Error(`the output ${name} is ${tensor.type}, not float32`);
  return { data: tensor.data, dims: tensor.dims };
}
