-- Changes of the gallery are replayed by every process within a second; a day later nobody needs them.
ALTER TABLE gallery_change ADD COLUMN at timestamptz NOT NULL DEFAULT now();
