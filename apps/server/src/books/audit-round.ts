// The audit of every minute: reads what came since the last one, compares the balance of every account with the entries behind
// it, and reads a slice of the past again. Costs what is new, however long the books are. `auditBooks` reads everything.
import { type JournalLink, firstBrokenLink } from '@sonrisa/ledger/journal.ts';
import type { Pool } from '../db/pool.ts';
import { auditChecks, walletsPerTransfer } from './audit-checks.ts';
import { type AuditFinding, changedContents, limited } from './auditor.ts';
import type { Query } from './idempotency.ts';
import { journalEnd, type LinkRow, linkOf, notInJournal } from './journal.ts';
import { sha256 } from './sha256.ts';
import { isPassing } from './transaction.ts';

export type RoundResult = {
  readonly findings: readonly AuditFinding[];
  /** Transfers that were new to the auditor. */
  readonly audited: number;
  /** False: there is more; balances are compared when the last of it was read. */
  readonly isComplete: boolean;
};

export const auditBatchMax = 5_000;
const rereadMax = 2_000;

/** Null: another process is auditing. */
export async function auditRound(pool: Pool, { atMs }: { atMs: number }): Promise<RoundResult | null> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const query: Query = async <Row>(text: string, values: readonly unknown[]) => (await client.query(text, [...values])).rows as Row[];
  try {
    // One snapshot for all of it: a payment that lands between two looks must not be taken for a mismatch.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const [lock] = await query<{ got: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext('sonrisa audit')) AS got`, []);
    const result = lock?.got ? await auditNews(query, atMs) : null;
    // What was found stays unread: the next round finds it again, until somebody has mended it.
    await client.query(result && result.findings.length === 0 ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(() => undefined, (lost: Error) => lost);
    // Another round ended while this one waited: its snapshot is too old to write on.
    if (isPassing(error) && broken === undefined) return null;
    throw error;
  } finally {
    client.release(broken);
  }
}

type State = { audited_seq: bigint; reread_seq: bigint; event_id: bigint; size: bigint; last_event: bigint; signed: bigint };

async function auditNews(query: Query, atMs: number): Promise<RoundResult> {
  const [state] = await query<State>(
    `SELECT audited_seq, reread_seq, event_id, COALESCE((SELECT max(seq) FROM journal), 0) AS size,
            COALESCE((SELECT max(id) FROM payment_event), 0) AS last_event, COALESCE((SELECT max(size) FROM journal_checkpoint), 0) AS signed
       FROM audit_state`,
    [],
  );
  if (!state) return { findings: limited('audit_state', ['the auditor lost its place: its row is gone']), audited: 0, isComplete: false };
  const until = min(state.size, state.audited_seq + BigInt(auditBatchMax));
  const isComplete = until === state.size;
  const reread = slicesOfThePast(state);
  const findings = [
    ...cutShort(state),
    ...(await auditSlice(query, { from: state.audited_seq, to: until })),
    ...(await auditTouched(query, { from: state.audited_seq, to: until, eventId: state.event_id })),
  ];
  for (const slice of reread) findings.push(...(await auditSlice(query, slice)));
  await carryBalances(query, { from: state.audited_seq, to: until });
  if (isComplete) findings.push(...(await compareBalances(query)), ...(await auditWhole(query)));
  await query('UPDATE audit_state SET audited_seq = $1, reread_seq = $2, event_id = $3, last_at = $4', [until, reread.at(-1)!.to, isComplete ? state.last_event : state.event_id, new Date(atMs)]);
  return { findings: unique(findings), audited: Number(until - state.audited_seq), isComplete };
}

// Round and round, so many links a time; short books are read whole.
function slicesOfThePast({ reread_seq, audited_seq }: State): Slice[] {
  const from = min(reread_seq, audited_seq);
  const to = min(audited_seq, from + BigInt(rereadMax));
  const again = min(from, BigInt(rereadMax) - (to - from));
  return again > 0n ? [{ from, to }, { from: 0n, to: again }] : [{ from, to }];
}

function cutShort({ size, audited_seq, signed }: State): AuditFinding[] {
  const known = audited_seq > signed ? audited_seq : signed;
  return size < known ? limited('journal_length', [`the journal was cut short: it has ${size} links and had ${known}`]) : [];
}

type Slice = { readonly from: bigint; readonly to: bigint };
const idsOf = 'SELECT transfer_id FROM journal WHERE seq > $1 AND seq <= $2';

// Contents against their hashes, the chain, and what must be true of each transfer by itself.
async function auditSlice(query: Query, { from, to }: Slice): Promise<AuditFinding[]> {
  if (to <= from) return [];
  const [before] = await query<LinkRow>('SELECT seq, content_sha256, previous_sha256, sha256 FROM journal WHERE seq = $1', [from]);
  const rows = await query<LinkRow & { transfer_id: string; transfer_content: string | null }>(
    `SELECT j.seq, j.content_sha256, j.previous_sha256, j.sha256, j.transfer_id, t.content_sha256 AS transfer_content
       FROM journal j LEFT JOIN transfer t ON t.id = j.transfer_id WHERE j.seq > $1 AND j.seq <= $2 ORDER BY j.seq`,
    [from, to],
  );
  const links: JournalLink[] = rows.map(linkOf);
  const broken = firstBrokenLink(sha256, before ? linkOf(before) : null, links) ?? (links.length < Number(to - from) ? from + BigInt(links.length) + 1n : null);
  const other = rows.filter((row) => row.transfer_content !== row.content_sha256);
  const perTransfer = auditChecks.filter((check) => check.row === 'transfer');
  const found: AuditFinding[] = [];
  for (const check of [...perTransfer, walletsPerTransfer]) found.push(...(await runOn(query, check, { ids: idsOf, values: [from, to] })));
  return [
    ...limited('journal_chain', [
      ...(broken === null ? [] : [`the journal's hash chain breaks at link ${broken}`]),
      ...other.map((row) => `the journal holds another content of transfer ${row.transfer_id} than the books`),
    ]),
    ...limited('transfer_content', await changedContents(query, { where: `t.id IN (${idsOf})`, values: [from, to] })),
    ...found,
  ];
}

// Holds and payments that something happened to since.
async function auditTouched(query: Query, { from, to, eventId }: Slice & { eventId: bigint }): Promise<AuditFinding[]> {
  const holds = `SELECT hold_id FROM transfer WHERE id IN (${idsOf}) AND hold_id IS NOT NULL`;
  // Events get their numbers before they are committed: some below the last one seen may have come after it.
  const payments = `${holds} UNION SELECT payment_id FROM payment_event WHERE id > $3`;
  const checks = auditChecks.filter((check) => check.row === 'hold' || check.row === 'payment');
  const found: AuditFinding[] = [];
  for (const check of checks) {
    found.push(...(await runOn(query, check, check.row === 'hold' ? { ids: holds, values: [from, to] } : { ids: payments, values: [from, to, eventId - eventOverlap] })));
  }
  return found;
}
const eventOverlap = 1_000n;

async function runOn(query: Query, { name, says, sql }: { name: string; says: string; sql: string }, { ids, values }: { ids: string; values: readonly unknown[] }): Promise<AuditFinding[]> {
  const rows = await query<{ what: string; found: string; expected: string }>(`SELECT * FROM (${sql}) AS checked WHERE what = ANY (ARRAY(${ids}))`, values);
  return limited(name, rows.map((row) => `${says}: ${row.what} has ${row.found}, expected ${row.expected}`));
}

async function carryBalances(query: Query, { from, to }: Slice): Promise<void> {
  await query(
    `INSERT INTO audited_balance (account_id, balance_minor)
     SELECT e.account_id, sum(e.amount_minor) FROM entry e WHERE e.transfer_id IN (${idsOf}) GROUP BY e.account_id
     ON CONFLICT (account_id) DO UPDATE SET balance_minor = audited_balance.balance_minor + excluded.balance_minor`,
    [from, to],
  );
}

// Every account, not only those that moved: somebody may have written on an idle one.
async function compareBalances(query: Query): Promise<AuditFinding[]> {
  const end = await journalEnd(query);
  const rows = await query<{ what: string; found: string; expected: string }>(
    `WITH tail AS (SELECT e.account_id, sum(e.amount_minor) AS minor FROM transfer t JOIN entry e ON e.transfer_id = t.id WHERE ${notInJournal} GROUP BY e.account_id)
     SELECT COALESCE(a.id, b.account_id) AS what, COALESCE(a.balance_minor, 0)::text AS found, (COALESCE(b.balance_minor, 0) + COALESCE(tail.minor, 0))::text AS expected
       FROM account a FULL JOIN audited_balance b ON b.account_id = a.id LEFT JOIN tail ON tail.account_id = COALESCE(a.id, b.account_id)
      WHERE COALESCE(a.balance_minor, 0) <> COALESCE(b.balance_minor, 0) + COALESCE(tail.minor, 0)`,
    [end.writtenIn, end.id],
  );
  return limited('balance_is_sum_of_entries', rows.map((row) => `the balance of an account is not the sum of its entries: ${row.what} has ${row.found}, expected ${row.expected}`));
}

async function auditWhole(query: Query): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (const { name, says, sql } of auditChecks.filter((check) => check.row === undefined)) {
    const rows = await query<{ what: string; found: string; expected: string }>(sql, []);
    findings.push(...limited(name, rows.map((row) => `${says}: ${row.what} has ${row.found}, expected ${row.expected}`)));
  }
  return findings;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function unique(findings: readonly AuditFinding[]): AuditFinding[] {
  return [...new Map(findings.map((finding) => [finding.sentence, finding])).values()];
}
