// What moved a merchant's money, line by line, read from the legs: sales, refunds, disputes, corrections and payouts. Moving between
// what is payable and what is settled changes nothing of it and is no line.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export type MerchantLine = {
  readonly transferId: string;
  readonly kind: string;
  readonly atMs: number;
  /** In the time zone of the store. */
  readonly localDay: string;
  readonly storeId: string | null;
  readonly paymentId: string | null;
  readonly receiptNumber: string | null;
  /** Signed: what the shopper paid or got back, what the fee took or returned, and what is left of both. */
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  /** The payout or correction, for lines without a payment. */
  readonly about: string | null;
};

export type LinesOf = { readonly merchantId: string; readonly currency: Currency };

type Row = {
  id: string; kind: string; at: Date; local_day: string; store_id: string | null; payment_id: string | null; receipt_number: string | null;
  fee_minor: bigint; net_minor: bigint; about: string | null;
};

/** Oldest first. */
export async function merchantLines(db: Database, { merchantId, currency }: LinesOf, only: { settlementId?: string } = {}): Promise<MerchantLine[]> {
  const accounts = ['merchant_payable', 'merchant_settled', 'merchant_reserve'].map((accountClass) => `${accountClass}:${merchantId}:${currency}`);
  const counted = only.settlementId === undefined ? accounts : accounts.slice(0, 1);
  const { rows } = await sql<Row>`
    SELECT t.id, t.kind, t.at, t.fee_minor, sum(e.amount_minor)::bigint AS net_minor, p.id AS payment_id, p.store_id, p.receipt_number,
           CASE WHEN p.id IS NULL THEN t.hold_id END AS about,
           (t.at AT TIME ZONE COALESCE(s.time_zone,
             (SELECT home.time_zone FROM store home WHERE home.merchant_id = ${merchantId} ORDER BY home.created_at, home.id LIMIT 1), 'UTC'))::date::text AS local_day
      FROM transfer t CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) AS e (account_id, amount_minor)
      LEFT JOIN payment p ON p.id = t.hold_id LEFT JOIN store s ON s.id = p.store_id
     WHERE (t.merchant_id = ${merchantId} OR t.kind = 'adjust') AND e.account_id = ANY (${counted}) AND t.kind <> 'settle'
       AND (${only.settlementId ?? null}::text IS NULL OR EXISTS (SELECT 1 FROM settlement_line l WHERE l.transfer_id = t.id AND l.settlement_id = ${only.settlementId ?? null}))
     GROUP BY t.id, p.id, s.id HAVING sum(e.amount_minor) <> 0
     ORDER BY t.at, t.written_in, t.id`.execute(db);
  return rows.map((row) => {
    // A capture charges its fee, a refund gives it back.
    const feeMinor = row.kind === 'refund' ? row.fee_minor : -row.fee_minor;
    return {
      transferId: row.id, kind: row.kind, atMs: row.at.getTime(), localDay: row.local_day, storeId: row.store_id, paymentId: row.payment_id,
      receiptNumber: row.receipt_number, grossMinor: row.net_minor - feeMinor, feeMinor, netMinor: row.net_minor, about: row.about,
    };
  });
}
