-- The books. The code decides, the database refuses what must never be: a wallet below zero, legs that do not sum
-- to zero, a transfer edited or deleted, one receipt or one idempotency key used twice.

-- Text ids are sorted by bytes, so that every writer locks in the same order whatever the database's locale.
CREATE TABLE account (
  id text COLLATE "C" PRIMARY KEY,
  class text NOT NULL,
  owner_id text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Credits minus debits.
  balance_minor bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (class, owner_id, currency),
  CONSTRAINT account_class_known CHECK (class IN ('payer_wallet', 'payer_hold', 'merchant_payable', 'merchant_reserve',
    'platform_fees', 'funding_clearing', 'payout_clearing', 'dispute_loss')),
  -- The sign rule of each class; packages/ledger/src/account.ts says the same and a test compares the two.
  CONSTRAINT account_sign CHECK (class NOT IN ('payer_wallet', 'payer_hold', 'merchant_reserve') OR balance_minor >= 0)
) WITH (fillfactor = 50);

CREATE TABLE transfer (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('top_up', 'authorise', 'capture', 'void', 'refund')),
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  fee_minor bigint NOT NULL DEFAULT 0,
  hold_id text,
  reason text NOT NULL DEFAULT '',
  at timestamptz NOT NULL,
  content_sha256 text NOT NULL,
  -- Readers in commit order stop below the oldest running transaction.
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX transfer_hold ON transfer (hold_id);
CREATE INDEX transfer_written_in ON transfer (written_in);

CREATE TABLE entry (
  transfer_id text NOT NULL REFERENCES transfer (id),
  leg integer NOT NULL,
  account_id text COLLATE "C" NOT NULL REFERENCES account (id),
  -- Positive credits the account, negative debits it.
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (transfer_id, leg)
);
CREATE INDEX entry_account ON entry (account_id);

CREATE TABLE hold (
  id text PRIMARY KEY,
  payer_id text NOT NULL,
  merchant_id text NOT NULL,
  currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'captured', 'voided')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  captured_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  fee_minor bigint NOT NULL DEFAULT 0,
  fee_returned_minor bigint NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT hold_captured_within CHECK (captured_minor BETWEEN 0 AND amount_minor),
  CONSTRAINT hold_refunded_within CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  CONSTRAINT hold_fee_within CHECK (fee_minor BETWEEN 0 AND captured_minor),
  CONSTRAINT hold_fee_returned_within CHECK (fee_returned_minor BETWEEN 0 AND fee_minor)
);
CREATE INDEX hold_open ON hold (payer_id, currency) WHERE state = 'open';

CREATE TABLE idempotency (
  principal text NOT NULL,
  key text NOT NULL,
  input_hash text NOT NULL,
  -- Null while a resumable operation is still on its way.
  status integer,
  body text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, key)
);

CREATE TABLE receipt_used (
  jti text PRIMARY KEY,
  transfer_id text NOT NULL,
  at timestamptz NOT NULL
);

-- The hash chain over transfers, written in batches behind the postings.
CREATE TABLE journal (
  seq bigint PRIMARY KEY,
  transfer_id text NOT NULL UNIQUE REFERENCES transfer (id),
  content_sha256 text NOT NULL,
  previous_sha256 text NOT NULL,
  sha256 text NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: a correction is a new transfer', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipt_used_append_only BEFORE UPDATE OR DELETE ON receipt_used FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Checked at commit: a transfer has at least two legs, they sum to zero, and none is in another currency.
CREATE FUNCTION check_transfer_legs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked_id text := CASE TG_TABLE_NAME WHEN 'transfer' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'transfer_id' END;
  legs integer;
  total numeric;
  foreign_legs integer;
BEGIN
  SELECT count(*), COALESCE(sum(e.amount_minor), 0), count(*) FILTER (WHERE a.currency <> t.currency)
    INTO legs, total, foreign_legs
    FROM entry e JOIN account a ON a.id = e.account_id JOIN transfer t ON t.id = e.transfer_id
   WHERE e.transfer_id = checked_id;
  IF legs < 2 OR total <> 0 OR foreign_legs > 0 THEN
    RAISE EXCEPTION 'legs of transfer % do not balance: % legs, sum %, % in another currency', checked_id, legs, total, foreign_legs
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER transfer_legs_sum_to_zero AFTER INSERT ON transfer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer_legs();
CREATE CONSTRAINT TRIGGER entry_legs_sum_to_zero AFTER INSERT ON entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer_legs();

-- One row. When the auditor finds the books in disorder it writes why, and no money moves until somebody clears it.
CREATE TABLE books_stop (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  stopped_at timestamptz NOT NULL,
  reason text NOT NULL
);
