-- Notices of payments that are marked when somebody has taken them, tried again until then, and sent by text message where no push reaches anybody.
-- Before: nothing was told of before it happened.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM limit_use WHERE pushed_at < at), 'a notice before its payment';
END $$;

-- When the next try is due; null: there is none, because it was told, given up, or is nobody's business.
ALTER TABLE limit_use ADD COLUMN push_next_at timestamptz, ADD COLUMN push_attempts integer NOT NULL DEFAULT 0;
ALTER TABLE limit_use ADD COLUMN text_next_at timestamptz, ADD COLUMN text_id text;
DROP INDEX limit_use_unpushed;
CREATE INDEX limit_use_push_due ON limit_use (push_next_at) WHERE push_next_at IS NOT NULL;
CREATE INDEX limit_use_text_due ON limit_use (text_next_at) WHERE text_next_at IS NOT NULL;

ALTER TABLE phone_request ADD COLUMN push_next_at timestamptz, ADD COLUMN push_attempts integer NOT NULL DEFAULT 0;
ALTER TABLE account_event ADD COLUMN push_next_at timestamptz, ADD COLUMN push_attempts integer NOT NULL DEFAULT 0;
DROP INDEX account_event_unpushed;
CREATE INDEX phone_request_push_due ON phone_request (push_next_at) WHERE push_next_at IS NOT NULL;
CREATE INDEX account_event_push_due ON account_event (push_next_at) WHERE push_next_at IS NOT NULL;

-- Since when a subscription has taken nothing.
ALTER TABLE push_subscription ADD COLUMN failing_since timestamptz;
-- Whether payments by face of some size are told by text message where no push reaches this owner. A first payment always is.
ALTER TABLE payer ADD COLUMN sms_notices boolean NOT NULL DEFAULT true;

-- What was under way while the server was exchanged is still told, by push alone: its amount was never promised by message.
UPDATE limit_use SET push_next_at = at WHERE way = 'face' AND pushed_at IS NULL AND at > now() - interval '10 minutes';
UPDATE account_event SET push_next_at = at WHERE pushed_at IS NULL AND at > now() - interval '10 minutes';
UPDATE phone_request SET push_next_at = asked_at WHERE pushed_at IS NULL AND state = 'waiting';

-- After: no message is due for what is past.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM limit_use WHERE text_next_at IS NOT NULL), 'a message for what is past';
  ASSERT NOT EXISTS (SELECT FROM limit_use WHERE push_next_at IS NOT NULL AND pushed_at IS NOT NULL), 'told and still due';
END $$;
