-- Payments, their looks, and every change of state with its reason.

CREATE TABLE payment (
  id text PRIMARY KEY,
  merchant_id text NOT NULL REFERENCES merchant (id),
  store_id text NOT NULL REFERENCES store (id),
  terminal_id text NOT NULL REFERENCES terminal (id),
  state text NOT NULL CHECK (state IN ('created', 'capturing', 'identified', 'awaiting_digits', 'awaiting_phone', 'authorised',
    'captured', 'partially_refunded', 'refunded', 'disputed', 'declined', 'cancelled', 'expired')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  fee_basis_points integer NOT NULL,
  lines jsonb NOT NULL,
  looks_used integer NOT NULL DEFAULT 0,
  -- The look that is open or led to the payer; a late answer to an older one changes nothing.
  look_nonce text,
  payer_id text REFERENCES payer (id),
  payer_masked_name text,
  receipt_claims jsonb,
  last_problem text,
  receipt_number text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  authorised_at timestamptz,
  paid_at timestamptz
);
CREATE INDEX payment_merchant ON payment (merchant_id, created_at DESC, id DESC);
CREATE INDEX payment_payer ON payment (payer_id, created_at DESC);
CREATE INDEX payment_open ON payment (expires_at) WHERE state IN ('created', 'capturing', 'identified', 'awaiting_digits', 'awaiting_phone', 'authorised');

CREATE TABLE payment_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id text NOT NULL REFERENCES payment (id),
  at timestamptz NOT NULL,
  event text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX payment_event_payment ON payment_event (payment_id, id);
CREATE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE ON payment_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE look (
  nonce text PRIMARY KEY,
  payment_id text NOT NULL REFERENCES payment (id),
  opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- What came of it. A look that was never compared with anybody is given back to the payment, once.
  outcome text
);
CREATE INDEX look_payment ON look (payment_id);

CREATE TABLE refund (
  id text PRIMARY KEY REFERENCES transfer (id),
  payment_id text NOT NULL REFERENCES payment (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  fee_returned_minor bigint NOT NULL CHECK (fee_returned_minor >= 0),
  reason text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX refund_payment ON refund (payment_id);
