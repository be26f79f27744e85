-- Where money goes and whether it comes back is said by two people: one proposes, another approves. Before this, one did.
-- Before: nothing to hold against it; bank accounts and returns from before stay as they are.

CREATE TABLE proposal (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('bank_account', 'payout_return')),
  -- Whose bank account, or whose payout.
  owner text NOT NULL CHECK (owner IN ('platform', 'merchant', 'payer')),
  owner_id text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  holder text,
  number text,
  bic text,
  payout_id text REFERENCES payout (id),
  reason text NOT NULL DEFAULT '',
  -- Null: the command line on the machine, or a sandbox's token, which is nobody in particular.
  maker_id text REFERENCES operator_person (id),
  checker_id text REFERENCES operator_person (id),
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'done', 'refused', 'failed')),
  problem text,
  proposed_at timestamptz NOT NULL,
  decided_at timestamptz,
  CONSTRAINT proposal_says_what CHECK (CASE kind WHEN 'bank_account' THEN holder IS NOT NULL AND number IS NOT NULL AND payout_id IS NULL AND owner <> 'payer' ELSE payout_id IS NOT NULL AND number IS NULL END),
  CONSTRAINT proposal_two_people CHECK (state IN ('proposed', 'refused') OR (checker_id IS NOT NULL AND checker_id IS DISTINCT FROM maker_id))
);
CREATE INDEX proposal_waiting ON proposal (proposed_at) WHERE state = 'proposed';
CREATE INDEX proposal_owner ON proposal (owner, owner_id, proposed_at);

-- Whose word a statement is: returns that it tells of are proposed by them.
ALTER TABLE bank_statement ADD COLUMN imported_by text REFERENCES operator_person (id);

-- Nothing to assert: only an empty table and an empty column were added.
