-- Of a look that was refused: its frames had been shown before. The terminal is not told which check stopped it; the risk rules are.
ALTER TABLE look ADD COLUMN frames_seen boolean NOT NULL DEFAULT false;
CREATE INDEX look_frames_seen ON look (opened_at) WHERE frames_seen;

-- Nothing to assert: a new column.
