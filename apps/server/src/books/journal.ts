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
  await lockJournal(query);
  const [last] = await query<LinkRow>('SELECT seq, content_sha256, previous_sha256, sha256 FROM journal ORDER BY seq DESC LIMIT 1', []);
  const end = await journalEnd(query);
  const waiting = await query<{ id: string; content_sha256: string }>(
    `SELECT t.id, t.content_sha256 FROM transfer t
      WHERE ${notInJournal} AND (t.written_in < pg_snapshot_xmin(pg_current_snapshot()) OR t.written_in >= pg_snapshot_xmax(pg_current_snapshot()))
      ORDER BY t.written_in, t.id LIMIT $3`,
    [end.writtenIn, end.id, journalBatchMax],
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

/** Whoever writes the journal, or what is made of it, is alone until its transaction ends. */
export async function lockJournal(query: Query): Promise<void> {
  await query(`SELECT pg_advisory_xact_lock(hashtext('sonrisa journal'))`, []);
}

export type JournalEnd = { readonly writtenIn: string; readonly id: string };

/**
 * Where the journal ends in the order of transaction numbers. A database that was restored into another cluster begins those
 * anew: whenever they run behind the journal's end, every transfer is looked at, so that none is missed.
 */
export async function journalEnd(query: Query): Promise<JournalEnd> {
  const [end] = await query<{ written_in: string; id: string; is_past: boolean }>(
    `SELECT t.written_in::text, t.id, t.written_in < pg_snapshot_xmin(pg_current_snapshot()) AS is_past
       FROM journal j JOIN transfer t ON t.id = j.transfer_id ORDER BY j.seq DESC LIMIT 1`,
    [],
  );
  return end?.is_past ? { writtenIn: end.written_in, id: end.id } : { writtenIn: '0', id: '' };
}

/** True for a transfer `t` behind the journal's end, which are the first two parameters. */
export const notInJournal = `(t.written_in, t.id) > ($1::xid8, $2) AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.transfer_id = t.id)`;

export type LinkRow = { seq: bigint; content_sha256: string; previous_sha256: string; sha256: string };

export function linkOf(row: LinkRow): JournalLink {
  return { seq: row.seq, contentHash: row.content_sha256, previousHash: row.previous_sha256, hash: row.sha256 };
}
