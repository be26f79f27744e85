// What a merchant's statement says of its bank account: that somebody proposed another, and what became of it. No money moves by it.
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { endOf } from '../payouts/index.ts';

export type AccountNotice = {
  readonly kind: 'bank_account_proposed' | 'bank_account_changed' | 'bank_account_refused';
  readonly atMs: number;
  /** In the time zone of the merchant's first store. */
  readonly localDay: string;
  readonly numberEnds: string;
};

/** Oldest first, both ends within. */
export async function accountNotices(db: Database, { merchantId, from, to }: { merchantId: string; from: string; to: string }): Promise<AccountNotice[]> {
  const { rows } = await sql<{ kind: AccountNotice['kind']; at: Date; local_day: string; number: string }>`
    WITH home AS (SELECT COALESCE((SELECT time_zone FROM store WHERE merchant_id = ${merchantId} ORDER BY created_at, id LIMIT 1), 'UTC') AS time_zone),
         said AS (SELECT 'bank_account_proposed' AS kind, proposed_at AS at, number FROM proposal WHERE kind = 'bank_account' AND owner = 'merchant' AND owner_id = ${merchantId}
                  UNION ALL
                  SELECT CASE state WHEN 'done' THEN 'bank_account_changed' ELSE 'bank_account_refused' END, decided_at, number FROM proposal
                   WHERE kind = 'bank_account' AND owner = 'merchant' AND owner_id = ${merchantId} AND state IN ('done', 'refused'))
    SELECT said.kind, said.at, said.number, (said.at AT TIME ZONE home.time_zone)::date::text AS local_day FROM said, home
     WHERE (said.at AT TIME ZONE home.time_zone)::date BETWEEN ${from}::date AND ${to}::date ORDER BY said.at, said.kind`.execute(db);
  return rows.map((row) => ({ kind: row.kind, atMs: row.at.getTime(), localDay: row.local_day, numberEnds: endOf(row.number) }));
}
