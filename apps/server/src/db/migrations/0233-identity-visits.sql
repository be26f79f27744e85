-- Owners who are at an identity provider's page: what binds the answer to this visit, for a few minutes. One a person, gone when it is used.
CREATE TABLE identity_visit (
  payer_id text PRIMARY KEY REFERENCES payer (id),
  state text NOT NULL,
  nonce text NOT NULL,
  -- Of PKCE (RFC 7636).
  verifier text NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Nothing to assert: a new table.
