// The audit log for whoever runs or checks this installation: extended behind the postings, read as checkpoints and proofs.
import type { LogKey } from '@sonrisa/ledger/checkpoint.ts';
import { linkText } from '@sonrisa/ledger/journal.ts';
import { consistencyRanges, inclusionRanges } from '@sonrisa/ledger/merkle.ts';
import type { AuditCheckpoints, ConsistencyProof, InclusionProofs } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Pool } from '../db/pool.ts';
import { type LinkRow, linkOf, sealJournal } from './journal.ts';
import { checkpointJournal, checkpointOf, proofOf, type Signer } from './merkle-log.ts';
import { sha256 } from './sha256.ts';
import { inTransaction } from './transaction.ts';

export type AuditLog = {
  readonly key: LogKey;
  /** Takes every finished transfer into the journal and signs a checkpoint over it. Returns the checkpoint's note, null when nothing was new. */
  extend(atMs: number): Promise<string | null>;
  /** Newest first. */
  checkpoints(input: { limit: number }): Promise<AuditCheckpoints>;
  /** That every transfer of a payment is in the log the newest checkpoint signs. Those after it are counted as waiting. */
  inclusion(paymentId: string): Promise<InclusionProofs>;
  /** That the log of one checkpoint is the beginning of another's. Throws `input_invalid` for sizes that are no checkpoints'. */
  consistency(sizes: { from: number; to: number }): Promise<ConsistencyProof>;
};
export type AuditLogDeps = { readonly pool: Pool; readonly signer: Signer; readonly publicKeyText: string };

type CheckpointRow = { number: bigint; size: bigint; at: Date; note: string };

export function createAuditLog({ pool, signer, publicKeyText }: AuditLogDeps): AuditLog {
  return {
    key: signer.key,
    extend: async (atMs) => {
      await sealJournal(pool, sha256);
      return checkpointJournal(pool, { signer, atMs });
    },
    checkpoints: async ({ limit }) => {
      const { rows } = await pool.query<CheckpointRow>('SELECT number, size, at, note FROM journal_checkpoint ORDER BY number DESC LIMIT $1', [limit]);
      return { publicKey: publicKeyText, checkpoints: rows.map((row) => ({ number: Number(row.number), size: Number(row.size), atMs: row.at.getTime(), note: row.note })) };
    },
    inclusion: (paymentId) => inclusion(pool, { paymentId, publicKeyText }),
    consistency: (sizes) => consistency(pool, sizes),
  };
}

async function inclusion(pool: Pool, { paymentId, publicKeyText }: { paymentId: string; publicKeyText: string }): Promise<InclusionProofs> {
  const { rows: transfers } = await pool.query<LinkRow & { id: string; seq: bigint | null }>(
    `SELECT t.id, j.seq, j.content_sha256, j.previous_sha256, j.sha256 FROM transfer t LEFT JOIN journal j ON j.transfer_id = t.id
      WHERE t.hold_id = $1 ORDER BY j.seq`,
    [paymentId],
  );
  if (transfers.length === 0) throw new ProblemError('payment_not_found');
  const { rows } = await pool.query<CheckpointRow>('SELECT number, size, at, note FROM journal_checkpoint ORDER BY number DESC LIMIT 1');
  const checkpoint = rows[0];
  const signed = transfers.filter(({ seq }) => seq !== null && checkpoint && seq <= checkpoint.size);
  const size = Number(checkpoint?.size ?? 0n);
  const proofs = await inTransaction(pool, async (query) => {
    const result = [];
    for (const row of signed) {
      const index = Number(row.seq) - 1;
      result.push({ transferId: row.id, index, leaf: linkText(linkOf(row)), path: await proofOf(query, inclusionRanges({ index, size })) });
    }
    return { result, keep: false };
  });
  return { publicKey: publicKeyText, checkpoint: checkpoint?.note ?? null, size, waiting: transfers.length - signed.length, proofs };
}

async function consistency(pool: Pool, { from, to }: { from: number; to: number }): Promise<ConsistencyProof> {
  const { rows } = await pool.query<CheckpointRow>('SELECT number, size, at, note FROM journal_checkpoint WHERE size = $1 OR size = $2 ORDER BY size', [from, to]);
  const [older, newer = older] = rows;
  if (!older || !newer || checkpointOf(older.note).size !== from || checkpointOf(newer.note).size !== to) {
    throw new ProblemError('input_invalid', { errors: [{ path: 'querystring', message: 'from and to are the sizes of two checkpoints, the smaller one first' }] });
  }
  const path = await inTransaction(pool, async (query) => ({ result: await proofOf(query, consistencyRanges({ from, to })), keep: false }));
  return { from: older.note, to: newer.note, path };
}
