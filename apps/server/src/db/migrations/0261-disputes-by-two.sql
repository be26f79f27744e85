-- That a shopper has disputed money back, and who pays for it, is said by two people; what a shopper reports on their own phone goes on by itself.
-- Before: proposals of other kinds; they stay as they are. Disputes of before are settled by proposals from now on.

ALTER TABLE proposal
  ADD COLUMN payment_id text REFERENCES payment (id),
  ADD COLUMN dispute_id text REFERENCES dispute (id),
  -- What two people agree on, also where it was all that was left.
  ADD COLUMN amount_minor bigint CHECK (amount_minor > 0),
  ADD COLUMN bearer text CHECK (bearer IN ('platform', 'merchant', 'insurer')),
  ADD COLUMN recover_from text CHECK (recover_from IN ('payer', 'merchant', 'insurer')),
  ADD COLUMN lose_rest boolean NOT NULL DEFAULT false;
ALTER TABLE proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK (kind IN ('bank_account', 'payout_return', 'merchant_fees', 'dispute_open', 'dispute_recover', 'dispute_lose'));
ALTER TABLE proposal DROP CONSTRAINT proposal_says_what;
ALTER TABLE proposal ADD CONSTRAINT proposal_says_what CHECK (CASE kind
  WHEN 'bank_account' THEN holder IS NOT NULL AND number IS NOT NULL AND owner <> 'payer'
  WHEN 'merchant_fees' THEN fees IS NOT NULL AND owner = 'merchant'
  WHEN 'payout_return' THEN payout_id IS NOT NULL
  ELSE payment_id IS NOT NULL AND amount_minor IS NOT NULL AND bearer IS NOT NULL
       AND (dispute_id IS NULL) = (kind = 'dispute_open') AND (recover_from IS NOT NULL) = (kind = 'dispute_recover') END
  AND (number IS NULL OR kind = 'bank_account') AND (fees IS NULL OR kind = 'merchant_fees') AND (payout_id IS NULL OR kind = 'payout_return')
  AND (payment_id IS NULL OR kind LIKE 'dispute%'));
-- One at a time for each payment: two that each take all that is left would not be what anybody agreed to.
CREATE UNIQUE INDEX proposal_of_payment ON proposal (payment_id) WHERE state IN ('proposed', 'approved');

-- Nothing to assert: columns that are empty were added, and rows there are pass the new rule or the ALTER fails.
