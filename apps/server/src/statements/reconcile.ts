// Holds the lines of the bank and of the card processor against the books: what is matched confirms its payout, what is not becomes a break
// that waits for a person. A payout that came back waits for a second one: whoever imports a file could have written it. Safe to run again
// and again, by any number of processes: a line is matched once, and a break that has cleared up closes by itself.
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { endToEndIdOf, type StatementLine } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';
import type { Payouts } from '../payouts/index.ts';
import type { Proposals } from '../proposals/index.ts';
import { daysApartMax, matchLine, type Match, type Ours, type OursKind } from './match.ts';

export type ReconcileDeps = { db: Database; payouts: Pick<Payouts, 'confirm'>; proposals: Pick<Proposals, 'proposeReturn'>; nowMs: () => number; newId: (kind: IdKind) => string };
export type Reconciled = { matched: number; breaks: number };

export type StatementHolder = 'bank' | 'card_processor';

type Place = { currency: string; holder: StatementHolder };
type WaitingLine = StatementLine & Place & { id: string; statementId: string; importedBy: string | null };

const linesPerRoundMax = 10_000;

export async function reconcile(deps: ReconcileDeps): Promise<Reconciled> {
  const reconciled: Reconciled = { matched: 0, breaks: 0 };
  const lines = await waitingLines(deps.db);
  for (const place of new Map(lines.map((line) => [placeName(line), line])).values()) {
    const waiting = await waitingOurs(deps.db, place);
    for (const line of lines.filter((each) => placeName(each) === placeName(place))) {
      const match = matchLine(line, waiting);
      if (match.is === 'matched' && (await take(deps, { line, match }))) {
        waiting.splice(waiting.indexOf(match.ours), 1);
        reconciled.matched += 1;
      } else if (await openBreak(deps, { line, match })) reconciled.breaks += 1;
    }
  }
  reconciled.breaks += await missingAtTheBank(deps);
  return reconciled;
}

async function waitingLines(db: Database): Promise<WaitingLine[]> {
  const { rows } = await sql<WaitingLine>`
    SELECT l.id, l.reference, l.amount_minor AS "amountMinor", l.booked_on::text AS "bookedOn", l.text, l.is_return AS "isReturn", s.currency, s.holder, s.id AS "statementId", s.imported_by AS "importedBy"
      FROM bank_statement_line l JOIN bank_statement s ON s.id = l.bank_statement_id
     WHERE l.matched_id IS NULL AND NOT EXISTS (SELECT 1 FROM reconciliation_break b WHERE b.line_id = l.id AND b.state = 'resolved')
     ORDER BY l.booked_on, s.imported_at, l.number, l.id LIMIT ${linesPerRoundMax}`.execute(db);
  return rows;
}

const placeName = ({ currency, holder }: Place): string => `${holder} ${currency}`;

// What has no line yet where the money went. A payout may come back as long as it has not: its return waits beside it.
async function waitingOurs(db: Database, { currency, holder }: Place): Promise<Ours[]> {
  const { rows } = await (holder === 'bank' ? sql<WaitingOurs>`
    SELECT 'payout' AS kind, id, -amount_minor AS "amountMinor", sent_at::date::text AS "on" FROM payout WHERE currency = ${currency} AND ${unmatched('payout', 'payout.id')}
    UNION ALL
    SELECT 'payout_return', id, amount_minor, sent_at::date::text FROM payout WHERE currency = ${currency} AND ${unmatched('payout_return', 'payout.id')}
    UNION ALL
    SELECT 'transfer', t.id, t.amount_minor, t.at::date::text FROM ${topUps} WHERE t.currency = ${currency} AND ${heldBy} = 'bank' AND ${unmatched('transfer', 't.id')}` : sql<WaitingOurs>`
    SELECT 'transfer' AS kind, t.id, t.amount_minor AS "amountMinor", t.at::date::text AS "on", ${theirs} AS theirs
      FROM ${topUps} WHERE t.currency = ${currency} AND ${heldBy} = ${holder} AND ${unmatched('transfer', 't.id')}
    UNION ALL
    SELECT 'card_fee', t.id, NULL, t.at::date::text, ${theirs}
      FROM ${topUps} WHERE t.currency = ${currency} AND ${heldBy} = ${holder} AND ${unmatched('card_fee', 't.id')}`).execute(db);
  return rows.map(({ theirs: others, ...row }) => ({ ...row, references: [endToEndIdOf(row.id), ...(others ?? [])] }));
}

type WaitingOurs = Omit<Ours, 'references'> & { theirs?: string[] | null };

const unmatched = (kind: OursKind, id: string) => sql`NOT EXISTS (SELECT 1 FROM bank_statement_line l WHERE l.matched_kind = ${kind} AND l.matched_id = ${sql.ref(id)})`;
const topUps = sql`(SELECT * FROM transfer WHERE kind = 'top_up') AS t LEFT JOIN funding_attempt f ON f.id = t.hold_id`;
const heldBy = sql`CASE f.source WHEN 'card' THEN 'card_processor' ELSE 'bank' END`;
/** What the processor calls the charge, and what we called it when we asked. */
const theirs = sql`ARRAY(SELECT given FROM unnest(ARRAY[f.source_ref, f.id]) AS given WHERE given IS NOT NULL)`;

// The money first, under the payout's own key: a process that dies between leaves a line that the next round takes again.
async function take(deps: ReconcileDeps, { line, match }: { line: WaitingLine; match: Match & { is: 'matched' } }): Promise<boolean> {
  const { ours, by } = match;
  if (!(await moveMoney(deps, { kind: ours.kind, id: ours.id, line }))) return false;
  const { rows } = await sql`
    UPDATE bank_statement_line SET matched_kind = ${ours.kind}, matched_id = ${ours.id}, matched_by = ${by} WHERE id = ${line.id} AND matched_id IS NULL RETURNING 1`.execute(deps.db);
  await sql`
    UPDATE reconciliation_break SET state = 'resolved', note = 'matched by ' || ${by}, resolved_at = ${new Date(deps.nowMs())}
     WHERE state = 'open' AND (line_id = ${line.id} OR (line_id IS NULL AND ours = ${ours.id}))`.execute(deps.db);
  return rows.length > 0;
}

/** False: not yet, somebody has to approve it. */
async function moveMoney({ payouts, proposals }: ReconcileDeps, { kind, id, line }: { kind: OursKind; id: string; line: WaitingLine }): Promise<boolean> {
  const reason = `bank statement ${line.statementId}`;
  try {
    if (kind === 'payout') await payouts.confirm({ payoutId: id, reason });
    if (kind === 'payout_return') return (await proposals.proposeReturn({ payoutId: id, reason, makerId: line.importedBy, key: null })).state === 'done';
  } catch (error) {
    // Confirmed or returned before by another way: the line is that movement all the same.
    if (!(error instanceof ProblemError) || error.code !== 'payout_not_open') throw error;
  }
  return true;
}

async function openBreak({ db, nowMs, newId }: ReconcileDeps, { line, match }: { line: WaitingLine; match: Match }): Promise<boolean> {
  const [kind, ours] = match.is === 'amount_differs' ? ['amount_differs', match.ours.id] : ['only_at_the_bank', null];
  const { rows } = await sql`
    INSERT INTO reconciliation_break (id, kind, line_id, ours, currency, amount_minor, happened_on, opened_at)
    VALUES (${newId('reconciliationBreak')}, ${kind}, ${line.id}, ${ours}, ${line.currency}, ${line.amountMinor}, ${line.bookedOn}::date, ${new Date(nowMs())})
    ON CONFLICT DO NOTHING RETURNING 1`.execute(db);
  return rows.length > 0;
}

// Only where whoever holds the money has told of later days: before that nothing is missing.
async function missingAtTheBank({ db, nowMs, newId }: ReconcileDeps): Promise<number> {
  const { rows } = await sql<{ id: string; currency: string; amount_minor: bigint; day: string }>`
    WITH told AS (SELECT s.currency, s.holder, max(l.booked_on) AS last_day FROM bank_statement s JOIN bank_statement_line l ON l.bank_statement_id = s.id GROUP BY s.currency, s.holder),
         ours AS (SELECT id, currency, 'bank' AS holder, -amount_minor AS amount_minor, sent_at::date AS day, 'payout' AS kind FROM payout WHERE state <> 'returned'
                  UNION ALL SELECT t.id, t.currency, ${heldBy}, t.amount_minor, t.at::date, 'transfer' FROM ${topUps})
    SELECT ours.id, ours.currency, ours.amount_minor, ours.day::text AS day FROM ours JOIN told ON told.currency = ours.currency AND told.holder = ours.holder
     WHERE ours.day + ${daysApartMax}::int < told.last_day
       AND NOT EXISTS (SELECT 1 FROM bank_statement_line l WHERE l.matched_kind = ours.kind AND l.matched_id = ours.id)
       AND NOT EXISTS (SELECT 1 FROM reconciliation_break b WHERE b.ours = ours.id)
     LIMIT ${linesPerRoundMax}`.execute(db);
  for (const row of rows) {
    await sql`
      INSERT INTO reconciliation_break (id, kind, ours, currency, amount_minor, happened_on, opened_at)
      VALUES (${newId('reconciliationBreak')}, 'only_in_the_books', ${row.id}, ${row.currency}, ${row.amount_minor}, ${row.day}::date, ${new Date(nowMs())})
      ON CONFLICT DO NOTHING`.execute(db);
  }
  return rows.length;
}
