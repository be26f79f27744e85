// The port through which the pure code asks for a neural net: the vault answers with
// onnxruntime-node, a browser with onnxruntime-web, a test with a function.
import type { Pictures } from './image.ts';

/** What every pack has. */
export const modelNames = ['detector', 'mesh', 'recogniser'] as const;

/** What a pack may have besides: see spoof.ts. */
export const spoofModelNames = ['spoof1', 'spoof2', 'spoof3', 'spoof4'] as const;

export type CoreModelName = (typeof modelNames)[number];

export type ModelName = CoreModelName | (typeof spoofModelNames)[number];

/** Row-major float32. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface ModelRunner {
  /** How this host prepares a net's input; the plain way by default. */
  readonly pictures?: Pictures;
  /** Feeds the model's only input; answers its outputs by the names the model file gives them. */
  run(model: ModelName, input: Tensor): Promise<Record<string, Tensor>>;
}
