-- A face is enrolled before its account exists. Until the account opens it is pending: kept, and compared with nobody.
ALTER TABLE face ADD COLUMN activated_at timestamptz;
UPDATE face SET activated_at = enrolled_at;

CREATE INDEX face_pending ON face (enrolled_at) WHERE activated_at IS NULL;
