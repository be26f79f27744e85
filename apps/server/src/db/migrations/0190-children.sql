-- Children by guardian: accounts without a number, a PIN or a session, each belonging to an adult's; money between the two wallets;
-- consents given for somebody else; faces found alike, for review.
-- Before: nobody has a guardian, and transfers are of the kinds known so far.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM transfer WHERE kind NOT IN ('top_up', 'authorise', 'capture', 'void', 'refund', 'withdraw',
    'pay_out', 'payout_confirm', 'payout_return', 'settle', 'dispute_open', 'dispute_recover', 'dispute_lose', 'adjust')), 'a transfer of an unknown kind';
END $$;

ALTER TABLE payer ALTER COLUMN phone_e164 DROP NOT NULL;
ALTER TABLE payer ADD COLUMN guardian_id text REFERENCES payer (id);
ALTER TABLE payer ADD COLUMN born_on date;
-- The wallet of a child that is closed: what still comes back to it goes on to the guardian.
ALTER TABLE payer ADD COLUMN child_closed_at timestamptz;
-- Nobody can sign in as a child, nor type a PIN of one.
ALTER TABLE payer ADD CONSTRAINT payer_child CHECK (guardian_id IS NULL OR (guardian_id <> id AND born_on IS NOT NULL AND phone_e164 IS NULL AND pin_hash IS NULL));
ALTER TABLE payer ADD CONSTRAINT payer_no_child CHECK (guardian_id IS NOT NULL OR (born_on IS NULL AND child_closed_at IS NULL));
CREATE INDEX payer_guardian ON payer (guardian_id) WHERE guardian_id IS NOT NULL;

-- Held for the owner of the tables too: a child is nobody's guardian, has no session, and stays with its guardian.
CREATE FUNCTION refuse_child_as_guardian() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.guardian_id IS DISTINCT FROM NEW.guardian_id THEN
    RAISE EXCEPTION 'the guardian of % does not change', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_guardian_stays';
  END IF;
  IF EXISTS (SELECT FROM payer WHERE id = NEW.guardian_id AND guardian_id IS NOT NULL) THEN
    RAISE EXCEPTION '% is a child and no guardian', NEW.guardian_id USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_guardian_is_adult';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payer_guardian_is_adult BEFORE INSERT ON payer FOR EACH ROW WHEN (NEW.guardian_id IS NOT NULL) EXECUTE FUNCTION refuse_child_as_guardian();
CREATE TRIGGER payer_guardian_stays BEFORE UPDATE OF guardian_id ON payer FOR EACH ROW EXECUTE FUNCTION refuse_child_as_guardian();
CREATE FUNCTION refuse_session_of_child() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM payer WHERE id = NEW.payer_id AND guardian_id IS NOT NULL) THEN
    RAISE EXCEPTION '% is a child: nobody signs in as one', NEW.payer_id USING ERRCODE = 'check_violation', CONSTRAINT = 'session_of_no_child';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER session_of_no_child BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION refuse_session_of_child();

-- Given in an enrolment, or on a signed-in phone; `guardian_id`: who agreed for the payer, and `proof` by what they proved it.
ALTER TABLE consent_record ALTER COLUMN enrolment_id DROP NOT NULL;
ALTER TABLE consent_record ADD COLUMN guardian_id text REFERENCES payer (id), ADD COLUMN proof text CHECK (proof IN ('pin', 'passkey'));
ALTER TABLE consent_record ADD CONSTRAINT consent_record_of_guardian CHECK ((guardian_id IS NULL) = (proof IS NULL) AND (guardian_id IS NULL OR payer_id IS NOT NULL));

ALTER TABLE phone_request DROP CONSTRAINT phone_request_reason_check;
ALTER TABLE phone_request ADD CONSTRAINT phone_request_reason_check CHECK (reason IN ('own_limit', 'code_amount', 'risk', 'guardian'));

ALTER TABLE transfer DROP CONSTRAINT transfer_kind_known;
ALTER TABLE transfer ADD CONSTRAINT transfer_kind_known CHECK (kind IN ('top_up', 'authorise', 'capture', 'void', 'refund', 'allowance', 'withdraw',
  'pay_out', 'payout_confirm', 'payout_return', 'settle', 'dispute_open', 'dispute_recover', 'dispute_lose', 'adjust'));

-- Two faces that are alike: `payer_id` came later. The vault keeps either from paying by face alone, whatever is found here.
CREATE TABLE face_review (
  id text PRIMARY KEY,
  payer_id text NOT NULL REFERENCES payer (id),
  other_id text NOT NULL REFERENCES payer (id),
  found_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  finding text CHECK (finding IN ('different', 'same')),
  note text,
  closed_by text,
  closed_at timestamptz,
  CHECK (payer_id <> other_id),
  CHECK ((state = 'closed') = (finding IS NOT NULL AND closed_by IS NOT NULL AND closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX face_review_pair ON face_review (least(payer_id, other_id), greatest(payer_id, other_id)) WHERE state = 'open';
CREATE INDEX face_review_found ON face_review (state, found_at DESC);

-- After: nobody became a child by this, and every consent is its owner's.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM payer WHERE guardian_id IS NOT NULL OR born_on IS NOT NULL), 'a child out of nothing';
  ASSERT NOT EXISTS (SELECT FROM consent_record WHERE guardian_id IS NOT NULL), 'a consent for somebody else out of nothing';
END $$;
