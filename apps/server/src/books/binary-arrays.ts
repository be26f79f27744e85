// Columns of rows as PostgreSQL arrays in the binary format of its wire (array_send in its arrayfuncs.c): for what a group of
// payments writes, parsing the same arrays as text took an eighth of PostgreSQL's time.

/** As PostgreSQL takes them: text and JSON as string, timestamptz as milliseconds since 1970. Null is none. */
export type ColumnTypes = { readonly text: string; readonly bigint: bigint; readonly integer: number; readonly timestamptz: number; readonly jsonb: string };
export type ColumnType = keyof ColumnTypes;
export type Column<Type extends ColumnType = ColumnType> = { readonly type: Type; readonly values: (ColumnTypes[Type] | null)[] };

// pg_type.dat
const elementOids: Readonly<Record<ColumnType, number>> = { text: 25, bigint: 20, integer: 23, timestamptz: 1184, jsonb: 3802 };
const headerBytes = 20;
const utf8BytesMax = 3;
const jsonbVersion = 1;
const postgresEpochMs = Date.UTC(2000, 0, 1);

/** One parameter for each column, all cut from one piece of memory. */
export function binaryArrays(columns: readonly Column[]): Buffer[] {
  const memory = Buffer.allocUnsafe(columns.reduce((sum, column) => sum + bytesMax(column), 0));
  let end = 0;
  return columns.map((column) => {
    const begin = end;
    end = writeArray(memory, { begin, column });
    return memory.subarray(begin, end);
  });
}

function bytesMax({ type, values }: Column): number {
  if (type !== 'text' && type !== 'jsonb') return headerBytes + values.length * 12;
  let sum = headerBytes;
  for (const value of values as (string | null)[]) sum += 5 + (value === null ? 0 : value.length * utf8BytesMax);
  return sum;
}

function writeArray(memory: Buffer, { begin, column: { type, values } }: { begin: number; column: Column }): number {
  const isEmpty = values.length === 0;
  memory.writeInt32BE(isEmpty ? 0 : 1, begin);
  memory.writeInt32BE(values.includes(null) ? 1 : 0, begin + 4);
  memory.writeInt32BE(elementOids[type], begin + 8);
  if (isEmpty) return begin + 12;
  memory.writeInt32BE(values.length, begin + 12);
  memory.writeInt32BE(1, begin + 16);
  const write = writers[type] as (memory: Buffer, value: unknown, at: number) => number;
  let at = begin + headerBytes;
  for (const value of values) {
    const bytes = value === null ? -1 : write(memory, value, at + 4);
    memory.writeInt32BE(bytes, at);
    at += 4 + Math.max(0, bytes);
  }
  return at;
}

const writers: { readonly [Type in ColumnType]: (memory: Buffer, value: ColumnTypes[Type], at: number) => number } = {
  text: writeText,
  jsonb: (memory, value, at) => {
    memory[at] = jsonbVersion;
    return 1 + writeText(memory, value, at + 1);
  },
  bigint: (memory, value, at) => memory.writeBigInt64BE(value, at) - at,
  integer: (memory, value, at) => memory.writeInt32BE(value, at) - at,
  timestamptz: (memory, value, at) => memory.writeBigInt64BE(BigInt(Math.trunc(value) - postgresEpochMs) * 1_000n, at) - at,
};

const shortLength = 48;

// A call into the runtime costs more than writing the few letters of an id here.
function writeText(memory: Buffer, value: string, at: number): number {
  const { length } = value;
  if (length > shortLength) return memory.write(value, at);
  for (let i = 0; i < length; i += 1) {
    const unit = value.charCodeAt(i);
    if (unit > 0x7f) return memory.write(value, at);
    memory[at + i] = unit;
  }
  return length;
}
