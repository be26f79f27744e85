// FOR COMPARISON ONLY: hold and capture of one payment as one stored function, on the tables of the books. What the same rows
// cost when nothing goes back and forth; it checks far less than the books do.
import { createPool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from '../torture/books-database.ts';
import type { RackPostgres } from '../torture/postgres.ts';

/** A database of its own: these rows would not pass the audit, their content hashes are empty. */
export async function prepareOneCall(postgres: RackPostgres, input: { payers: number; merchants: number; fundsMinor: bigint }): Promise<{ url: string; script: string }> {
  const { payers, merchants, fundsMinor } = input;
  const url = await createBooksDatabase(postgres, 'one_call');
  const pool = createPool({ url, connectionsMax: 1 });
  await pool.query(functionSql);
  const make = (kind: string, owner: string, count: number, balance = 0n) =>
    pool.query(
      `INSERT INTO account (id, class, owner_id, currency, balance_minor)
       SELECT $1 || ':' || $2 || n || ':CNY', $1, $2 || n, 'CNY', $4 FROM generate_series(0, $3 - 1) AS n`,
      [kind, owner, count, balance],
    );
  await make('payer_wallet', 'payer-', payers, fundsMinor);
  await make('payer_hold', 'payer-', payers);
  await make('merchant_payable', 'shop-', merchants);
  await pool.query(`INSERT INTO account (id, class, owner_id, currency) VALUES ('platform_fees:platform:CNY', 'platform_fees', 'platform', 'CNY')`);
  await pool.end();
  return { url, script: `\\set payer random(0, ${payers - 1})\n\\set merchant random(0, ${merchants - 1})\nSELECT bench_pay(:payer, :merchant);\n` };
}

// The same key, legs and hold row as the postings of Pay; nothing is decided, nothing is hashed, no answer is stored.
const functionSql = `
CREATE OR REPLACE FUNCTION bench_pay(payer integer, merchant integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  pay text := 'pay-call-' || gen_random_uuid();
  wallet text := 'payer_wallet:payer-' || payer || ':CNY';
  held text := 'payer_hold:payer-' || payer || ':CNY';
  shop text := 'merchant_payable:shop-' || merchant || ':CNY';
  fees text := 'platform_fees:platform:CNY';
BEGIN
  INSERT INTO idempotency (principal, key, input_hash, status, body) VALUES (pay, 'pay', '', 200, '{}');
  PERFORM 1 FROM account WHERE id = ANY (ARRAY[wallet, held, shop, fees]) ORDER BY id FOR UPDATE;
  INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256, merchant_id, leg_accounts, leg_amounts) VALUES
    (pay || '-a', 'authorise', 'CNY', 100, 0, pay, pay || '/authorise', now(), '', NULL, ARRAY[wallet, held], ARRAY[-100, 100]),
    (pay || '-c', 'capture', 'CNY', 100, 1, pay, pay || '/capture', now(), '', 'shop-' || merchant, ARRAY[held, shop, fees], ARRAY[-100, 99, 1]);
  UPDATE account SET balance_minor = balance_minor + leg.minor
    FROM (VALUES (wallet, -100), (shop, 99), (fees, 1)) AS leg (id, minor) WHERE account.id = leg.id;
  INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, fee_minor, opened_at, closed_at)
    VALUES (pay, 'payer-' || payer, 'shop-' || merchant, 'CNY', 'captured', 100, 100, 1, now(), now());
END $$`;
