-- Whose statement it is: a bank's, or the card processor's, who holds what cards paid until it pays out. Money is looked for where it went.

-- Before: nothing but payouts, their returns and top-ups was matched.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM bank_statement_line WHERE matched_kind NOT IN ('payout', 'payout_return', 'transfer')), 'lines are matched to something else: nothing was changed';
END $$;

ALTER TABLE bank_statement ADD COLUMN holder text NOT NULL DEFAULT 'bank' CHECK (holder IN ('bank', 'card_processor'));

-- What the processor keeps of a charge is a line of its own beside it.
ALTER TABLE bank_statement_line DROP CONSTRAINT bank_statement_line_matched_kind_check;
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_matched_kind_check CHECK (matched_kind IN ('payout', 'payout_return', 'transfer', 'card_fee'));

-- After: statements there were are a bank's.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM bank_statement WHERE holder <> 'bank'), 'a statement changed hands: nothing was changed';
END $$;
