-- Whether the vault knows that a pair is two people. Findings of before are told to it by the next round.
ALTER TABLE face_review ADD COLUMN vault_told_at timestamptz;
ALTER TABLE face_review ADD CONSTRAINT face_review_told CHECK (vault_told_at IS NULL OR finding = 'different');
CREATE INDEX face_review_untold ON face_review (closed_at) WHERE finding = 'different' AND vault_told_at IS NULL;

-- Nothing to assert: a new column.
