// From an ONNX graph, as models/convert writes it, to steps: transposes vanish, because maps lie channel last throughout,
// and each convolution takes the depthwise one before it and the addition and activation after it along.
import { foldedFilter, upTo } from './filters.ts';
import type { Filter } from './filters.ts';
import { createMemoryPlan } from './memory-plan.ts';
import type { MapShape, MemoryPlan, PlacedMap } from './memory-plan.ts';
import type { OnnxConstant, OnnxModel, OnnxNode } from './onnx-reader.ts';
import { convolutionStep, poolStep, separableStep, widenStep } from './steps.ts';
import type { ConvolutionStep, Step } from './steps.ts';

export interface CompiledNet {
  readonly plan: MemoryPlan;
  readonly steps: readonly Step[];
  readonly input: NetInput;
  readonly outputs: readonly NetOutput[];
}

export interface NetInput {
  readonly map: PlacedMap;
  readonly planesFirst: boolean;
  readonly shift: readonly number[];
  readonly scale: number;
  /** Each square of 2×2 pixels of the input is one of the map, see foldedFilter. */
  readonly isFolded: boolean;
}

export interface NetOutput {
  readonly name: string;
  readonly map: PlacedMap;
  readonly channels: number;
  readonly sigmoid: boolean;
  readonly dims: readonly number[];
}

/** Throws `UnknownOperation` when the graph has something else than our own converters write. */
export class UnknownOperation extends Error {
  constructor(what: string) {
    super(`no kernel for ${what}`);
    this.name = 'UnknownOperation';
  }
}

/** A map, or a convolution that still waits for what its successors add. */
type Value =
  | { readonly kind: 'map'; readonly map: PlacedMap; readonly channels: number }
  | { readonly kind: 'depthwise'; readonly from: string; readonly node: OnnxNode }
  | { readonly kind: 'waiting'; readonly node: OnnxNode; readonly residual: string | null; readonly edge: boolean };

interface Work {
  readonly model: OnnxModel;
  readonly plan: MemoryPlan;
  readonly steps: Step[];
  readonly values: Map<string, Value>;
  /** Names that mean another value. */
  readonly aliases: Map<string, string>;
  readonly uses: Map<string, number>;
  readonly planesFirst: boolean;
  shift: readonly number[];
  scale: number;
  readonly sigmoids: Set<string>;
  isFolded: boolean;
}

/** `dims`: of the only input, NHWC or NCHW with three channels. */
export function compileNet(model: OnnxModel, dims: readonly number[]): CompiledNet {
  const planesFirst = dims[1] === 3;
  const [images, height, width] = planesFirst ? [dims[0], dims[2], dims[3]] : dims;
  const plan = createMemoryPlan();
  const work: Work = {
    ...{ model, plan, steps: [], values: new Map(), aliases: new Map(), uses: new Map(), planesFirst },
    ...{ shift: [0, 0, 0], scale: 1, sigmoids: new Set(), isFolded: false },
  };
  for (const node of model.nodes) alias(work, node);
  for (const node of model.nodes) if (!work.aliases.has(node.output)) for (const input of node.inputs) count(work, input);
  for (const output of model.outputs) count(work, output);
  work.isFolded = height % 2 === 0 && width % 2 === 0 && readsEverySecondPixel(work);
  const map = plan.map(work.isFolded ? { images, height: height / 2, width: width / 2, channels: 12 } : { images, height, width, channels: 3 });
  work.values.set(model.inputs[0], { kind: 'map', map, channels: map.channels });
  for (const node of model.nodes) if (!work.aliases.has(node.output)) convert(work, node);
  const outputs = model.outputs.map((name): NetOutput => {
    const { map, channels } = materialise(work, name, null);
    return { name, map, channels, sigmoid: work.sigmoids.has(real(work, name)), dims: [map.images, map.height * map.width * channels] };
  });
  return { plan, steps: work.steps, input: { map, planesFirst, shift: work.shift, scale: work.scale, isFolded: work.isFolded }, outputs };
}

// A wide filter at every second pixel of three channels: on folded pixels it takes a third of the multiplications.
const foldedWindowMin = 5;

function readsEverySecondPixel(work: Work): boolean {
  const { model } = work;
  const readers = model.nodes.filter(({ output, inputs }) => !work.aliases.has(output) && inputs.some((name) => real(work, name) === model.inputs[0]));
  const [first] = readers;
  if (readers.length !== 1 || first.type !== 'Conv' || first.attributes.get('strides')?.ints[0] !== 2) return false;
  const [, , height, width] = constantOf(work, first.inputs[1]).dims;
  return height === width && height >= foldedWindowMin && (first.attributes.get('group')?.int ?? 1) === 1;
}

// Layout is ours alone, so what only changes the layout is nothing.
const withoutEffect = new Set(['Transpose', 'Reshape', 'Identity', 'Flatten']);

function alias(work: Work, { type, inputs, output }: OnnxNode): void {
  const [from, other] = inputs;
  const ofInput = (type === 'Sub' || type === 'Mul') && leadsToInput(work, from);
  if (!ofInput && !withoutEffect.has(type)) return;
  work.aliases.set(output, from);
  // The input's own shift and scale happen when it is written.
  if (type === 'Sub') work.shift = [...constantOf(work, other).values];
  if (type === 'Mul') work.scale = constantOf(work, other).values[0];
}

function leadsToInput({ aliases, model }: Pick<Work, 'aliases' | 'model'>, name: string): boolean {
  return name === model.inputs[0] || (aliases.has(name) && leadsToInput({ aliases, model }, aliases.get(name) ?? ''));
}

function real(work: Work, name: string): string {
  const other = work.aliases.get(name);
  return other === undefined ? name : real(work, other);
}

function count(work: Work, name: string): void {
  const key = real(work, name);
  work.uses.set(key, (work.uses.get(key) ?? 0) + 1);
}

function valueOf(work: Work, name: string): Value {
  const value = work.values.get(real(work, name));
  if (!value) throw new UnknownOperation(`the value ${name}`);
  return value;
}

function constantOf({ model }: Work, name: string | undefined): OnnxConstant {
  const constant = model.constants.get(name ?? '');
  if (!constant) throw new UnknownOperation(`a computed ${name}`);
  return constant;
}

function convert(work: Work, node: OnnxNode): void {
  const { values } = work;
  const [first, second] = node.inputs;
  switch (node.type) {
    case 'Conv':
      values.set(node.output, isDepthwise(work, node) ? { kind: 'depthwise', from: first, node } : { kind: 'waiting', node, residual: null, edge: false });
      return;
    case 'MatMul':
      values.set(node.output, { kind: 'waiting', node, residual: null, edge: false });
      return;
    case 'Add':
      return add(work, node);
    case 'Relu':
    case 'PRelu':
      activate(work, node);
      return;
    case 'Sigmoid':
      values.set(node.output, materialise(work, first, null));
      work.sigmoids.add(node.output);
      return;
    case 'Pad':
      return pad(work, node);
    case 'MaxPool':
    case 'AveragePool':
    case 'GlobalAveragePool':
      return pool(work, node);
    default:
      throw new UnknownOperation(`${node.type} of ${first} and ${second}`);
  }
}

function isDepthwise(work: Work, node: OnnxNode): boolean {
  const group = node.attributes.get('group')?.int ?? 1;
  const { dims } = constantOf(work, node.inputs[1]);
  if (group === 1) return false;
  if (group !== dims[0] || dims[1] !== 1 || dims[2] !== 3 || dims[3] !== 3 || dims[0] % 4) throw new UnknownOperation('a grouped convolution');
  return true;
}

const once = (work: Work, name: string): boolean => work.uses.get(real(work, name)) === 1;

function add(work: Work, { inputs, output }: OnnxNode): void {
  const [a, b] = inputs;
  const joins = (name: string): boolean => {
    const value = work.model.constants.has(name) ? null : valueOf(work, name);
    return value?.kind === 'waiting' && value.residual === null && once(work, name);
  };
  const [convolution, residual] = joins(b) ? [b, a] : joins(a) ? [a, b] : [null, null];
  if (convolution === null || work.model.constants.has(residual)) throw new UnknownOperation('an addition without a convolution');
  const value = valueOf(work, convolution) as Extract<Value, { kind: 'waiting' }>;
  if (valueOf(work, residual).kind !== 'map') work.values.set(real(work, residual), materialise(work, residual, null));
  work.values.set(output, { ...value, residual });
}

function activate(work: Work, node: OnnxNode): void {
  const [from, slope] = node.inputs;
  const value = valueOf(work, from);
  if (value.kind !== 'waiting' || !once(work, from)) throw new UnknownOperation('an activation without a convolution');
  work.values.set(node.output, materialise(work, from, node.type === 'Relu' ? Float32Array.of(0) : constantOf(work, slope).values));
}

// Zero channels after a map: additions see fewer channels. A zero edge after a convolution: it leaves that edge alone.
function pad(work: Work, { inputs, output }: OnnxNode): void {
  const pads = [...constantOf(work, inputs[1]).values];
  const [channels, height, width] = work.planesFirst ? [5, 6, 7] : [7, 5, 6];
  const value = valueOf(work, inputs[0]);
  const others = pads.some((pad, i) => pad !== 0 && i !== channels && i !== height && i !== width);
  if (!others && value.kind === 'map' && !pads[height] && !pads[width]) {
    // One map under two names: it keeps its place.
    work.values.set(output, { ...value, channels: value.channels + pads[channels] });
    work.uses.set(output, Infinity);
  } else if (!others && value.kind === 'waiting' && pads[height] === 1 && pads[width] === 1 && !pads[channels]) {
    work.values.set(output, { ...value, edge: true });
  } else throw new UnknownOperation(`padding by ${pads.join()}`);
}

function mapOf(work: Work, name: string): PlacedMap {
  const value = valueOf(work, name);
  if (value.kind !== 'map') {
    const made = materialise(work, name, null);
    work.values.set(real(work, name), made);
    return made.map;
  }
  if (value.channels > value.map.channels) throw new UnknownOperation('a widened map in this place');
  return value.map;
}

function used(work: Work, name: string): void {
  const key = real(work, name);
  const left = (work.uses.get(key) ?? 0) - 1;
  work.uses.set(key, left);
  const value = work.values.get(key);
  if (left === 0 && value?.kind === 'map' && key !== work.model.inputs[0]) work.plan.release(value.map);
}

function pool(work: Work, { type, inputs, attributes, output }: OnnxNode): void {
  const from = mapOf(work, inputs[0]);
  const isGlobal = type === 'GlobalAveragePool';
  const [window = from.height] = attributes.get('kernel_shape')?.ints ?? [];
  const [stride = 1] = attributes.get('strides')?.ints ?? [];
  const side = (px: number): number => Math.floor((px - window) / stride) + 1;
  const same = attributes.get('auto_pad')?.text === 'SAME_UPPER';
  if ((isGlobal && from.height !== from.width) || (same && (window !== stride || from.height % stride || from.width % stride))) throw new UnknownOperation('this pooling');
  const to = work.plan.map({ ...shapeOf(from), height: side(from.height), width: side(from.width) });
  work.steps.push(poolStep({ from, to, window, stride, kind: type === 'MaxPool' ? 'max' : 'mean' }));
  work.values.set(output, { kind: 'map', map: to, channels: from.channels });
  used(work, inputs[0]);
}

const shapeOf = ({ images, height, width, channels }: MapShape): MapShape => ({ images, height, width, channels });

/** Emits the step of a waiting convolution. `slope`: null for none, one value for all outputs, or one for each. */
function materialise(work: Work, name: string, slope: Float32Array | null): Extract<Value, { kind: 'map' }> {
  const value = valueOf(work, name);
  if (value.kind === 'map') return value;
  if (value.kind === 'depthwise') throw new UnknownOperation('a depthwise convolution without another after it');
  const { node, residual, edge } = value;
  const spatial = work.values.get(real(work, node.inputs[0]));
  const outer = spatial?.kind === 'depthwise' ? spatial : null;
  const source = outer ? outer.from : node.inputs[0];
  const from = mapOf(work, source);
  const { filter, geometry } = shapesOf(work, { node, outer, from, isInput: real(work, source) === work.model.inputs[0] });
  if (from.channels !== (outer ? filterOf(work, outer.node).outputs : filter.inputs)) throw new UnknownOperation('a map of another width');
  const { height, width } = geometry;
  if (outer && (filter.height !== 1 || geometryOf(node, from, 1).stride !== 1)) throw new UnknownOperation('a wide convolution after a depthwise one');
  const channels = upTo(filter.outputs, 8);
  const to = work.plan.map({ images: from.images, height: height + (edge ? 1 : 0), width: width + (edge ? 1 : 0), channels });
  const added = residual === null ? null : (valueOf(work, residual) as Extract<Value, { kind: 'map' }>).map;
  if (edge) {
    // Beyond the convolution's edge only the shortcut is left: a mean of activated values, which another Relu does not change.
    if (!added || slope?.[0] !== 0) throw new UnknownOperation('a zero edge without a shortcut');
    work.steps.push(widenStep({ from: added, to }));
  }
  const bias = node.inputs[2] === undefined ? new Float32Array(filter.outputs) : constantOf(work, node.inputs[2]).values;
  const options: ConvolutionStep = { from, to, filter, ...geometry, bias, slope: slopes(slope, filter.outputs), residual: added };
  work.steps.push(outer ? separableStep(work.plan, { ...options, depthwise: filterOf(work, outer.node) }) : convolutionStep(work.plan, options));
  used(work, source);
  if (residual !== null) used(work, residual);
  return { kind: 'map', map: to, channels: filter.outputs };
}

function shapesOf(
  work: Work,
  { node, outer, from, isInput }: { node: OnnxNode; outer: { readonly node: OnnxNode } | null; from: MapShape; isInput: boolean },
): { filter: Filter; geometry: Geometry } {
  const filter = filterOf(work, node);
  if (!isInput || !work.isFolded) return { filter, geometry: geometryOf(outer ? outer.node : node, from, outer ? 3 : filter.height) };
  const geometry = geometryOf(node, { ...from, height: 2 * from.height, width: 2 * from.width }, filter.height);
  const folded = foldedFilter(filter, geometry.before);
  return { filter: folded.filter, geometry: { ...geometry, stride: 1, before: folded.before } };
}

function slopes(slope: Float32Array | null, outputs: number): Float32Array {
  if (slope === null) return new Float32Array(outputs).fill(1);
  return slope.length === outputs ? slope : new Float32Array(outputs).fill(slope[0]);
}

function filterOf(work: Work, { type, inputs }: OnnxNode): Filter {
  const { dims, values } = constantOf(work, inputs[1]);
  if (type !== 'MatMul') return { outputs: dims[0], inputs: dims[1], height: dims[2], width: dims[3], values };
  const [depth, outputs] = dims;
  const turned = new Float32Array(values.length);
  for (let i = 0; i < depth; i++) for (let output = 0; output < outputs; output++) turned[output * depth + i] = values[i * outputs + output];
  return { outputs, inputs: depth, height: 1, width: 1, values: turned };
}

interface Geometry {
  readonly stride: number;
  readonly before: number;
  readonly height: number;
  readonly width: number;
}

function geometryOf(node: OnnxNode, from: MapShape, window: number): Geometry {
  const [stride = 1] = node.attributes.get('strides')?.ints ?? [];
  const [explicit = 0] = node.attributes.get('pads')?.ints ?? [];
  if (node.attributes.get('auto_pad')?.text === 'SAME_UPPER') {
    const out = (px: number): number => Math.ceil(px / stride);
    const total = (px: number): number => Math.max(0, (out(px) - 1) * stride + window - px);
    const before = Math.floor(total(from.height) / 2);
    if (before !== Math.floor(total(from.width) / 2) || before > 1 || total(from.height) > 3) throw new UnknownOperation('this padding');
    return { stride, before, height: out(from.height), width: out(from.width) };
  }
  if (explicit > 1) throw new UnknownOperation('this padding');
  const out = (px: number): number => Math.floor((px + 2 * explicit - window) / stride) + 1;
  return { stride, before: explicit, height: out(from.height), width: out(from.width) };
}
