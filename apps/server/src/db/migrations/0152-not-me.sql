-- "That was not me", said of a payment that was made: one case for each payment, and what came of it.
-- Before: a face is on, paused or off.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE face_state NOT IN ('on', 'paused', 'off')), 'a face in an unknown state';
END $$;

CREATE TABLE face_case (
  id text PRIMARY KEY,
  payment_id text NOT NULL UNIQUE REFERENCES payment (id),
  payer_id text NOT NULL REFERENCES payer (id),
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  -- Whether the money goes back at once, or why not: too much in this time, or the payer's own phone had said yes.
  refund text NOT NULL CHECK (refund IN ('at_once', 'capped', 'confirmed')),
  dispute_id text REFERENCES dispute (id),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  finding text CHECK (finding IN ('somebody_else', 'payer', 'unclear')),
  note text,
  closed_by text,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  CHECK ((state = 'closed') = (finding IS NOT NULL AND closed_at IS NOT NULL AND closed_by IS NOT NULL)),
  CHECK (dispute_id IS NULL OR refund = 'at_once')
);
CREATE INDEX face_case_payer ON face_case (payer_id, opened_at);
CREATE INDEX face_case_open ON face_case (opened_at) WHERE state = 'open';
CREATE INDEX face_case_unpaid ON face_case (id) WHERE refund = 'at_once' AND dispute_id IS NULL;

-- After: nobody has a case, and nobody's face rests for one.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM face_case), 'a case out of nothing';
END $$;
