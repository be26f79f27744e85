-- Which camera a terminal's last look came through, as the vault's receipt tells it, and when that last changed.
ALTER TABLE terminal ADD COLUMN camera text;
ALTER TABLE terminal ADD COLUMN camera_changed_at timestamptz;
ALTER TABLE terminal ADD CONSTRAINT terminal_camera CHECK (camera IS NOT NULL OR camera_changed_at IS NULL);

-- Nothing to assert: new columns, no row changes.
