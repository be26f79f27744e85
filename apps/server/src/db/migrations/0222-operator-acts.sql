-- Who did what in the back office, and who looks after a break and explained it: people by their ids instead of words.
-- Before: breaks have an owner as somebody typed it, and nobody who explained them.

CREATE TABLE operator_act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  -- A person's token; the token of a sandbox, which is nobody in particular; the command line on the machine.
  by text NOT NULL CHECK (by IN ('person', 'token', 'machine')),
  person_id text REFERENCES operator_person (id),
  act text NOT NULL,
  -- The row it is about, where it names one.
  subject text,
  -- What was asked for, where it is no secret and nothing about a shopper's person; long texts as their SHA-256.
  body jsonb,
  -- HTTP status of the answer; null: the process died before there was one, or it is still at it.
  status integer,
  CONSTRAINT operator_act_by CHECK ((by = 'person') = (person_id IS NOT NULL))
);
CREATE INDEX operator_act_person ON operator_act (person_id, id);
CREATE INDEX operator_act_subject ON operator_act (subject, id) WHERE subject IS NOT NULL;

ALTER TABLE reconciliation_break ADD COLUMN owner_id text REFERENCES operator_person (id);
ALTER TABLE reconciliation_break ADD COLUMN resolved_by text REFERENCES operator_person (id);
-- Words that name exactly one person are that person; others stay as they were typed.
UPDATE reconciliation_break SET owner_id = (SELECT min(id) FROM operator_person WHERE name = reconciliation_break.owner)
 WHERE owner IS NOT NULL AND (SELECT count(*) FROM operator_person WHERE name = reconciliation_break.owner) = 1;

-- After: whoever was made the owner of a break has the name that stood there.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM reconciliation_break b JOIN operator_person p ON p.id = b.owner_id WHERE p.name <> b.owner), 'a break went to somebody else';
END $$;
