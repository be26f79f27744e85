-- A terminal is a sandbox's, on which photos and videos pass, or live: it must show a living person. No row could be
-- 'production' before.
ALTER TABLE terminal DROP CONSTRAINT terminal_mode_check;
ALTER TABLE terminal ADD CONSTRAINT terminal_mode_check CHECK (mode IN ('sandbox', 'live'));

-- What a code makes. The sandbox's own code can be used again and again, and makes sandbox terminals only.
ALTER TABLE activation_code ADD COLUMN mode text NOT NULL DEFAULT 'sandbox' CHECK (mode IN ('sandbox', 'live'));
ALTER TABLE activation_code ADD CONSTRAINT activation_code_live_once CHECK (mode = 'sandbox' OR NOT reusable);
