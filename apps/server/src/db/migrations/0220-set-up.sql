-- Merchants, stores and keys are made by people who run the installation: keys are told apart without showing them, stores say where they are.
-- Before: a key is one row by its hash, which is what its id is made from.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM merchant_key GROUP BY md5(key_hash) HAVING count(*) > 1), 'two keys would have one id';
END $$;

-- Of a hash of a secret with 256 bits: it tells nothing about the key.
ALTER TABLE merchant_key ADD COLUMN id text NOT NULL GENERATED ALWAYS AS ('mky_' || md5(key_hash)) STORED;
ALTER TABLE merchant_key ADD CONSTRAINT merchant_key_id UNIQUE (id);
CREATE INDEX merchant_key_merchant ON merchant_key (merchant_id);

ALTER TABLE store ADD COLUMN address text NOT NULL DEFAULT '';

-- After: every key has an id of the usual shape.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM merchant_key WHERE id !~ '^mky_[0-9a-f]{32}$'), 'an id of another shape';
END $$;
