-- The same rows and the same rules for less work: legs are summed before they are looked up, holds travel as columns instead of
-- JSON, balances that do not change are left alone, and what everybody meets at is locked by the update itself.

-- Before: nothing that changes hands here; the rules below must hold of what is there.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM account WHERE right(id, 4) <> ':' || currency), 'an account''s id does not end with its currency: nothing was changed';
END $$;

-- An account's id says its currency, so that a leg's can be read off it.
ALTER TABLE account ADD CONSTRAINT account_id_says_currency CHECK (right(id, 4) = ':' || currency);

-- Keys arrive in the order of time and are looked for by it once a night: a summary of each block of pages is enough.
DROP INDEX idempotency_created;
CREATE INDEX idempotency_created ON idempotency USING brin (created_at);

CREATE OR REPLACE FUNCTION check_new_entries() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  wrong record;
BEGIN
  SELECT n.transfer_id, n.legs, n.total, n.lowest, n.highest, t.currency INTO wrong
    FROM (SELECT transfer_id, count(*) AS legs, sum(amount_minor) AS total,
                 min(right(account_id, 3) COLLATE "C") AS lowest, max(right(account_id, 3) COLLATE "C") AS highest
            FROM new_entry GROUP BY transfer_id) AS n
    LEFT JOIN transfer t ON t.id = n.transfer_id
   WHERE n.legs < 2 OR n.total <> 0 OR t.id IS NULL OR n.lowest <> t.currency OR n.highest <> t.currency
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of transfer % do not balance: % legs, sum %, in % and %, the transfer in %', wrong.transfer_id, wrong.legs, wrong.total, wrong.lowest, wrong.highest, wrong.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;
  SELECT n.account_id INTO wrong FROM (SELECT DISTINCT account_id FROM new_entry) AS n
   WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = n.account_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of a transfer do not balance: there is no account %', wrong.account_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

DO $$
BEGIN
  EXECUTE (SELECT 'DROP FUNCTION ' || oid::regprocedure FROM pg_proc WHERE proname = 'books_write');
END $$;

CREATE FUNCTION books_write(
  transfer_ids text[], kinds text[], currencies text[], amounts bigint[], fees bigint[], transfer_holds text[], reasons text[], ats timestamptz[], hashes text[],
  entry_transfers text[], legs integer[], entry_accounts text[], entry_amounts bigint[],
  principals text[], keys text[], input_hashes text[], statuses integer[], bodies json,
  hold_ids text[], hold_payers text[], hold_merchants text[], hold_currencies text[], hold_states text[], hold_amounts bigint[], captured bigint[], refunded bigint[],
  disputed bigint[], hold_fees bigint[], fees_returned bigint[], fee_parts_of jsonb[], opened timestamptz[], closed timestamptz[],
  receipts json, new_accounts json, payments json, events json, refunds json, payouts json, disputes json) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  written bigint;
  expected bigint;
BEGIN
  IF receipts IS NOT NULL THEN
    INSERT INTO receipt_used (jti, transfer_id, at)
    SELECT * FROM json_to_recordset(receipts) AS r (jti text, transfer_id text, at timestamptz) ORDER BY jti ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM books_expect(written, json_array_length(receipts), 'receipt');
  END IF;

  -- A row that is not there yet cannot be locked. Where the balance counted for a decision, it must have been nobody else's first.
  IF new_accounts IS NOT NULL THEN
    WITH made AS (
      INSERT INTO account (id, class, owner_id, currency)
      SELECT id, class, owner_id, currency FROM json_to_recordset(new_accounts) AS a (id text, class text, owner_id text, currency text)
       ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING RETURNING id)
    SELECT count(*) INTO written FROM json_to_recordset(new_accounts) AS a (id text, counted boolean) LEFT JOIN made ON made.id = a.id
     WHERE made.id IS NULL AND a.counted;
    PERFORM books_expect(written, 0, 'account');
  END IF;

  -- A row with the time it began is new. Another that was begun under the same id meanwhile is in its way (unique_violation).
  IF hold_ids <> '{}' THEN
    INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, refunded_minor, disputed_minor, fee_minor, fee_returned_minor, fee_parts, opened_at, closed_at)
    SELECT * FROM unnest(hold_ids, hold_payers, hold_merchants, hold_currencies, hold_states, hold_amounts, captured, refunded, disputed, hold_fees, fees_returned, fee_parts_of, opened, closed)
        AS h (id, payer_id, merchant_id, currency, state, amount, captured, refunded, disputed, fee, fee_returned, fee_parts, opened_at, closed_at)
     WHERE h.opened_at IS NOT NULL ORDER BY h.id;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(hold_ids) THEN
      UPDATE hold SET state = h.state, captured_minor = h.captured, refunded_minor = h.refunded, disputed_minor = h.disputed, fee_minor = h.fee,
             fee_returned_minor = h.fee_returned, fee_parts = h.fee_parts, closed_at = COALESCE(hold.closed_at, h.closed_at)
        FROM unnest(hold_ids, hold_states, captured, refunded, disputed, hold_fees, fees_returned, fee_parts_of, opened, closed)
          AS h (id, state, captured, refunded, disputed, fee, fee_returned, fee_parts, opened_at, closed_at)
       WHERE h.opened_at IS NULL AND hold.id = h.id;
    END IF;
  END IF;
  IF payouts IS NOT NULL THEN
    INSERT INTO payout (id, beneficiary, beneficiary_id, currency, amount_minor, state, sent_at, closed_at)
    SELECT p.id, p.beneficiary, p.beneficiary_id, p.currency, p.amount_minor, p.state, p.sent_at, p.closed_at
      FROM json_populate_recordset(NULL::payout, payouts) AS p WHERE p.sent_at IS NOT NULL ORDER BY p.id;
    UPDATE payout SET state = p.state, closed_at = p.closed_at
      FROM json_populate_recordset(NULL::payout, payouts) AS p WHERE p.sent_at IS NULL AND payout.id = p.id;
  END IF;
  IF disputes IS NOT NULL THEN
    INSERT INTO dispute (id, hold_id, bearer, amount_minor, recovered_minor, state, reason, opened_at, closed_at)
    SELECT d.id, d.hold_id, d.bearer, d.amount_minor, d.recovered_minor, d.state, d.reason, d.opened_at, d.closed_at
      FROM json_populate_recordset(NULL::dispute, disputes) AS d WHERE d.opened_at IS NOT NULL ORDER BY d.id;
    UPDATE dispute SET recovered_minor = d.recovered_minor, state = d.state, closed_at = d.closed_at
      FROM json_populate_recordset(NULL::dispute, disputes) AS d WHERE d.opened_at IS NULL AND dispute.id = d.id;
  END IF;

  IF transfer_ids <> '{}' THEN
    WITH made AS (
      INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256)
      SELECT * FROM unnest(transfer_ids, kinds, currencies, amounts, fees, transfer_holds, reasons, ats, hashes))
    INSERT INTO entry (transfer_id, leg, account_id, amount_minor) SELECT * FROM unnest(entry_transfers, legs, entry_accounts, entry_amounts);
  END IF;

  IF payments IS NOT NULL THEN
    UPDATE payment SET state = p.state, authorised_at = COALESCE(p.authorised_at, payment.authorised_at),
           paid_at = COALESCE(p.paid_at, payment.paid_at), last_problem = COALESCE(p.last_problem, payment.last_problem)
      FROM json_to_recordset(payments) AS p (id text, state text, authorised_at timestamptz, paid_at timestamptz, last_problem text)
     WHERE payment.id = p.id;
    INSERT INTO payment_event (payment_id, at, event, from_state, to_state, reason)
    SELECT * FROM json_to_recordset(events) AS e (payment_id text, at timestamptz, event text, from_state text, to_state text, reason text);
  END IF;
  IF refunds IS NOT NULL THEN
    INSERT INTO refund (id, payment_id, amount_minor, fee_returned_minor, reason, at)
    SELECT id, payment_id, amount_minor, fee_returned_minor, reason, at FROM json_populate_recordset(NULL::refund, refunds);
  END IF;

  -- A key whose request was begun and never answered is answered now.
  INSERT INTO idempotency AS known (principal, key, input_hash, status, body)
  SELECT * FROM ROWS FROM (unnest(principals, keys, input_hashes, statuses), json_array_elements_text(bodies)) AS k (principal, key, input_hash, status, body)
   ORDER BY principal, key
  ON CONFLICT (principal, key) DO UPDATE SET status = EXCLUDED.status, body = EXCLUDED.body
   WHERE known.body IS NULL AND known.input_hash = EXCLUDED.input_hash;
  GET DIAGNOSTICS written = ROW_COUNT;
  PERFORM books_expect(written, cardinality(keys), 'key');

  -- Balances last: the rows everybody meets at, a merchant's and the platform's, were not locked before and are so for little
  -- more than the commit. In the order of their ids, so that nobody waits in a circle; an account whose legs cancel out stays as it is.
  WITH moved AS MATERIALIZED (
    SELECT account_id AS id, sum(amount_minor)::bigint AS minor FROM unnest(entry_accounts, entry_amounts) AS e (account_id, amount_minor)
     GROUP BY account_id HAVING sum(amount_minor) <> 0 ORDER BY account_id COLLATE "C"),
  changed AS (UPDATE account SET balance_minor = account.balance_minor + moved.minor FROM moved WHERE account.id = moved.id RETURNING 1)
  SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM changed) INTO expected, written;
  IF written <> expected THEN
    RAISE EXCEPTION '% balances were to change and % did', expected, written USING ERRCODE = 'check_violation';
  END IF;
END $$;

-- After: as before, nobody but the owner runs it until somebody is allowed to.
DO $$
BEGIN
  EXECUTE (SELECT 'REVOKE ALL ON FUNCTION ' || oid::regprocedure || ' FROM PUBLIC' FROM pg_proc WHERE proname = 'books_write');
  ASSERT NOT EXISTS (SELECT 1 FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id GROUP BY t.id HAVING count(e.leg) < 2 OR sum(e.amount_minor) <> 0),
    'a transfer does not balance: nothing was changed';
END $$;
