-- Signatures of terminals' writes, for as long as they would be taken for fresh: each counts once, whichever process it reaches.
CREATE TABLE seen_signature (
  terminal_id text NOT NULL,
  nonce text NOT NULL,
  forget_at timestamptz NOT NULL,
  PRIMARY KEY (terminal_id, nonce)
);
CREATE INDEX seen_signature_forget ON seen_signature (forget_at);

-- Nothing to assert: a new table.
