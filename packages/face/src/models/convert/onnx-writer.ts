// Writes ONNX model files: just the parts of onnx.proto (IR version 8, opset 13) that the converters
// need, straight as protobuf bytes. Field numbers are those of onnx/onnx.proto in the ONNX repository.

export interface OnnxValue {
  readonly name: string;
  /** A string is a free dimension (the batch). Omit for "unknown". */
  readonly dims?: readonly (number | string)[];
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export interface OnnxGraph {
  /** Adds a node and returns the name of its only output. */
  node(type: string, inputs: readonly string[], attributes?: Record<string, OnnxAttribute>, output?: string): string;
  /** Adds a constant and returns its name. */
  floats(dims: readonly number[], values: Float32Array): string;
  ints(dims: readonly number[], values: readonly number[]): string;
  /** The finished file. Float32 in, float32 out. */
  finish(ends: { readonly inputs: readonly OnnxValue[]; readonly outputs: readonly OnnxValue[] }): Uint8Array;
}

export function createOnnxGraph(name: string): OnnxGraph {
  const nodes: Uint8Array[] = [];
  const constants: Uint8Array[] = [];

  function constant(dims: readonly number[], dataType: number, raw: Uint8Array): string {
    const constantName = `constant_${constants.length}`;
    // TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9
    constants.push(
      message([...dims.map((dim) => varintField(1, dim)), varintField(2, dataType), textField(8, constantName), bytesField(9, raw)]),
    );
    return constantName;
  }

  return {
    node(type, inputs, attributes = {}, output = `value_${nodes.length}`) {
      // NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5
      nodes.push(
        message([
          ...inputs.map((input) => textField(1, input)),
          textField(2, output),
          textField(3, `${type}_${nodes.length}`),
          textField(4, type),
          ...Object.entries(attributes).map(([key, value]) => bytesField(5, attributeMessage(key, value))),
        ]),
      );
      return output;
    },
    floats: (dims, values) => constant(dims, tensorFloat, littleEndianFloats(values)),
    ints: (dims, values) => constant(dims, tensorInt64, littleEndianInt64(values)),
    finish({ inputs, outputs }) {
      // GraphProto: node = 1, name = 2, initializer = 5, input = 11, output = 12
      const graph = message([
        ...nodes.map((node) => bytesField(1, node)),
        textField(2, name),
        ...constants.map((tensor) => bytesField(5, tensor)),
        ...inputs.map((input) => bytesField(11, valueMessage(input))),
        ...outputs.map((output) => bytesField(12, valueMessage(output))),
      ]);
      // OperatorSetIdProto: domain = 1, version = 2. ModelProto: ir_version = 1, producer_name = 2, graph = 7, opset_import = 8
      const operatorSet = message([textField(1, ''), varintField(2, operatorSetVersion)]);
      return message([varintField(1, irVersion), textField(2, 'sonrisa'), bytesField(7, graph), bytesField(8, operatorSet)]);
    },
  };
}

const irVersion = 8;
const operatorSetVersion = 13;

// TensorProto.DataType
const tensorFloat = 1;
const tensorInt64 = 7;

// AttributeProto: name = 1, f = 2, i = 3, s = 4, ints = 8, type = 20 (FLOAT 1, INT 2, STRING 3, INTS 7)
function attributeMessage(name: string, value: OnnxAttribute): Uint8Array {
  const head = textField(1, name);
  if ('int' in value) return message([head, varintField(3, value.int), varintField(20, 2)]);
  if ('ints' in value) return message([head, ...value.ints.map((int) => varintField(8, int)), varintField(20, 7)]);
  if ('float' in value) return message([head, floatField(2, value.float), varintField(20, 1)]);
  return message([head, textField(4, value.text), varintField(20, 3)]);
}

// ValueInfoProto: name = 1, type = 2. TypeProto: tensor_type = 1. TypeProto.Tensor: elem_type = 1, shape = 2.
// TensorShapeProto: dim = 1. Dimension: dim_value = 1, dim_param = 2
function valueMessage({ name, dims }: OnnxValue): Uint8Array {
  const shape = dims?.map((dim) => bytesField(1, message([typeof dim === 'number' ? varintField(1, dim) : textField(2, dim)])));
  const tensor = message([varintField(1, tensorFloat), ...(shape ? [bytesField(2, message(shape))] : [])]);
  return message([textField(1, name), bytesField(2, message([bytesField(1, tensor)]))]);
}

// Protobuf wire format: tag = field number × 8 + wire type (0 varint, 2 length-delimited, 5 fixed 32 bit).

function varintField(field: number, value: number): Uint8Array {
  return message([varint(field * 8), varint(value)]);
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return message([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function textField(field: number, text: string): Uint8Array {
  return bytesField(field, new TextEncoder().encode(text));
}

function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message([varint(field * 8 + 5), bytes]);
}

// Seven bits a byte, lowest first; negative numbers as 64-bit two's complement.
function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function message(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function littleEndianFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return bytes;
}

function littleEndianInt64(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true));
  return bytes;
}
