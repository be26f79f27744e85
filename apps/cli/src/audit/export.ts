// `sonrisa audit export`: checkpoints and journal of a server's database into one file, read in one snapshot, page by page.
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '../plain-error.ts';
import { type Query, withConnection } from '../postgres/connect.ts';
import { logFormat, renderLine, renderTransfer } from './log-file.ts';

export type Exported = { readonly transfers: number; readonly checkpoints: number };

const pageMax = 2_000;

export async function exportAuditLog({ databaseUrl, publicKey, file }: { databaseUrl: string; publicKey: string; file: string }): Promise<Exported> {
  const out = createWriteStream(file, { mode: 0o600 });
  const write = async (line: string) => void (out.write(line) || (await once(out, 'drain')));
  try {
    return await withConnection(databaseUrl, async (query) => {
      await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await write(renderLine({ format: logFormat, publicKey }));
      const notes = await query('SELECT note FROM journal_checkpoint ORDER BY number');
      for (const { note } of notes) await write(renderLine({ checkpoint: String(note) }));
      return { checkpoints: notes.length, transfers: await writeJournal(query, write) };
    });
  } finally {
    out.end();
    await once(out, 'close');
  }
}

type Row = { seq: string; transfer_id: string; content_sha256: string; previous_sha256: string; sha256: string; kind: string; currency: string; amount_minor: string; fee_minor: string; hold_id: string | null; reason: string; at: Date; legs: [string, string][] };

async function writeJournal(query: Query, write: (line: string) => Promise<void>): Promise<number> {
  let count = 0;
  for (let after = '0'; ; ) {
    const rows = (await query(
      `SELECT j.seq, j.transfer_id, j.content_sha256, j.previous_sha256, j.sha256, t.kind, t.currency, t.amount_minor, t.fee_minor, t.hold_id, t.reason, t.at,
              (SELECT COALESCE(jsonb_agg(jsonb_build_array(e.account_id, e.amount_minor::text) ORDER BY e.leg), '[]') FROM entry e WHERE e.transfer_id = t.id) AS legs
         FROM journal j JOIN transfer t ON t.id = j.transfer_id WHERE j.seq > $1 ORDER BY j.seq LIMIT $2`,
      [after, pageMax],
    )) as Row[];
    for (const row of rows) await write(lineOf(row));
    count += rows.length;
    if (rows.length < pageMax) return count;
    after = rows.at(-1)!.seq;
  }
}

function lineOf(row: Row): string {
  return renderTransfer({
    seq: BigInt(row.seq),
    contentHash: row.content_sha256,
    previousHash: row.previous_sha256,
    hash: row.sha256,
    transfer: {
      id: row.transfer_id,
      kind: row.kind,
      currency: row.currency,
      amountMinor: BigInt(row.amount_minor),
      feeMinor: BigInt(row.fee_minor),
      holdId: row.hold_id,
      reason: row.reason,
      atMs: row.at.getTime(),
      legs: row.legs.map(([accountId, minor]) => ({ accountId, amountMinor: BigInt(minor) })),
    },
  });
}

/** Where the database of an instance on this machine is, while it runs. */
export function databaseOf(dataDir: string): string {
  const portFile = join(dataDir, 'postgres-port');
  const secretsFile = join(dataDir, 'keys', 'instance.json');
  if (!existsSync(portFile) || !existsSync(secretsFile)) throw new PlainError(`There is no Sonrisa with its own database in ${dataDir}: name the database with --database-url.`);
  const { serverDatabasePassword } = JSON.parse(readFileSync(secretsFile, 'utf8')) as { serverDatabasePassword: string };
  return `postgres://sonrisa_server:${serverDatabasePassword}@127.0.0.1:${readFileSync(portFile, 'utf8').trim()}/sonrisa`;
}

/** The public key as the server left it beside its signing key. */
export function publicKeyOf(keysDir: string): string {
  const file = join(keysDir, 'audit-public-key.txt');
  if (!existsSync(file)) throw new PlainError(`${file} is not there: the server writes it when it starts. Name another folder with --keys.`);
  return readFileSync(file, 'utf8').trim();
}
