-- Faces, their sealed templates, and the looks that may be taken. No image and no readable template is ever stored.

CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);

-- One row per payer ever enrolled or forgotten: the lock of that payer, and the epoch below which nothing may be enrolled.
CREATE TABLE payer_epoch (
  payer_ref text PRIMARY KEY,
  epoch_min integer NOT NULL CHECK (epoch_min > 0)
);

CREATE TABLE face (
  payer_ref text PRIMARY KEY,
  epoch integer NOT NULL CHECK (epoch > 0),
  last_four_hmac bytea NOT NULL CHECK (octet_length(last_four_hmac) = 32),
  enrolled_at timestamptz NOT NULL,
  UNIQUE (payer_ref, epoch)
);
CREATE INDEX face_last_four ON face (last_four_hmac);

-- A template cannot outlive its face, nor belong to another epoch of it.
CREATE TABLE face_template (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_ref text NOT NULL,
  epoch integer NOT NULL,
  pack_id text NOT NULL,
  key_version integer NOT NULL CHECK (key_version > 0),
  wrapped_key bytea NOT NULL CHECK (octet_length(wrapped_key) = 60),
  ciphertext bytea NOT NULL CHECK (octet_length(ciphertext) BETWEEN 29 AND 16384),
  FOREIGN KEY (payer_ref, epoch) REFERENCES face (payer_ref, epoch) ON DELETE CASCADE
);
CREATE INDEX face_template_payer ON face_template (payer_ref);

-- Pairs that looked alike at enrolment: for review, and neither is ever charged on the face alone.
CREATE TABLE look_alike (
  payer_ref text NOT NULL REFERENCES face ON DELETE CASCADE,
  other_ref text NOT NULL REFERENCES face ON DELETE CASCADE,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (payer_ref, other_ref),
  CHECK (payer_ref < other_ref)
);
CREATE INDEX look_alike_other ON look_alike (other_ref);

-- What one payment, enrolment or verification has used up.
CREATE TABLE look_subject (
  purpose text NOT NULL,
  subject_id text NOT NULL,
  minted integer NOT NULL DEFAULT 0,
  captures integer NOT NULL DEFAULT 0,
  searches integer NOT NULL DEFAULT 0,
  touched_at timestamptz NOT NULL,
  PRIMARY KEY (purpose, subject_id)
);

CREATE TABLE look (
  nonce text PRIMARY KEY,
  purpose text NOT NULL,
  subject_id text NOT NULL,
  signer_thumbprint text NOT NULL,
  payer_ref text,
  terms jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX look_payer ON look (payer_ref) WHERE payer_ref IS NOT NULL;
CREATE INDEX look_expires ON look (expires_at);

-- The primary key is what makes a look count once.
CREATE TABLE look_consumed (
  nonce text PRIMARY KEY REFERENCES look ON DELETE CASCADE,
  consumed_at timestamptz NOT NULL
);

-- Every change of a face takes the next version under this row's lock, so versions become visible in order.
CREATE TABLE gallery_version (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO gallery_version (version) VALUES (0);
CREATE TABLE gallery_change (
  version bigint PRIMARY KEY,
  payer_ref text NOT NULL
);
