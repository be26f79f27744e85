// What a merchant's statement says of what two people decide about it: that somebody proposed another bank account or other fees, and
// what became of it. No money moves by it.
import { type Currency, formatDecimal, money } from '@sonrisa/ledger/money.ts';
import type { Fees } from '@sonrisa/protocol/money-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { endOf } from '../proposals/index.ts';

export type Notice = {
  readonly kind: `${'bank_account' | 'fees'}_${'proposed' | 'changed' | 'refused'}`;
  readonly atMs: number;
  /** In the time zone of the merchant's first store. */
  readonly localDay: string;
  /** The end of an account's number, or the terms of a fee. */
  readonly about: string;
};

type Row = { kind: 'bank_account' | 'merchant_fees'; said: 'proposed' | 'changed' | 'refused'; at: Date; local_day: string; number: string | null; fees: Fees | null; currency: Currency };

/** Oldest first, both ends within. */
export async function noticesOf(db: Database, { merchantId, from, to }: { merchantId: string; from: string; to: string }): Promise<Notice[]> {
  const { rows } = await sql<Row>`
    WITH home AS (SELECT COALESCE((SELECT time_zone FROM store WHERE merchant_id = ${merchantId} ORDER BY created_at, id LIMIT 1), 'UTC') AS time_zone),
         own AS (SELECT * FROM proposal WHERE kind IN ('bank_account', 'merchant_fees') AND owner = 'merchant' AND owner_id = ${merchantId}),
         told AS (SELECT kind, 'proposed' AS said, proposed_at AS at, number, fees, currency FROM own
                  UNION ALL
                  SELECT kind, CASE state WHEN 'done' THEN 'changed' ELSE 'refused' END, decided_at, number, fees, currency FROM own WHERE state IN ('done', 'refused'))
    SELECT told.*, (told.at AT TIME ZONE home.time_zone)::date::text AS local_day FROM told, home
     WHERE (told.at AT TIME ZONE home.time_zone)::date BETWEEN ${from}::date AND ${to}::date ORDER BY told.at, told.kind, told.said`.execute(db);
  return rows.map(({ kind, said, at, local_day, number, fees, currency }) => ({
    kind: `${kind === 'bank_account' ? kind : 'fees'}_${said}`, atMs: at.getTime(), localDay: local_day,
    about: fees === null ? `…${endOf(number ?? '')}` : feesText(fees, currency),
  }));
}

/** Like `0.6% + 0.10, at most 5.00`. */
export function feesText({ basisPoints, fixedMinor, minMinor, maxMinor }: Fees, currency: Currency): string {
  const amount = (minor: string) => formatDecimal(money(BigInt(minor), currency));
  const fixed = fixedMinor === undefined ? '' : ` + ${amount(fixedMinor)}`;
  const least = minMinor === undefined ? '' : `, at least ${amount(minMinor)}`;
  return `${basisPoints / 100}%${fixed}${least}${maxMinor === undefined ? '' : `, at most ${amount(maxMinor)}`}`;
}
