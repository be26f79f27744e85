// Which movements belong to a merchant's day. A day is over when it is over in every one of their stores; each movement is dated in
// its store's own time zone, by the database's tz data, so that days of 23 and 25 hours are whole days. What is committed late,
// with a time of a day that is closed, goes into the next one: a settlement never changes once it is frozen. So does what was held
// back: the movements of a first payment for as long as its payer can take it back (../payments/undo.ts).
import { sql, type Transaction } from 'kysely';
import type { Database, Tables } from '../db/database.ts';

export type Due = { readonly merchantId: string; readonly currency: string; readonly throughDay: string };

/** Merchants with a day that is over and not settled. */
export async function dueMerchants(db: Database, nowMs: number): Promise<Due[]> {
  const now = new Date(nowMs);
  const { rows } = await sql<Due>`
    SELECT a.owner_id AS "merchantId", a.currency, (min((${now}::timestamptz AT TIME ZONE COALESCE(s.time_zone, 'UTC'))::date) - 1)::text AS "throughDay"
      FROM account a JOIN merchant m ON m.id = a.owner_id LEFT JOIN store s ON s.merchant_id = m.id
      LEFT JOIN settlement_progress g ON g.merchant_id = a.owner_id AND g.currency = a.currency
     WHERE a.class = 'merchant_payable'
     GROUP BY a.owner_id, a.currency, g.closed_through
    HAVING min((${now}::timestamptz AT TIME ZONE COALESCE(s.time_zone, 'UTC'))::date) - 1 > COALESCE(g.closed_through, '-infinity'::date)
     ORDER BY a.owner_id, a.currency`.execute(db);
  return rows;
}

/** Freezes every day up to and with `throughDay`, one settlement each. Who comes second finds nothing left to do. */
export async function freezeDays(db: Database, input: Due & { nowMs: number; newId: () => string }): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    const from = await lockProgress(trx, input);
    // Whatever is below this is finished, and so visible to every later statement of this transaction.
    const [{ floor }] = (await sql<{ floor: string }>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS floor`.execute(trx)).rows as [{ floor: string }];
    const { rows: days } = await sql<{ day: string }>`
      SELECT DISTINCT day::text AS day FROM (${unsettled(input, from)}) AS waiting WHERE day <= ${input.throughDay}::date AND NOT held ORDER BY 1`.execute(trx);
    const made: string[] = [];
    for (const { day } of days) made.push(await freezeDay(trx, { ...input, from, day }));
    await sql`
      UPDATE settlement_progress SET closed_through = ${input.throughDay}::date,
             next_from = LEAST(${floor}::xid8, COALESCE((SELECT min(written_in) FROM (${unsettled(input, from)}) AS left_behind), ${floor}::xid8))
       WHERE merchant_id = ${input.merchantId} AND currency = ${input.currency}`.execute(trx);
    return made;
  });
}

type Progress = { nextFrom: string; closedThrough: string | null };

async function lockProgress(trx: Transaction<Tables>, { merchantId, currency }: Due): Promise<Progress> {
  await sql`INSERT INTO settlement_progress (merchant_id, currency) VALUES (${merchantId}, ${currency}) ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<Progress>`
    SELECT next_from::text AS "nextFrom", closed_through::text AS "closedThrough" FROM settlement_progress
     WHERE merchant_id = ${merchantId} AND currency = ${currency} FOR UPDATE`.execute(trx);
  return rows[0]!;
}

async function freezeDay(trx: Transaction<Tables>, input: Due & { nowMs: number; newId: () => string; from: Progress; day: string }): Promise<string> {
  const id = input.newId();
  await sql`
    INSERT INTO settlement (id, merchant_id, currency, day, state, frozen_at)
    VALUES (${id}, ${input.merchantId}, ${input.currency}, ${input.day}::date, 'frozen', ${new Date(input.nowMs)})`.execute(trx);
  await sql`
    INSERT INTO settlement_line (transfer_id, settlement_id, amount_minor, local_day)
    SELECT id, ${id}, amount_minor, local_day FROM (${unsettled(input, input.from)}) AS waiting WHERE day = ${input.day}::date AND NOT held`.execute(trx);
  await sql`
    UPDATE settlement SET (net_minor, lines) = (SELECT COALESCE(sum(amount_minor), 0), count(*) FROM settlement_line WHERE settlement_id = ${id})
     WHERE id = ${id}`.execute(trx);
  return id;
}

function unsettled({ merchantId, currency, nowMs }: Due & { nowMs: number }, { nextFrom, closedThrough }: Progress) {
  return sql`
    SELECT t.id, t.written_in, e.amount_minor, own.local_day,
           EXISTS (SELECT FROM limit_use u WHERE u.payment_id = t.hold_id AND u.undo_until > ${new Date(nowMs)}) AS held,
           GREATEST(own.local_day, COALESCE(${closedThrough}::date + 1, '-infinity'::date)) AS day
      FROM transfer t
      CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) AS e (account_id, amount_minor)
      LEFT JOIN payment p ON p.id = t.hold_id
      LEFT JOIN store s ON s.id = p.store_id
      CROSS JOIN LATERAL (SELECT (t.at AT TIME ZONE COALESCE(s.time_zone,
        (SELECT home.time_zone FROM store home WHERE home.merchant_id = ${merchantId} ORDER BY home.created_at, home.id LIMIT 1), 'UTC'))::date AS local_day) own
     WHERE t.written_in >= ${nextFrom}::xid8 AND t.kind <> 'settle' AND e.account_id = ${`merchant_payable:${merchantId}:${currency}`}
       AND NOT EXISTS (SELECT 1 FROM settlement_line l WHERE l.transfer_id = t.id)`;
}
