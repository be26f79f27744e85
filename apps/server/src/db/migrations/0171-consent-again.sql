-- Who erased their face and kept the account can agree again, on their own phone, without an enrolment.
-- Before: every consent belongs to an enrolment.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM consent_record WHERE enrolment_id IS NULL), 'a consent out of nothing';
END $$;

ALTER TABLE consent_record ALTER COLUMN enrolment_id DROP NOT NULL;
-- Given in an enrolment, or by the owner of an account.
ALTER TABLE consent_record ADD CONSTRAINT consent_record_of CHECK (enrolment_id IS NOT NULL OR payer_id IS NOT NULL);

-- After: nobody agreed to anything by the migration.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM consent_record WHERE enrolment_id IS NULL), 'a consent out of nothing';
END $$;
