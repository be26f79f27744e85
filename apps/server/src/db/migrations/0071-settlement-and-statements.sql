-- What a merchant's day comes to, where money is paid to, what the bank says, and who corrects.

-- Fixed part, caps and receivers of a merchant's fee, beside its percentage; a payment keeps what it was created under.
ALTER TABLE merchant ADD COLUMN fee_terms jsonb NOT NULL DEFAULT '{}';
ALTER TABLE payment ADD COLUMN fee_terms jsonb NOT NULL DEFAULT '{}';

CREATE TABLE bank_account (
  owner text NOT NULL CHECK (owner IN ('platform', 'merchant', 'payer')),
  owner_id text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  holder text NOT NULL,
  number text NOT NULL,
  bic text,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (owner, owner_id, currency)
);

CREATE TABLE settlement (
  id text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  currency text NOT NULL,
  -- The merchant's day, each movement dated in the time zone of its store.
  day date NOT NULL,
  -- Frozen: its lines will not change any more. Posted: the books have moved it.
  state text NOT NULL CHECK (state IN ('frozen', 'posted')),
  net_minor bigint NOT NULL DEFAULT 0,
  lines integer NOT NULL DEFAULT 0,
  transfer_id text REFERENCES transfer (id),
  frozen_at timestamptz NOT NULL,
  UNIQUE (merchant_id, currency, day)
);
CREATE INDEX settlement_frozen ON settlement (id) WHERE state = 'frozen';

-- Each movement of a merchant's money is settled once, whatever happens between two rounds.
CREATE TABLE settlement_line (
  transfer_id text PRIMARY KEY REFERENCES transfer (id),
  settlement_id text NOT NULL REFERENCES settlement (id),
  amount_minor bigint NOT NULL,
  local_day date NOT NULL
);
CREATE INDEX settlement_line_settlement ON settlement_line (settlement_id);
CREATE TRIGGER settlement_line_append_only BEFORE UPDATE OR DELETE ON settlement_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How far a merchant is settled. Movements written before `next_from` are settled, all of them.
CREATE TABLE settlement_progress (
  merchant_id text NOT NULL REFERENCES merchant (id),
  currency text NOT NULL,
  closed_through date,
  next_from xid8 NOT NULL DEFAULT '0',
  PRIMARY KEY (merchant_id, currency)
);

-- A file for our bank. Its payouts are chosen first, posted one by one, then written down; a crash between leaves it open.
CREATE TABLE payout_file (
  id text PRIMARY KEY,
  currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'made', 'empty')),
  content text,
  made_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX payout_file_open ON payout_file (currency) WHERE state = 'open';
CREATE TABLE payout_order (
  payout_id text PRIMARY KEY,
  file_id text REFERENCES payout_file (id),
  beneficiary text NOT NULL CHECK (beneficiary IN ('merchant', 'payer')),
  beneficiary_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  -- As it was when the payout was ordered.
  holder text NOT NULL,
  number text NOT NULL,
  bic text,
  -- A final refusal of the books: nothing was sent.
  refused text,
  ordered_at timestamptz NOT NULL
);
CREATE INDEX payout_order_file ON payout_order (file_id);
CREATE INDEX payout_order_waiting ON payout_order (currency) WHERE file_id IS NULL;

CREATE TABLE operator_person (
  id text PRIMARY KEY,
  name text NOT NULL,
  token_hash text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

CREATE TABLE adjustment (
  id text PRIMARY KEY,
  from_class text NOT NULL,
  from_owner_id text NOT NULL,
  to_class text NOT NULL,
  to_owner_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  explanation text NOT NULL CHECK (explanation <> ''),
  maker_id text NOT NULL REFERENCES operator_person (id),
  checker_id text REFERENCES operator_person (id),
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'posted', 'refused', 'failed')),
  problem text,
  transfer_id text REFERENCES transfer (id),
  proposed_at timestamptz NOT NULL,
  decided_at timestamptz,
  CONSTRAINT adjustment_two_people CHECK (state = 'refused' OR checker_id <> maker_id)
);

CREATE TABLE bank_statement (
  id text PRIMARY KEY,
  format text NOT NULL,
  statement_id text NOT NULL,
  account text NOT NULL,
  currency text NOT NULL,
  content_sha256 text NOT NULL,
  imported_at timestamptz NOT NULL,
  UNIQUE (account, currency, statement_id)
);
CREATE TABLE bank_statement_line (
  id text PRIMARY KEY,
  bank_statement_id text NOT NULL REFERENCES bank_statement (id),
  number integer NOT NULL,
  reference text NOT NULL,
  amount_minor bigint NOT NULL,
  booked_on date NOT NULL,
  text text NOT NULL,
  is_return boolean NOT NULL,
  -- What of ours it is, and by which rule it was found; null: a break.
  matched_kind text CHECK (matched_kind IN ('payout', 'payout_return', 'transfer')),
  matched_id text,
  matched_by text CHECK (matched_by IN ('reference', 'amount_and_date', 'hand')),
  UNIQUE (bank_statement_id, number)
);
-- One movement of ours is one line of theirs.
CREATE UNIQUE INDEX bank_statement_line_matched ON bank_statement_line (matched_kind, matched_id) WHERE matched_id IS NOT NULL;

-- What the bank says and the books do not, or the other way round, until somebody has explained it.
CREATE TABLE reconciliation_break (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('only_at_the_bank', 'only_in_the_books', 'amount_differs')),
  line_id text REFERENCES bank_statement_line (id),
  ours text,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  happened_on date NOT NULL,
  owner text,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
  note text NOT NULL DEFAULT '',
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz
);
CREATE UNIQUE INDEX reconciliation_break_line ON reconciliation_break (line_id) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX reconciliation_break_ours ON reconciliation_break (ours) WHERE ours IS NOT NULL AND line_id IS NULL;

-- What was committed at a moment, so that the books of that moment can be read again and never come out differently.
CREATE TABLE books_moment (
  at timestamptz PRIMARY KEY,
  seen pg_snapshot NOT NULL
);
