-- Where a terminal may open its camera: on networks that are known for it. Until now every network was only noted.
-- Before: every network that was noted is one that PostgreSQL reads.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM terminal_network WHERE network !~ '^[0-9a-f.:]+/[0-9]+$'), 'a network that is none';
END $$;
ALTER TABLE terminal_network ALTER COLUMN network TYPE cidr USING network::cidr;
-- Null: seen there, and nobody has said that it belongs there.
ALTER TABLE terminal_network ADD COLUMN known_at timestamptz;
ALTER TABLE terminal_network ADD COLUMN known_by text;
ALTER TABLE terminal_network ADD CONSTRAINT terminal_network_known CHECK ((known_at IS NULL) = (known_by IS NULL));
-- Terminals go on where they are.
UPDATE terminal_network SET known_at = first_seen_at, known_by = 'before';
CREATE INDEX terminal_network_unconfirmed ON terminal_network (terminal_id) WHERE known_at IS NULL;

-- `learned`: the network of a terminal's first look, and those that were confirmed since. `listed`: these alone. `off`: any.
ALTER TABLE store ADD COLUMN network_check text NOT NULL DEFAULT 'learned' CHECK (network_check IN ('learned', 'listed', 'off'));
ALTER TABLE store ADD COLUMN networks cidr[] NOT NULL DEFAULT '{}';
ALTER TABLE store ADD CONSTRAINT store_networks CHECK ((network_check = 'listed') = (networks <> '{}'));

-- Seconds between the terminal's own clock and the server's when the look was opened; null: it did not tell.
ALTER TABLE look ADD COLUMN clock_off_s integer CHECK (clock_off_s >= 0);

-- After: no terminal is shut out by this.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM terminal_network WHERE known_at IS NULL), 'a network that a terminal used is not known';
  ASSERT NOT EXISTS (SELECT FROM store WHERE network_check <> 'learned'), 'a store with a setting nobody made';
END $$;
