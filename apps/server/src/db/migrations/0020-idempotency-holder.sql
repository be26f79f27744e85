-- Whose run a claimed key is: the process, known by the advisory lock it holds while it lives, and its run within it.
ALTER TABLE idempotency ADD COLUMN held_by integer, ADD COLUMN run integer;
