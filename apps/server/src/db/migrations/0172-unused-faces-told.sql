-- When the owner of a face that nobody uses was told that it will be erased. Told of an earlier rest, it does not count for this one.
ALTER TABLE payer ADD COLUMN face_unused_told_at timestamptz;

-- Nothing to assert: a new column, no row changes.
