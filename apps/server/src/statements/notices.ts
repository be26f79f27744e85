// What a merchant's statement says of what two people decide about it: that somebody proposed another bank account, other fees, a
// dispute or that the merchant pays for one, and what became of it. No money moves by it.
import { type Currency, formatDecimal, money } from '@sonrisa/ledger/money.ts';
import type { Fees } from '@sonrisa/protocol/money-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { endOf } from '../proposals/index.ts';

export type Notice = {
  readonly kind: `${'bank_account' | 'fees' | 'dispute' | 'recovery'}_${'proposed' | 'changed' | 'refused' | 'approved'}`;
  readonly atMs: number;
  /** In the time zone of the merchant's first store. */
  readonly localDay: string;
  /** The end of an account's number, the terms of a fee, or the amount of a dispute. */
  readonly about: string;
  readonly paymentId: string | null;
};

const names = { bank_account: 'bank_account', merchant_fees: 'fees', dispute_open: 'dispute', dispute_recover: 'recovery' } as const;
type Row = { kind: keyof typeof names; said: 'proposed' | 'changed' | 'refused'; at: Date; local_day: string; number: string | null; fees: Fees | null; payment_id: string | null; amount_minor: bigint | null; currency: Currency };

/** Oldest first, both ends within. */
export async function noticesOf(db: Database, { merchantId, from, to }: { merchantId: string; from: string; to: string }): Promise<Notice[]> {
  const { rows } = await sql<Row>`
    WITH home AS (SELECT COALESCE((SELECT time_zone FROM store WHERE merchant_id = ${merchantId} ORDER BY created_at, id LIMIT 1), 'UTC') AS time_zone),
         own AS (SELECT * FROM proposal WHERE kind = ANY (${Object.keys(names)}) AND owner = 'merchant' AND owner_id = ${merchantId}),
         told AS (SELECT kind, 'proposed' AS said, proposed_at AS at, number, fees, payment_id, amount_minor, currency FROM own
                  UNION ALL
                  SELECT kind, CASE state WHEN 'done' THEN 'changed' ELSE 'refused' END, decided_at, number, fees, payment_id, amount_minor, currency FROM own WHERE state IN ('done', 'refused', 'failed'))
    SELECT told.*, (told.at AT TIME ZONE home.time_zone)::date::text AS local_day FROM told, home
     WHERE (told.at AT TIME ZONE home.time_zone)::date BETWEEN ${from}::date AND ${to}::date ORDER BY told.at, told.kind, told.said`.execute(db);
  return rows.map(({ kind, said, at, local_day, payment_id, ...row }) => ({
    kind: `${names[kind]}_${said === 'changed' && payment_id !== null ? 'approved' : said}`, atMs: at.getTime(), localDay: local_day, paymentId: payment_id, about: aboutOf(row),
  }));
}

function aboutOf({ fees, amount_minor, number, currency }: Pick<Row, 'fees' | 'amount_minor' | 'number' | 'currency'>): string {
  if (amount_minor !== null) return formatDecimal(money(amount_minor, currency));
  return fees === null ? `…${endOf(number ?? '')}` : feesText(fees, currency);
}

/** Like `0.6% + 0.10, at most 5.00`. */
export function feesText({ basisPoints, fixedMinor, minMinor, maxMinor }: Fees, currency: Currency): string {
  const amount = (minor: string) => formatDecimal(money(BigInt(minor), currency));
  const fixed = fixedMinor === undefined ? '' : ` + ${amount(fixedMinor)}`;
  const least = minMinor === undefined ? '' : `, at least ${amount(minMinor)}`;
  return `${basisPoints / 100}%${fixed}${least}${maxMinor === undefined ? '' : `, at most ${amount(maxMinor)}`}`;
}
