-- Merchants and what they run, shoppers and how they enrol. No template, image or embedding ever: those are the vault's.

CREATE TABLE merchant (
  id text PRIMARY KEY,
  name text NOT NULL,
  name_zh text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  fee_basis_points integer NOT NULL DEFAULT 60 CHECK (fee_basis_points BETWEEN 0 AND 10000),
  menu jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE store (
  id text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  name text NOT NULL,
  name_zh text NOT NULL,
  time_zone text NOT NULL,
  -- At or above this amount the PIN is asked, whatever the rung.
  pin_from_minor bigint NOT NULL CHECK (pin_from_minor >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX store_merchant ON store (merchant_id);

CREATE TABLE staff (
  id text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  store_id text REFERENCES store (id),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'manager', 'cashier')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The key itself is shown once; only its hash stays.
CREATE TABLE merchant_key (
  key_hash text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  label text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE terminal (
  id text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  store_id text NOT NULL REFERENCES store (id),
  name text NOT NULL DEFAULT '',
  kind text NOT NULL CHECK (kind IN ('kiosk', 'mini')),
  mode text NOT NULL DEFAULT 'sandbox' CHECK (mode IN ('sandbox', 'production')),
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
  key_thumbprint text NOT NULL,
  public_jwk jsonb NOT NULL,
  token_hash text NOT NULL UNIQUE,
  activated_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE activation_code (
  code_hash text PRIMARY KEY,
  store_id text NOT NULL REFERENCES store (id),
  kind text NOT NULL DEFAULT 'kiosk' CHECK (kind IN ('kiosk', 'mini')),
  -- A sandbox code may be used again and again; any other once.
  reusable boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  used_at timestamptz,
  terminal_id text REFERENCES terminal (id)
);

CREATE TABLE payer (
  id text PRIMARY KEY,
  name text NOT NULL,
  phone_e164 text NOT NULL UNIQUE,
  locale text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
  currency text NOT NULL DEFAULT 'CNY',
  pin_hash text,
  -- Raised under the row lock to kill every receipt of an older face.
  face_epoch integer NOT NULL DEFAULT 1 CHECK (face_epoch > 0),
  face_state text NOT NULL DEFAULT 'off' CHECK (face_state IN ('on', 'off')),
  face_enrolled_at timestamptz,
  -- Failures of face + PIN at a till. They turn off that way to pay and nothing else.
  face_pin_failures integer NOT NULL DEFAULT 0 CHECK (face_pin_failures >= 0),
  face_pin_locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE invite (
  id text PRIMARY KEY,
  -- Null: not made at a till.
  payment_id text,
  terminal_id text REFERENCES terminal (id),
  store_id text REFERENCES store (id),
  phone_e164 text,
  locale text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'started', 'enrolled', 'expired')),
  payer_id text REFERENCES payer (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX invite_payment ON invite (payment_id);

CREATE TABLE enrolment (
  id text PRIMARY KEY,
  token_hash text NOT NULL UNIQUE,
  phone_e164 text NOT NULL,
  name text NOT NULL,
  locale text NOT NULL CHECK (locale IN ('zh', 'en')),
  state text NOT NULL CHECK (state IN ('code_sent', 'code_verified', 'consented', 'face_captured', 'complete', 'expired')),
  code_hmac text,
  code_expires_at timestamptz NOT NULL,
  code_tries integer NOT NULL DEFAULT 0,
  codes_sent integer NOT NULL DEFAULT 1,
  resend_at timestamptz NOT NULL,
  -- What the capture is bound to, and the payer the vault stored the face under until the account opens.
  signer_thumbprint text,
  look_nonce text,
  looks_used integer NOT NULL DEFAULT 0,
  payer_ref text,
  face_epoch integer,
  invite_id text REFERENCES invite (id),
  payer_id text REFERENCES payer (id),
  existing_payer boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX enrolment_phone ON enrolment (phone_e164, created_at);

CREATE TABLE consent_record (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enrolment_id text NOT NULL REFERENCES enrolment (id),
  payer_id text REFERENCES payer (id),
  version text NOT NULL,
  locale text NOT NULL,
  text_sha256 text NOT NULL,
  agreed_to_service boolean NOT NULL,
  agreed_to_face boolean NOT NULL,
  agreed_at timestamptz NOT NULL
);
CREATE INDEX consent_record_payer ON consent_record (payer_id);

CREATE TABLE session (
  token_hash text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX session_payer ON session (payer_id);

CREATE TABLE sms_outbox (
  id text PRIMARY KEY,
  to_e164 text NOT NULL,
  body text NOT NULL,
  purpose text NOT NULL DEFAULT 'code' CHECK (purpose IN ('code', 'invite', 'notice')),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz
);
CREATE INDEX sms_outbox_to ON sms_outbox (to_e164, created_at DESC);
CREATE INDEX sms_outbox_queued ON sms_outbox (created_at) WHERE state = 'queued';
