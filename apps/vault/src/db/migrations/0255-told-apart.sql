-- Pairs of which an officer found that they are two people: their mark is lifted. The row stays, so that the pair is not found anew at the
-- next look of either, and so that a match knows whom else to compare with (confirm.ts). Null: nobody has looked into it.
ALTER TABLE look_alike ADD COLUMN told_apart_at timestamptz;

-- Nothing to assert: a new column, and no mark is lifted by it.
