-- How alike a pair was when it was found, and from which score on it counted as one: what an officer sees of it beside the dates.
-- Null: found before this was kept.
ALTER TABLE look_alike ADD COLUMN score double precision, ADD COLUMN score_min double precision;
ALTER TABLE look_alike ADD CONSTRAINT look_alike_scores CHECK ((score IS NULL) = (score_min IS NULL));

-- Nothing to assert: new columns, no row changes.
