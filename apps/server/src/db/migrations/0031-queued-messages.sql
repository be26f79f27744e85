-- Messages wait here until they are handed to the sender, whoever that is.
ALTER TABLE sms_outbox ADD COLUMN give_up_at timestamptz NOT NULL DEFAULT now() + interval '15 minutes';
DROP INDEX sms_outbox_queued;
CREATE INDEX sms_outbox_queued ON sms_outbox (next_attempt_at) WHERE state = 'queued';
CREATE INDEX sms_outbox_created ON sms_outbox (created_at);
-- The message that carries an enrolment's newest code; null when none was queued.
ALTER TABLE enrolment ADD COLUMN message_id text;
