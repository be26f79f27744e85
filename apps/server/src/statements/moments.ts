// The books of a past moment. A clock cannot say what was committed when: a transfer is dated before its transaction ends. So the
// database's own snapshot is written down every minute, and a past moment is read through the last one before it: asked again, it is the same.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export type BalanceRow = { accountClass: string; currency: string; accounts: number; debitMinor: string; creditMinor: string; balanceMinor: string };
export type PastBalance = {
  /** When the snapshot was taken: at or before the moment asked for. */
  asOfMs: number;
  rows: BalanceRow[];
};

export async function writeMoment(db: Database, nowMs: number): Promise<void> {
  await sql`INSERT INTO books_moment (at, seen) VALUES (${new Date(nowMs)}, pg_current_snapshot()) ON CONFLICT DO NOTHING`.execute(db);
}

/** Throws `not_found` when nothing was written down before this moment. */
export async function trialBalanceAt(db: Database, atMs: number): Promise<PastBalance> {
  const { rows: moments } = await sql<{ at: Date; seen: string }>`
    SELECT at, seen::text AS seen FROM books_moment WHERE at <= ${new Date(atMs)} ORDER BY at DESC LIMIT 1`.execute(db);
  const [moment] = moments;
  if (!moment) throw new ProblemError('not_found');
  const { rows } = await sql<BalanceRow>`
    SELECT a.class AS "accountClass", a.currency, count(DISTINCT a.id)::int AS accounts,
           COALESCE(-sum(e.amount_minor) FILTER (WHERE e.amount_minor < 0), 0)::text AS "debitMinor",
           COALESCE(sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0), 0)::text AS "creditMinor", sum(e.amount_minor)::text AS "balanceMinor"
      FROM transfer t CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) AS e (account_id, amount_minor) JOIN account a ON a.id = e.account_id
     WHERE pg_visible_in_snapshot(t.written_in, ${moment.seen}::pg_snapshot)
     GROUP BY a.class, a.currency ORDER BY a.currency, a.class`.execute(db);
  return { asOfMs: moment.at.getTime(), rows };
}
