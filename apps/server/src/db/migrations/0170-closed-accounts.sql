-- An account its owner has closed: the payer's id stays, because the books and the consents refer to it, and nothing says whose it was.
-- Before: nobody's number looks like what a closed account has in its place, and nobody is without a name.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE phone_e164 LIKE '%.closed' OR name = ''), 'an account looks closed already';
END $$;

ALTER TABLE payer ADD COLUMN closed_at timestamptz;
ALTER TABLE payer ADD CONSTRAINT payer_closed CHECK (
  (closed_at IS NOT NULL) = (phone_e164 = id || '.closed')
  AND (closed_at IS NULL OR (name = '' AND pin_hash IS NULL AND face_state = 'off' AND ask_phone_from_minor IS NULL)));

ALTER TABLE erasure DROP CONSTRAINT erasure_reason_check;
ALTER TABLE erasure ADD CONSTRAINT erasure_reason_check CHECK (reason IN ('owner', 'unused', 'closed'));

-- After: nobody's account was closed by the migration.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE closed_at IS NOT NULL), 'an account closed by itself';
END $$;
