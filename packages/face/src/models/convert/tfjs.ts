// Converts a TensorFlow.js graph model (JSON + weights) to ONNX: only the operations that the nets of the
// embedded pack use. Tensors stay NHWC at the edges; a transpose stands on each side of every
// convolution and pooling, and onnxruntime's optimiser cancels nearly all of them.
import { convolutionFilter, depthwiseFilter } from './convolution.ts';
import type { OnnxFilter } from './convolution.ts';
import { createOnnxGraph } from './onnx-writer.ts';
import type { OnnxAttribute, OnnxGraph, OnnxValue } from './onnx-writer.ts';
import { readWeights } from './weights.ts';
import type { Weight, WeightEntry } from './weights.ts';

export interface GraphModel {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly WeightEntry[] }[];
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Record<string, GraphAttribute>;
}

interface GraphAttribute {
  /** Strings are base64. */
  readonly s?: string;
  readonly b?: boolean;
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly string[] };
  readonly shape?: { readonly dim?: readonly { readonly size: string | number }[] };
}

interface Conversion {
  readonly graph: OnnxGraph;
  readonly weights: Map<string, Weight>;
  readonly nodes: Map<string, GraphNode>;
  /** TensorFlow name → ONNX name. */
  readonly values: Map<string, string>;
  readonly inputs: OnnxValue[];
  readonly anySize: boolean;
}

export interface ConvertOptions {
  /** The net is convolutional throughout: height and width of its input stay free, and outputs are reshaped to whatever length follows. */
  readonly anySize?: boolean;
}

/** `bytes` is the content of all weight files of the manifest, joined in order. */
export function convertGraphModel(model: GraphModel, bytes: Uint8Array, options: ConvertOptions = {}): Uint8Array {
  const { node } = model.modelTopology;
  const conversion: Conversion = {
    graph: createOnnxGraph('converted'),
    weights: readWeights(model.weightsManifest.flatMap((group) => group.weights), bytes),
    nodes: new Map(node.map((each) => [each.name, each])),
    values: new Map(),
    inputs: [],
    anySize: options.anySize ?? false,
  };
  const consumed = new Set(node.flatMap((each) => (each.input ?? []).map(plainName)));
  const outputs: OnnxValue[] = [];
  for (const each of node) {
    if (consumed.has(each.name) || each.op === 'Const') continue;
    conversion.graph.node('Identity', [valueOf(conversion, each.name)], {}, each.name);
    outputs.push({ name: each.name });
  }
  return conversion.graph.finish({ inputs: conversion.inputs, outputs });
}

// "name:0" is the first output of a node, "^name" a mere order dependency.
const plainName = (reference: string): string => reference.replace(/^\^/, '').replace(/:0$/, '');

function valueOf(conversion: Conversion, reference: string): string {
  const name = plainName(reference);
  const known = conversion.values.get(name);
  if (known !== undefined) return known;
  const weight = conversion.weights.get(name);
  const value = weight ? constantOf(conversion.graph, weight) : convertNode(conversion, name);
  conversion.values.set(name, value);
  return value;
}

function constantOf(graph: OnnxGraph, { shape, values, isInteger }: Weight): string {
  return isInteger ? graph.ints(shape, [...values]) : graph.floats(shape, values);
}

// Operations that mean the same on both sides.
const sameMeaning: Readonly<Record<string, string>> = {
  Add: 'Add',
  AddV2: 'Add',
  Mul: 'Mul',
  Minimum: 'Min',
  Maximum: 'Max',
  Relu: 'Relu',
  Sigmoid: 'Sigmoid',
  Prelu: 'PRelu',
};

function convertNode(conversion: Conversion, name: string): string {
  const node = conversion.nodes.get(name);
  if (!node) throw new Error(`the graph has no node ${name}`);
  const { graph } = conversion;
  const inputs = node.input ?? [];
  const value = (index: number): string => valueOf(conversion, inputs[index]);
  const same = sameMeaning[node.op];
  if (same) return graph.node(same, inputs.map((input) => valueOf(conversion, input)));
  switch (node.op) {
    case 'Placeholder':
      return placeholder(conversion, node);
    case 'Conv2D':
    case '_FusedConv2D':
      return fused(conversion, node, (bias) => convolution(conversion, node, { filter: convolutionFilter(weightOf(conversion, node, 1)), group: 1, bias }));
    case 'DepthwiseConv2dNative': {
      const weight = weightOf(conversion, node, 1);
      return convolution(conversion, node, { filter: depthwiseFilter(weight), group: weight.shape[2], bias: null });
    }
    case '_FusedMatMul':
      return fused(conversion, node, (bias) => {
        const product = graph.node('MatMul', [value(0), value(1)]);
        return bias === null ? product : graph.node('Add', [product, bias]);
      });
    case 'MaxPool':
      return inPlanes(graph, value(0), (planes) =>
        graph.node('MaxPool', [planes], { kernel_shape: { ints: spatial(node, 'ksize') }, ...strides(node) }),
      );
    case 'Softmax':
      return graph.node('Softmax', [value(0)], { axis: { int: -1 } });
    case 'Pad':
      return graph.node('Pad', [value(0), padding(conversion, node)], { mode: { text: 'constant' } });
    case 'Mean':
      return graph.node('ReduceMean', [value(0)], {
        axes: { ints: [...weightOf(conversion, node, 1).values] },
        keepdims: { int: node.attr?.['keep_dims']?.b ? 1 : 0 },
      });
    case 'ConcatV2': {
      const axis = weightOf(conversion, node, inputs.length - 1).values[0];
      return graph.node('Concat', inputs.slice(0, -1).map((input) => valueOf(conversion, input)), { axis: { int: axis } });
    }
    case 'Reshape':
      return graph.node('Reshape', [value(0), targetShape(conversion, node)]);
    case 'Identity':
      return value(0);
    default:
      throw new Error(`the converter does not know the operation ${node.op}`);
  }
}

function placeholder({ inputs, anySize }: Conversion, node: GraphNode): string {
  const sizes = (node.attr?.['shape']?.shape?.dim ?? []).map(({ size }) => Math.max(1, Number(size)));
  const [batch = 1, , , channels = 1] = sizes;
  inputs.push({ name: 'input', dims: anySize ? [batch, 'height', 'width', channels] : sizes });
  return 'input';
}

// [1, anchors, values] of a net of any size becomes [1, -1, values]: as many anchors as there are.
function targetShape(conversion: Conversion, node: GraphNode): string {
  const { values } = weightOf(conversion, node, 1);
  const shape = conversion.anySize && values.length === 3 ? [values[0], -1, values[2]] : [...values];
  return conversion.graph.ints([shape.length], shape);
}

function weightOf({ weights }: Conversion, node: GraphNode, index: number): Weight {
  const weight = weights.get(plainName(node.input?.[index] ?? ''));
  if (!weight) throw new Error(`${node.name} wants a constant as input ${index}`);
  return weight;
}

// A fused node is its core operation, then BiasAdd (input 2), then an activation (PRelu's slope comes last).
function fused(conversion: Conversion, node: GraphNode, core: (bias: string | null) => string): string {
  const steps = (node.attr?.['fused_ops']?.list?.s ?? []).map(fromBase64);
  const hasBias = steps[0] === 'BiasAdd';
  const bias = hasBias ? valueOf(conversion, node.input?.[2] ?? '') : null;
  const activation = steps[hasBias ? 1 : 0];
  const result = core(bias);
  const { graph } = conversion;
  switch (activation) {
    case undefined:
      return result;
    case 'Relu':
    case 'Sigmoid':
      return graph.node(activation, [result]);
    case 'Relu6':
      return graph.node('Clip', [result, graph.floats([], Float32Array.of(0)), graph.floats([], Float32Array.of(6))]);
    case 'Prelu':
      return graph.node('PRelu', [result, valueOf(conversion, node.input?.[hasBias ? 3 : 2] ?? '')]);
    default:
      throw new Error(`the converter does not know the activation ${activation}`);
  }
}

function convolution(
  conversion: Conversion,
  node: GraphNode,
  options: { readonly filter: OnnxFilter; readonly group: number; readonly bias: string | null },
): string {
  const { graph } = conversion;
  const { filter, group, bias } = options;
  const weights = graph.floats(filter.dims, filter.values);
  return inPlanes(graph, valueOf(conversion, node.input?.[0] ?? ''), (planes) =>
    graph.node('Conv', bias === null ? [planes, weights] : [planes, weights, bias], {
      kernel_shape: { ints: filter.dims.slice(2) },
      group: { int: group },
      ...strides(node),
    }),
  );
}

function inPlanes(graph: OnnxGraph, value: string, operation: (planes: string) => string): string {
  const planes = graph.node('Transpose', [value], { perm: { ints: [0, 3, 1, 2] } });
  return graph.node('Transpose', [operation(planes)], { perm: { ints: [0, 2, 3, 1] } });
}

function strides(node: GraphNode): Record<string, OnnxAttribute> {
  const same = fromBase64(node.attr?.['padding']?.s ?? '') === 'SAME';
  return { strides: { ints: spatial(node, 'strides') }, auto_pad: { text: same ? 'SAME_UPPER' : 'VALID' } };
}

// [1, height, width, 1] → [height, width]
function spatial(node: GraphNode, attribute: string): number[] {
  return (node.attr?.[attribute]?.list?.i ?? []).map(Number).slice(1, 3);
}

// TensorFlow: begin and end by dimension; ONNX: all begins, then all ends.
function padding(conversion: Conversion, node: GraphNode): string {
  const { values } = weightOf(conversion, node, 1);
  const begins = values.filter((_, i) => i % 2 === 0);
  const ends = values.filter((_, i) => i % 2 === 1);
  return conversion.graph.ints([values.length], [...begins, ...ends]);
}

const fromBase64 = (text: string): string => atob(text);
