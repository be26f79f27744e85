-- Limits of what may be spent, and what counts against them. A use is written under the payer's lock before money moves; whether
-- it counts is read off the payment (apps/server/src/limits/used.ts), so nothing has to be given back and nothing can leak.

-- Before: what was paid has a hold.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payment p WHERE p.paid_at IS NOT NULL AND NOT EXISTS (SELECT FROM hold h WHERE h.id = p.id)), 'a paid payment without a hold';
END $$;

CREATE TABLE limit_use (
  payment_id text PRIMARY KEY REFERENCES payment (id),
  payer_id text NOT NULL REFERENCES payer (id),
  merchant_id text NOT NULL REFERENCES merchant (id),
  currency text NOT NULL,
  category text NOT NULL CHECK (category IN ('food', 'goods', 'transport', 'leisure', 'gambling', 'other')),
  way text NOT NULL CHECK (way IN ('face', 'code')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  -- A second factor went with it: the PIN, or a yes on the phone.
  strong boolean NOT NULL,
  at timestamptz NOT NULL,
  -- Of a first payment: until when one tap takes it back, and settlement waits.
  undo_until timestamptz
);
CREATE INDEX limit_use_payer ON limit_use (payer_id, at);

-- What holds on the platform; the newest row of a currency counts.
CREATE TABLE limit_setting (
  version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  currency text NOT NULL,
  settings jsonb NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX limit_setting_currency ON limit_setting (currency, version DESC);
CREATE TRIGGER limit_setting_append_only BEFORE UPDATE OR DELETE ON limit_setting FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A shopper's own. The newest that has taken effect counts; one that has not is a raise that waits.
CREATE TABLE own_limit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  kind text NOT NULL CHECK (kind IN ('payment', 'day', 'month', 'food', 'goods', 'transport', 'leisure', 'gambling', 'other')),
  -- Null: none of their own.
  max_minor bigint CHECK (max_minor >= 0),
  asked_at timestamptz NOT NULL,
  effective_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  -- How a raise was proved: 'pin', or the id of the passkey.
  proof text
);
CREATE INDEX own_limit_payer ON own_limit (payer_id, kind, effective_at DESC);

CREATE TABLE identity_level (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  level text NOT NULL CHECK (level IN ('phone', 'attested')),
  note text NOT NULL,
  set_by text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX identity_level_payer ON identity_level (payer_id, id DESC);
CREATE TRIGGER identity_level_append_only BEFORE UPDATE OR DELETE ON identity_level FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE merchant ADD COLUMN category_code text CHECK (category_code ~ '^[0-9]{4}$');
ALTER TABLE merchant ADD COLUMN payment_max_minor bigint CHECK (payment_max_minor >= 0);
ALTER TABLE merchant ADD COLUMN payer_day_max_minor bigint CHECK (payer_day_max_minor >= 0);

-- Who has paid by face before is not new, and this month's payments count. What was confirmed then is not known: as if it was.
INSERT INTO limit_use (payment_id, payer_id, merchant_id, currency, category, way, amount_minor, strong, at)
SELECT p.id, p.payer_id, p.merchant_id, p.currency, 'other', p.way, p.amount_minor, true, p.paid_at
  FROM payment p WHERE p.paid_at IS NOT NULL AND p.payer_id IS NOT NULL;

-- After: each of them has its row, and nobody can undo what is long past.
DO $$ BEGIN
  ASSERT (SELECT count(*) FROM limit_use) = (SELECT count(*) FROM payment WHERE paid_at IS NOT NULL AND payer_id IS NOT NULL), 'a paid payment does not count';
  ASSERT NOT EXISTS (SELECT FROM limit_use WHERE undo_until IS NOT NULL), 'an old payment could be undone';
END $$;
