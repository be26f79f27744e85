-- Many postings in one transaction. The books are read and written through three functions and no other way; what used to be
-- checked row by row (legs that balance, accounts and transfers that exist) is checked once for each statement.

-- Before: the rules that change hands hold.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id
    GROUP BY t.id HAVING count(e.leg) < 2 OR sum(e.amount_minor) <> 0), 'a transfer does not balance: nothing was changed';
END $$;

DROP TRIGGER transfer_legs_sum_to_zero ON transfer;
DROP TRIGGER entry_legs_sum_to_zero ON entry;
DROP FUNCTION check_transfer_legs();
ALTER TABLE entry DROP CONSTRAINT entry_transfer_id_fkey, DROP CONSTRAINT entry_account_id_fkey;

-- The legs that one statement adds to a transfer sum to zero by themselves, are at least two, and belong to a transfer and to
-- accounts that exist, all in one currency. Since that is true of every statement it is true of every transfer.
-- The settings keep the plan on the indexes however small or large the tables were when it was made.
CREATE FUNCTION check_new_entries() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  wrong record;
BEGIN
  SELECT n.transfer_id, count(*) AS legs, sum(n.amount_minor) AS total,
         count(*) FILTER (WHERE t.id IS NULL OR a.id IS NULL OR a.currency <> t.currency) AS foreign_legs
    INTO wrong
    FROM new_entry n LEFT JOIN transfer t ON t.id = n.transfer_id LEFT JOIN account a ON a.id = n.account_id
   GROUP BY n.transfer_id
  HAVING count(*) < 2 OR sum(n.amount_minor) <> 0 OR count(*) FILTER (WHERE t.id IS NULL OR a.id IS NULL OR a.currency <> t.currency) > 0
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of transfer % do not balance: % legs, sum %, % of another currency or of nothing', wrong.transfer_id, wrong.legs, wrong.total, wrong.foreign_legs
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_new_transfers() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  bare text;
BEGIN
  SELECT n.id INTO bare FROM new_transfer n WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.transfer_id = n.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of transfer % do not balance: it has none, and they come in the same statement', bare
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER transfer_has_legs AFTER INSERT ON transfer REFERENCING NEW TABLE AS new_transfer FOR EACH STATEMENT EXECUTE FUNCTION check_new_transfers();
CREATE TRIGGER entry_legs_sum_to_zero AFTER INSERT ON entry REFERENCING NEW TABLE AS new_entry FOR EACH STATEMENT EXECUTE FUNCTION check_new_entries();

-- What the foreign keys of entries kept: an account stays, and stays what it is.
CREATE FUNCTION refuse_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an account is for ever: only its balance moves' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER account_stays BEFORE DELETE OR UPDATE OF id, class, owner_id, currency ON account FOR EACH ROW EXECUTE FUNCTION refuse_account_change();
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_account_change();

-- First of three: locks, in this order and each sorted, the payments, the payers whose face is in question, the holds, payouts
-- and disputes (0070). Amounts travel as text: a JSON number would round them.
CREATE FUNCTION books_lock(payment_ids text[], face_payer_ids text[], payer_ids text[], hold_ids text[], payout_ids text[], dispute_ids text[],
  OUT stopped boolean, OUT payments json, OUT payers json, OUT holds json, OUT payouts json, OUT disputes json)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  stopped := EXISTS (SELECT 1 FROM books_stop);
  IF payment_ids <> '{}' THEN
    SELECT json_agg(json_build_array(p.id, p.state, p.payer_id, p.jti)) INTO payments FROM (
      SELECT id, state, payer_id, receipt_claims->>'jti' AS jti FROM payment WHERE id = ANY (payment_ids) ORDER BY id FOR UPDATE) AS p;
  END IF;
  -- Shared: payments of one payer may run side by side, but whoever pauses the face waits for them, and they for him.
  IF face_payer_ids <> '{}' THEN
    PERFORM 1 FROM payer WHERE id = ANY (face_payer_ids) ORDER BY id FOR SHARE;
  END IF;
  SELECT json_agg(json_build_array(p.id, p.face_state, p.face_epoch)) INTO payers FROM payer AS p WHERE p.id = ANY (payer_ids);
  IF hold_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', h.id, 'payerId', h.payer_id, 'merchantId', h.merchant_id, 'currency', h.currency, 'state', h.state,
        'amountMinor', h.amount_minor::text, 'capturedMinor', h.captured_minor::text, 'refundedMinor', h.refunded_minor::text,
        'disputedMinor', h.disputed_minor::text, 'feeMinor', h.fee_minor::text, 'feeReturnedMinor', h.fee_returned_minor::text,
        'feeParts', h.fee_parts)) INTO holds FROM (
      SELECT * FROM hold WHERE id = ANY (hold_ids) ORDER BY id FOR UPDATE) AS h;
  END IF;
  IF payout_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', p.id, 'beneficiary', json_build_object('is', p.beneficiary, 'id', p.beneficiary_id), 'currency', p.currency,
        'amountMinor', p.amount_minor::text, 'state', p.state)) INTO payouts FROM (
      SELECT * FROM payout WHERE id = ANY (payout_ids) ORDER BY id FOR UPDATE) AS p;
  END IF;
  IF dispute_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', d.id, 'holdId', d.hold_id, 'bearer', d.bearer, 'amountMinor', d.amount_minor::text,
        'recoveredMinor', d.recovered_minor::text, 'state', d.state)) INTO disputes FROM (
      SELECT * FROM dispute WHERE id = ANY (dispute_ids) ORDER BY id FOR UPDATE) AS d;
  END IF;
END $$;

-- Second: locks accounts in the order they are given, reads the balances of others without a lock, and says which keys are
-- answered and which receipts are used. After the locks: who waited for another writer sees what that one wrote.
CREATE FUNCTION books_lock_accounts(locked_ids text[], other_ids text[], principals text[], keys text[], jtis text[],
  OUT balances json, OUT answers json, OUT used json)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  SELECT json_agg(json_build_array(a.id, a.balance_minor::text)) INTO balances FROM (
    SELECT account.id, account.balance_minor FROM unnest(locked_ids) WITH ORDINALITY AS wanted (id, place) JOIN account ON account.id = wanted.id
     ORDER BY wanted.place FOR UPDATE OF account) AS a;
  IF other_ids <> '{}' THEN
    SELECT json_agg(each) INTO balances FROM (
      SELECT json_array_elements(balances) AS each
      UNION ALL SELECT json_build_array(id, balance_minor::text) FROM account WHERE id = ANY (other_ids)) AS all_of_them;
  END IF;
  SELECT json_agg(json_build_array(i.principal, i.key, i.input_hash, i.body)) INTO answers
    FROM unnest(principals, keys) AS wanted (principal, key) JOIN idempotency AS i ON i.principal = wanted.principal AND i.key = wanted.key
   WHERE i.body IS NOT NULL;
  IF jtis <> '{}' THEN
    SELECT json_agg(jti) INTO used FROM receipt_used WHERE jti = ANY (jtis);
  END IF;
END $$;

-- Third: writes what was decided. Whoever comes second to a receipt, a key or a new account waits for the first and is then told
-- to start over (serialization_failure): their next reading shows what the first one did.
CREATE FUNCTION books_write(
  transfer_ids text[], kinds text[], currencies text[], amounts bigint[], fees bigint[], transfer_holds text[], reasons text[], ats timestamptz[], hashes text[],
  entry_transfers text[], legs integer[], entry_accounts text[], entry_amounts bigint[],
  principals text[], keys text[], input_hashes text[], statuses integer[], bodies text[],
  receipts json, new_accounts json, holds json, payments json, events json, refunds json, payouts json, disputes json) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  moved_ids text[];
  moved_amounts bigint[];
  written bigint;
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
  IF holds IS NOT NULL THEN
    INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, refunded_minor, disputed_minor, fee_minor, fee_returned_minor, fee_parts, opened_at, closed_at)
    SELECT h.id, h.payer_id, h.merchant_id, h.currency, h.state, h.amount_minor, h.captured_minor, h.refunded_minor, h.disputed_minor, h.fee_minor, h.fee_returned_minor, h.fee_parts, h.opened_at, h.closed_at
      FROM json_populate_recordset(NULL::hold, holds) AS h WHERE h.opened_at IS NOT NULL ORDER BY h.id;
    UPDATE hold SET state = h.state, captured_minor = h.captured_minor, refunded_minor = h.refunded_minor, disputed_minor = h.disputed_minor,
           fee_minor = h.fee_minor, fee_returned_minor = h.fee_returned_minor, fee_parts = h.fee_parts, closed_at = COALESCE(hold.closed_at, h.closed_at)
      FROM json_populate_recordset(NULL::hold, holds) AS h WHERE h.opened_at IS NULL AND hold.id = h.id;
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

  WITH made AS (
    INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256)
    SELECT * FROM unnest(transfer_ids, kinds, currencies, amounts, fees, transfer_holds, reasons, ats, hashes))
  INSERT INTO entry (transfer_id, leg, account_id, amount_minor) SELECT * FROM unnest(entry_transfers, legs, entry_accounts, entry_amounts);

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
  SELECT * FROM unnest(principals, keys, input_hashes, statuses, bodies) AS k (principal, key, input_hash, status, body) ORDER BY principal, key
  ON CONFLICT (principal, key) DO UPDATE SET status = EXCLUDED.status, body = EXCLUDED.body
   WHERE known.body IS NULL AND known.input_hash = EXCLUDED.input_hash;
  GET DIAGNOSTICS written = ROW_COUNT;
  PERFORM books_expect(written, cardinality(keys), 'key');

  -- Balances last: the rows everybody meets at, a merchant's and the platform's, were not locked before and are so for little
  -- more than the commit.
  SELECT array_agg(id), array_agg(minor) INTO moved_ids, moved_amounts FROM (
    SELECT account_id AS id, sum(amount_minor)::bigint AS minor FROM unnest(entry_accounts, entry_amounts) AS e (account_id, amount_minor) GROUP BY account_id) AS moved;
  PERFORM 1 FROM account WHERE id = ANY (moved_ids) ORDER BY id FOR UPDATE;
  UPDATE account SET balance_minor = account.balance_minor + moved.minor FROM unnest(moved_ids, moved_amounts) AS moved (id, minor) WHERE account.id = moved.id;
END $$;

CREATE FUNCTION books_expect(rows_written bigint, rows_expected bigint, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF rows_written <> rows_expected THEN
    RAISE EXCEPTION 'somebody else was first to write a %', what USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- After: nobody but the owner runs them until somebody is allowed to.
REVOKE ALL ON FUNCTION books_lock(text[], text[], text[], text[], text[], text[]), books_lock_accounts(text[], text[], text[], text[], text[]),
  books_expect(bigint, bigint, text), books_write(text[], text[], text[], bigint[], bigint[], text[], text[], timestamptz[], text[],
    text[], integer[], text[], bigint[], text[], text[], text[], integer[], text[], json, json, json, json, json, json, json, json) FROM PUBLIC;
DO $$
BEGIN
  ASSERT (SELECT count(*) FROM pg_trigger WHERE tgname IN ('transfer_has_legs', 'entry_legs_sum_to_zero', 'account_stays') AND tgenabled = 'O') = 3;
END $$;
