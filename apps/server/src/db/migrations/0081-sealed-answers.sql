-- Stored answers are sealed from here on. Those from before are forgotten: the books keep their own keys, so no money moves twice.
DELETE FROM idempotency WHERE principal LIKE 'http:%';
