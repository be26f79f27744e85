-- Money on its way into a wallet: one row for each attempt, written before anybody outside is asked.
CREATE TABLE payer_card (
  id text PRIMARY KEY,
  payer_id text NOT NULL UNIQUE REFERENCES payer (id),
  -- At the card processor; no card number ever comes here.
  customer_ref text NOT NULL,
  method_ref text NOT NULL,
  brand text NOT NULL,
  last4 text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
  created_at timestamptz NOT NULL
);
CREATE TABLE funding_attempt (
  id text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  -- The Idempotency-Key of the top-up, and of its posting.
  key text NOT NULL,
  source text NOT NULL CHECK (source IN ('test_bank', 'card')),
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  state text NOT NULL CHECK (state IN ('created', 'sent', 'succeeded', 'failed', 'unknown')),
  customer_ref text,
  method_ref text,
  -- What the source calls it, and why it refused.
  source_ref text,
  reason text,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  posted_at timestamptz,
  UNIQUE (payer_id, key)
);
CREATE INDEX funding_attempt_open ON funding_attempt (changed_at) WHERE state IN ('created', 'sent', 'unknown') OR (state = 'succeeded' AND posted_at IS NULL);
