-- When somebody was told that the books refused a settlement (settlements/index.ts).
ALTER TABLE settlement ADD COLUMN paged_at timestamptz;

-- Nothing to assert: a new column, no row changes.
