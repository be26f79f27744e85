// The port through which the pure code asks for a neural net: the vault answers with
// onnxruntime-node, a browser with onnxruntime-web, a test with a function.

export type ModelName = 'detector' | 'mesh' | 'recogniser';

export const modelNames: readonly ModelName[] = ['detector', 'mesh', 'recogniser'];

/** Row-major float32. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface ModelRunner {
  /** Feeds the model's only input; answers its outputs by the names the model file gives them. */
  run(model: ModelName, input: Tensor): Promise<Record<string, Tensor>>;
}
