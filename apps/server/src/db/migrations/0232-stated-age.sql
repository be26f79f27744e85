-- What whoever opened an account said of their age, with the consent of that moment: to be at least so many years old. Null: nobody asked them.
ALTER TABLE consent_record ADD COLUMN stated_age_min smallint CHECK (stated_age_min BETWEEN 1 AND 130);

-- Nothing to assert: a new column, no row changes.
