-- Guesses at PINs and digits that went wrong, for each terminal and each store. Those of a payer are counted with the payer.

CREATE TABLE attempt_limit (
  scope text NOT NULL CHECK (scope IN ('terminal', 'store')),
  subject text NOT NULL,
  failures integer NOT NULL CHECK (failures >= 0),
  -- From when on failures fade.
  counted_at timestamptz NOT NULL,
  locked_until timestamptz,
  PRIMARY KEY (scope, subject)
);

-- Nothing to assert: a new table, no row changes.
