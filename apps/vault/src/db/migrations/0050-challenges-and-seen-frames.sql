-- What each look asked for, and what the vault remembers of frames so that none is accepted twice.

ALTER TABLE look ADD COLUMN challenge jsonb NOT NULL DEFAULT '["smile"]';
ALTER TABLE look ADD COLUMN minted_at timestamptz NOT NULL DEFAULT '-infinity';

-- Keyed hashes of frames of live captures: of their bytes, and of how they look. Without the key of the vault's key folder
-- a mark says nothing; with it, it says whether a picture one holds was shown before, and when. No image can be made of it.
CREATE TABLE frame_mark (
  mark bytea PRIMARY KEY CHECK (octet_length(mark) = 16),
  seen_at timestamptz NOT NULL
);
CREATE INDEX frame_mark_seen ON frame_mark (seen_at);
