-- What a merchant is charged is said by two people too.
-- Before: bank accounts and returned payouts alone; they stay as they are.

ALTER TABLE proposal ADD COLUMN fees jsonb;
ALTER TABLE proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK (kind IN ('bank_account', 'payout_return', 'merchant_fees'));
ALTER TABLE proposal DROP CONSTRAINT proposal_says_what;
ALTER TABLE proposal ADD CONSTRAINT proposal_says_what CHECK (CASE kind
  WHEN 'bank_account' THEN holder IS NOT NULL AND number IS NOT NULL AND payout_id IS NULL AND fees IS NULL AND owner <> 'payer'
  WHEN 'merchant_fees' THEN fees IS NOT NULL AND owner = 'merchant' AND number IS NULL AND payout_id IS NULL
  ELSE payout_id IS NOT NULL AND number IS NULL AND fees IS NULL END);

-- Nothing to assert: an empty column was added, and rows of both kinds there were pass the new rule or the ALTER fails.
