-- What the code of an enrolment was sent for, as its text says: a code for one thing proves nothing for another.
-- Before: those under way were sent to set up or sign in, whatever they were for; whoever meant something else asks again.
ALTER TABLE enrolment ADD COLUMN purpose text NOT NULL DEFAULT 'enter' CHECK (purpose IN ('enter', 'new_pin', 'new_number'));

-- After: nobody's code says more than its text said.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM enrolment WHERE purpose <> 'enter'), 'a code from before says what its text did not';
END $$;
