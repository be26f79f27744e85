-- A first payment that was taken back by its shopper, with one tap.
ALTER TABLE limit_use ADD COLUMN undone_at timestamptz;
ALTER TABLE limit_use ADD CONSTRAINT limit_use_undone CHECK (undone_at IS NULL OR undo_until IS NOT NULL);
CREATE INDEX limit_use_undo ON limit_use (payment_id) WHERE undo_until IS NOT NULL;

-- Nothing to assert: a new column and an index, no row changes.
