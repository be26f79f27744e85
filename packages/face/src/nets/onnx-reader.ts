// Reads the ONNX files that models/convert writes (field numbers: see onnx-writer.ts there): nodes, constants, ends.

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, OnnxAttributeValue>;
}

export interface OnnxAttributeValue {
  readonly int: number;
  readonly ints: readonly number[];
  readonly text: string;
}

export interface OnnxConstant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Throws when the bytes are not such a file. */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const graph = fieldsOf(bytes).find(({ field }) => field === 7);
  if (!graph) throw new Error('no graph in this model file');
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const { field, bytes: part } of fieldsOf(graph.bytes)) {
    if (field === 1) nodes.push(readNode(part));
    if (field === 5) constants.set(...readConstant(part));
    if (field === 11) inputs.push(nameOf(part));
    if (field === 12) outputs.push(nameOf(part));
  }
  return { nodes, constants, inputs, outputs };
}

interface Field {
  readonly field: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
}

const none = new Uint8Array(0);

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      if (at >= message.length) throw new Error('the model file ends in the middle of a number');
      const byte = message[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new Error('the model file ends in the middle of a field');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    if ((tag & 7) === 0) fields.push({ field, varint: varint(), bytes: none });
    else if ((tag & 7) === 2) fields.push({ field, varint: 0n, bytes: take(Number(varint())) });
    else if ((tag & 7) === 5) fields.push({ field, varint: 0n, bytes: take(4) });
    else throw new Error('a field of a kind that our own model files do not have');
  }
  return fields;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function nameOf(message: Uint8Array): string {
  return text(fieldsOf(message).find(({ field }) => field === 1)?.bytes ?? none);
}

function readNode(message: Uint8Array): OnnxNode {
  const fields = fieldsOf(message);
  const texts = (wanted: number): string[] => fields.filter(({ field }) => field === wanted).map(({ bytes }) => text(bytes));
  const attributes = new Map(fields.filter(({ field }) => field === 5).map(({ bytes }) => [nameOf(bytes), readAttribute(bytes)] as const));
  return { type: texts(4)[0] ?? '', inputs: texts(1), output: texts(2)[0] ?? '', attributes };
}

const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));

function readAttribute(message: Uint8Array): OnnxAttributeValue {
  const fields = fieldsOf(message);
  return {
    int: signed(fields.find(({ field }) => field === 3)?.varint ?? 0n),
    ints: fields.filter(({ field }) => field === 8).map(({ varint }) => signed(varint)),
    text: text(fields.find(({ field }) => field === 4)?.bytes ?? none),
  };
}

const tensorFloat = 1n;
const tensorInt64 = 7n;

function readConstant(message: Uint8Array): [string, OnnxConstant] {
  const fields = fieldsOf(message);
  const dims = fields.filter(({ field }) => field === 1).map(({ varint }) => signed(varint));
  const type = fields.find(({ field }) => field === 2)?.varint;
  const name = text(fields.find(({ field }) => field === 8)?.bytes ?? none);
  // A copy starts where a Float32Array may.
  const raw = Uint8Array.from(fields.find(({ field }) => field === 9)?.bytes ?? none);
  if (type === tensorFloat) return [name, { dims, values: new Float32Array(raw.buffer) }];
  if (type === tensorInt64) return [name, { dims, values: Float32Array.from(new BigInt64Array(raw.buffer), Number) }];
  throw new Error(`the constant ${name} is of a type that our own model files do not have`);
}
