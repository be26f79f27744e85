-- Versions of the template keys, and which of them new records are sealed under. The keys themselves are files of the keys folder.
-- Before: records are sealed under version 1, the only one there was.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM face_template WHERE key_version <> 1), 'records of an unknown key version';
END $$;

CREATE TABLE template_key (
  version integer PRIMARY KEY CHECK (version > 0),
  made_at timestamptz NOT NULL DEFAULT now(),
  -- When no record was under it any more; a minute later its files are destroyed.
  emptied_at timestamptz,
  destroyed_at timestamptz
);
INSERT INTO template_key (version) VALUES (1);

CREATE TABLE template_key_current (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version integer NOT NULL REFERENCES template_key
);
INSERT INTO template_key_current (version) VALUES (1);

CREATE INDEX face_template_key ON face_template (key_version, id);

-- After: every record's key is known.
ALTER TABLE face_template ADD FOREIGN KEY (key_version) REFERENCES template_key (version);
DO $$ BEGIN
  ASSERT (SELECT version FROM template_key_current) = 1, 'no current template key';
END $$;
