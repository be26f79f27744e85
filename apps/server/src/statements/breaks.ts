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
  /** `id` null: somebody who was typed as words, before people were named here. */
  owner: { id: string | null; name: string } | null;
  /** Null: open, or it cleared up by itself. */
  resolvedBy: { id: string; name: string } | null;
  state: 'open' | 'resolved';
  note: string;
  reference: string | null;
  text: string | null;
  ours: string | null;
};

type Row = Omit<Break, 'amountMinor' | 'owner' | 'resolvedBy'> & { amount_minor: bigint; owner: string | null; owner_id: string | null; owner_name: string | null; resolver_id: string | null; resolver_name: string | null };

/** Oldest first. */
export async function readBreaks(db: Database, input: { nowMs: number; state: 'open' | 'resolved'; breakId?: string; limit: number }): Promise<Break[]> {
  const { rows } = await sql<Row>`
    SELECT b.id, b.kind, b.amount_minor, b.currency, b.happened_on::text AS "happenedOn", (${new Date(input.nowMs)}::timestamptz::date - b.happened_on) AS "ageDays",
           b.owner, b.state, b.note, l.reference, l.text, b.ours, b.owner_id, owner.name AS owner_name, b.resolved_by AS resolver_id, resolver.name AS resolver_name
      FROM reconciliation_break b LEFT JOIN bank_statement_line l ON l.id = b.line_id
      LEFT JOIN operator_person owner ON owner.id = b.owner_id LEFT JOIN operator_person resolver ON resolver.id = b.resolved_by
     WHERE (${input.breakId ?? null}::text IS NULL AND b.state = ${input.state}) OR b.id = ${input.breakId ?? null}
     ORDER BY b.happened_on, b.id LIMIT ${input.limit}`.execute(db);
  return rows.map(({ amount_minor, owner, owner_id, owner_name, resolver_id, resolver_name, ...row }) => {
    const name = owner_name ?? owner;
    return {
      ...row,
      amountMinor: String(amount_minor),
      owner: name === null ? null : { id: owner_id, name },
      resolvedBy: resolver_id === null ? null : { id: resolver_id, name: resolver_name ?? resolver_id },
    };
  });
}

/** Throws `not_found`, also for a person who is not there or was switched off. */
export async function assignBreak(db: Database, { breakId, personId }: { breakId: string; personId: string }): Promise<void> {
  const { rows } = await sql`
    UPDATE reconciliation_break SET owner_id = p.id, owner = p.name FROM operator_person p
     WHERE reconciliation_break.id = ${breakId} AND p.id = ${personId} AND p.revoked_at IS NULL RETURNING 1`.execute(db);
  if (rows.length === 0) throw new ProblemError('not_found');
}

/** Says why, for ever, and who says so. Throws `not_found`, and `reason_missing` without a note. Money that must move is moved by an adjustment. */
export async function resolveBreak(db: Database, { breakId, note, personId, nowMs }: { breakId: string; note: string; personId: string; nowMs: number }): Promise<void> {
  if (note.trim() === '') throw new ProblemError('reason_missing');
  const { rows } = await sql`
    UPDATE reconciliation_break SET state = 'resolved', note = ${note}, resolved_by = ${personId}, resolved_at = ${new Date(nowMs)}
     WHERE id = ${breakId} AND state = 'open' RETURNING 1`.execute(db);
  if (rows.length > 0) return;
  const [known] = await readBreaks(db, { nowMs, state: 'resolved', breakId, limit: 1 });
  if (!known) throw new ProblemError('not_found');
}
