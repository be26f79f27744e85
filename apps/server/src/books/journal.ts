// Extends the hash chain over the transfers behind the postings, in batches, so that no payment waits for the chain.
// Only transfers below the oldest running transaction are taken: a late commit cannot slip in behind the end.
import { type Hash, type JournalLink, linkAfter } from '@sonrisa/ledger/journal.ts';
import type { Pool } from '../db/pool.ts';
import type { Query } from './idempotency.ts';
import { inTransaction } from './transaction.ts';

export const journalBatchMax = 1000;

/** Returns how many transfers were added. Safe to run from several processes: the last link is the lock. */
export async function sealJournal(pool: Pool, hash: Hash): Promise<number> {
  let sealed = 0;
  for (;;) {
    const added = await inTransaction(pool, async (query) => ({ result: await sealBatch(query, hash), keep: true }));
    sealed += added;
    if (added < journalBatchMax) return sealed;
  }
}

async function sealBatch(query: Query, hash: Hash): Promise<number> {
  await query(`SELECT pg_advisory_xact_lock(hashtext('sonrisa journal'))`, []);
  const [last] = await query<LinkRow>('SELECT seq, content_sha256, previous_sha256, sha256 FROM journal ORDER BY seq DESC LIMIT 1', []);
  const waiting = await query<{ id: string; content_sha256: string }>(
    `SELECT t.id, t.content_sha256 FROM transfer t
      WHERE t.written_in < pg_snapshot_xmin(pg_current_snapshot()) AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.transfer_id = t.id)
      ORDER BY t.written_in, t.id LIMIT $1`,
    [journalBatchMax],
  );
  const links: JournalLink[] = [];
  let previous = last ? linkOf(last) : null;
  for (const transfer of waiting) {
    previous = linkAfter(hash, previous, transfer.content_sha256);
    links.push(previous);
  }
  await query(
    `INSERT INTO journal (seq, transfer_id, content_sha256, previous_sha256, sha256)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])`,
    [
      links.map((link) => link.seq),
      waiting.map((transfer) => transfer.id),
      links.map((link) => link.contentHash),
      links.map((link) => link.previousHash),
      links.map((link) => link.hash),
    ],
  );
  return links.length;
}

export type LinkRow = { seq: bigint; content_sha256: string; previous_sha256: string; sha256: string };

export function linkOf(row: LinkRow): JournalLink {
  return { seq: row.seq, contentHash: row.content_sha256, previousHash: row.previous_sha256, hash: row.sha256 };
}
