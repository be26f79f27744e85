// The exported audit log: lines of JSON. First what it is and whose key signs, then every checkpoint, then every transfer in the
// order of the journal. Amounts are text, because JSON numbers would round them.
import type { LoggedTransfer } from '@sonrisa/ledger/audit-log.ts';
import { z } from 'zod';

export const logFormat = 'sonrisa-audit-log-v1';

const wholeNumber = z.string().regex(/^(0|-?[1-9][0-9]{0,18})$/);
const headSchema = z.strictObject({ format: z.literal(logFormat), publicKey: z.string() });
const checkpointSchema = z.strictObject({ checkpoint: z.string() });
const transferSchema = z.strictObject({
  seq: wholeNumber,
  contentHash: z.string(),
  previousHash: z.string(),
  hash: z.string(),
  transfer: z.strictObject({
    id: z.string(),
    kind: z.string(),
    currency: z.string(),
    amountMinor: wholeNumber,
    feeMinor: wholeNumber,
    holdId: z.string().nullable(),
    reason: z.string(),
    atMs: z.number().int(),
    legs: z.array(z.tuple([z.string(), wholeNumber])),
  }),
});
export type LogLine = z.infer<typeof headSchema> | z.infer<typeof checkpointSchema> | z.infer<typeof transferSchema>;
export type ParsedLine = { readonly is: 'head'; readonly publicKey: string } | { readonly is: 'checkpoint'; readonly note: string } | { readonly is: 'transfer'; readonly logged: LoggedTransfer };

const lineSchema = z.union([headSchema, checkpointSchema, transferSchema]);

/** Undefined for a line that no export writes. */
export function parseLine(text: string): ParsedLine | undefined {
  const parsed = lineSchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const line = parsed.data;
  if ('format' in line) return { is: 'head', publicKey: line.publicKey };
  if ('checkpoint' in line) return { is: 'checkpoint', note: line.checkpoint };
  const { seq, transfer, ...hashes } = line;
  const { amountMinor, feeMinor, legs, ...rest } = transfer;
  return {
    is: 'transfer',
    logged: {
      ...hashes,
      seq: BigInt(seq),
      transfer: {
        ...rest,
        amountMinor: BigInt(amountMinor),
        feeMinor: BigInt(feeMinor),
        legs: legs.map(([accountId, minor]) => ({ accountId, amountMinor: BigInt(minor) })),
      },
    },
  };
}

export function renderTransfer({ seq, contentHash, previousHash, hash, transfer }: LoggedTransfer): string {
  const { id, kind, currency, amountMinor, feeMinor, holdId, reason, atMs, legs } = transfer;
  const amounts = { amountMinor: String(amountMinor), feeMinor: String(feeMinor) };
  return renderLine({
    seq: String(seq), contentHash, previousHash, hash,
    transfer: { id, kind, currency, ...amounts, holdId, reason, atMs, legs: legs.map((leg) => [leg.accountId, String(leg.amountMinor)]) },
  });
}

export const renderLine = (line: LogLine): string => `${JSON.stringify(line)}\n`;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
