// Builds dlib's face recognition ResNet (dlib_face_recognition_resnet_model_v1) as ONNX from the weights that
// face-api ships. Input [N, 3, 150, 150] RGB 0..255, output [N, 128], not normalised.
// Every layer is convolution, bias and a per-channel scale; scale and bias are folded into the filter.
import { convolutionFilter } from './convolution.ts';
import { createOnnxGraph } from './onnx-writer.ts';
import type { OnnxGraph } from './onnx-writer.ts';
import { readWeights } from './weights.ts';
import type { Weight, WeightEntry } from './weights.ts';

export type WeightsManifest = readonly { readonly weights: readonly WeightEntry[] }[];

interface Network {
  readonly graph: OnnxGraph;
  readonly weight: (name: string) => Weight;
}

export function convertDlibResNet(manifest: WeightsManifest, bytes: Uint8Array): Uint8Array {
  const weights = readWeights(manifest.flatMap((group) => group.weights), bytes);
  const graph = createOnnxGraph('dlib');
  const network: Network = {
    graph,
    weight: (name) => {
      const found = weights.get(name);
      if (!found) throw new Error(`the recogniser's weights lack ${name}`);
      return found;
    },
  };
  let value = layer(network, normalisedInput(graph), 'conv32_down', { stride: 2, padded: false, relu: true });
  value = graph.node('MaxPool', [value], { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] } });
  for (const block of blocks) value = block.down ? downBlock(network, value, block) : sameBlock(network, value, block.name);
  value = graph.node('Flatten', [graph.node('GlobalAveragePool', [value])], { axis: { int: 1 } });
  const { shape, values } = network.weight('fc');
  graph.node('MatMul', [value, graph.floats(shape, values)], {}, 'embedding');
  return graph.finish({
    inputs: [{ name: 'input', dims: ['batch', 3, 150, 150] }],
    outputs: [{ name: 'embedding', dims: ['batch', 128] }],
  });
}

interface Block {
  readonly name: string;
  readonly down?: true;
  /** Channels of zeros that bring the pooled shortcut to the width of the convolved branch. */
  readonly zeroChannels?: number;
  /** 8 → 3 or 4 → 1 by convolution, but 4 or 2 by pooling: one row and column of zeros make up for it. */
  readonly zeroEdge?: true;
}

// 150 → 72 → 35 before the first block; 17, 8, 4, 2 after the four down blocks.
const blocks: readonly Block[] = [
  { name: 'conv32_1' },
  { name: 'conv32_2' },
  { name: 'conv32_3' },
  { name: 'conv64_down', down: true, zeroChannels: 32 },
  { name: 'conv64_1' },
  { name: 'conv64_2' },
  { name: 'conv64_3' },
  { name: 'conv128_down', down: true, zeroChannels: 64 },
  { name: 'conv128_1' },
  { name: 'conv128_2' },
  { name: 'conv256_down', down: true, zeroChannels: 128, zeroEdge: true },
  { name: 'conv256_1' },
  { name: 'conv256_2' },
  { name: 'conv256_down_out', down: true, zeroEdge: true },
];

const meanRgb = Float32Array.of(122.782, 117.001, 104.298);

function normalisedInput(graph: OnnxGraph): string {
  const centred = graph.node('Sub', ['input', graph.floats([1, 3, 1, 1], meanRgb)]);
  return graph.node('Mul', [centred, graph.floats([1], Float32Array.of(1 / 255))]);
}

function sameBlock(network: Network, input: string, name: string): string {
  const first = layer(network, input, `${name}/conv1`, { stride: 1, padded: true, relu: true });
  const second = layer(network, first, `${name}/conv2`, { stride: 1, padded: true, relu: false });
  return network.graph.node('Relu', [network.graph.node('Add', [second, input])]);
}

function downBlock(network: Network, input: string, { name, zeroChannels, zeroEdge }: Block): string {
  const { graph } = network;
  const first = layer(network, input, `${name}/conv1`, { stride: 2, padded: false, relu: true });
  let branch = layer(network, first, `${name}/conv2`, { stride: 1, padded: true, relu: false });
  let shortcut = graph.node('AveragePool', [input], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
  if (zeroEdge) branch = zeroPadded(graph, branch, [0, 0, 0, 0, 0, 0, 1, 1]);
  if (zeroChannels) shortcut = zeroPadded(graph, shortcut, [0, 0, 0, 0, 0, zeroChannels, 0, 0]);
  return graph.node('Relu', [graph.node('Add', [shortcut, branch])]);
}

function zeroPadded(graph: OnnxGraph, value: string, pads: readonly number[]): string {
  return graph.node('Pad', [value, graph.ints([pads.length], pads)], { mode: { text: 'constant' } });
}

function layer(
  { graph, weight }: Network,
  input: string,
  name: string,
  options: { readonly stride: number; readonly padded: boolean; readonly relu: boolean },
): string {
  const { dims, values } = convolutionFilter(weight(`${name}/conv/filters`));
  const scale = weight(`${name}/scale/weights`).values;
  const shift = weight(`${name}/scale/biases`).values;
  const bias = weight(`${name}/conv/bias`).values.map((value, out) => value * scale[out] + shift[out]);
  const perOutput = values.length / dims[0];
  const filter = values.map((value, i) => value * scale[Math.floor(i / perOutput)]);
  const [height, width] = [dims[2], dims[3]];
  const pad = options.padded ? (height - 1) / 2 : 0;
  const result = graph.node('Conv', [input, graph.floats(dims, filter), graph.floats([dims[0]], bias)], {
    kernel_shape: { ints: [height, width] },
    strides: { ints: [options.stride, options.stride] },
    pads: { ints: [pad, pad, pad, pad] },
  });
  return options.relu ? graph.node('Relu', [result]) : result;
}
