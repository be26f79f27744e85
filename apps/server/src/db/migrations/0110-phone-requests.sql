-- Payments that wait for the shopper's own phone, the passkeys it answers with, and payment codes it shows.

CREATE TABLE passkey (
  id text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  name text NOT NULL,
  public_key bytea NOT NULL,
  -- Of the authenticator; many always say 0.
  counter bigint NOT NULL CHECK (counter >= 0),
  transports text[] NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX passkey_payer ON passkey (payer_id, created_at);
-- What a new passkey must have signed. Each is taken once.
CREATE TABLE passkey_challenge (
  challenge text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  expires_at timestamptz NOT NULL
);

CREATE TABLE phone_request (
  id text PRIMARY KEY,
  payment_id text NOT NULL REFERENCES payment (id),
  payer_id text NOT NULL REFERENCES payer (id),
  -- The look that led to the payer; null when a payment code did.
  look_nonce text,
  reason text NOT NULL CHECK (reason IN ('own_limit', 'code_amount', 'risk')),
  nonce text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'approved', 'denied', 'not_me', 'timed_out', 'left', 'pin_at_till')),
  -- How it was approved: 'pin', or the id of the passkey.
  proof text,
  asked_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  answered_at timestamptz,
  CHECK ((state = 'waiting') = (answered_at IS NULL)),
  CHECK ((state = 'approved') = (proof IS NOT NULL))
);
CREATE UNIQUE INDEX phone_request_waiting ON phone_request (payment_id) WHERE state = 'waiting';
CREATE INDEX phone_request_payer ON phone_request (payer_id) WHERE state = 'waiting';
CREATE INDEX phone_request_payment ON phone_request (payment_id);

-- A key that one phone makes its codes from. The key itself is derived from the installation's secret and never stored.
CREATE TABLE payment_code (
  handle text PRIMARY KEY CHECK (handle ~ '^[0-9]{8}$'),
  id text NOT NULL UNIQUE,
  payer_id text NOT NULL REFERENCES payer (id),
  session_hash text NOT NULL REFERENCES session (token_hash),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  -- The newest half minute whose code was used: that one and older ones are not good any more.
  last_step bigint NOT NULL DEFAULT 0
);
CREATE INDEX payment_code_expires ON payment_code (expires_at);

ALTER TABLE payer ADD COLUMN ask_phone_from_minor bigint CHECK (ask_phone_from_minor >= 0);
ALTER TABLE payer ADD COLUMN phone_pin_failures integer NOT NULL DEFAULT 0;
ALTER TABLE payer ADD COLUMN phone_pin_locked_until timestamptz;
ALTER TABLE payer ADD COLUMN notices_seen_at timestamptz;
ALTER TABLE payment ADD COLUMN way text NOT NULL DEFAULT 'face' CHECK (way IN ('face', 'code'));
-- Which code of which key: a code pays once.
ALTER TABLE payment ADD COLUMN code_ref text;
CREATE UNIQUE INDEX payment_code_once ON payment (code_ref) WHERE code_ref IS NOT NULL;

-- After: every payment there is was made by face, and nobody's phone is asked who did not wish it.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM payment WHERE way <> 'face' OR code_ref IS NOT NULL), 'a payment from before says it was made by code';
  ASSERT NOT EXISTS (SELECT 1 FROM payer WHERE ask_phone_from_minor IS NOT NULL), 'somebody''s phone would be asked unasked';
END $$;
