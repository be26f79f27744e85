// What counts against the limits. Whether a use counts is read off its payment:
//
//   open, but on its way to the books     counts: two payments at once never pass one limit together
//   set aside or handed over              counts
//   refunded or disputed                  counts without what went back; of the counters of payments nothing is given back
//   declined, cancelled, expired, or no   does not count
//   longer this payer's
import { sql, type RawBuilder } from 'kysely';
import type { MerchantCategory } from '@sonrisa/protocol/limits-api.ts';
import type { Database } from '../db/database.ts';
import type { Used } from './decide.ts';

export type UsedOf = {
  readonly payerId: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly nowMs: number;
  /** Left out of the sums; null: none. */
  readonly paymentId: string | null;
  /** Whose day is summed; null: nobody's. */
  readonly merchantId: string | null;
};

/** More payments by face than any setting asks about. */
const facePaymentsCountedMax = 20;
const counting: RawBuilder<unknown> = sql`p.payer_id = u.payer_id AND p.state IN ('identified', 'authorised', 'captured', 'partially_refunded', 'refunded', 'disputed')`;

export async function readUsed(db: Database, { payerId, currency, timeZone, nowMs, paymentId, merchantId }: UsedOf): Promise<Used> {
  const now = sql`${new Date(nowMs)}::timestamptz`;
  const begin = (unit: 'day' | 'month') => sql`date_trunc(${sql.lit(unit)}, ${now}, ${timeZone})`;
  const others = sql`u.payer_id = ${payerId} AND u.currency = ${currency} AND u.payment_id IS DISTINCT FROM ${paymentId}::text`;
  const { rows } = await sql<Row>`
    WITH month AS (
      SELECT u.at, u.category, u.merchant_id, GREATEST(u.amount_minor - COALESCE(h.refunded_minor + h.disputed_minor, 0), 0) AS minor
        FROM limit_use u JOIN payment p ON p.id = u.payment_id LEFT JOIN hold h ON h.id = u.payment_id
       WHERE ${others} AND u.at >= ${begin('month')} AND ${counting}),
    strong AS (
      SELECT COALESCE(max(u.at), '-infinity') AS at FROM limit_use u JOIN payment p ON p.id = u.payment_id
       WHERE u.payer_id = ${payerId} AND u.strong AND p.payer_id = u.payer_id AND p.paid_at IS NOT NULL),
    alone AS (
      SELECT count(*)::int AS payments, COALESCE(sum(u.amount_minor), 0)::text AS minor
        FROM limit_use u JOIN payment p ON p.id = u.payment_id, strong
       WHERE ${others} AND u.way = 'face' AND NOT u.strong AND u.at >= strong.at AND ${counting})
    SELECT (SELECT COALESCE(sum(minor), 0)::text FROM month WHERE at >= ${begin('day')}) AS day,
           (SELECT COALESCE(sum(minor), 0)::text FROM month) AS month,
           (SELECT COALESCE(sum(minor), 0)::text FROM month WHERE at >= ${begin('day')} AND merchant_id = ${merchantId}::text) AS merchant_day,
           (SELECT COALESCE(json_object_agg(category, minor), '{}') FROM (SELECT category, sum(minor)::text AS minor FROM month GROUP BY category) c) AS categories,
           (SELECT count(*)::int FROM (SELECT FROM limit_use u JOIN payment p ON p.id = u.payment_id
             WHERE u.payer_id = ${payerId} AND u.payment_id IS DISTINCT FROM ${paymentId}::text AND u.way = 'face' AND p.payer_id = u.payer_id
               AND p.state IN ('identified', 'authorised', 'captured', 'partially_refunded') LIMIT ${sql.lit(facePaymentsCountedMax)}) f) AS face_payments,
           alone.payments AS unconfirmed, alone.minor AS unconfirmed_minor
      FROM alone`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('sums are always one row');
  return {
    dayMinor: BigInt(row.day),
    monthMinor: BigInt(row.month),
    merchantDayMinor: BigInt(row.merchant_day),
    categoryMinor: new Map(Object.entries(row.categories).map(([category, minor]) => [category as MerchantCategory, BigInt(minor)])),
    facePayments: row.face_payments,
    unconfirmedPayments: row.unconfirmed,
    unconfirmedMinor: BigInt(row.unconfirmed_minor),
  };
}

type Row = { day: string; month: string; merchant_day: string; categories: Record<string, string>; face_payments: number; unconfirmed: number; unconfirmed_minor: string };
