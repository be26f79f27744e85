-- Where a shopper's phone is told of payments while its page is closed (Web Push), and what it was told of.

CREATE TABLE push_subscription (
  -- The address at the push service, which is also its name.
  endpoint text PRIMARY KEY CHECK (length(endpoint) <= 1024),
  payer_id text NOT NULL REFERENCES payer (id),
  -- Signed out, it hears nothing more.
  session_hash text NOT NULL REFERENCES session (token_hash),
  -- The phone's key and secret, which notices are encrypted for (RFC 8291).
  p256dh text NOT NULL,
  auth text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Answers in a row that were no success.
  failures integer NOT NULL DEFAULT 0
);
CREATE INDEX push_subscription_payer ON push_subscription (payer_id);

ALTER TABLE limit_use ADD COLUMN pushed_at timestamptz;
CREATE INDEX limit_use_unpushed ON limit_use (at) WHERE pushed_at IS NULL;
ALTER TABLE phone_request ADD COLUMN pushed_at timestamptz;

-- Nothing to assert: a new table and new columns, no row changes.
