-- A vault's database belongs to one mode for ever: faces enrolled without a liveness check must never pay in production.
ALTER TABLE installation ADD COLUMN mode text CHECK (mode IN ('sandbox', 'production'));
-- Faces from before this rule were enrolled without one.
UPDATE installation SET mode = 'sandbox' WHERE EXISTS (SELECT 1 FROM face);
