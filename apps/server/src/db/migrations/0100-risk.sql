-- Risk: rules by version, which version decides where, and every decision with the signals it rests on. No picture, no template.

CREATE TABLE risk_rule_set (
  version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  note text NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array'),
  -- The same rules are the same version.
  content_sha256 text NOT NULL UNIQUE
);
CREATE TRIGGER risk_rule_set_append_only BEFORE UPDATE OR DELETE ON risk_rule_set FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The row with the highest number holds.
CREATE TABLE risk_roll_out (
  number integer PRIMARY KEY CHECK (number > 0),
  active integer NOT NULL REFERENCES risk_rule_set (version),
  candidate integer REFERENCES risk_rule_set (version),
  stage text CHECK (stage IN ('shadow', 'stores')),
  store_ids text[] NOT NULL DEFAULT '{}',
  -- What a rollback of this row returns to; null: there is nothing before it.
  goes_back_to integer REFERENCES risk_roll_out (number),
  reason text NOT NULL,
  set_by text NOT NULL,
  at timestamptz NOT NULL,
  CHECK ((candidate IS NULL) = (stage IS NULL)),
  CHECK ((stage IS NOT DISTINCT FROM 'stores') = (store_ids <> '{}'))
);
CREATE TRIGGER risk_roll_out_append_only BEFORE UPDATE OR DELETE ON risk_roll_out FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE risk_decision (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id text NOT NULL REFERENCES payment (id),
  at timestamptz NOT NULL,
  store_id text NOT NULL,
  terminal_id text NOT NULL,
  rules_version integer NOT NULL REFERENCES risk_rule_set (version),
  outcome text NOT NULL CHECK (outcome IN ('allow', 'ask_digits', 'ask_pin', 'confirm_on_phone', 'refuse')),
  fired jsonb NOT NULL,
  asked jsonb NOT NULL,
  shadow_version integer REFERENCES risk_rule_set (version),
  shadow_outcome text,
  shadow_fired jsonb,
  signals jsonb NOT NULL
);
CREATE INDEX risk_decision_payment ON risk_decision (payment_id);
CREATE TRIGGER risk_decision_append_only BEFORE UPDATE OR DELETE ON risk_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Networks a terminal was seen on.
CREATE TABLE terminal_network (
  terminal_id text NOT NULL REFERENCES terminal (id),
  network text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (terminal_id, network)
);

-- What the rules asked for at the look that led to the payer; tries at digits that the rules asked for.
ALTER TABLE payment ADD COLUMN risk_outcome text CHECK (risk_outcome IN ('allow', 'ask_digits', 'ask_pin', 'confirm_on_phone', 'refuse'));
ALTER TABLE payment ADD COLUMN digits_tries integer NOT NULL DEFAULT 0;
CREATE INDEX payment_terminal ON payment (terminal_id, created_at DESC);

ALTER TABLE store ADD COLUMN latitude double precision CHECK (latitude BETWEEN -90 AND 90);
ALTER TABLE store ADD COLUMN longitude double precision CHECK (longitude BETWEEN -180 AND 180);
ALTER TABLE store ADD CONSTRAINT store_place CHECK ((latitude IS NULL) = (longitude IS NULL));

-- Nothing to assert: new tables and columns, no row changes.
