-- For whose face the owner of this phone has just proved, by passkey or PIN, that they want a new look (owners/look-proof.ts).
ALTER TABLE session
  ADD COLUMN look_proved_for text REFERENCES payer (id),
  ADD COLUMN look_proved_at timestamptz,
  ADD CONSTRAINT session_look_proof CHECK ((look_proved_for IS NULL) = (look_proved_at IS NULL));

-- Nothing to assert: new columns, no row changes.
