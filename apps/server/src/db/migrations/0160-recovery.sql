-- Account recovery: a new PIN, a new number, a lost phone, a number that now belongs to somebody else; and what staff or an
-- identity provider attested. An account may be without a number: it lost it to whoever has it now.
-- Before: every account has a number.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE phone_e164 IS NULL), 'an account without a number';
END $$;

ALTER TABLE payer ALTER COLUMN phone_e164 DROP NOT NULL;
-- Failures of the PIN after an SMS code, by somebody who wants to sign in. They close that way in and nothing else.
ALTER TABLE payer ADD COLUMN sign_in_failures integer NOT NULL DEFAULT 0 CHECK (sign_in_failures >= 0);
ALTER TABLE payer ADD COLUMN sign_in_locked_until timestamptz;

-- The number is theirs, and it has an account: whose owner they are is yet to be proved.
ALTER TABLE enrolment DROP CONSTRAINT enrolment_state_check;
ALTER TABLE enrolment ADD CONSTRAINT enrolment_state_check
  CHECK (state IN ('code_sent', 'number_known', 'code_verified', 'consented', 'face_captured', 'complete', 'expired'));

CREATE TABLE recovery (
  id text PRIMARY KEY,
  -- Null: the number that was typed in has no account, which whoever typed it is not told.
  payer_id text REFERENCES payer (id),
  -- `identity`: no recovery, but attested at the same desk by the same reference.
  kind text NOT NULL CHECK (kind IN ('pin', 'number', 'account', 'claim', 'identity')),
  state text NOT NULL CHECK (state IN ('asked', 'cooling', 'done', 'cancelled', 'expired')),
  -- What was proved when it was asked for.
  proofs text[] NOT NULL,
  old_phone_e164 text,
  new_phone_e164 text,
  -- What staff type in to find it; an HMAC.
  reference_hmac text UNIQUE,
  -- Of the phone that asked: its session, or where it has none a token of its own.
  session_hash text REFERENCES session (token_hash),
  token_hash text UNIQUE,
  -- Of the link in the notice that stops it.
  cancel_hash text UNIQUE,
  mismatches integer NOT NULL DEFAULT 0,
  attested_by text,
  asked_at timestamptz NOT NULL,
  effective_at timestamptz,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_by text CHECK (ended_by IN ('asker', 'owner', 'link', 'staff', 'newer', 'time')),
  -- Until when the account may spend little and change nothing; null: it is not held back.
  guarded_until timestamptz,
  CHECK ((state IN ('asked', 'cooling')) = (ended_at IS NULL)),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CHECK (state <> 'cooling' OR (payer_id IS NOT NULL AND effective_at IS NOT NULL))
);
CREATE INDEX recovery_payer ON recovery (payer_id, asked_at DESC);
CREATE INDEX recovery_guarded ON recovery (payer_id, guarded_until) WHERE guarded_until IS NOT NULL;
CREATE INDEX recovery_lost_number ON recovery (old_phone_e164) WHERE kind = 'claim' AND state = 'done';
-- One change of PIN, number or phone at a time; one person at a time asks for a number.
CREATE UNIQUE INDEX recovery_cooling ON recovery (payer_id) WHERE state = 'cooling' AND kind <> 'claim';
CREATE UNIQUE INDEX recovery_claim ON recovery (payer_id) WHERE state = 'cooling' AND kind = 'claim';

-- What happened to an account itself, for its owner: on every phone's page, and told to phones that asked for notices.
CREATE TABLE account_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  kind text NOT NULL,
  recovery_id text REFERENCES recovery (id),
  at timestamptz NOT NULL,
  pushed_at timestamptz
);
CREATE INDEX account_event_payer ON account_event (payer_id, id DESC);
CREATE INDEX account_event_unpushed ON account_event (at) WHERE pushed_at IS NULL;

-- Who said so, and what a document said: the newest counts. Never changed; it goes with its account.
CREATE TABLE identity_attestation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  name text NOT NULL,
  born_on date NOT NULL,
  -- `staff`, or the name of the provider.
  source text NOT NULL,
  document text NOT NULL,
  set_by text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX identity_attestation_payer ON identity_attestation (payer_id, id DESC);
CREATE TRIGGER identity_attestation_unchanged BEFORE UPDATE ON identity_attestation FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- After: nobody lost their number by this.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE phone_e164 IS NULL), 'a number was lost by the migration';
END $$;
