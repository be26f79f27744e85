-- A yes on the phone belongs to the payment code it was asked for, as one of a look belongs to that look.
-- Before: a wait is of a look or of a code.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM phone_request r JOIN payment p ON p.id = r.payment_id WHERE p.state = 'awaiting_phone' AND r.state = 'waiting' AND p.way = 'code' AND p.code_ref IS NULL), 'a code that is none';
END $$;

-- As in payment; null when a look led to the payer.
ALTER TABLE phone_request ADD COLUMN code_ref text;
ALTER TABLE phone_request ADD CONSTRAINT phone_request_of_one CHECK (look_nonce IS NULL OR code_ref IS NULL);

-- What waits now waits for the code that is shown, and what was paid was said yes to. Of a payment that is neither nobody knows which
-- code its yes was for: the phone is asked again.
UPDATE phone_request r SET code_ref = p.code_ref FROM payment p
 WHERE p.id = r.payment_id AND p.payer_id = r.payer_id AND p.way = 'code' AND r.look_nonce IS NULL
   AND ((r.state = 'waiting' AND p.state = 'awaiting_phone') OR (r.state = 'approved' AND p.paid_at IS NOT NULL));

-- After: no wait is left without what it is for.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM phone_request r JOIN payment p ON p.id = r.payment_id WHERE p.state = 'awaiting_phone' AND r.state = 'waiting' AND p.payer_id = r.payer_id AND r.look_nonce IS NULL AND r.code_ref IS NULL), 'a wait for nothing';
END $$;
