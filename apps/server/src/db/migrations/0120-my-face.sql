-- What an owner may see and decide about their face: looks that named them, pauses, erasures with receipts, consent taken back.
-- Before: a face is on or off.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE face_state NOT IN ('on', 'off')), 'a face in an unknown state';
END $$;

-- One row for each look whose receipt named this payer. Payments know only the last look; this keeps the others too.
CREATE TABLE face_look (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  payment_id text NOT NULL REFERENCES payment (id),
  receipt_jti text NOT NULL,
  counted boolean NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX face_look_payer ON face_look (payer_id, at DESC);

ALTER TABLE payer ADD COLUMN face_paused_at timestamptz;
ALTER TABLE payer DROP CONSTRAINT payer_face_state_check;
ALTER TABLE payer ADD CONSTRAINT payer_face_state_check CHECK (face_state IN ('on', 'paused', 'off'));
ALTER TABLE payer ADD CONSTRAINT payer_face_paused_check CHECK ((face_state = 'paused') = (face_paused_at IS NOT NULL));

ALTER TABLE consent_record ADD COLUMN face_withdrawn_at timestamptz;

-- Asked for, then signed when the vault has forgotten.
CREATE TABLE erasure (
  id text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  reason text NOT NULL CHECK (reason IN ('owner', 'unused')),
  asked_at timestamptz NOT NULL,
  receipt text
);
CREATE INDEX erasure_payer ON erasure (payer_id, asked_at DESC);

-- After: nobody's face changed.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE face_state = 'paused' OR face_paused_at IS NOT NULL), 'a face was paused by the migration';
END $$;
