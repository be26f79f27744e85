-- Guesses at a PIN by somebody who asks for an account from a number that is not its own (recovery/lost.ts), apart from those of signing in.
ALTER TABLE payer
  ADD COLUMN lost_pin_failures integer NOT NULL DEFAULT 0 CHECK (lost_pin_failures >= 0),
  ADD COLUMN lost_pin_locked_until timestamptz;
-- Asks about one account from one number are counted before a PIN is looked at.
CREATE INDEX recovery_asked_of ON recovery (old_phone_e164, asked_at) WHERE kind = 'account';

-- Nothing to assert: new columns and an index, no row changes.
