-- Written by "npm run schema". Migrations change it, never a hand.

CREATE TABLE face (
  payer_ref text NOT NULL,
  epoch integer NOT NULL,
  last_four_hmac bytea NOT NULL,
  enrolled_at timestamp with time zone NOT NULL,
  activated_at timestamp with time zone
);
ALTER TABLE face ADD CONSTRAINT face_epoch_check CHECK ((epoch > 0));
ALTER TABLE face ADD CONSTRAINT face_last_four_hmac_check CHECK ((octet_length(last_four_hmac) = 32));
ALTER TABLE face ADD CONSTRAINT face_payer_ref_epoch_key UNIQUE (payer_ref, epoch);
ALTER TABLE face ADD CONSTRAINT face_pkey PRIMARY KEY (payer_ref);
CREATE INDEX face_last_four ON public.face USING btree (last_four_hmac);
CREATE INDEX face_pending ON public.face USING btree (enrolled_at) WHERE (activated_at IS NULL);

CREATE TABLE face_template (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_ref text NOT NULL,
  epoch integer NOT NULL,
  pack_id text NOT NULL,
  key_version integer NOT NULL,
  wrapped_key bytea NOT NULL,
  ciphertext bytea NOT NULL
);
ALTER TABLE face_template ADD CONSTRAINT face_template_ciphertext_check CHECK (((octet_length(ciphertext) >= 29) AND (octet_length(ciphertext) <= 16384)));
ALTER TABLE face_template ADD CONSTRAINT face_template_key_version_check CHECK ((key_version > 0));
ALTER TABLE face_template ADD CONSTRAINT face_template_key_version_fkey FOREIGN KEY (key_version) REFERENCES template_key(version);
ALTER TABLE face_template ADD CONSTRAINT face_template_payer_ref_epoch_fkey FOREIGN KEY (payer_ref, epoch) REFERENCES face(payer_ref, epoch) ON DELETE CASCADE;
ALTER TABLE face_template ADD CONSTRAINT face_template_pkey PRIMARY KEY (id);
ALTER TABLE face_template ADD CONSTRAINT face_template_wrapped_key_check CHECK ((octet_length(wrapped_key) = 60));
CREATE INDEX face_template_key ON public.face_template USING btree (key_version, id);
CREATE INDEX face_template_payer ON public.face_template USING btree (payer_ref);

CREATE TABLE frame_mark (
  mark bytea NOT NULL,
  seen_at timestamp with time zone NOT NULL
);
ALTER TABLE frame_mark ADD CONSTRAINT frame_mark_mark_check CHECK ((octet_length(mark) = 16));
ALTER TABLE frame_mark ADD CONSTRAINT frame_mark_pkey PRIMARY KEY (mark);
CREATE INDEX frame_mark_seen ON public.frame_mark USING btree (seen_at);

CREATE TABLE gallery_change (
  version bigint NOT NULL,
  payer_ref text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE gallery_change ADD CONSTRAINT gallery_change_pkey PRIMARY KEY (version);

CREATE TABLE gallery_version (
  one boolean NOT NULL DEFAULT true,
  version bigint NOT NULL
);
ALTER TABLE gallery_version ADD CONSTRAINT gallery_version_one_check CHECK (one);
ALTER TABLE gallery_version ADD CONSTRAINT gallery_version_pkey PRIMARY KEY (one);

CREATE TABLE installation (
  one boolean NOT NULL DEFAULT true,
  id text NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT now(),
  mode text
);
ALTER TABLE installation ADD CONSTRAINT installation_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'production'::text])));
ALTER TABLE installation ADD CONSTRAINT installation_one_check CHECK (one);
ALTER TABLE installation ADD CONSTRAINT installation_pkey PRIMARY KEY (one);

CREATE TABLE look (
  nonce text NOT NULL,
  purpose text NOT NULL,
  subject_id text NOT NULL,
  signer_thumbprint text NOT NULL,
  payer_ref text,
  terms jsonb NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  challenge jsonb NOT NULL DEFAULT '["smile"]'::jsonb,
  minted_at timestamp with time zone NOT NULL DEFAULT '-infinity'::timestamp with time zone
);
ALTER TABLE look ADD CONSTRAINT look_pkey PRIMARY KEY (nonce);
CREATE INDEX look_expires ON public.look USING btree (expires_at);
CREATE INDEX look_payer ON public.look USING btree (payer_ref) WHERE (payer_ref IS NOT NULL);

CREATE TABLE look_alike (
  payer_ref text NOT NULL,
  other_ref text NOT NULL,
  found_at timestamp with time zone NOT NULL,
  score double precision,
  score_min double precision,
  told_apart_at timestamp with time zone
);
ALTER TABLE look_alike ADD CONSTRAINT look_alike_check CHECK ((payer_ref < other_ref));
ALTER TABLE look_alike ADD CONSTRAINT look_alike_other_ref_fkey FOREIGN KEY (other_ref) REFERENCES face(payer_ref) ON DELETE CASCADE;
ALTER TABLE look_alike ADD CONSTRAINT look_alike_payer_ref_fkey FOREIGN KEY (payer_ref) REFERENCES face(payer_ref) ON DELETE CASCADE;
ALTER TABLE look_alike ADD CONSTRAINT look_alike_pkey PRIMARY KEY (payer_ref, other_ref);
ALTER TABLE look_alike ADD CONSTRAINT look_alike_scores CHECK (((score IS NULL) = (score_min IS NULL)));
CREATE INDEX look_alike_other ON public.look_alike USING btree (other_ref);

CREATE TABLE look_consumed (
  nonce text NOT NULL,
  consumed_at timestamp with time zone NOT NULL
);
ALTER TABLE look_consumed ADD CONSTRAINT look_consumed_nonce_fkey FOREIGN KEY (nonce) REFERENCES look(nonce) ON DELETE CASCADE;
ALTER TABLE look_consumed ADD CONSTRAINT look_consumed_pkey PRIMARY KEY (nonce);

CREATE TABLE look_subject (
  purpose text NOT NULL,
  subject_id text NOT NULL,
  minted integer NOT NULL DEFAULT 0,
  captures integer NOT NULL DEFAULT 0,
  searches integer NOT NULL DEFAULT 0,
  touched_at timestamp with time zone NOT NULL
);
ALTER TABLE look_subject ADD CONSTRAINT look_subject_pkey PRIMARY KEY (purpose, subject_id);

CREATE TABLE payer_epoch (
  payer_ref text NOT NULL,
  epoch_min integer NOT NULL
);
ALTER TABLE payer_epoch ADD CONSTRAINT payer_epoch_epoch_min_check CHECK ((epoch_min > 0));
ALTER TABLE payer_epoch ADD CONSTRAINT payer_epoch_pkey PRIMARY KEY (payer_ref);

CREATE TABLE regular (
  merchant_id text NOT NULL,
  store_id text NOT NULL,
  payer_ref text NOT NULL,
  last_on date NOT NULL
);
ALTER TABLE regular ADD CONSTRAINT regular_payer_ref_fkey FOREIGN KEY (payer_ref) REFERENCES face(payer_ref) ON DELETE CASCADE;
ALTER TABLE regular ADD CONSTRAINT regular_pkey PRIMARY KEY (merchant_id, store_id, payer_ref);
CREATE INDEX regular_last ON public.regular USING btree (last_on);
CREATE INDEX regular_payer ON public.regular USING btree (payer_ref);

CREATE TABLE schema_migration (
  name text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE schema_migration ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);

CREATE TABLE template_key (
  version integer NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT now(),
  emptied_at timestamp with time zone,
  destroyed_at timestamp with time zone
);
ALTER TABLE template_key ADD CONSTRAINT template_key_pkey PRIMARY KEY (version);
ALTER TABLE template_key ADD CONSTRAINT template_key_version_check CHECK ((version > 0));

CREATE TABLE template_key_current (
  one boolean NOT NULL DEFAULT true,
  version integer NOT NULL
);
ALTER TABLE template_key_current ADD CONSTRAINT template_key_current_one_check CHECK (one);
ALTER TABLE template_key_current ADD CONSTRAINT template_key_current_pkey PRIMARY KEY (one);
ALTER TABLE template_key_current ADD CONSTRAINT template_key_current_version_fkey FOREIGN KEY (version) REFERENCES template_key(version);
