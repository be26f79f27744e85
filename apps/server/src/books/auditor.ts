// The audit of everything: reads the whole books in one snapshot and says what does not add up, and where. Used by every test
// that moves money, by the operator's trial balance, and once a day; audit-round.ts is the one of every minute.
import { type JournalLink, type JournalTransfer, contentHashOf, firstBrokenLink, linkText } from '@sonrisa/ledger/journal.ts';
import { createGrowingTree, isSame, leafHashOf } from '@sonrisa/ledger/merkle.ts';
import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import type { Pool, PoolClient } from '../db/pool.ts';
import { auditChecks } from './audit-checks.ts';
import type { Query } from './idempotency.ts';
import { type LinkRow, linkOf } from './journal.ts';
import { checkpointOf } from './merkle-log.ts';
import { sha256, sha256Bytes } from './sha256.ts';

export type AuditFinding = { readonly check: string; readonly sentence: string };

/** Findings per check that are written out; the rest is counted. */
export const findingsPerCheckMax = 20;
const journalPageMax = 1000;

export function auditBooks(pool: Pool): Promise<AuditFinding[]> {
  return inSnapshot(pool, async (client) => {
    const findings: AuditFinding[] = [];
    for (const check of auditChecks) {
      const { rows } = await client.query<{ what: string; found: string; expected: string }>(check.sql);
      const words = rows.map((row) => `${check.says}: ${row.what} has ${row.found}, expected ${row.expected}`);
      findings.push(...limited(check.name, words));
    }
    return [...findings, ...limited('transfer_content', await auditContents(client)), ...limited('journal_chain', await auditChain(client))];
  });
}

/** For tests: throws with every finding. */
export async function assertBooksCoherent(pool: Pool): Promise<void> {
  const findings = await auditBooks(pool);
  if (findings.length > 0) throw new Error(`the books are not coherent:\n${findings.map((finding) => `- ${finding.sentence}`).join('\n')}`);
}

export async function stopBooks(pool: Pool, input: { atMs: number; findings: readonly string[] }): Promise<void> {
  await pool.query('INSERT INTO books_stop (stopped_at, reason) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    new Date(input.atMs),
    input.findings.join('\n'),
  ]);
}

export async function trialBalance(pool: Pool, atMs: number): Promise<TrialBalance> {
  const findings = await auditBooks(pool);
  const { rows } = await pool.query<{ class: string; currency: string; accounts: bigint; debit: string; credit: string; balance: string }>(
    `SELECT a.class, a.currency, count(DISTINCT a.id) AS accounts,
            COALESCE(-sum(e.amount_minor) FILTER (WHERE e.amount_minor < 0), 0)::text AS debit,
            COALESCE(sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0), 0)::text AS credit,
            COALESCE(sum(e.amount_minor), 0)::text AS balance
       FROM account a LEFT JOIN entry e ON e.account_id = a.id GROUP BY a.class, a.currency ORDER BY a.currency, a.class`,
  );
  return {
    atMs,
    coherent: findings.length === 0,
    findings: findings.map((finding) => finding.sentence),
    rows: rows.map((row) => ({
      accountClass: row.class,
      currency: row.currency,
      accounts: Number(row.accounts),
      debitMinor: row.debit,
      creditMinor: row.credit,
      balanceMinor: row.balance,
    })),
  };
}

// One snapshot for all checks: a payment that lands between two of them must not look like a mismatch.
async function inSnapshot<T>(pool: Pool, read: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await read(client);
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release();
  }
}

type ContentRow = {
  id: string;
  kind: string;
  currency: string;
  amount_minor: bigint;
  fee_minor: bigint;
  hold_id: string | null;
  reason: string;
  at: Date;
  content_sha256: string;
  // bigint as text: JSON numbers would round.
  legs: [string, string][];
};

async function auditContents(client: PoolClient): Promise<string[]> {
  const words: string[] = [];
  for (let after = ''; ; ) {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM transfer WHERE id > $1 ORDER BY id LIMIT $2', [after, journalPageMax]);
    const query: Query = async <Row>(text: string, values: readonly unknown[]) => (await client.query(text, [...values])).rows as Row[];
    words.push(...(await changedContents(query, { where: 't.id = ANY ($1)', values: [rows.map(({ id }) => id)] })));
    if (rows.length < journalPageMax) return words;
    after = rows.at(-1)!.id;
  }
}

/** The transfers among these whose content is not what its hash was made of. */
export async function changedContents(query: Query, { where, values }: { where: string; values: readonly unknown[] }): Promise<string[]> {
  const rows = await query<ContentRow>(
    `SELECT t.id, t.kind, t.currency, t.amount_minor, t.fee_minor, t.hold_id, t.reason, t.at, t.content_sha256,
            (SELECT COALESCE(jsonb_agg(jsonb_build_array(e.account_id, e.amount_minor::text) ORDER BY e.leg), '[]')
               FROM entry e WHERE e.transfer_id = t.id) AS legs
       FROM transfer t WHERE ${where}`,
    values,
  );
  const changed = rows.filter((row) => row.content_sha256 !== contentHashOf(sha256, transferOf(row)));
  return changed.map(({ id }) => `a transfer was changed after it was written: ${id}`);
}

function transferOf(row: ContentRow): JournalTransfer {
  return {
    id: row.id,
    kind: row.kind,
    currency: row.currency,
    amountMinor: row.amount_minor,
    feeMinor: row.fee_minor,
    holdId: row.hold_id,
    reason: row.reason,
    atMs: row.at.getTime(),
    legs: row.legs.map(([accountId, amountMinor]) => ({ accountId, amountMinor: BigInt(amountMinor) })),
  };
}

// The chain link by link, and each checkpoint's root over the links before it.
async function auditChain(client: PoolClient): Promise<string[]> {
  let previous = null as JournalLink | null;
  const { rows: notes } = await client.query<{ note: string; number: bigint }>('SELECT note, number FROM journal_checkpoint ORDER BY number');
  const rootOf = new Map(notes.map(({ note }) => [checkpointOf(note).size, checkpointOf(note).root]));
  const tree = createGrowingTree(sha256Bytes);
  for (;;) {
    const { rows }: { rows: (LinkRow & { transfer_content: string | null; transfer_id: string })[] } = await client.query(
      `SELECT j.seq, j.content_sha256, j.previous_sha256, j.sha256, j.transfer_id, t.content_sha256 AS transfer_content
         FROM journal j LEFT JOIN transfer t ON t.id = j.transfer_id WHERE j.seq > $1 ORDER BY j.seq LIMIT $2`,
      [previous?.seq ?? 0n, journalPageMax],
    );
    const links = rows.map(linkOf);
    const broken = firstBrokenLink(sha256, previous, links);
    if (broken !== null) return [`the journal's hash chain breaks at link ${broken}`];
    const changed = rows.filter((row) => row.transfer_content !== row.content_sha256);
    if (changed.length > 0) return changed.map((row) => `the journal holds another content of transfer ${row.transfer_id} than the books`);
    for (const link of links) {
      tree.add(leafHashOf(sha256Bytes, new TextEncoder().encode(linkText(link))));
      const root = rootOf.get(tree.size);
      if (root && !isSame(root, tree.root())) return [`the checkpoint over the first ${tree.size} links of the journal was signed over others`];
    }
    if (rows.length < journalPageMax) {
      const signed = Math.max(0, ...rootOf.keys());
      return signed > tree.size ? [`the journal was cut short: a checkpoint covers ${signed} links and there are ${tree.size}`] : [];
    }
    previous = links.at(-1) ?? null;
  }
}

export function limited(check: string, words: readonly string[]): AuditFinding[] {
  const shown = words.slice(0, findingsPerCheckMax).map((sentence) => ({ check, sentence }));
  const more = words.length - shown.length;
  return more > 0 ? [...shown, { check, sentence: `${check}: ${more} more` }] : shown;
}
