-- What is one piece of money is posted once, also when its idempotency key is long forgotten: a top-up, a settlement, a correction.
-- Holds, payouts and disputes have rows of their own that say so.

-- Before: nothing of it was posted twice.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM transfer WHERE kind IN ('top_up', 'settle', 'adjust') AND hold_id IS NOT NULL GROUP BY hold_id HAVING count(*) > 1),
    'a settlement or a correction was posted twice: nothing was changed';
END $$;

CREATE UNIQUE INDEX transfer_once ON transfer (hold_id) WHERE kind IN ('top_up', 'settle', 'adjust');

-- The answer of the posting, for whoever sends the same key again.
ALTER TABLE funding_attempt ADD COLUMN posted text;
UPDATE funding_attempt f SET posted = i.body FROM idempotency i WHERE f.posted_at IS NOT NULL AND i.principal = 'payer:' || f.payer_id AND i.key = f.key;

-- After: no attempt that was posted under a key that is still known lacks its answer.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM funding_attempt f JOIN idempotency i ON i.principal = 'payer:' || f.payer_id AND i.key = f.key WHERE f.posted_at IS NOT NULL AND f.posted IS NULL AND i.body IS NOT NULL),
    'a posted attempt lost its answer: nothing was changed';
END $$;
