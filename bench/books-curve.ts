// What a payment costs when the books are small and when they are large. The rows of earlier payments are put in by SQL, with ids
// as real ones have (in the order of time) and without a decision: they are there to be in the
// way, in tables and indexes, and are not audited.
import type { Books } from '../apps/server/src/books/index.ts';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from '../torture/books-database.ts';
import type { RackPostgres } from '../torture/postgres.ts';
import { cpuMsOf, cpuSince } from './cpu-time.ts';
import { type Measured, type Sample, fund, measurePayments, merchantsSpread, openBooks, payers } from './books-payments.ts';

export type CurvePoint = { readonly entries: number; readonly perSecond: number; readonly medianMs: number; readonly p99Ms: number; readonly cpuMicros: number };

const entriesPerPayment = 5;
const paymentsPerLoad = 50_000;
const callers = 64;
const measureMs = 5_000;

export async function measureCurve(postgres: RackPostgres, sizes: readonly number[]): Promise<CurvePoint[]> {
  const pool = createPool({ url: await createBooksDatabase(postgres, 'curve') });
  const points: CurvePoint[] = [];
  try {
    const books = openBooks(pool);
    await fund(books, pool);
    let loaded = 0;
    for (const entries of sizes) {
      for (const wanted = Math.floor(entries / entriesPerPayment); loaded < wanted; ) {
        const count = Math.min(paymentsPerLoad, wanted - loaded);
        await load(pool, { from: loaded, count });
        loaded += count;
      }
      await pool.query('VACUUM ANALYZE');
      await pool.query('CHECKPOINT');
      points.push(await measurePoint({ postgres, books, entries }));
    }
    return points;
  } finally {
    await pool.end();
  }
}

async function measurePoint(input: { postgres: RackPostgres; books: Books; entries: number }): Promise<CurvePoint> {
  const { postgres, books, entries } = input;
  const run = { shape: 'spread', way: 'together', callers } as const;
  await measurePayments(books, { ...run, forMs: 1_000 });
  const { perSecond, medianMs, p99Ms, cpuMicros } = await measureWithCpu({ postgres, books, ...run, forMs: measureMs });
  console.error(`curve: ${entries} entries: ${perSecond.toFixed(0)} a second, ${cpuMicros.toFixed(0)} µs of CPU a payment`);
  return { entries, perSecond, medianMs, p99Ms, cpuMicros };
}

/** CPU of this process and of PostgreSQL, in microseconds a payment. */
export async function measureWithCpu(input: Measured & { postgres: RackPostgres; books: Books }): Promise<Sample & { cpuMicros: number }> {
  const { postgres, books, ...run } = input;
  const own = process.cpuUsage();
  const before = cpuMsOf(postgres.processes());
  const sample = await measurePayments(books, run);
  return { ...sample, cpuMicros: ((cpuSince(own) + cpuMsOf(postgres.processes()) - before) * 1_000) / sample.payments };
}

async function load(pool: Pool, { from, count }: { from: number; count: number }): Promise<void> {
  const client = await pool.connect();
  try {
    // No trigger runs: these rows balance by the way they are made.
    await client.query(`SET session_replication_role = replica; SET statement_timeout = 0`);
    await client.query(loadSql, [from, count, payers, merchantsSpread]);
  } finally {
    await client.query('RESET session_replication_role; RESET statement_timeout');
    client.release();
  }
}

const loadSql = `
WITH paid AS (
  SELECT 'pay_' || lpad(to_hex(n), 12, '0') || left(md5(n::text || 'p'), 20) AS pay,
         'trf_' || lpad(to_hex(2 * n), 12, '0') || md5(n::text || 'a') AS a, 'trf_' || lpad(to_hex(2 * n + 1), 12, '0') || md5(n::text || 'c') AS c,
         'payer-' || n % $3 AS payer, 'shop-' || n % $4 AS shop FROM generate_series($1::int, $1::int + $2::int - 1) AS n),
keys AS (INSERT INTO idempotency (principal, key, input_hash, status, body)
  SELECT pay, 'pay', md5(pay), 200, repeat('x', 400) FROM paid),
holds AS (INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, fee_minor, opened_at, closed_at)
  SELECT pay, payer, shop, 'CNY', 'captured', 100, 100, 1, now(), now() FROM paid)
INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256, merchant_id, leg_accounts, leg_amounts)
  SELECT a, 'authorise', 'CNY', 100, 0, pay, pay || '/authorise', now(), md5(a) || md5(a), NULL,
         ARRAY['payer_wallet:' || payer || ':CNY', 'payer_hold:' || payer || ':CNY'], ARRAY[-100, 100] FROM paid
  UNION ALL SELECT c, 'capture', 'CNY', 100, 1, pay, pay || '/capture', now(), md5(c) || md5(c), shop,
         ARRAY['payer_hold:' || payer || ':CNY', 'merchant_payable:' || shop || ':CNY', 'platform_fees:platform:CNY'], ARRAY[-100, 99, 1] FROM paid`;
