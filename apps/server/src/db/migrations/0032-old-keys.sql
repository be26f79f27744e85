-- Keys are forgotten after a month.
CREATE INDEX idempotency_created ON idempotency (created_at);
