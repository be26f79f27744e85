-- The audit log: a Merkle tree over the journal, its signed checkpoints, and what the auditor has seen already.

-- The journal follows the order of this index: where it ended says where to go on.
DROP INDEX transfer_written_in;
CREATE INDEX transfer_written_in ON transfer (written_in, id);

-- Full subtrees of 256 leaves and more; smaller ones are made from the journal itself when somebody asks.
CREATE TABLE journal_node (
  level integer NOT NULL CHECK (level >= 8),
  index bigint NOT NULL CHECK (index >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, index)
);

CREATE TABLE journal_checkpoint (
  number bigint PRIMARY KEY CHECK (number > 0),
  size bigint NOT NULL UNIQUE CHECK (size > 0),
  at timestamptz NOT NULL,
  note text NOT NULL
);
CREATE TRIGGER journal_node_append_only BEFORE UPDATE OR DELETE ON journal_node FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_checkpoint_append_only BEFORE UPDATE OR DELETE ON journal_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_node_no_truncate BEFORE TRUNCATE ON journal_node FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_checkpoint_no_truncate BEFORE TRUNCATE ON journal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What each account must hold by the transfers that were audited: the sum of its entries, carried on from audit to audit.
CREATE TABLE audited_balance (
  account_id text COLLATE "C" PRIMARY KEY,
  balance_minor bigint NOT NULL
);
CREATE TABLE audit_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- The journal is audited up to here, and read again, slice by slice, up to there.
  audited_seq bigint NOT NULL DEFAULT 0,
  reread_seq bigint NOT NULL DEFAULT 0,
  event_id bigint NOT NULL DEFAULT 0,
  last_at timestamptz,
  last_full_at timestamptz
);
INSERT INTO audit_state DEFAULT VALUES;

-- Every audit that found something, for whoever runs this installation.
CREATE TABLE audit_report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('minute', 'full')),
  findings text[] NOT NULL
);
ALTER TABLE books_stop ADD COLUMN paged_at timestamptz;
