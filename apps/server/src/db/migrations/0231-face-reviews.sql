-- Reviews of faces found alike: how alike, whose face was erased or asked for anew; erasures for that reason.
-- Before: a review that is closed has one of the findings known so far.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM face_review WHERE state = 'closed' AND finding NOT IN ('different', 'same')), 'a review with an unknown finding';
END $$;

-- Cosine of the two templates when they were found, and from which on they count as alike; null: found before it was kept.
ALTER TABLE face_review ADD COLUMN score double precision, ADD COLUMN score_min double precision;
-- Whose face is erased (written before it is, so that of two officers one decides), or is asked for anew; null: nobody's.
ALTER TABLE face_review ADD COLUMN party text CHECK (party IN ('newer', 'older'));
ALTER TABLE face_review DROP CONSTRAINT face_review_finding_check;
ALTER TABLE face_review ADD CONSTRAINT face_review_finding_check CHECK (finding IN ('different', 'same', 'new_look'));
-- Until now "same" erased the newer face.
UPDATE face_review SET party = 'newer' WHERE finding = 'same';
ALTER TABLE face_review ADD CONSTRAINT face_review_party CHECK (finding IS NULL OR (party IS NOT NULL) = (finding <> 'different'));

ALTER TABLE erasure DROP CONSTRAINT erasure_reason_check;
ALTER TABLE erasure ADD CONSTRAINT erasure_reason_check CHECK (reason IN ('owner', 'unused', 'closed', 'review'));

-- After: every "same" says whose face went.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM face_review WHERE finding = 'same' AND party IS NULL), 'nobody''s face was erased';
END $$;
