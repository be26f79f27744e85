-- The last resort of a payment that waits for its payer's phone: a code by text message, typed at the till, once for each wait.

-- When a phone that is signed in first showed it; null: no phone has.
ALTER TABLE phone_request ADD COLUMN seen_at timestamptz;
ALTER TABLE phone_request DROP CONSTRAINT phone_request_state_check;
ALTER TABLE phone_request ADD CONSTRAINT phone_request_state_check CHECK (state IN ('waiting', 'approved', 'denied', 'not_me', 'timed_out', 'left', 'pin_at_till', 'sms_code'));

-- Good for as long as its request waits.
CREATE TABLE sms_step_up (
  request_id text PRIMARY KEY REFERENCES phone_request (id),
  payer_id text NOT NULL REFERENCES payer (id),
  -- Keyed, over the code and over what a passkey would sign: request, payment, merchant, store, payer, amount.
  code_hmac text NOT NULL,
  -- Of sms_outbox, which forgets sooner.
  message_id text NOT NULL,
  tries integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
  sent_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX sms_step_up_payer ON sms_step_up (payer_id, sent_at);
-- Nothing to assert: no row changes. No wait has a code yet, and of none is known whether a phone showed it.
