-- Text messages: what may go out, who took each, what became of it.
ALTER TABLE sms_outbox DROP CONSTRAINT sms_outbox_state_check;
-- 'sending': with a provider right now. 'unclear': it may have been sent, so it never is again.
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_state_check CHECK (state IN ('queued', 'sending', 'sent', 'unclear', 'failed'));
-- For networks that keep the texts themselves: {name, locale, params}. Forgotten with the body.
ALTER TABLE sms_outbox ADD COLUMN template jsonb;
-- Where it was counted, so that its code typed in is credited there.
ALTER TABLE sms_outbox ADD COLUMN counted jsonb;
ALTER TABLE sms_outbox ADD COLUMN provider text;
ALTER TABLE sms_outbox ADD COLUMN receipt text CHECK (receipt IN ('delivered', 'undelivered'));
ALTER TABLE sms_outbox ADD COLUMN receipt_at timestamptz;

-- Each time a message was offered to a provider.
CREATE TABLE sms_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL REFERENCES sms_outbox ON DELETE CASCADE,
  provider text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('taken', 'not_taken', 'refused', 'unknown')),
  why text,
  at timestamptz NOT NULL
);
CREATE INDEX sms_attempt_message ON sms_attempt (message_id);
CREATE INDEX sms_attempt_at ON sms_attempt (at);

-- A part of a message under the network's own name for it. A receipt may come before we have written down what was taken.
CREATE TABLE sms_part (
  provider text NOT NULL,
  ref text NOT NULL,
  message_id text REFERENCES sms_outbox ON DELETE CASCADE,
  receipt text CHECK (receipt IN ('delivered', 'undelivered')),
  detail text,
  receipt_at timestamptz,
  checks integer NOT NULL DEFAULT 0,
  next_check_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (provider, ref)
);
CREATE INDEX sms_part_message ON sms_part (message_id);
CREATE INDEX sms_part_check ON sms_part (next_check_at) WHERE receipt IS NULL AND next_check_at IS NOT NULL;

-- Messages by whom they are for and who asked, in slices of time; subjects are keyed hashes but for countries.
CREATE TABLE sms_count (
  scope text NOT NULL,
  subject text NOT NULL,
  slice timestamptz NOT NULL,
  sent integer NOT NULL CHECK (sent >= 0),
  entered integer NOT NULL CHECK (entered >= 0),
  PRIMARY KEY (scope, subject, slice)
);
CREATE INDEX sms_count_slice ON sms_count (slice);

-- The phone it was started on, as far as it is known again.
ALTER TABLE enrolment ADD COLUMN device_id text;
-- Nothing to assert: it only adds, and the new CHECKs hold the old rows to what they may be.
