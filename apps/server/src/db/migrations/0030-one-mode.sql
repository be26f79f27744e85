-- A database belongs to one mode for ever: what a sandbox hands out to everybody must never open production.
CREATE TABLE installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  mode text NOT NULL CHECK (mode IN ('sandbox', 'production')),
  first_started_at timestamptz NOT NULL DEFAULT now()
);
-- A database from before this rule is a sandbox's if a sandbox left its key or a terminal in it.
INSERT INTO installation (mode)
SELECT 'sandbox' WHERE EXISTS (SELECT 1 FROM merchant_key WHERE label = 'sandbox') OR EXISTS (SELECT 1 FROM terminal WHERE mode = 'sandbox');
