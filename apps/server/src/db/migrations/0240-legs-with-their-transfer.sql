-- A transfer carries its legs itself: one row and its own checks in place of a row, an index entry and a share of two statement triggers
-- for each leg. `entry` goes on as a view, a row for each leg, for whoever reads.

-- Before: every transfer has its legs, numbered from 1 without a gap, and they balance.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id GROUP BY t.id
                      HAVING count(e.leg) < 2 OR sum(e.amount_minor) <> 0 OR min(e.leg) <> 1 OR max(e.leg) <> count(e.leg)),
    'a transfer''s legs do not balance or are not numbered: nothing was changed';
  ASSERT NOT EXISTS (SELECT 1 FROM entry e LEFT JOIN transfer t ON t.id = e.transfer_id WHERE t.id IS NULL), 'a leg belongs to no transfer: nothing was changed';
END $$;

ALTER TABLE transfer
  ADD COLUMN leg_accounts text[] COLLATE "C",
  ADD COLUMN leg_amounts bigint[],
  -- Whose payable, settled or reserved money it moves: merchants' statements look for it.
  ADD COLUMN merchant_id text;

CREATE FUNCTION merchant_of(account_id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN starts_with(account_id, 'merchant_') THEN split_part(account_id, ':', 2) END;

-- Of a transfer nothing changes but where its legs are kept; its content's hash covers them as before.
ALTER TABLE transfer DISABLE TRIGGER transfer_append_only;
UPDATE transfer t SET leg_accounts = l.accounts, leg_amounts = l.amounts,
       merchant_id = COALESCE(merchant_of(l.accounts[1]), merchant_of(l.accounts[2]), merchant_of(l.accounts[3]))
  FROM (SELECT transfer_id, array_agg(account_id ORDER BY leg) AS accounts, array_agg(amount_minor ORDER BY leg) AS amounts FROM entry GROUP BY transfer_id) AS l
 WHERE l.transfer_id = t.id;
ALTER TABLE transfer ENABLE TRIGGER transfer_append_only;

ALTER TABLE transfer ALTER COLUMN leg_accounts SET NOT NULL, ALTER COLUMN leg_amounts SET NOT NULL;

CREATE INDEX transfer_merchant ON transfer (merchant_id) WHERE merchant_id IS NOT NULL;
-- A correction may be between two merchants; there are few.
CREATE INDEX transfer_adjust ON transfer (id) WHERE kind = 'adjust';

-- After: the same legs, and as many.
DO $$
BEGIN
  ASSERT NOT EXISTS (
    (SELECT transfer_id, leg, account_id, amount_minor FROM entry)
    EXCEPT (SELECT t.id, l.leg, l.account_id, l.amount_minor FROM transfer t CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) WITH ORDINALITY AS l (account_id, amount_minor, leg))),
    'a leg was lost: nothing was changed';
  ASSERT (SELECT count(*) FROM entry) = (SELECT COALESCE(sum(cardinality(leg_accounts)), 0) FROM transfer), 'there are more legs than before: nothing was changed';
END $$;

-- Made anew from today's text after the migrations (merchant-access.ts); until then a merchant's role sees no transfer.
DROP POLICY IF EXISTS merchant_own ON transfer;
DROP TRIGGER transfer_has_legs ON transfer;
DROP FUNCTION check_new_transfers();
DROP TABLE entry;
DROP FUNCTION check_new_entries();

-- Whoever reads it needs the right to read the transfer, and sees the legs of the transfers they see.
CREATE VIEW entry WITH (security_invoker = true) AS
  SELECT t.id AS transfer_id, l.leg::integer AS leg, l.account_id, l.amount_minor
    FROM transfer t CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) WITH ORDINALITY AS l (account_id, amount_minor, leg);

-- Of transfers with more than three legs, which are few (a fee that several share).
CREATE FUNCTION many_legs_hold(currency text, leg_accounts text[], leg_amounts bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT count(l.account_id) = cardinality(leg_accounts) AND sum(l.minor) = 0
         AND bool_and(right(l.account_id, 4) = ':' || currency) AND bool_and(l.place <= 3 OR merchant_of(l.account_id) IS NULL)
    FROM unnest(leg_accounts, leg_amounts) WITH ORDINALITY AS l (account_id, minor, place);
END;

-- An account's id ends with its currency (account_id_says_currency), so a leg says its own. Not as CHECKs of the table, which are
-- compiled anew for every statement: that took longer than to check a group with them.
CREATE FUNCTION check_new_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong text;
BEGIN
  -- What is null is not true.
  SELECT n.id INTO wrong FROM new_transfer n WHERE (
    cardinality(n.leg_accounts) = cardinality(n.leg_amounts) AND 0 <> ALL (n.leg_amounts) AND
    CASE cardinality(n.leg_accounts)
      WHEN 2 THEN n.leg_amounts[1] + n.leg_amounts[2] = 0
        AND right(n.leg_accounts[1], 4) = ':' || n.currency AND right(n.leg_accounts[2], 4) = ':' || n.currency
      WHEN 3 THEN n.leg_amounts[1] + n.leg_amounts[2] + n.leg_amounts[3] = 0
        AND right(n.leg_accounts[1], 4) = ':' || n.currency AND right(n.leg_accounts[2], 4) = ':' || n.currency AND right(n.leg_accounts[3], 4) = ':' || n.currency
      ELSE cardinality(n.leg_accounts) > 3 AND many_legs_hold(n.currency, n.leg_accounts, n.leg_amounts)
    END) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of transfer % do not balance, or not in its currency', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;

  -- Only a correction may be between two merchants.
  SELECT n.id INTO wrong FROM new_transfer n
   WHERE n.merchant_id IS DISTINCT FROM COALESCE(merchant_of(n.leg_accounts[1]), merchant_of(n.leg_accounts[2]), merchant_of(n.leg_accounts[3]))
      OR (n.kind <> 'adjust' AND (merchant_of(n.leg_accounts[2]) <> n.merchant_id OR merchant_of(n.leg_accounts[3]) <> n.merchant_id)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % is not of the merchant it names', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_of_one_merchant';
  END IF;

  -- What a foreign key would say, asked once for each account of a statement.
  SELECT l.account_id INTO wrong FROM (SELECT DISTINCT unnest(leg_accounts) COLLATE "C" AS account_id FROM new_transfer) AS l
   WHERE NOT EXISTS (SELECT FROM account a WHERE a.id = l.account_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a transfer has a leg of %, an account that is not there', wrong USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'transfer_legs_have_accounts';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_has_legs AFTER INSERT ON transfer REFERENCING NEW TABLE AS new_transfer FOR EACH STATEMENT EXECUTE FUNCTION check_new_transfers();

-- Before: the function that is replaced is the one there is.
DO $$
BEGIN
  ASSERT (SELECT count(*) FROM pg_proc WHERE proname = 'books_write') = 1, 'there is not one books_write: nothing was changed';
  EXECUTE (SELECT 'DROP FUNCTION ' || oid::regprocedure FROM pg_proc WHERE proname = 'books_write');
END $$;

-- A transfer's legs are `leg_counts` of the entries from `first_legs` on. An element of an array is read at once, a slice copies the whole.
CREATE FUNCTION books_write(
  transfer_ids text[], kinds text[], currencies text[], amounts bigint[], fees bigint[], transfer_holds text[], reasons text[], ats timestamptz[], hashes text[],
  first_legs integer[], leg_counts integer[], entry_accounts text[], entry_amounts bigint[],
  principals text[], keys text[], input_hashes text[], statuses integer[], bodies text[],
  hold_ids text[], hold_payers text[], hold_merchants text[], hold_currencies text[], hold_states text[], hold_amounts bigint[], captured bigint[], refunded bigint[],
  disputed bigint[], hold_fees bigint[], fees_returned bigint[], fee_parts_of jsonb[], opened timestamptz[], closed timestamptz[],
  begun_keys json, receipts json, new_accounts json, payments json, events json, refunds json, payouts json, disputes json) RETURNS void
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
    SELECT * FROM (
      SELECT unnest(hold_ids), unnest(hold_payers), unnest(hold_merchants), unnest(hold_currencies), unnest(hold_states), unnest(hold_amounts), unnest(captured), unnest(refunded),
             unnest(disputed), unnest(hold_fees), unnest(fees_returned), unnest(fee_parts_of), unnest(opened) AS opened_at, unnest(closed)) AS h
     WHERE opened_at IS NOT NULL;
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
    INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256, merchant_id, leg_accounts, leg_amounts)
    SELECT t.id, t.kind, t.currency, t.amount, t.fee, t.hold_id, t.reason, t.at, t.hash,
           COALESCE(merchant_of(entry_accounts[t.leg]), merchant_of(entry_accounts[t.leg + 1]), CASE WHEN t.legs > 2 THEN merchant_of(entry_accounts[t.leg + 2]) END),
           CASE t.legs
             WHEN 2 THEN ARRAY[entry_accounts[t.leg], entry_accounts[t.leg + 1]]
             WHEN 3 THEN ARRAY[entry_accounts[t.leg], entry_accounts[t.leg + 1], entry_accounts[t.leg + 2]]
             ELSE ARRAY(SELECT entry_accounts[place] FROM generate_series(t.leg, t.leg + t.legs - 1) AS place ORDER BY place) END,
           CASE t.legs
             WHEN 2 THEN ARRAY[entry_amounts[t.leg], entry_amounts[t.leg + 1]]
             WHEN 3 THEN ARRAY[entry_amounts[t.leg], entry_amounts[t.leg + 1], entry_amounts[t.leg + 2]]
             ELSE ARRAY(SELECT entry_amounts[place] FROM generate_series(t.leg, t.leg + t.legs - 1) AS place ORDER BY place) END
      FROM (SELECT unnest(transfer_ids) AS id, unnest(kinds) AS kind, unnest(currencies) AS currency, unnest(amounts) AS amount, unnest(fees) AS fee, unnest(transfer_holds) AS hold_id,
                   unnest(reasons) AS reason, unnest(ats) AS at, unnest(hashes) AS hash, unnest(first_legs) AS leg, unnest(leg_counts) AS legs) AS t;
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

  -- A key that somebody else was first to use is in the way of its row (unique_violation).
  INSERT INTO idempotency (principal, key, input_hash, status, body)
  SELECT unnest(principals), unnest(keys), unnest(input_hashes), unnest(statuses), unnest(bodies) ORDER BY 1, 2;
  -- A key whose request was begun and never answered is answered now.
  IF begun_keys IS NOT NULL THEN
    UPDATE idempotency AS known SET status = k.status, body = k.body
      FROM json_to_recordset(begun_keys) AS k (principal text, key text, input_hash text, status integer, body text)
     WHERE known.principal = k.principal AND known.key = k.key AND known.input_hash = k.input_hash AND known.body IS NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM books_expect(written, json_array_length(begun_keys), 'key');
  END IF;

  -- Balances last: the rows everybody meets at, a merchant's and the platform's, were not locked before and are so for little
  -- more than the commit. In the order of their ids, so that nobody waits in a circle; an account whose legs cancel out stays as it is.
  WITH moved AS MATERIALIZED (
    SELECT account_id AS id, sum(amount_minor)::bigint AS minor FROM (SELECT unnest(entry_accounts) AS account_id, unnest(entry_amounts) AS amount_minor) AS e
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
  ASSERT NOT EXISTS (SELECT 1 FROM information_schema.routine_privileges WHERE routine_name = 'books_write' AND grantee = 'PUBLIC'), 'everybody may run books_write: nothing was changed';
END $$;
