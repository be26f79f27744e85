// Breaks: differences between bank and books that a person looks after until they are explained.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export type Break = {
  id: string;
  kind: 'only_at_the_bank' | 'only_in_the_books' | 'amount_differs';
  /** With the bank's sign: positive came in. */
  amountMinor: string;
  currency: string;
  happenedOn: string;
  ageDays: number;
  owner: string | null;
  state: 'open' | 'resolved';
  note: string;
  reference: string | null;
  text: string | null;
  ours: string | null;
};

type Row = Omit<Break, 'amountMinor'> & { amount_minor: bigint };

/** Oldest first. */
export async function readBreaks(db: Database, input: { nowMs: number; state: 'open' | 'resolved'; breakId?: string; limit: number }): Promise<Break[]> {
  const { rows } = await sql<Row>`
    SELECT b.id, b.kind, b.amount_minor, b.currency, b.happened_on::text AS "happenedOn", (${new Date(input.nowMs)}::timestamptz::date - b.happened_on) AS "ageDays",
           b.owner, b.state, b.note, l.reference, l.text, b.ours
      FROM reconciliation_break b LEFT JOIN bank_statement_line l ON l.id = b.line_id
     WHERE (${input.breakId ?? null}::text IS NULL AND b.state = ${input.state}) OR b.id = ${input.breakId ?? null}
     ORDER BY b.happened_on, b.id LIMIT ${input.limit}`.execute(db);
  return rows.map(({ amount_minor, ...row }) => ({ ...row, amountMinor: String(amount_minor) }));
}

/** Throws `not_found`. */
export async function assignBreak(db: Database, { breakId, owner }: { breakId: string; owner: string }): Promise<void> {
  const { rows } = await sql`UPDATE reconciliation_break SET owner = ${owner} WHERE id = ${breakId} RETURNING 1`.execute(db);
  if (rows.length === 0) throw new ProblemError('not_found');
}

/** Says why, for ever. Throws `not_found`, and `reason_missing` without a note. Money that must move is moved by an adjustment. */
export async function resolveBreak(db: Database, { breakId, note, nowMs }: { breakId: string; note: string; nowMs: number }): Promise<void> {
  if (note.trim() === '') throw new ProblemError('reason_missing');
  const { rows } = await sql`
    UPDATE reconciliation_break SET state = 'resolved', note = ${note}, resolved_at = ${new Date(nowMs)} WHERE id = ${breakId} AND state = 'open' RETURNING 1`.execute(db);
  if (rows.length > 0) return;
  const [known] = await readBreaks(db, { nowMs, state: 'resolved', breakId, limit: 1 });
  if (!known) throw new ProblemError('not_found');
}
