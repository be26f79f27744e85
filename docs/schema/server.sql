-- Written by "npm run schema". Migrations change it, never a hand.

CREATE TABLE account (
  id text COLLATE "C" NOT NULL,
  class text NOT NULL,
  owner_id text NOT NULL,
  currency text NOT NULL,
  balance_minor bigint NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL DEFAULT now()
) WITH (fillfactor=50);
ALTER TABLE account ADD CONSTRAINT account_class_known CHECK ((class = ANY (ARRAY['payer_wallet'::text, 'payer_hold'::text, 'merchant_payable'::text, 'merchant_settled'::text, 'merchant_reserve'::text, 'platform_fees'::text, 'funding_clearing'::text, 'payout_clearing'::text, 'dispute_clearing'::text, 'dispute_loss'::text])));
ALTER TABLE account ADD CONSTRAINT account_class_owner_id_currency_key UNIQUE (class, owner_id, currency);
ALTER TABLE account ADD CONSTRAINT account_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE account ADD CONSTRAINT account_id_says_currency CHECK (("right"(id, 4) = (':'::text || currency)));
ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE account ADD CONSTRAINT account_sign CHECK ((((class <> ALL (ARRAY['payer_wallet'::text, 'payer_hold'::text, 'merchant_reserve'::text, 'payout_clearing'::text])) OR (balance_minor >= 0)) AND ((class <> 'dispute_clearing'::text) OR (balance_minor <= 0))));
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION refuse_account_change();
CREATE TRIGGER account_stays BEFORE DELETE OR UPDATE OF id, class, owner_id, currency ON public.account FOR EACH ROW EXECUTE FUNCTION refuse_account_change();
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON account FOR ALL TO sonrisa_server_merchant USING (((owner_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)) AND (class = ANY (ARRAY['merchant_payable'::text, 'merchant_settled'::text, 'merchant_reserve'::text]))));
CREATE POLICY owner_all ON account FOR ALL TO owner USING (true);
CREATE POLICY server_all ON account FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON account TO sonrisa_server;
GRANT SELECT ON account TO sonrisa_server_merchant;

CREATE TABLE account_event (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_id text NOT NULL,
  kind text NOT NULL,
  recovery_id text,
  at timestamp with time zone NOT NULL,
  pushed_at timestamp with time zone,
  push_next_at timestamp with time zone,
  push_attempts integer NOT NULL DEFAULT 0
);
ALTER TABLE account_event ADD CONSTRAINT account_event_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE account_event ADD CONSTRAINT account_event_pkey PRIMARY KEY (id);
ALTER TABLE account_event ADD CONSTRAINT account_event_recovery_id_fkey FOREIGN KEY (recovery_id) REFERENCES recovery(id);
CREATE INDEX account_event_payer ON public.account_event USING btree (payer_id, id DESC);
CREATE INDEX account_event_push_due ON public.account_event USING btree (push_next_at) WHERE (push_next_at IS NOT NULL);
GRANT DELETE, INSERT, SELECT ON account_event TO sonrisa_server;
GRANT UPDATE (pushed_at, push_next_at, push_attempts) ON account_event TO sonrisa_server;

CREATE TABLE activation_code (
  code_hash text NOT NULL,
  store_id text NOT NULL,
  kind text NOT NULL DEFAULT 'kiosk'::text,
  reusable boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  used_at timestamp with time zone,
  terminal_id text,
  mode text NOT NULL DEFAULT 'sandbox'::text
);
ALTER TABLE activation_code ADD CONSTRAINT activation_code_kind_check CHECK ((kind = ANY (ARRAY['kiosk'::text, 'mini'::text])));
ALTER TABLE activation_code ADD CONSTRAINT activation_code_live_once CHECK (((mode = 'sandbox'::text) OR (NOT reusable)));
ALTER TABLE activation_code ADD CONSTRAINT activation_code_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'live'::text])));
ALTER TABLE activation_code ADD CONSTRAINT activation_code_pkey PRIMARY KEY (code_hash);
ALTER TABLE activation_code ADD CONSTRAINT activation_code_store_id_fkey FOREIGN KEY (store_id) REFERENCES store(id);
ALTER TABLE activation_code ADD CONSTRAINT activation_code_terminal_id_fkey FOREIGN KEY (terminal_id) REFERENCES terminal(id);
ALTER TABLE activation_code FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON activation_code FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM store own
  WHERE (own.id = activation_code.store_id))));
CREATE POLICY owner_all ON activation_code FOR ALL TO owner USING (true);
CREATE POLICY server_all ON activation_code FOR ALL TO sonrisa_server USING (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON activation_code TO sonrisa_server;
GRANT INSERT, SELECT ON activation_code TO sonrisa_server_merchant;

CREATE TABLE adjustment (
  id text NOT NULL,
  from_class text NOT NULL,
  from_owner_id text NOT NULL,
  to_class text NOT NULL,
  to_owner_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  explanation text NOT NULL,
  maker_id text NOT NULL,
  checker_id text,
  state text NOT NULL,
  problem text,
  transfer_id text,
  proposed_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone
);
ALTER TABLE adjustment ADD CONSTRAINT adjustment_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE adjustment ADD CONSTRAINT adjustment_checker_id_fkey FOREIGN KEY (checker_id) REFERENCES operator_person(id);
ALTER TABLE adjustment ADD CONSTRAINT adjustment_explanation_check CHECK ((explanation <> ''::text));
ALTER TABLE adjustment ADD CONSTRAINT adjustment_maker_id_fkey FOREIGN KEY (maker_id) REFERENCES operator_person(id);
ALTER TABLE adjustment ADD CONSTRAINT adjustment_pkey PRIMARY KEY (id);
ALTER TABLE adjustment ADD CONSTRAINT adjustment_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'posted'::text, 'refused'::text, 'failed'::text])));
ALTER TABLE adjustment ADD CONSTRAINT adjustment_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfer(id);
ALTER TABLE adjustment ADD CONSTRAINT adjustment_two_people CHECK (((state = 'refused'::text) OR (checker_id <> maker_id)));
GRANT INSERT, SELECT, UPDATE ON adjustment TO sonrisa_server;

CREATE TABLE attempt_limit (
  scope text NOT NULL,
  subject text NOT NULL,
  failures integer NOT NULL,
  counted_at timestamp with time zone NOT NULL,
  locked_until timestamp with time zone
);
ALTER TABLE attempt_limit ADD CONSTRAINT attempt_limit_failures_check CHECK ((failures >= 0));
ALTER TABLE attempt_limit ADD CONSTRAINT attempt_limit_pkey PRIMARY KEY (scope, subject);
ALTER TABLE attempt_limit ADD CONSTRAINT attempt_limit_scope_check CHECK ((scope = ANY (ARRAY['terminal'::text, 'store'::text])));
GRANT INSERT, SELECT, UPDATE ON attempt_limit TO sonrisa_server;

CREATE TABLE audit_report (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL,
  kind text NOT NULL,
  findings text[] NOT NULL
);
ALTER TABLE audit_report ADD CONSTRAINT audit_report_kind_check CHECK ((kind = ANY (ARRAY['minute'::text, 'full'::text])));
ALTER TABLE audit_report ADD CONSTRAINT audit_report_pkey PRIMARY KEY (id);
GRANT INSERT, SELECT ON audit_report TO sonrisa_server;

CREATE TABLE audit_state (
  only_row boolean NOT NULL DEFAULT true,
  audited_seq bigint NOT NULL DEFAULT 0,
  reread_seq bigint NOT NULL DEFAULT 0,
  event_id bigint NOT NULL DEFAULT 0,
  last_at timestamp with time zone,
  last_full_at timestamp with time zone
);
ALTER TABLE audit_state ADD CONSTRAINT audit_state_only_row_check CHECK (only_row);
ALTER TABLE audit_state ADD CONSTRAINT audit_state_pkey PRIMARY KEY (only_row);
GRANT SELECT, UPDATE ON audit_state TO sonrisa_server;

CREATE TABLE audited_balance (
  account_id text COLLATE "C" NOT NULL,
  balance_minor bigint NOT NULL
);
ALTER TABLE audited_balance ADD CONSTRAINT audited_balance_pkey PRIMARY KEY (account_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON audited_balance TO sonrisa_server;

CREATE TABLE bank_account (
  owner text NOT NULL,
  owner_id text NOT NULL,
  currency text NOT NULL,
  holder text NOT NULL,
  number text NOT NULL,
  bic text,
  set_at timestamp with time zone NOT NULL
);
ALTER TABLE bank_account ADD CONSTRAINT bank_account_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE bank_account ADD CONSTRAINT bank_account_owner_check CHECK ((owner = ANY (ARRAY['platform'::text, 'merchant'::text, 'payer'::text])));
ALTER TABLE bank_account ADD CONSTRAINT bank_account_pkey PRIMARY KEY (owner, owner_id, currency);
ALTER TABLE bank_account FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON bank_account FOR ALL TO sonrisa_server_merchant USING (((owner = 'merchant'::text) AND (owner_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text))));
CREATE POLICY owner_all ON bank_account FOR ALL TO owner USING (true);
CREATE POLICY server_all ON bank_account FOR ALL TO sonrisa_server USING (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON bank_account TO sonrisa_server;
GRANT SELECT ON bank_account TO sonrisa_server_merchant;

CREATE TABLE bank_statement (
  id text NOT NULL,
  format text NOT NULL,
  statement_id text NOT NULL,
  account text NOT NULL,
  currency text NOT NULL,
  content_sha256 text NOT NULL,
  imported_at timestamp with time zone NOT NULL,
  holder text NOT NULL DEFAULT 'bank'::text,
  imported_by text
);
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_account_currency_statement_id_key UNIQUE (account, currency, statement_id);
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_holder_check CHECK ((holder = ANY (ARRAY['bank'::text, 'card_processor'::text])));
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_imported_by_fkey FOREIGN KEY (imported_by) REFERENCES operator_person(id);
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_pkey PRIMARY KEY (id);
GRANT INSERT, SELECT ON bank_statement TO sonrisa_server;

CREATE TABLE bank_statement_line (
  id text NOT NULL,
  bank_statement_id text NOT NULL,
  number integer NOT NULL,
  reference text NOT NULL,
  amount_minor bigint NOT NULL,
  booked_on date NOT NULL,
  text text NOT NULL,
  is_return boolean NOT NULL,
  matched_kind text,
  matched_id text,
  matched_by text
);
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_bank_statement_id_fkey FOREIGN KEY (bank_statement_id) REFERENCES bank_statement(id);
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_bank_statement_id_number_key UNIQUE (bank_statement_id, number);
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_matched_by_check CHECK ((matched_by = ANY (ARRAY['reference'::text, 'amount_and_date'::text, 'hand'::text])));
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_matched_kind_check CHECK ((matched_kind = ANY (ARRAY['payout'::text, 'payout_return'::text, 'transfer'::text, 'card_fee'::text])));
ALTER TABLE bank_statement_line ADD CONSTRAINT bank_statement_line_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX bank_statement_line_matched ON public.bank_statement_line USING btree (matched_kind, matched_id) WHERE (matched_id IS NOT NULL);
GRANT INSERT, SELECT, UPDATE ON bank_statement_line TO sonrisa_server;

CREATE TABLE books_moment (
  at timestamp with time zone NOT NULL,
  seen pg_snapshot NOT NULL
);
ALTER TABLE books_moment ADD CONSTRAINT books_moment_pkey PRIMARY KEY (at);
GRANT INSERT, SELECT ON books_moment TO sonrisa_server;

CREATE TABLE books_stop (
  only_row boolean NOT NULL DEFAULT true,
  stopped_at timestamp with time zone NOT NULL,
  reason text NOT NULL,
  paged_at timestamp with time zone
);
ALTER TABLE books_stop ADD CONSTRAINT books_stop_only_row_check CHECK (only_row);
ALTER TABLE books_stop ADD CONSTRAINT books_stop_pkey PRIMARY KEY (only_row);
GRANT DELETE, INSERT, SELECT ON books_stop TO sonrisa_server;
GRANT UPDATE (paged_at) ON books_stop TO sonrisa_server;

CREATE TABLE consent_record (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  enrolment_id text,
  payer_id text,
  version text NOT NULL,
  locale text NOT NULL,
  text_sha256 text NOT NULL,
  agreed_to_service boolean NOT NULL,
  agreed_to_face boolean NOT NULL,
  agreed_at timestamp with time zone NOT NULL,
  face_withdrawn_at timestamp with time zone,
  guardian_id text,
  proof text,
  stated_age_min smallint
);
ALTER TABLE consent_record ADD CONSTRAINT consent_record_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id);
ALTER TABLE consent_record ADD CONSTRAINT consent_record_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES payer(id);
ALTER TABLE consent_record ADD CONSTRAINT consent_record_of CHECK (((enrolment_id IS NOT NULL) OR (payer_id IS NOT NULL)));
ALTER TABLE consent_record ADD CONSTRAINT consent_record_of_guardian CHECK ((((guardian_id IS NULL) = (proof IS NULL)) AND ((guardian_id IS NULL) OR (payer_id IS NOT NULL))));
ALTER TABLE consent_record ADD CONSTRAINT consent_record_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE consent_record ADD CONSTRAINT consent_record_pkey PRIMARY KEY (id);
ALTER TABLE consent_record ADD CONSTRAINT consent_record_proof_check CHECK ((proof = ANY (ARRAY['pin'::text, 'passkey'::text])));
ALTER TABLE consent_record ADD CONSTRAINT consent_record_stated_age_min_check CHECK (((stated_age_min >= 1) AND (stated_age_min <= 130)));
CREATE INDEX consent_record_payer ON public.consent_record USING btree (payer_id);
GRANT INSERT, SELECT ON consent_record TO sonrisa_server;
GRANT UPDATE (payer_id, face_withdrawn_at) ON consent_record TO sonrisa_server;

CREATE TABLE dispute (
  id text NOT NULL,
  hold_id text NOT NULL,
  bearer text NOT NULL,
  amount_minor bigint NOT NULL,
  recovered_minor bigint NOT NULL DEFAULT 0,
  state text NOT NULL,
  reason text NOT NULL DEFAULT ''::text,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone
);
ALTER TABLE dispute ADD CONSTRAINT dispute_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE dispute ADD CONSTRAINT dispute_bearer_check CHECK ((bearer = ANY (ARRAY['platform'::text, 'merchant'::text, 'insurer'::text])));
ALTER TABLE dispute ADD CONSTRAINT dispute_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES hold(id);
ALTER TABLE dispute ADD CONSTRAINT dispute_hold_id_key UNIQUE (hold_id);
ALTER TABLE dispute ADD CONSTRAINT dispute_pkey PRIMARY KEY (id);
ALTER TABLE dispute ADD CONSTRAINT dispute_recovered_within CHECK (((recovered_minor >= 0) AND (recovered_minor <= amount_minor)));
ALTER TABLE dispute ADD CONSTRAINT dispute_state_check CHECK ((state = ANY (ARRAY['open'::text, 'recovered'::text, 'lost'::text])));
CREATE INDEX dispute_open ON public.dispute USING btree (opened_at) WHERE (state = 'open'::text);
ALTER TABLE dispute FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON dispute FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM hold own
  WHERE (own.id = dispute.hold_id))));
CREATE POLICY owner_all ON dispute FOR ALL TO owner USING (true);
CREATE POLICY server_all ON dispute FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON dispute TO sonrisa_server;
GRANT SELECT ON dispute TO sonrisa_server_merchant;
GRANT UPDATE (state, closed_at) ON dispute TO sonrisa_server;

CREATE TABLE enrolment (
  id text NOT NULL,
  token_hash text NOT NULL,
  phone_e164 text NOT NULL,
  name text NOT NULL,
  locale text NOT NULL,
  state text NOT NULL,
  code_hmac text,
  code_expires_at timestamp with time zone NOT NULL,
  code_tries integer NOT NULL DEFAULT 0,
  codes_sent integer NOT NULL DEFAULT 1,
  resend_at timestamp with time zone NOT NULL,
  signer_thumbprint text,
  look_nonce text,
  looks_used integer NOT NULL DEFAULT 0,
  payer_ref text,
  face_epoch integer,
  invite_id text,
  payer_id text,
  existing_payer boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  message_id text,
  device_id text,
  purpose text NOT NULL DEFAULT 'enter'::text
);
ALTER TABLE enrolment ADD CONSTRAINT enrolment_invite_id_fkey FOREIGN KEY (invite_id) REFERENCES invite(id);
ALTER TABLE enrolment ADD CONSTRAINT enrolment_locale_check CHECK ((locale = ANY (ARRAY['zh'::text, 'en'::text])));
ALTER TABLE enrolment ADD CONSTRAINT enrolment_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE enrolment ADD CONSTRAINT enrolment_pkey PRIMARY KEY (id);
ALTER TABLE enrolment ADD CONSTRAINT enrolment_purpose_check CHECK ((purpose = ANY (ARRAY['enter'::text, 'new_pin'::text, 'new_number'::text])));
ALTER TABLE enrolment ADD CONSTRAINT enrolment_state_check CHECK ((state = ANY (ARRAY['code_sent'::text, 'number_known'::text, 'code_verified'::text, 'consented'::text, 'face_captured'::text, 'complete'::text, 'expired'::text])));
ALTER TABLE enrolment ADD CONSTRAINT enrolment_token_hash_key UNIQUE (token_hash);
CREATE INDEX enrolment_phone ON public.enrolment USING btree (phone_e164, created_at);
GRANT INSERT, SELECT, UPDATE ON enrolment TO sonrisa_server;

CREATE TABLE erasure (
  id text NOT NULL,
  payer_id text NOT NULL,
  reason text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  receipt text
);
ALTER TABLE erasure ADD CONSTRAINT erasure_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE erasure ADD CONSTRAINT erasure_pkey PRIMARY KEY (id);
ALTER TABLE erasure ADD CONSTRAINT erasure_reason_check CHECK ((reason = ANY (ARRAY['owner'::text, 'unused'::text, 'closed'::text, 'review'::text])));
CREATE INDEX erasure_payer ON public.erasure USING btree (payer_id, asked_at DESC);
GRANT INSERT, SELECT ON erasure TO sonrisa_server;
GRANT UPDATE (receipt) ON erasure TO sonrisa_server;

CREATE TABLE face_case (
  id text NOT NULL,
  payment_id text NOT NULL,
  payer_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  refund text NOT NULL,
  dispute_id text,
  state text NOT NULL DEFAULT 'open'::text,
  finding text,
  note text,
  closed_by text,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone
);
ALTER TABLE face_case ADD CONSTRAINT face_case_check CHECK (((state = 'closed'::text) = ((finding IS NOT NULL) AND (closed_at IS NOT NULL) AND (closed_by IS NOT NULL))));
ALTER TABLE face_case ADD CONSTRAINT face_case_check1 CHECK (((dispute_id IS NULL) OR (refund = 'at_once'::text)));
ALTER TABLE face_case ADD CONSTRAINT face_case_dispute_id_fkey FOREIGN KEY (dispute_id) REFERENCES dispute(id);
ALTER TABLE face_case ADD CONSTRAINT face_case_finding_check CHECK ((finding = ANY (ARRAY['somebody_else'::text, 'payer'::text, 'unclear'::text])));
ALTER TABLE face_case ADD CONSTRAINT face_case_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE face_case ADD CONSTRAINT face_case_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE face_case ADD CONSTRAINT face_case_payment_id_key UNIQUE (payment_id);
ALTER TABLE face_case ADD CONSTRAINT face_case_pkey PRIMARY KEY (id);
ALTER TABLE face_case ADD CONSTRAINT face_case_refund_check CHECK ((refund = ANY (ARRAY['at_once'::text, 'capped'::text, 'confirmed'::text])));
ALTER TABLE face_case ADD CONSTRAINT face_case_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));
CREATE INDEX face_case_open ON public.face_case USING btree (opened_at) WHERE (state = 'open'::text);
CREATE INDEX face_case_payer ON public.face_case USING btree (payer_id, opened_at);
CREATE INDEX face_case_unpaid ON public.face_case USING btree (id) WHERE ((refund = 'at_once'::text) AND (dispute_id IS NULL));
GRANT INSERT, SELECT ON face_case TO sonrisa_server;
GRANT UPDATE (refund, dispute_id, state, finding, note, closed_by, closed_at) ON face_case TO sonrisa_server;

CREATE TABLE face_look (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_id text NOT NULL,
  payment_id text NOT NULL,
  receipt_jti text NOT NULL,
  counted boolean NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE face_look ADD CONSTRAINT face_look_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE face_look ADD CONSTRAINT face_look_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE face_look ADD CONSTRAINT face_look_pkey PRIMARY KEY (id);
CREATE INDEX face_look_payer ON public.face_look USING btree (payer_id, at DESC);
GRANT DELETE, INSERT, SELECT ON face_look TO sonrisa_server;

CREATE TABLE face_review (
  id text NOT NULL,
  payer_id text NOT NULL,
  other_id text NOT NULL,
  found_at timestamp with time zone NOT NULL,
  state text NOT NULL DEFAULT 'open'::text,
  finding text,
  note text,
  closed_by text,
  closed_at timestamp with time zone,
  score double precision,
  score_min double precision,
  party text,
  vault_told_at timestamp with time zone
);
ALTER TABLE face_review ADD CONSTRAINT face_review_check CHECK ((payer_id <> other_id));
ALTER TABLE face_review ADD CONSTRAINT face_review_check1 CHECK (((state = 'closed'::text) = ((finding IS NOT NULL) AND (closed_by IS NOT NULL) AND (closed_at IS NOT NULL))));
ALTER TABLE face_review ADD CONSTRAINT face_review_finding_check CHECK ((finding = ANY (ARRAY['different'::text, 'same'::text, 'new_look'::text])));
ALTER TABLE face_review ADD CONSTRAINT face_review_other_id_fkey FOREIGN KEY (other_id) REFERENCES payer(id);
ALTER TABLE face_review ADD CONSTRAINT face_review_party CHECK (((finding IS NULL) OR ((party IS NOT NULL) = (finding <> 'different'::text))));
ALTER TABLE face_review ADD CONSTRAINT face_review_party_check CHECK ((party = ANY (ARRAY['newer'::text, 'older'::text])));
ALTER TABLE face_review ADD CONSTRAINT face_review_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE face_review ADD CONSTRAINT face_review_pkey PRIMARY KEY (id);
ALTER TABLE face_review ADD CONSTRAINT face_review_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));
ALTER TABLE face_review ADD CONSTRAINT face_review_told CHECK (((vault_told_at IS NULL) OR (finding = 'different'::text)));
CREATE INDEX face_review_found ON public.face_review USING btree (state, found_at DESC);
CREATE UNIQUE INDEX face_review_pair ON public.face_review USING btree (LEAST(payer_id, other_id), GREATEST(payer_id, other_id)) WHERE (state = 'open'::text);
CREATE INDEX face_review_untold ON public.face_review USING btree (closed_at) WHERE ((finding = 'different'::text) AND (vault_told_at IS NULL));
GRANT INSERT, SELECT ON face_review TO sonrisa_server;
GRANT UPDATE (state, finding, note, closed_by, closed_at, party, vault_told_at) ON face_review TO sonrisa_server;

CREATE TABLE funding_attempt (
  id text NOT NULL,
  payer_id text NOT NULL,
  key text NOT NULL,
  source text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  state text NOT NULL,
  customer_ref text,
  method_ref text,
  source_ref text,
  reason text,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  posted_at timestamp with time zone,
  posted text
);
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_payer_id_key_key UNIQUE (payer_id, key);
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_pkey PRIMARY KEY (id);
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_source_check CHECK ((source = ANY (ARRAY['test_bank'::text, 'card'::text])));
ALTER TABLE funding_attempt ADD CONSTRAINT funding_attempt_state_check CHECK ((state = ANY (ARRAY['created'::text, 'sent'::text, 'succeeded'::text, 'failed'::text, 'unknown'::text])));
CREATE INDEX funding_attempt_open ON public.funding_attempt USING btree (changed_at) WHERE ((state = ANY (ARRAY['created'::text, 'sent'::text, 'unknown'::text])) OR ((state = 'succeeded'::text) AND (posted_at IS NULL)));
GRANT INSERT, SELECT, UPDATE ON funding_attempt TO sonrisa_server;

CREATE TABLE hold (
  id text NOT NULL,
  payer_id text NOT NULL,
  merchant_id text NOT NULL,
  currency text NOT NULL,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  captured_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  fee_minor bigint NOT NULL DEFAULT 0,
  fee_returned_minor bigint NOT NULL DEFAULT 0,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  disputed_minor bigint NOT NULL DEFAULT 0,
  fee_parts jsonb NOT NULL DEFAULT '[]'::jsonb
);
ALTER TABLE hold ADD CONSTRAINT hold_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE hold ADD CONSTRAINT hold_captured_within CHECK (((captured_minor >= 0) AND (captured_minor <= amount_minor)));
ALTER TABLE hold ADD CONSTRAINT hold_disputed_minor_check CHECK ((disputed_minor >= 0));
ALTER TABLE hold ADD CONSTRAINT hold_fee_returned_within CHECK (((fee_returned_minor >= 0) AND (fee_returned_minor <= fee_minor)));
ALTER TABLE hold ADD CONSTRAINT hold_fee_within CHECK (((fee_minor >= 0) AND (fee_minor <= captured_minor)));
ALTER TABLE hold ADD CONSTRAINT hold_pkey PRIMARY KEY (id);
ALTER TABLE hold ADD CONSTRAINT hold_refunded_within CHECK (((refunded_minor >= 0) AND ((refunded_minor + disputed_minor) <= captured_minor)));
ALTER TABLE hold ADD CONSTRAINT hold_state_check CHECK ((state = ANY (ARRAY['open'::text, 'captured'::text, 'voided'::text])));
CREATE INDEX hold_open ON public.hold USING btree (payer_id, currency) WHERE (state = 'open'::text);
ALTER TABLE hold FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON hold FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON hold FOR ALL TO owner USING (true);
CREATE POLICY server_all ON hold FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON hold TO sonrisa_server;
GRANT SELECT ON hold TO sonrisa_server_merchant;

CREATE TABLE idempotency (
  principal text NOT NULL,
  key text NOT NULL,
  input_hash text NOT NULL,
  status integer,
  body text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  held_by integer,
  run integer
);
ALTER TABLE idempotency ADD CONSTRAINT idempotency_pkey PRIMARY KEY (principal, key);
CREATE INDEX idempotency_created ON public.idempotency USING brin (created_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency TO sonrisa_server;

CREATE TABLE identity_attestation (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_id text NOT NULL,
  name text NOT NULL,
  born_on date NOT NULL,
  source text NOT NULL,
  document text NOT NULL,
  set_by text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE identity_attestation ADD CONSTRAINT identity_attestation_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE identity_attestation ADD CONSTRAINT identity_attestation_pkey PRIMARY KEY (id);
CREATE INDEX identity_attestation_payer ON public.identity_attestation USING btree (payer_id, id DESC);
CREATE TRIGGER identity_attestation_unchanged BEFORE UPDATE ON public.identity_attestation FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT DELETE, INSERT, SELECT ON identity_attestation TO sonrisa_server;

CREATE TABLE identity_level (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_id text NOT NULL,
  level text NOT NULL,
  note text NOT NULL,
  set_by text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE identity_level ADD CONSTRAINT identity_level_level_check CHECK ((level = ANY (ARRAY['phone'::text, 'attested'::text])));
ALTER TABLE identity_level ADD CONSTRAINT identity_level_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE identity_level ADD CONSTRAINT identity_level_pkey PRIMARY KEY (id);
CREATE INDEX identity_level_payer ON public.identity_level USING btree (payer_id, id DESC);
CREATE TRIGGER identity_level_append_only BEFORE DELETE OR UPDATE ON public.identity_level FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON identity_level TO sonrisa_server;

CREATE TABLE identity_visit (
  payer_id text NOT NULL,
  state text NOT NULL,
  nonce text NOT NULL,
  verifier text NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
ALTER TABLE identity_visit ADD CONSTRAINT identity_visit_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE identity_visit ADD CONSTRAINT identity_visit_pkey PRIMARY KEY (payer_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON identity_visit TO sonrisa_server;

CREATE TABLE installation (
  only_row boolean NOT NULL DEFAULT true,
  mode text NOT NULL,
  first_started_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE installation ADD CONSTRAINT installation_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'production'::text])));
ALTER TABLE installation ADD CONSTRAINT installation_only_row_check CHECK (only_row);
ALTER TABLE installation ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);
GRANT INSERT, SELECT ON installation TO sonrisa_server;

CREATE TABLE invite (
  id text NOT NULL,
  payment_id text,
  terminal_id text,
  store_id text,
  phone_e164 text,
  locale text NOT NULL DEFAULT 'zh'::text,
  state text NOT NULL DEFAULT 'open'::text,
  payer_id text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL
);
ALTER TABLE invite ADD CONSTRAINT invite_locale_check CHECK ((locale = ANY (ARRAY['zh'::text, 'en'::text])));
ALTER TABLE invite ADD CONSTRAINT invite_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE invite ADD CONSTRAINT invite_pkey PRIMARY KEY (id);
ALTER TABLE invite ADD CONSTRAINT invite_state_check CHECK ((state = ANY (ARRAY['open'::text, 'started'::text, 'enrolled'::text, 'expired'::text])));
ALTER TABLE invite ADD CONSTRAINT invite_store_id_fkey FOREIGN KEY (store_id) REFERENCES store(id);
ALTER TABLE invite ADD CONSTRAINT invite_terminal_id_fkey FOREIGN KEY (terminal_id) REFERENCES terminal(id);
CREATE INDEX invite_payment ON public.invite USING btree (payment_id);
GRANT INSERT, SELECT, UPDATE ON invite TO sonrisa_server;

CREATE TABLE journal (
  seq bigint NOT NULL,
  transfer_id text NOT NULL,
  content_sha256 text NOT NULL,
  previous_sha256 text NOT NULL,
  sha256 text NOT NULL
);
ALTER TABLE journal ADD CONSTRAINT journal_pkey PRIMARY KEY (seq);
ALTER TABLE journal ADD CONSTRAINT journal_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfer(id);
ALTER TABLE journal ADD CONSTRAINT journal_transfer_id_key UNIQUE (transfer_id);
CREATE TRIGGER journal_append_only BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON journal TO sonrisa_server;

CREATE TABLE journal_checkpoint (
  number bigint NOT NULL,
  size bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  note text NOT NULL
);
ALTER TABLE journal_checkpoint ADD CONSTRAINT journal_checkpoint_number_check CHECK ((number > 0));
ALTER TABLE journal_checkpoint ADD CONSTRAINT journal_checkpoint_pkey PRIMARY KEY (number);
ALTER TABLE journal_checkpoint ADD CONSTRAINT journal_checkpoint_size_check CHECK ((size > 0));
ALTER TABLE journal_checkpoint ADD CONSTRAINT journal_checkpoint_size_key UNIQUE (size);
CREATE TRIGGER journal_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.journal_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_checkpoint_no_truncate BEFORE TRUNCATE ON public.journal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON journal_checkpoint TO sonrisa_server;

CREATE TABLE journal_node (
  level integer NOT NULL,
  index bigint NOT NULL,
  hash bytea NOT NULL
);
ALTER TABLE journal_node ADD CONSTRAINT journal_node_hash_check CHECK ((length(hash) = 32));
ALTER TABLE journal_node ADD CONSTRAINT journal_node_index_check CHECK ((index >= 0));
ALTER TABLE journal_node ADD CONSTRAINT journal_node_level_check CHECK ((level >= 8));
ALTER TABLE journal_node ADD CONSTRAINT journal_node_pkey PRIMARY KEY (level, index);
CREATE TRIGGER journal_node_append_only BEFORE DELETE OR UPDATE ON public.journal_node FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_node_no_truncate BEFORE TRUNCATE ON public.journal_node FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON journal_node TO sonrisa_server;

CREATE TABLE limit_setting (
  version integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  currency text NOT NULL,
  settings jsonb NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE limit_setting ADD CONSTRAINT limit_setting_pkey PRIMARY KEY (version);
CREATE INDEX limit_setting_currency ON public.limit_setting USING btree (currency, version DESC);
CREATE TRIGGER limit_setting_append_only BEFORE DELETE OR UPDATE ON public.limit_setting FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON limit_setting TO sonrisa_server;

CREATE TABLE limit_use (
  payment_id text NOT NULL,
  payer_id text NOT NULL,
  merchant_id text NOT NULL,
  currency text NOT NULL,
  category text NOT NULL,
  way text NOT NULL,
  amount_minor bigint NOT NULL,
  strong boolean NOT NULL,
  at timestamp with time zone NOT NULL,
  undo_until timestamp with time zone,
  undone_at timestamp with time zone,
  pushed_at timestamp with time zone,
  push_next_at timestamp with time zone,
  push_attempts integer NOT NULL DEFAULT 0,
  text_next_at timestamp with time zone,
  text_id text
);
ALTER TABLE limit_use ADD CONSTRAINT limit_use_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE limit_use ADD CONSTRAINT limit_use_category_check CHECK ((category = ANY (ARRAY['food'::text, 'goods'::text, 'transport'::text, 'leisure'::text, 'gambling'::text, 'other'::text])));
ALTER TABLE limit_use ADD CONSTRAINT limit_use_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE limit_use ADD CONSTRAINT limit_use_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE limit_use ADD CONSTRAINT limit_use_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE limit_use ADD CONSTRAINT limit_use_pkey PRIMARY KEY (payment_id);
ALTER TABLE limit_use ADD CONSTRAINT limit_use_undone CHECK (((undone_at IS NULL) OR (undo_until IS NOT NULL)));
ALTER TABLE limit_use ADD CONSTRAINT limit_use_way_check CHECK ((way = ANY (ARRAY['face'::text, 'code'::text])));
CREATE INDEX limit_use_payer ON public.limit_use USING btree (payer_id, at);
CREATE INDEX limit_use_push_due ON public.limit_use USING btree (push_next_at) WHERE (push_next_at IS NOT NULL);
CREATE INDEX limit_use_text_due ON public.limit_use USING btree (text_next_at) WHERE (text_next_at IS NOT NULL);
CREATE INDEX limit_use_undo ON public.limit_use USING btree (payment_id) WHERE (undo_until IS NOT NULL);
GRANT INSERT, SELECT, UPDATE ON limit_use TO sonrisa_server;

CREATE TABLE look (
  nonce text NOT NULL,
  payment_id text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  outcome text,
  clock_off_s integer,
  frames_seen boolean NOT NULL DEFAULT false
);
ALTER TABLE look ADD CONSTRAINT look_clock_off_s_check CHECK ((clock_off_s >= 0));
ALTER TABLE look ADD CONSTRAINT look_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE look ADD CONSTRAINT look_pkey PRIMARY KEY (nonce);
CREATE INDEX look_frames_seen ON public.look USING btree (opened_at) WHERE frames_seen;
CREATE INDEX look_payment ON public.look USING btree (payment_id);
GRANT INSERT, SELECT ON look TO sonrisa_server;
GRANT UPDATE (outcome, frames_seen) ON look TO sonrisa_server;

CREATE TABLE merchant (
  id text NOT NULL,
  name text NOT NULL,
  name_zh text NOT NULL,
  currency text NOT NULL,
  fee_basis_points integer NOT NULL DEFAULT 60,
  menu jsonb NOT NULL DEFAULT '[]'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  fee_terms jsonb NOT NULL DEFAULT '{}'::jsonb,
  category_code text,
  payment_max_minor bigint,
  payer_day_max_minor bigint
);
ALTER TABLE merchant ADD CONSTRAINT merchant_category_code_check CHECK ((category_code ~ '^[0-9]{4}$'::text));
ALTER TABLE merchant ADD CONSTRAINT merchant_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE merchant ADD CONSTRAINT merchant_fee_basis_points_check CHECK (((fee_basis_points >= 0) AND (fee_basis_points <= 10000)));
ALTER TABLE merchant ADD CONSTRAINT merchant_payer_day_max_minor_check CHECK ((payer_day_max_minor >= 0));
ALTER TABLE merchant ADD CONSTRAINT merchant_payment_max_minor_check CHECK ((payment_max_minor >= 0));
ALTER TABLE merchant ADD CONSTRAINT merchant_pkey PRIMARY KEY (id);
ALTER TABLE merchant FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON merchant FOR ALL TO sonrisa_server_merchant USING ((id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON merchant FOR ALL TO owner USING (true);
CREATE POLICY server_all ON merchant FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON merchant TO sonrisa_server;
GRANT SELECT ON merchant TO sonrisa_server_merchant;
GRANT UPDATE (fee_basis_points, menu, fee_terms, category_code, payment_max_minor, payer_day_max_minor) ON merchant TO sonrisa_server;

CREATE TABLE merchant_key (
  key_hash text NOT NULL,
  merchant_id text NOT NULL,
  label text NOT NULL DEFAULT ''::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  id text NOT NULL GENERATED ALWAYS AS (('mky_'::text || md5(key_hash))) STORED
);
ALTER TABLE merchant_key ADD CONSTRAINT merchant_key_id UNIQUE (id);
ALTER TABLE merchant_key ADD CONSTRAINT merchant_key_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE merchant_key ADD CONSTRAINT merchant_key_pkey PRIMARY KEY (key_hash);
CREATE INDEX merchant_key_merchant ON public.merchant_key USING btree (merchant_id);
GRANT INSERT, SELECT ON merchant_key TO sonrisa_server;
GRANT UPDATE (revoked_at) ON merchant_key TO sonrisa_server;

CREATE TABLE operator_act (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL,
  by text NOT NULL,
  person_id text,
  act text NOT NULL,
  subject text,
  body jsonb,
  status integer
);
ALTER TABLE operator_act ADD CONSTRAINT operator_act_by CHECK (((by = 'person'::text) = (person_id IS NOT NULL)));
ALTER TABLE operator_act ADD CONSTRAINT operator_act_by_check CHECK ((by = ANY (ARRAY['person'::text, 'token'::text, 'machine'::text])));
ALTER TABLE operator_act ADD CONSTRAINT operator_act_person_id_fkey FOREIGN KEY (person_id) REFERENCES operator_person(id);
ALTER TABLE operator_act ADD CONSTRAINT operator_act_pkey PRIMARY KEY (id);
CREATE INDEX operator_act_person ON public.operator_act USING btree (person_id, id);
CREATE INDEX operator_act_subject ON public.operator_act USING btree (subject, id) WHERE (subject IS NOT NULL);
GRANT INSERT, SELECT ON operator_act TO sonrisa_server;
GRANT UPDATE (status) ON operator_act TO sonrisa_server;

CREATE TABLE operator_person (
  id text NOT NULL,
  name text NOT NULL,
  token_hash text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone
);
ALTER TABLE operator_person ADD CONSTRAINT operator_person_pkey PRIMARY KEY (id);
ALTER TABLE operator_person ADD CONSTRAINT operator_person_token_hash_key UNIQUE (token_hash);
GRANT INSERT, SELECT ON operator_person TO sonrisa_server;
GRANT UPDATE (revoked_at) ON operator_person TO sonrisa_server;

CREATE TABLE own_limit (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payer_id text NOT NULL,
  kind text NOT NULL,
  max_minor bigint,
  asked_at timestamp with time zone NOT NULL,
  effective_at timestamp with time zone NOT NULL,
  cancelled_at timestamp with time zone,
  proof text
);
ALTER TABLE own_limit ADD CONSTRAINT own_limit_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'day'::text, 'month'::text, 'food'::text, 'goods'::text, 'transport'::text, 'leisure'::text, 'gambling'::text, 'other'::text])));
ALTER TABLE own_limit ADD CONSTRAINT own_limit_max_minor_check CHECK ((max_minor >= 0));
ALTER TABLE own_limit ADD CONSTRAINT own_limit_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE own_limit ADD CONSTRAINT own_limit_pkey PRIMARY KEY (id);
CREATE INDEX own_limit_payer ON public.own_limit USING btree (payer_id, kind, effective_at DESC);
GRANT DELETE, INSERT, SELECT ON own_limit TO sonrisa_server;
GRANT UPDATE (cancelled_at) ON own_limit TO sonrisa_server;

CREATE TABLE passkey (
  id text NOT NULL,
  payer_id text NOT NULL,
  name text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone
);
ALTER TABLE passkey ADD CONSTRAINT passkey_counter_check CHECK ((counter >= 0));
ALTER TABLE passkey ADD CONSTRAINT passkey_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE passkey ADD CONSTRAINT passkey_pkey PRIMARY KEY (id);
CREATE INDEX passkey_payer ON public.passkey USING btree (payer_id, created_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON passkey TO sonrisa_server;

CREATE TABLE passkey_challenge (
  challenge text NOT NULL,
  payer_id text NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
ALTER TABLE passkey_challenge ADD CONSTRAINT passkey_challenge_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE passkey_challenge ADD CONSTRAINT passkey_challenge_pkey PRIMARY KEY (challenge);
GRANT DELETE, INSERT, SELECT, UPDATE ON passkey_challenge TO sonrisa_server;

CREATE TABLE payer (
  id text NOT NULL,
  name text NOT NULL,
  phone_e164 text,
  locale text NOT NULL DEFAULT 'zh'::text,
  currency text NOT NULL DEFAULT 'CNY'::text,
  pin_hash text,
  face_epoch integer NOT NULL DEFAULT 1,
  face_state text NOT NULL DEFAULT 'off'::text,
  face_enrolled_at timestamp with time zone,
  face_pin_failures integer NOT NULL DEFAULT 0,
  face_pin_locked_until timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  ask_phone_from_minor bigint,
  phone_pin_failures integer NOT NULL DEFAULT 0,
  phone_pin_locked_until timestamp with time zone,
  notices_seen_at timestamp with time zone,
  face_paused_at timestamp with time zone,
  sign_in_failures integer NOT NULL DEFAULT 0,
  sign_in_locked_until timestamp with time zone,
  closed_at timestamp with time zone,
  face_unused_told_at timestamp with time zone,
  guardian_id text,
  born_on date,
  child_closed_at timestamp with time zone,
  lost_pin_failures integer NOT NULL DEFAULT 0,
  lost_pin_locked_until timestamp with time zone,
  sms_notices boolean NOT NULL DEFAULT true,
  guardian_until timestamp with time zone
);
ALTER TABLE payer ADD CONSTRAINT payer_ask_phone_from_minor_check CHECK ((ask_phone_from_minor >= 0));
ALTER TABLE payer ADD CONSTRAINT payer_child CHECK (((guardian_id IS NULL) OR ((guardian_id <> id) AND (born_on IS NOT NULL) AND (phone_e164 IS NULL) AND (pin_hash IS NULL))));
ALTER TABLE payer ADD CONSTRAINT payer_closed CHECK ((((closed_at IS NOT NULL) = (phone_e164 = (id || '.closed'::text))) AND ((closed_at IS NULL) OR ((name = ''::text) AND (pin_hash IS NULL) AND (face_state = 'off'::text) AND (ask_phone_from_minor IS NULL)))));
ALTER TABLE payer ADD CONSTRAINT payer_face_epoch_check CHECK ((face_epoch > 0));
ALTER TABLE payer ADD CONSTRAINT payer_face_paused_check CHECK (((face_state = 'paused'::text) = (face_paused_at IS NOT NULL)));
ALTER TABLE payer ADD CONSTRAINT payer_face_pin_failures_check CHECK ((face_pin_failures >= 0));
ALTER TABLE payer ADD CONSTRAINT payer_face_state_check CHECK ((face_state = ANY (ARRAY['on'::text, 'paused'::text, 'off'::text])));
ALTER TABLE payer ADD CONSTRAINT payer_guardian_id_fkey FOREIGN KEY (guardian_id) REFERENCES payer(id);
ALTER TABLE payer ADD CONSTRAINT payer_guardian_until CHECK (((guardian_until IS NULL) OR (guardian_id IS NOT NULL)));
ALTER TABLE payer ADD CONSTRAINT payer_locale_check CHECK ((locale = ANY (ARRAY['zh'::text, 'en'::text])));
ALTER TABLE payer ADD CONSTRAINT payer_lost_pin_failures_check CHECK ((lost_pin_failures >= 0));
ALTER TABLE payer ADD CONSTRAINT payer_no_child CHECK (((guardian_id IS NOT NULL) OR ((born_on IS NULL) AND (child_closed_at IS NULL))));
ALTER TABLE payer ADD CONSTRAINT payer_phone_e164_key UNIQUE (phone_e164);
ALTER TABLE payer ADD CONSTRAINT payer_pkey PRIMARY KEY (id);
ALTER TABLE payer ADD CONSTRAINT payer_sign_in_failures_check CHECK ((sign_in_failures >= 0));
CREATE INDEX payer_guardian ON public.payer USING btree (guardian_id) WHERE (guardian_id IS NOT NULL);
CREATE TRIGGER payer_guardian_is_adult BEFORE INSERT ON public.payer FOR EACH ROW WHEN ((new.guardian_id IS NOT NULL)) EXECUTE FUNCTION refuse_child_as_guardian();
CREATE TRIGGER payer_guardian_stays BEFORE UPDATE OF guardian_id ON public.payer FOR EACH ROW EXECUTE FUNCTION refuse_child_as_guardian();
GRANT INSERT, SELECT, UPDATE ON payer TO sonrisa_server;

CREATE TABLE payer_card (
  id text NOT NULL,
  payer_id text NOT NULL,
  customer_ref text NOT NULL,
  method_ref text NOT NULL,
  brand text NOT NULL,
  last4 text NOT NULL,
  created_at timestamp with time zone NOT NULL
);
ALTER TABLE payer_card ADD CONSTRAINT payer_card_last4_check CHECK ((last4 ~ '^[0-9]{4}$'::text));
ALTER TABLE payer_card ADD CONSTRAINT payer_card_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE payer_card ADD CONSTRAINT payer_card_payer_id_key UNIQUE (payer_id);
ALTER TABLE payer_card ADD CONSTRAINT payer_card_pkey PRIMARY KEY (id);
GRANT DELETE, INSERT, SELECT, UPDATE ON payer_card TO sonrisa_server;

CREATE TABLE payment (
  id text NOT NULL,
  merchant_id text NOT NULL,
  store_id text NOT NULL,
  terminal_id text NOT NULL,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  fee_basis_points integer NOT NULL,
  lines jsonb NOT NULL,
  looks_used integer NOT NULL DEFAULT 0,
  look_nonce text,
  payer_id text,
  payer_masked_name text,
  receipt_claims jsonb,
  last_problem text,
  receipt_number text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  authorised_at timestamp with time zone,
  paid_at timestamp with time zone,
  fee_terms jsonb NOT NULL DEFAULT '{}'::jsonb,
  risk_outcome text,
  digits_tries integer NOT NULL DEFAULT 0,
  way text NOT NULL DEFAULT 'face'::text,
  code_ref text
);
ALTER TABLE payment ADD CONSTRAINT payment_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE payment ADD CONSTRAINT payment_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE payment ADD CONSTRAINT payment_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE payment ADD CONSTRAINT payment_pkey PRIMARY KEY (id);
ALTER TABLE payment ADD CONSTRAINT payment_receipt_number_key UNIQUE (receipt_number);
ALTER TABLE payment ADD CONSTRAINT payment_risk_outcome_check CHECK ((risk_outcome = ANY (ARRAY['allow'::text, 'ask_digits'::text, 'ask_pin'::text, 'confirm_on_phone'::text, 'refuse'::text])));
ALTER TABLE payment ADD CONSTRAINT payment_state_check CHECK ((state = ANY (ARRAY['created'::text, 'capturing'::text, 'identified'::text, 'awaiting_digits'::text, 'awaiting_phone'::text, 'authorised'::text, 'captured'::text, 'partially_refunded'::text, 'refunded'::text, 'disputed'::text, 'declined'::text, 'cancelled'::text, 'expired'::text])));
ALTER TABLE payment ADD CONSTRAINT payment_store_id_fkey FOREIGN KEY (store_id) REFERENCES store(id);
ALTER TABLE payment ADD CONSTRAINT payment_terminal_id_fkey FOREIGN KEY (terminal_id) REFERENCES terminal(id);
ALTER TABLE payment ADD CONSTRAINT payment_way_check CHECK ((way = ANY (ARRAY['face'::text, 'code'::text])));
CREATE UNIQUE INDEX payment_code_once ON public.payment USING btree (code_ref) WHERE (code_ref IS NOT NULL);
CREATE INDEX payment_merchant ON public.payment USING btree (merchant_id, created_at DESC, id DESC);
CREATE INDEX payment_open ON public.payment USING btree (expires_at) WHERE (state = ANY (ARRAY['created'::text, 'capturing'::text, 'identified'::text, 'awaiting_digits'::text, 'awaiting_phone'::text, 'authorised'::text]));
CREATE INDEX payment_payer ON public.payment USING btree (payer_id, created_at DESC);
CREATE INDEX payment_terminal ON public.payment USING btree (terminal_id, created_at DESC);
ALTER TABLE payment FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON payment FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON payment FOR ALL TO owner USING (true);
CREATE POLICY server_all ON payment FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON payment TO sonrisa_server;
GRANT SELECT ON payment TO sonrisa_server_merchant;
GRANT UPDATE (state, looks_used, look_nonce, payer_id, payer_masked_name, receipt_claims, last_problem, authorised_at, paid_at, risk_outcome, digits_tries, way, code_ref) ON payment TO sonrisa_server;

CREATE TABLE payment_code (
  handle text NOT NULL,
  id text NOT NULL,
  payer_id text NOT NULL,
  session_hash text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  last_step bigint NOT NULL DEFAULT 0
);
ALTER TABLE payment_code ADD CONSTRAINT payment_code_handle_check CHECK ((handle ~ '^[0-9]{8}$'::text));
ALTER TABLE payment_code ADD CONSTRAINT payment_code_id_key UNIQUE (id);
ALTER TABLE payment_code ADD CONSTRAINT payment_code_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE payment_code ADD CONSTRAINT payment_code_pkey PRIMARY KEY (handle);
ALTER TABLE payment_code ADD CONSTRAINT payment_code_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES session(token_hash);
CREATE INDEX payment_code_expires ON public.payment_code USING btree (expires_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON payment_code TO sonrisa_server;

CREATE TABLE payment_event (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payment_id text NOT NULL,
  at timestamp with time zone NOT NULL,
  event text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text NOT NULL DEFAULT ''::text
);
ALTER TABLE payment_event ADD CONSTRAINT payment_event_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE payment_event ADD CONSTRAINT payment_event_pkey PRIMARY KEY (id);
CREATE INDEX payment_event_payment ON public.payment_event USING btree (payment_id, id);
CREATE TRIGGER payment_event_append_only BEFORE DELETE OR UPDATE ON public.payment_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE payment_event FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON payment_event FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM payment own
  WHERE (own.id = payment_event.payment_id))));
CREATE POLICY owner_all ON payment_event FOR ALL TO owner USING (true);
CREATE POLICY server_all ON payment_event FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON payment_event TO sonrisa_server;
GRANT SELECT ON payment_event TO sonrisa_server_merchant;

CREATE TABLE payout (
  id text NOT NULL,
  beneficiary text NOT NULL,
  beneficiary_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  state text NOT NULL,
  sent_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone
);
ALTER TABLE payout ADD CONSTRAINT payout_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE payout ADD CONSTRAINT payout_beneficiary_check CHECK ((beneficiary = ANY (ARRAY['merchant'::text, 'payer'::text])));
ALTER TABLE payout ADD CONSTRAINT payout_pkey PRIMARY KEY (id);
ALTER TABLE payout ADD CONSTRAINT payout_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'confirmed'::text, 'returned'::text])));
CREATE INDEX payout_beneficiary ON public.payout USING btree (beneficiary_id, sent_at);
CREATE INDEX payout_sent ON public.payout USING btree (sent_at) WHERE (state = 'sent'::text);
ALTER TABLE payout FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON payout FOR ALL TO sonrisa_server_merchant USING (((beneficiary = 'merchant'::text) AND (beneficiary_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text))));
CREATE POLICY owner_all ON payout FOR ALL TO owner USING (true);
CREATE POLICY server_all ON payout FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON payout TO sonrisa_server;
GRANT SELECT ON payout TO sonrisa_server_merchant;

CREATE TABLE payout_file (
  id text NOT NULL,
  currency text NOT NULL,
  state text NOT NULL,
  content text,
  made_at timestamp with time zone NOT NULL
);
ALTER TABLE payout_file ADD CONSTRAINT payout_file_pkey PRIMARY KEY (id);
ALTER TABLE payout_file ADD CONSTRAINT payout_file_state_check CHECK ((state = ANY (ARRAY['open'::text, 'made'::text, 'empty'::text])));
CREATE UNIQUE INDEX payout_file_open ON public.payout_file USING btree (currency) WHERE (state = 'open'::text);
GRANT INSERT, SELECT, UPDATE ON payout_file TO sonrisa_server;

CREATE TABLE payout_order (
  payout_id text NOT NULL,
  file_id text,
  beneficiary text NOT NULL,
  beneficiary_id text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  holder text NOT NULL,
  number text NOT NULL,
  bic text,
  refused text,
  ordered_at timestamp with time zone NOT NULL
);
ALTER TABLE payout_order ADD CONSTRAINT payout_order_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE payout_order ADD CONSTRAINT payout_order_beneficiary_check CHECK ((beneficiary = ANY (ARRAY['merchant'::text, 'payer'::text])));
ALTER TABLE payout_order ADD CONSTRAINT payout_order_file_id_fkey FOREIGN KEY (file_id) REFERENCES payout_file(id);
ALTER TABLE payout_order ADD CONSTRAINT payout_order_pkey PRIMARY KEY (payout_id);
CREATE INDEX payout_order_file ON public.payout_order USING btree (file_id);
CREATE INDEX payout_order_waiting ON public.payout_order USING btree (currency) WHERE (file_id IS NULL);
ALTER TABLE payout_order FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON payout_order FOR ALL TO sonrisa_server_merchant USING (((beneficiary = 'merchant'::text) AND (beneficiary_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text))));
CREATE POLICY owner_all ON payout_order FOR ALL TO owner USING (true);
CREATE POLICY server_all ON payout_order FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT, UPDATE ON payout_order TO sonrisa_server;
GRANT SELECT ON payout_order TO sonrisa_server_merchant;

CREATE TABLE phone_request (
  id text NOT NULL,
  payment_id text NOT NULL,
  payer_id text NOT NULL,
  look_nonce text,
  reason text NOT NULL,
  nonce text NOT NULL,
  state text NOT NULL,
  proof text,
  asked_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  answered_at timestamp with time zone,
  pushed_at timestamp with time zone,
  seen_at timestamp with time zone,
  push_next_at timestamp with time zone,
  push_attempts integer NOT NULL DEFAULT 0,
  code_ref text
);
ALTER TABLE phone_request ADD CONSTRAINT phone_request_check CHECK (((state = 'waiting'::text) = (answered_at IS NULL)));
ALTER TABLE phone_request ADD CONSTRAINT phone_request_check1 CHECK (((state = 'approved'::text) = (proof IS NOT NULL)));
ALTER TABLE phone_request ADD CONSTRAINT phone_request_of_one CHECK (((look_nonce IS NULL) OR (code_ref IS NULL)));
ALTER TABLE phone_request ADD CONSTRAINT phone_request_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE phone_request ADD CONSTRAINT phone_request_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE phone_request ADD CONSTRAINT phone_request_pkey PRIMARY KEY (id);
ALTER TABLE phone_request ADD CONSTRAINT phone_request_reason_check CHECK ((reason = ANY (ARRAY['own_limit'::text, 'code_amount'::text, 'risk'::text, 'guardian'::text])));
ALTER TABLE phone_request ADD CONSTRAINT phone_request_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'denied'::text, 'not_me'::text, 'timed_out'::text, 'left'::text, 'pin_at_till'::text, 'sms_code'::text])));
CREATE INDEX phone_request_payer ON public.phone_request USING btree (payer_id) WHERE (state = 'waiting'::text);
CREATE INDEX phone_request_payment ON public.phone_request USING btree (payment_id);
CREATE INDEX phone_request_push_due ON public.phone_request USING btree (push_next_at) WHERE (push_next_at IS NOT NULL);
CREATE UNIQUE INDEX phone_request_waiting ON public.phone_request USING btree (payment_id) WHERE (state = 'waiting'::text);
GRANT INSERT, SELECT, UPDATE ON phone_request TO sonrisa_server;

CREATE TABLE proposal (
  id text NOT NULL,
  kind text NOT NULL,
  owner text NOT NULL,
  owner_id text NOT NULL,
  currency text NOT NULL,
  holder text,
  number text,
  bic text,
  payout_id text,
  reason text NOT NULL DEFAULT ''::text,
  maker_id text,
  checker_id text,
  state text NOT NULL,
  problem text,
  proposed_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  fees jsonb,
  payment_id text,
  dispute_id text,
  amount_minor bigint,
  bearer text,
  recover_from text,
  lose_rest boolean NOT NULL DEFAULT false
);
ALTER TABLE proposal ADD CONSTRAINT proposal_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE proposal ADD CONSTRAINT proposal_bearer_check CHECK ((bearer = ANY (ARRAY['platform'::text, 'merchant'::text, 'insurer'::text])));
ALTER TABLE proposal ADD CONSTRAINT proposal_checker_id_fkey FOREIGN KEY (checker_id) REFERENCES operator_person(id);
ALTER TABLE proposal ADD CONSTRAINT proposal_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE proposal ADD CONSTRAINT proposal_dispute_id_fkey FOREIGN KEY (dispute_id) REFERENCES dispute(id);
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check CHECK ((kind = ANY (ARRAY['bank_account'::text, 'payout_return'::text, 'merchant_fees'::text, 'dispute_open'::text, 'dispute_recover'::text, 'dispute_lose'::text])));
ALTER TABLE proposal ADD CONSTRAINT proposal_maker_id_fkey FOREIGN KEY (maker_id) REFERENCES operator_person(id);
ALTER TABLE proposal ADD CONSTRAINT proposal_owner_check CHECK ((owner = ANY (ARRAY['platform'::text, 'merchant'::text, 'payer'::text])));
ALTER TABLE proposal ADD CONSTRAINT proposal_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE proposal ADD CONSTRAINT proposal_payout_id_fkey FOREIGN KEY (payout_id) REFERENCES payout(id);
ALTER TABLE proposal ADD CONSTRAINT proposal_pkey PRIMARY KEY (id);
ALTER TABLE proposal ADD CONSTRAINT proposal_recover_from_check CHECK ((recover_from = ANY (ARRAY['payer'::text, 'merchant'::text, 'insurer'::text])));
ALTER TABLE proposal ADD CONSTRAINT proposal_says_what CHECK ((
CASE kind
    WHEN 'bank_account'::text THEN ((holder IS NOT NULL) AND (number IS NOT NULL) AND (owner <> 'payer'::text))
    WHEN 'merchant_fees'::text THEN ((fees IS NOT NULL) AND (owner = 'merchant'::text))
    WHEN 'payout_return'::text THEN (payout_id IS NOT NULL)
    ELSE ((payment_id IS NOT NULL) AND (amount_minor IS NOT NULL) AND (bearer IS NOT NULL) AND ((dispute_id IS NULL) = (kind = 'dispute_open'::text)) AND ((recover_from IS NOT NULL) = (kind = 'dispute_recover'::text)))
END AND ((number IS NULL) OR (kind = 'bank_account'::text)) AND ((fees IS NULL) OR (kind = 'merchant_fees'::text)) AND ((payout_id IS NULL) OR (kind = 'payout_return'::text)) AND ((payment_id IS NULL) OR (kind ~~ 'dispute%'::text))));
ALTER TABLE proposal ADD CONSTRAINT proposal_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'done'::text, 'refused'::text, 'failed'::text])));
ALTER TABLE proposal ADD CONSTRAINT proposal_two_people CHECK (((state = ANY (ARRAY['proposed'::text, 'refused'::text])) OR ((checker_id IS NOT NULL) AND (checker_id IS DISTINCT FROM maker_id))));
CREATE UNIQUE INDEX proposal_of_payment ON public.proposal USING btree (payment_id) WHERE (state = ANY (ARRAY['proposed'::text, 'approved'::text]));
CREATE INDEX proposal_owner ON public.proposal USING btree (owner, owner_id, proposed_at);
CREATE INDEX proposal_waiting ON public.proposal USING btree (proposed_at) WHERE (state = 'proposed'::text);
ALTER TABLE proposal FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON proposal FOR ALL TO sonrisa_server_merchant USING (((owner = 'merchant'::text) AND (owner_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text))));
CREATE POLICY owner_all ON proposal FOR ALL TO owner USING (true);
CREATE POLICY server_all ON proposal FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON proposal TO sonrisa_server;
GRANT SELECT ON proposal TO sonrisa_server_merchant;
GRANT UPDATE (checker_id, state, problem, decided_at) ON proposal TO sonrisa_server;

CREATE TABLE push_subscription (
  endpoint text NOT NULL,
  payer_id text NOT NULL,
  session_hash text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamp with time zone
);
ALTER TABLE push_subscription ADD CONSTRAINT push_subscription_endpoint_check CHECK ((length(endpoint) <= 1024));
ALTER TABLE push_subscription ADD CONSTRAINT push_subscription_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE push_subscription ADD CONSTRAINT push_subscription_pkey PRIMARY KEY (endpoint);
ALTER TABLE push_subscription ADD CONSTRAINT push_subscription_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES session(token_hash);
CREATE INDEX push_subscription_payer ON public.push_subscription USING btree (payer_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON push_subscription TO sonrisa_server;

CREATE TABLE receipt_used (
  jti text NOT NULL,
  transfer_id text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE receipt_used ADD CONSTRAINT receipt_used_pkey PRIMARY KEY (jti);
CREATE TRIGGER receipt_used_append_only BEFORE DELETE OR UPDATE ON public.receipt_used FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT ON receipt_used TO sonrisa_server;

CREATE TABLE reconciliation_break (
  id text NOT NULL,
  kind text NOT NULL,
  line_id text,
  ours text,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  happened_on date NOT NULL,
  owner text,
  state text NOT NULL DEFAULT 'open'::text,
  note text NOT NULL DEFAULT ''::text,
  opened_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  owner_id text,
  resolved_by text
);
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_kind_check CHECK ((kind = ANY (ARRAY['only_at_the_bank'::text, 'only_in_the_books'::text, 'amount_differs'::text])));
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_line_id_fkey FOREIGN KEY (line_id) REFERENCES bank_statement_line(id);
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES operator_person(id);
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_pkey PRIMARY KEY (id);
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES operator_person(id);
ALTER TABLE reconciliation_break ADD CONSTRAINT reconciliation_break_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text])));
CREATE UNIQUE INDEX reconciliation_break_line ON public.reconciliation_break USING btree (line_id) WHERE (line_id IS NOT NULL);
CREATE UNIQUE INDEX reconciliation_break_ours ON public.reconciliation_break USING btree (ours) WHERE ((ours IS NOT NULL) AND (line_id IS NULL));
GRANT INSERT, SELECT, UPDATE ON reconciliation_break TO sonrisa_server;

CREATE TABLE recovery (
  id text NOT NULL,
  payer_id text,
  kind text NOT NULL,
  state text NOT NULL,
  proofs text[] NOT NULL,
  old_phone_e164 text,
  new_phone_e164 text,
  reference_hmac text,
  session_hash text,
  token_hash text,
  cancel_hash text,
  mismatches integer NOT NULL DEFAULT 0,
  attested_by text,
  asked_at timestamp with time zone NOT NULL,
  effective_at timestamp with time zone,
  expires_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  ended_by text,
  guarded_until timestamp with time zone
);
ALTER TABLE recovery ADD CONSTRAINT recovery_cancel_hash_key UNIQUE (cancel_hash);
ALTER TABLE recovery ADD CONSTRAINT recovery_check CHECK (((state = ANY (ARRAY['asked'::text, 'cooling'::text])) = (ended_at IS NULL)));
ALTER TABLE recovery ADD CONSTRAINT recovery_check1 CHECK (((ended_at IS NULL) = (ended_by IS NULL)));
ALTER TABLE recovery ADD CONSTRAINT recovery_check2 CHECK (((state <> 'cooling'::text) OR ((payer_id IS NOT NULL) AND (effective_at IS NOT NULL))));
ALTER TABLE recovery ADD CONSTRAINT recovery_ended_by_check CHECK ((ended_by = ANY (ARRAY['asker'::text, 'owner'::text, 'link'::text, 'staff'::text, 'newer'::text, 'time'::text])));
ALTER TABLE recovery ADD CONSTRAINT recovery_kind_check CHECK ((kind = ANY (ARRAY['pin'::text, 'number'::text, 'account'::text, 'claim'::text, 'identity'::text])));
ALTER TABLE recovery ADD CONSTRAINT recovery_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE recovery ADD CONSTRAINT recovery_pkey PRIMARY KEY (id);
ALTER TABLE recovery ADD CONSTRAINT recovery_reference_hmac_key UNIQUE (reference_hmac);
ALTER TABLE recovery ADD CONSTRAINT recovery_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES session(token_hash);
ALTER TABLE recovery ADD CONSTRAINT recovery_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'cooling'::text, 'done'::text, 'cancelled'::text, 'expired'::text])));
ALTER TABLE recovery ADD CONSTRAINT recovery_token_hash_key UNIQUE (token_hash);
CREATE INDEX recovery_asked_of ON public.recovery USING btree (old_phone_e164, asked_at) WHERE (kind = 'account'::text);
CREATE UNIQUE INDEX recovery_claim ON public.recovery USING btree (payer_id) WHERE ((state = 'cooling'::text) AND (kind = 'claim'::text));
CREATE UNIQUE INDEX recovery_cooling ON public.recovery USING btree (payer_id) WHERE ((state = 'cooling'::text) AND (kind <> 'claim'::text));
CREATE INDEX recovery_guarded ON public.recovery USING btree (payer_id, guarded_until) WHERE (guarded_until IS NOT NULL);
CREATE INDEX recovery_lost_number ON public.recovery USING btree (old_phone_e164) WHERE ((kind = 'claim'::text) AND (state = 'done'::text));
CREATE INDEX recovery_payer ON public.recovery USING btree (payer_id, asked_at DESC);
GRANT DELETE, INSERT, SELECT, UPDATE ON recovery TO sonrisa_server;

CREATE TABLE refund (
  id text NOT NULL,
  payment_id text NOT NULL,
  amount_minor bigint NOT NULL,
  fee_returned_minor bigint NOT NULL,
  reason text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE refund ADD CONSTRAINT refund_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE refund ADD CONSTRAINT refund_fee_returned_minor_check CHECK ((fee_returned_minor >= 0));
ALTER TABLE refund ADD CONSTRAINT refund_id_fkey FOREIGN KEY (id) REFERENCES transfer(id);
ALTER TABLE refund ADD CONSTRAINT refund_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE refund ADD CONSTRAINT refund_pkey PRIMARY KEY (id);
CREATE INDEX refund_payment ON public.refund USING btree (payment_id);
ALTER TABLE refund FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON refund FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM payment own
  WHERE (own.id = refund.payment_id))));
CREATE POLICY owner_all ON refund FOR ALL TO owner USING (true);
CREATE POLICY server_all ON refund FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON refund TO sonrisa_server;
GRANT SELECT ON refund TO sonrisa_server_merchant;

CREATE TABLE risk_decision (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payment_id text NOT NULL,
  at timestamp with time zone NOT NULL,
  store_id text NOT NULL,
  terminal_id text NOT NULL,
  rules_version integer NOT NULL,
  outcome text NOT NULL,
  fired jsonb NOT NULL,
  asked jsonb NOT NULL,
  shadow_version integer,
  shadow_outcome text,
  shadow_fired jsonb,
  signals jsonb NOT NULL
);
ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_outcome_check CHECK ((outcome = ANY (ARRAY['allow'::text, 'ask_digits'::text, 'ask_pin'::text, 'confirm_on_phone'::text, 'refuse'::text])));
ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment(id);
ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_pkey PRIMARY KEY (id);
ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_rules_version_fkey FOREIGN KEY (rules_version) REFERENCES risk_rule_set(version);
ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_shadow_version_fkey FOREIGN KEY (shadow_version) REFERENCES risk_rule_set(version);
CREATE INDEX risk_decision_payment ON public.risk_decision USING btree (payment_id);
CREATE TRIGGER risk_decision_append_only BEFORE DELETE OR UPDATE ON public.risk_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON risk_decision TO sonrisa_server;

CREATE TABLE risk_roll_out (
  number integer NOT NULL,
  active integer NOT NULL,
  candidate integer,
  stage text,
  store_ids text[] NOT NULL DEFAULT '{}'::text[],
  goes_back_to integer,
  reason text NOT NULL,
  set_by text NOT NULL,
  at timestamp with time zone NOT NULL
);
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_active_fkey FOREIGN KEY (active) REFERENCES risk_rule_set(version);
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_candidate_fkey FOREIGN KEY (candidate) REFERENCES risk_rule_set(version);
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_check CHECK (((candidate IS NULL) = (stage IS NULL)));
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_check1 CHECK (((NOT (stage IS DISTINCT FROM 'stores'::text)) = (store_ids <> '{}'::text[])));
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_goes_back_to_fkey FOREIGN KEY (goes_back_to) REFERENCES risk_roll_out(number);
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_number_check CHECK ((number > 0));
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_pkey PRIMARY KEY (number);
ALTER TABLE risk_roll_out ADD CONSTRAINT risk_roll_out_stage_check CHECK ((stage = ANY (ARRAY['shadow'::text, 'stores'::text])));
CREATE TRIGGER risk_roll_out_append_only BEFORE DELETE OR UPDATE ON public.risk_roll_out FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON risk_roll_out TO sonrisa_server;

CREATE TABLE risk_rule_set (
  version integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  note text NOT NULL,
  made_by text NOT NULL,
  made_at timestamp with time zone NOT NULL,
  rules jsonb NOT NULL,
  content_sha256 text NOT NULL
);
ALTER TABLE risk_rule_set ADD CONSTRAINT risk_rule_set_content_sha256_key UNIQUE (content_sha256);
ALTER TABLE risk_rule_set ADD CONSTRAINT risk_rule_set_pkey PRIMARY KEY (version);
ALTER TABLE risk_rule_set ADD CONSTRAINT risk_rule_set_rules_check CHECK ((jsonb_typeof(rules) = 'array'::text));
CREATE TRIGGER risk_rule_set_append_only BEFORE DELETE OR UPDATE ON public.risk_rule_set FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON risk_rule_set TO sonrisa_server;

CREATE TABLE schema_migration (
  number integer NOT NULL,
  file text NOT NULL,
  sha256 text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE schema_migration ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);
GRANT SELECT ON schema_migration TO sonrisa_server;

CREATE TABLE seen_signature (
  terminal_id text NOT NULL,
  nonce text NOT NULL,
  forget_at timestamp with time zone NOT NULL
);
ALTER TABLE seen_signature ADD CONSTRAINT seen_signature_pkey PRIMARY KEY (terminal_id, nonce);
CREATE INDEX seen_signature_forget ON public.seen_signature USING btree (forget_at);
GRANT DELETE, INSERT, SELECT ON seen_signature TO sonrisa_server;

CREATE TABLE session (
  token_hash text NOT NULL,
  payer_id text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  look_proved_for text,
  look_proved_at timestamp with time zone
);
ALTER TABLE session ADD CONSTRAINT session_look_proof CHECK (((look_proved_for IS NULL) = (look_proved_at IS NULL)));
ALTER TABLE session ADD CONSTRAINT session_look_proved_for_fkey FOREIGN KEY (look_proved_for) REFERENCES payer(id);
ALTER TABLE session ADD CONSTRAINT session_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE session ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);
CREATE INDEX session_payer ON public.session USING btree (payer_id);
CREATE TRIGGER session_of_no_child BEFORE INSERT ON public.session FOR EACH ROW EXECUTE FUNCTION refuse_session_of_child();
GRANT DELETE, INSERT, SELECT ON session TO sonrisa_server;
GRANT UPDATE (revoked_at, look_proved_for, look_proved_at) ON session TO sonrisa_server;

CREATE TABLE settlement (
  id text NOT NULL,
  merchant_id text NOT NULL,
  currency text NOT NULL,
  day date NOT NULL,
  state text NOT NULL,
  net_minor bigint NOT NULL DEFAULT 0,
  lines integer NOT NULL DEFAULT 0,
  transfer_id text,
  frozen_at timestamp with time zone NOT NULL,
  paged_at timestamp with time zone
);
ALTER TABLE settlement ADD CONSTRAINT settlement_merchant_id_currency_day_key UNIQUE (merchant_id, currency, day);
ALTER TABLE settlement ADD CONSTRAINT settlement_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE settlement ADD CONSTRAINT settlement_pkey PRIMARY KEY (id);
ALTER TABLE settlement ADD CONSTRAINT settlement_state_check CHECK ((state = ANY (ARRAY['frozen'::text, 'posted'::text])));
ALTER TABLE settlement ADD CONSTRAINT settlement_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfer(id);
CREATE INDEX settlement_frozen ON public.settlement USING btree (id) WHERE (state = 'frozen'::text);
ALTER TABLE settlement FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON settlement FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON settlement FOR ALL TO owner USING (true);
CREATE POLICY server_all ON settlement FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT, UPDATE ON settlement TO sonrisa_server;
GRANT SELECT ON settlement TO sonrisa_server_merchant;

CREATE TABLE settlement_line (
  transfer_id text NOT NULL,
  settlement_id text NOT NULL,
  amount_minor bigint NOT NULL,
  local_day date NOT NULL
);
ALTER TABLE settlement_line ADD CONSTRAINT settlement_line_pkey PRIMARY KEY (transfer_id);
ALTER TABLE settlement_line ADD CONSTRAINT settlement_line_settlement_id_fkey FOREIGN KEY (settlement_id) REFERENCES settlement(id);
ALTER TABLE settlement_line ADD CONSTRAINT settlement_line_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfer(id);
CREATE INDEX settlement_line_settlement ON public.settlement_line USING btree (settlement_id);
CREATE TRIGGER settlement_line_append_only BEFORE DELETE OR UPDATE ON public.settlement_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE settlement_line FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON settlement_line FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM settlement own
  WHERE (own.id = settlement_line.settlement_id))));
CREATE POLICY owner_all ON settlement_line FOR ALL TO owner USING (true);
CREATE POLICY server_all ON settlement_line FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON settlement_line TO sonrisa_server;
GRANT SELECT ON settlement_line TO sonrisa_server_merchant;

CREATE TABLE settlement_progress (
  merchant_id text NOT NULL,
  currency text NOT NULL,
  closed_through date,
  next_from xid8 NOT NULL DEFAULT '0'::xid8
);
ALTER TABLE settlement_progress ADD CONSTRAINT settlement_progress_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE settlement_progress ADD CONSTRAINT settlement_progress_pkey PRIMARY KEY (merchant_id, currency);
ALTER TABLE settlement_progress FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON settlement_progress FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON settlement_progress FOR ALL TO owner USING (true);
CREATE POLICY server_all ON settlement_progress FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT, UPDATE ON settlement_progress TO sonrisa_server;
GRANT SELECT ON settlement_progress TO sonrisa_server_merchant;

CREATE TABLE sms_attempt (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  message_id text NOT NULL,
  provider text NOT NULL,
  outcome text NOT NULL,
  why text,
  at timestamp with time zone NOT NULL
);
ALTER TABLE sms_attempt ADD CONSTRAINT sms_attempt_message_id_fkey FOREIGN KEY (message_id) REFERENCES sms_outbox(id) ON DELETE CASCADE;
ALTER TABLE sms_attempt ADD CONSTRAINT sms_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['taken'::text, 'not_taken'::text, 'refused'::text, 'unknown'::text])));
ALTER TABLE sms_attempt ADD CONSTRAINT sms_attempt_pkey PRIMARY KEY (id);
CREATE INDEX sms_attempt_at ON public.sms_attempt USING btree (at);
CREATE INDEX sms_attempt_message ON public.sms_attempt USING btree (message_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_attempt TO sonrisa_server;

CREATE TABLE sms_count (
  scope text NOT NULL,
  subject text NOT NULL,
  slice timestamp with time zone NOT NULL,
  sent integer NOT NULL,
  entered integer NOT NULL
);
ALTER TABLE sms_count ADD CONSTRAINT sms_count_entered_check CHECK ((entered >= 0));
ALTER TABLE sms_count ADD CONSTRAINT sms_count_pkey PRIMARY KEY (scope, subject, slice);
ALTER TABLE sms_count ADD CONSTRAINT sms_count_sent_check CHECK ((sent >= 0));
CREATE INDEX sms_count_slice ON public.sms_count USING btree (slice);
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_count TO sonrisa_server;

CREATE TABLE sms_outbox (
  id text NOT NULL,
  to_e164 text NOT NULL,
  body text NOT NULL,
  purpose text NOT NULL DEFAULT 'code'::text,
  state text NOT NULL DEFAULT 'queued'::text,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  sent_at timestamp with time zone,
  give_up_at timestamp with time zone NOT NULL DEFAULT (now() + '00:15:00'::interval),
  template jsonb,
  counted jsonb,
  provider text,
  receipt text,
  receipt_at timestamp with time zone
);
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_pkey PRIMARY KEY (id);
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_purpose_check CHECK ((purpose = ANY (ARRAY['code'::text, 'invite'::text, 'notice'::text])));
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_receipt_check CHECK ((receipt = ANY (ARRAY['delivered'::text, 'undelivered'::text])));
ALTER TABLE sms_outbox ADD CONSTRAINT sms_outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'unclear'::text, 'failed'::text])));
CREATE INDEX sms_outbox_created ON public.sms_outbox USING btree (created_at);
CREATE INDEX sms_outbox_queued ON public.sms_outbox USING btree (next_attempt_at) WHERE (state = 'queued'::text);
CREATE INDEX sms_outbox_to ON public.sms_outbox USING btree (to_e164, created_at DESC);
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_outbox TO sonrisa_server;

CREATE TABLE sms_part (
  provider text NOT NULL,
  ref text NOT NULL,
  message_id text,
  receipt text,
  detail text,
  receipt_at timestamp with time zone,
  checks integer NOT NULL DEFAULT 0,
  next_check_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL
);
ALTER TABLE sms_part ADD CONSTRAINT sms_part_message_id_fkey FOREIGN KEY (message_id) REFERENCES sms_outbox(id) ON DELETE CASCADE;
ALTER TABLE sms_part ADD CONSTRAINT sms_part_pkey PRIMARY KEY (provider, ref);
ALTER TABLE sms_part ADD CONSTRAINT sms_part_receipt_check CHECK ((receipt = ANY (ARRAY['delivered'::text, 'undelivered'::text])));
CREATE INDEX sms_part_check ON public.sms_part USING btree (next_check_at) WHERE ((receipt IS NULL) AND (next_check_at IS NOT NULL));
CREATE INDEX sms_part_message ON public.sms_part USING btree (message_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_part TO sonrisa_server;

CREATE TABLE sms_refusal (
  why text NOT NULL,
  slice timestamp with time zone NOT NULL,
  count integer NOT NULL
);
ALTER TABLE sms_refusal ADD CONSTRAINT sms_refusal_count_check CHECK ((count > 0));
ALTER TABLE sms_refusal ADD CONSTRAINT sms_refusal_pkey PRIMARY KEY (why, slice);
ALTER TABLE sms_refusal ADD CONSTRAINT sms_refusal_why_check CHECK ((why = ANY (ARRAY['number'::text, 'asker'::text, 'range'::text, 'country'::text, 'budget'::text, 'stranger'::text, 'country_closed'::text])));
CREATE INDEX sms_refusal_slice ON public.sms_refusal USING btree (slice);
GRANT DELETE, INSERT, SELECT, UPDATE ON sms_refusal TO sonrisa_server;

CREATE TABLE sms_step_up (
  request_id text NOT NULL,
  payer_id text NOT NULL,
  code_hmac text NOT NULL,
  message_id text NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  sent_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone
);
ALTER TABLE sms_step_up ADD CONSTRAINT sms_step_up_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES payer(id);
ALTER TABLE sms_step_up ADD CONSTRAINT sms_step_up_pkey PRIMARY KEY (request_id);
ALTER TABLE sms_step_up ADD CONSTRAINT sms_step_up_request_id_fkey FOREIGN KEY (request_id) REFERENCES phone_request(id);
ALTER TABLE sms_step_up ADD CONSTRAINT sms_step_up_tries_check CHECK (((tries >= 0) AND (tries <= 3)));
CREATE INDEX sms_step_up_payer ON public.sms_step_up USING btree (payer_id, sent_at);
GRANT INSERT, SELECT ON sms_step_up TO sonrisa_server;
GRANT UPDATE (tries, used_at) ON sms_step_up TO sonrisa_server;

CREATE TABLE staff (
  id text NOT NULL,
  merchant_id text NOT NULL,
  store_id text,
  name text NOT NULL,
  role text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE staff ADD CONSTRAINT staff_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE staff ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'cashier'::text])));
ALTER TABLE staff ADD CONSTRAINT staff_store_id_fkey FOREIGN KEY (store_id) REFERENCES store(id);
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON staff FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON staff FOR ALL TO owner USING (true);
CREATE POLICY server_all ON staff FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON staff TO sonrisa_server;
GRANT SELECT ON staff TO sonrisa_server_merchant;

CREATE TABLE store (
  id text NOT NULL,
  merchant_id text NOT NULL,
  name text NOT NULL,
  name_zh text NOT NULL,
  time_zone text NOT NULL,
  pin_from_minor bigint NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  latitude double precision,
  longitude double precision,
  address text NOT NULL DEFAULT ''::text,
  network_check text NOT NULL DEFAULT 'learned'::text,
  networks cidr[] NOT NULL DEFAULT '{}'::cidr[]
);
ALTER TABLE store ADD CONSTRAINT store_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)));
ALTER TABLE store ADD CONSTRAINT store_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)));
ALTER TABLE store ADD CONSTRAINT store_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE store ADD CONSTRAINT store_network_check_check CHECK ((network_check = ANY (ARRAY['learned'::text, 'listed'::text, 'off'::text])));
ALTER TABLE store ADD CONSTRAINT store_networks CHECK (((network_check = 'listed'::text) = (networks <> '{}'::cidr[])));
ALTER TABLE store ADD CONSTRAINT store_pin_from_minor_check CHECK ((pin_from_minor >= 0));
ALTER TABLE store ADD CONSTRAINT store_pkey PRIMARY KEY (id);
ALTER TABLE store ADD CONSTRAINT store_place CHECK (((latitude IS NULL) = (longitude IS NULL)));
CREATE INDEX store_merchant ON public.store USING btree (merchant_id);
ALTER TABLE store FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON store FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON store FOR ALL TO owner USING (true);
CREATE POLICY server_all ON store FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT ON store TO sonrisa_server;
GRANT SELECT ON store TO sonrisa_server_merchant;
GRANT UPDATE (latitude, longitude, network_check, networks) ON store TO sonrisa_server;
GRANT UPDATE (network_check, networks) ON store TO sonrisa_server_merchant;

CREATE TABLE terminal (
  id text NOT NULL,
  merchant_id text NOT NULL,
  store_id text NOT NULL,
  name text NOT NULL DEFAULT ''::text,
  kind text NOT NULL,
  mode text NOT NULL DEFAULT 'sandbox'::text,
  state text NOT NULL DEFAULT 'active'::text,
  key_thumbprint text NOT NULL,
  public_jwk jsonb NOT NULL,
  token_hash text NOT NULL,
  activated_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone,
  revoked_at timestamp with time zone,
  camera text,
  camera_changed_at timestamp with time zone
);
ALTER TABLE terminal ADD CONSTRAINT terminal_camera CHECK (((camera IS NOT NULL) OR (camera_changed_at IS NULL)));
ALTER TABLE terminal ADD CONSTRAINT terminal_kind_check CHECK ((kind = ANY (ARRAY['kiosk'::text, 'mini'::text])));
ALTER TABLE terminal ADD CONSTRAINT terminal_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id);
ALTER TABLE terminal ADD CONSTRAINT terminal_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'live'::text])));
ALTER TABLE terminal ADD CONSTRAINT terminal_pkey PRIMARY KEY (id);
ALTER TABLE terminal ADD CONSTRAINT terminal_state_check CHECK ((state = ANY (ARRAY['active'::text, 'revoked'::text])));
ALTER TABLE terminal ADD CONSTRAINT terminal_store_id_fkey FOREIGN KEY (store_id) REFERENCES store(id);
ALTER TABLE terminal ADD CONSTRAINT terminal_token_hash_key UNIQUE (token_hash);
ALTER TABLE terminal FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON terminal FOR ALL TO sonrisa_server_merchant USING ((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)));
CREATE POLICY owner_all ON terminal FOR ALL TO owner USING (true);
CREATE POLICY server_all ON terminal FOR ALL TO sonrisa_server USING (true);
GRANT INSERT, SELECT, UPDATE ON terminal TO sonrisa_server;
GRANT SELECT ON terminal TO sonrisa_server_merchant;
GRANT UPDATE (state, revoked_at) ON terminal TO sonrisa_server_merchant;

CREATE TABLE terminal_network (
  terminal_id text NOT NULL,
  network cidr NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  known_at timestamp with time zone,
  known_by text
);
ALTER TABLE terminal_network ADD CONSTRAINT terminal_network_known CHECK (((known_at IS NULL) = (known_by IS NULL)));
ALTER TABLE terminal_network ADD CONSTRAINT terminal_network_pkey PRIMARY KEY (terminal_id, network);
ALTER TABLE terminal_network ADD CONSTRAINT terminal_network_terminal_id_fkey FOREIGN KEY (terminal_id) REFERENCES terminal(id);
CREATE INDEX terminal_network_unconfirmed ON public.terminal_network USING btree (terminal_id) WHERE (known_at IS NULL);
ALTER TABLE terminal_network FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON terminal_network FOR ALL TO sonrisa_server_merchant USING ((EXISTS ( SELECT
   FROM terminal own
  WHERE (own.id = terminal_network.terminal_id))));
CREATE POLICY owner_all ON terminal_network FOR ALL TO owner USING (true);
CREATE POLICY server_all ON terminal_network FOR ALL TO sonrisa_server USING (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON terminal_network TO sonrisa_server;
GRANT SELECT ON terminal_network TO sonrisa_server_merchant;
GRANT UPDATE (known_at, known_by) ON terminal_network TO sonrisa_server_merchant;

CREATE TABLE transfer (
  id text NOT NULL,
  kind text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  fee_minor bigint NOT NULL DEFAULT 0,
  hold_id text,
  reason text NOT NULL DEFAULT ''::text,
  at timestamp with time zone NOT NULL,
  content_sha256 text NOT NULL,
  written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  leg_accounts text[] COLLATE "C" NOT NULL,
  leg_amounts bigint[] NOT NULL,
  merchant_id text
);
ALTER TABLE transfer ADD CONSTRAINT transfer_amount_minor_check CHECK ((amount_minor > 0));
ALTER TABLE transfer ADD CONSTRAINT transfer_kind_known CHECK ((kind = ANY (ARRAY['top_up'::text, 'authorise'::text, 'capture'::text, 'void'::text, 'refund'::text, 'allowance'::text, 'withdraw'::text, 'pay_out'::text, 'payout_confirm'::text, 'payout_return'::text, 'settle'::text, 'dispute_open'::text, 'dispute_recover'::text, 'dispute_lose'::text, 'adjust'::text])));
ALTER TABLE transfer ADD CONSTRAINT transfer_pkey PRIMARY KEY (id);
CREATE INDEX transfer_adjust ON public.transfer USING btree (id) WHERE (kind = 'adjust'::text);
CREATE INDEX transfer_allowance ON public.transfer USING btree (at) WHERE (kind = 'allowance'::text);
CREATE INDEX transfer_hold ON public.transfer USING btree (hold_id);
CREATE INDEX transfer_merchant ON public.transfer USING btree (merchant_id) WHERE (merchant_id IS NOT NULL);
CREATE UNIQUE INDEX transfer_once ON public.transfer USING btree (hold_id) WHERE (kind = ANY (ARRAY['top_up'::text, 'settle'::text, 'adjust'::text]));
CREATE INDEX transfer_written_in ON public.transfer USING btree (written_in);
CREATE TRIGGER transfer_append_only BEFORE DELETE OR UPDATE ON public.transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_has_legs AFTER INSERT ON public.transfer REFERENCING NEW TABLE AS new_transfer FOR EACH STATEMENT EXECUTE FUNCTION check_new_transfers();
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON public.transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE transfer FORCE ROW LEVEL SECURITY;
CREATE POLICY merchant_own ON transfer FOR ALL TO sonrisa_server_merchant USING (((merchant_id = NULLIF(current_setting('app.merchant_id'::text, true), ''::text)) OR ((kind = 'adjust'::text) AND ((NULLIF(current_setting('app.merchant_id'::text, true), ''::text) = merchant_of(leg_accounts[1])) OR (NULLIF(current_setting('app.merchant_id'::text, true), ''::text) = merchant_of(leg_accounts[2]))))));
CREATE POLICY owner_all ON transfer FOR ALL TO owner USING (true);
CREATE POLICY server_all ON transfer FOR ALL TO sonrisa_server USING (true);
GRANT SELECT ON transfer TO sonrisa_server;
GRANT SELECT ON transfer TO sonrisa_server_merchant;

CREATE VIEW entry WITH (security_invoker=true) AS
 SELECT t.id AS transfer_id,
    l.leg::integer AS leg,
    l.account_id,
    l.amount_minor
   FROM transfer t
     CROSS JOIN LATERAL UNNEST(t.leg_accounts, t.leg_amounts) WITH ORDINALITY l(account_id, amount_minor, leg);
GRANT SELECT ON entry TO sonrisa_server;

CREATE OR REPLACE FUNCTION public.books_expect(rows_written bigint, rows_expected bigint, what text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF rows_written <> rows_expected THEN
    RAISE EXCEPTION 'somebody else was first to write a %', what USING ERRCODE = 'serialization_failure';
  END IF;
END $function$;

CREATE OR REPLACE FUNCTION public.books_lock(payment_ids text[], face_payer_ids text[], payer_ids text[], hold_ids text[], payout_ids text[], dispute_ids text[], OUT stopped boolean, OUT payments json, OUT payers json, OUT holds json, OUT payouts json, OUT disputes json)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
BEGIN
  stopped := EXISTS (SELECT 1 FROM books_stop);
  IF payment_ids <> '{}' THEN
    SELECT json_agg(json_build_array(p.id, p.state, p.payer_id, p.jti)) INTO payments FROM (
      SELECT id, state, payer_id, receipt_claims->>'jti' AS jti FROM payment WHERE id = ANY (payment_ids) ORDER BY id FOR UPDATE) AS p;
  END IF;
  -- Shared: payments of one payer may run side by side, but whoever pauses the face waits for them, and they for him.
  IF face_payer_ids <> '{}' THEN
    PERFORM 1 FROM payer WHERE id = ANY (face_payer_ids) ORDER BY id FOR SHARE;
  END IF;
  SELECT json_agg(json_build_array(p.id, p.face_state, p.face_epoch)) INTO payers FROM payer AS p WHERE p.id = ANY (payer_ids);
  IF hold_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', h.id, 'payerId', h.payer_id, 'merchantId', h.merchant_id, 'currency', h.currency, 'state', h.state,
        'amountMinor', h.amount_minor::text, 'capturedMinor', h.captured_minor::text, 'refundedMinor', h.refunded_minor::text,
        'disputedMinor', h.disputed_minor::text, 'feeMinor', h.fee_minor::text, 'feeReturnedMinor', h.fee_returned_minor::text,
        'feeParts', h.fee_parts)) INTO holds FROM (
      SELECT * FROM hold WHERE id = ANY (hold_ids) ORDER BY id FOR UPDATE) AS h;
  END IF;
  IF payout_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', p.id, 'beneficiary', json_build_object('is', p.beneficiary, 'id', p.beneficiary_id), 'currency', p.currency,
        'amountMinor', p.amount_minor::text, 'state', p.state)) INTO payouts FROM (
      SELECT * FROM payout WHERE id = ANY (payout_ids) ORDER BY id FOR UPDATE) AS p;
  END IF;
  IF dispute_ids <> '{}' THEN
    SELECT json_agg(json_build_object('id', d.id, 'holdId', d.hold_id, 'bearer', d.bearer, 'amountMinor', d.amount_minor::text,
        'recoveredMinor', d.recovered_minor::text, 'state', d.state)) INTO disputes FROM (
      SELECT * FROM dispute WHERE id = ANY (dispute_ids) ORDER BY id FOR UPDATE) AS d;
  END IF;
END $function$;
GRANT EXECUTE ON FUNCTION books_lock TO sonrisa_server;

CREATE OR REPLACE FUNCTION public.books_lock_accounts(locked_ids text[], other_ids text[], principals text[], keys text[], jtis text[], OUT balances json, OUT answers json, OUT used json)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
BEGIN
  SELECT json_agg(json_build_array(a.id, a.balance_minor::text)) INTO balances FROM (
    SELECT account.id, account.balance_minor FROM unnest(locked_ids) WITH ORDINALITY AS wanted (id, place) JOIN account ON account.id = wanted.id
     ORDER BY wanted.place FOR UPDATE OF account) AS a;
  IF other_ids <> '{}' THEN
    SELECT json_agg(each) INTO balances FROM (
      SELECT json_array_elements(balances) AS each
      UNION ALL SELECT json_build_array(id, balance_minor::text) FROM account WHERE id = ANY (other_ids)) AS all_of_them;
  END IF;
  SELECT json_agg(json_build_array(i.principal, i.key, i.input_hash, i.body)) INTO answers
    FROM unnest(principals, keys) AS wanted (principal, key) JOIN idempotency AS i ON i.principal = wanted.principal AND i.key = wanted.key;
  IF jtis <> '{}' THEN
    SELECT json_agg(jti) INTO used FROM receipt_used WHERE jti = ANY (jtis);
  END IF;
END $function$;
GRANT EXECUTE ON FUNCTION books_lock_accounts TO sonrisa_server;

CREATE OR REPLACE FUNCTION public.books_write(transfer_ids text[], kinds text[], currencies text[], amounts bigint[], fees bigint[], transfer_holds text[], reasons text[], ats timestamp with time zone[], hashes text[], first_legs integer[], leg_counts integer[], entry_accounts text[], entry_amounts bigint[], principals text[], keys text[], input_hashes text[], statuses integer[], bodies text[], hold_ids text[], hold_payers text[], hold_merchants text[], hold_currencies text[], hold_states text[], hold_amounts bigint[], captured bigint[], refunded bigint[], disputed bigint[], hold_fees bigint[], fees_returned bigint[], fee_parts_of jsonb[], opened timestamp with time zone[], closed timestamp with time zone[], begun_keys json, receipts json, new_accounts json, payments json, events json, refunds json, payouts json, disputes json)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE
  written bigint;
  expected bigint;
BEGIN
  IF receipts IS NOT NULL THEN
    INSERT INTO receipt_used (jti, transfer_id, at)
    SELECT * FROM json_to_recordset(receipts) AS r (jti text, transfer_id text, at timestamptz) ORDER BY jti ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM books_expect(written, json_array_length(receipts), 'receipt');
  END IF;

  -- A row that is not there yet cannot be locked. Where the balance counted for a decision, it must have been nobody else's first.
  IF new_accounts IS NOT NULL THEN
    WITH made AS (
      INSERT INTO account (id, class, owner_id, currency)
      SELECT id, class, owner_id, currency FROM json_to_recordset(new_accounts) AS a (id text, class text, owner_id text, currency text)
       ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING RETURNING id)
    SELECT count(*) INTO written FROM json_to_recordset(new_accounts) AS a (id text, counted boolean) LEFT JOIN made ON made.id = a.id
     WHERE made.id IS NULL AND a.counted;
    PERFORM books_expect(written, 0, 'account');
  END IF;

  -- A row with the time it began is new. Another that was begun under the same id meanwhile is in its way (unique_violation).
  IF hold_ids <> '{}' THEN
    INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, refunded_minor, disputed_minor, fee_minor, fee_returned_minor, fee_parts, opened_at, closed_at)
    SELECT * FROM (
      SELECT unnest(hold_ids), unnest(hold_payers), unnest(hold_merchants), unnest(hold_currencies), unnest(hold_states), unnest(hold_amounts), unnest(captured), unnest(refunded),
             unnest(disputed), unnest(hold_fees), unnest(fees_returned), unnest(fee_parts_of), unnest(opened) AS opened_at, unnest(closed)) AS h
     WHERE opened_at IS NOT NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(hold_ids) THEN
      UPDATE hold SET state = h.state, captured_minor = h.captured, refunded_minor = h.refunded, disputed_minor = h.disputed, fee_minor = h.fee,
             fee_returned_minor = h.fee_returned, fee_parts = h.fee_parts, closed_at = COALESCE(hold.closed_at, h.closed_at)
        FROM unnest(hold_ids, hold_states, captured, refunded, disputed, hold_fees, fees_returned, fee_parts_of, opened, closed)
          AS h (id, state, captured, refunded, disputed, fee, fee_returned, fee_parts, opened_at, closed_at)
       WHERE h.opened_at IS NULL AND hold.id = h.id;
    END IF;
  END IF;
  IF payouts IS NOT NULL THEN
    INSERT INTO payout (id, beneficiary, beneficiary_id, currency, amount_minor, state, sent_at, closed_at)
    SELECT p.id, p.beneficiary, p.beneficiary_id, p.currency, p.amount_minor, p.state, p.sent_at, p.closed_at
      FROM json_populate_recordset(NULL::payout, payouts) AS p WHERE p.sent_at IS NOT NULL ORDER BY p.id;
    UPDATE payout SET state = p.state, closed_at = p.closed_at
      FROM json_populate_recordset(NULL::payout, payouts) AS p WHERE p.sent_at IS NULL AND payout.id = p.id;
  END IF;
  IF disputes IS NOT NULL THEN
    INSERT INTO dispute (id, hold_id, bearer, amount_minor, recovered_minor, state, reason, opened_at, closed_at)
    SELECT d.id, d.hold_id, d.bearer, d.amount_minor, d.recovered_minor, d.state, d.reason, d.opened_at, d.closed_at
      FROM json_populate_recordset(NULL::dispute, disputes) AS d WHERE d.opened_at IS NOT NULL ORDER BY d.id;
    UPDATE dispute SET recovered_minor = d.recovered_minor, state = d.state, closed_at = d.closed_at
      FROM json_populate_recordset(NULL::dispute, disputes) AS d WHERE d.opened_at IS NULL AND dispute.id = d.id;
  END IF;

  IF transfer_ids <> '{}' THEN
    INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256, merchant_id, leg_accounts, leg_amounts)
    SELECT t.id, t.kind, t.currency, t.amount, t.fee, t.hold_id, t.reason, t.at, t.hash,
           COALESCE(merchant_of(entry_accounts[t.leg]), merchant_of(entry_accounts[t.leg + 1]), CASE WHEN t.legs > 2 THEN merchant_of(entry_accounts[t.leg + 2]) END),
           CASE t.legs
             WHEN 2 THEN ARRAY[entry_accounts[t.leg], entry_accounts[t.leg + 1]]
             WHEN 3 THEN ARRAY[entry_accounts[t.leg], entry_accounts[t.leg + 1], entry_accounts[t.leg + 2]]
             ELSE ARRAY(SELECT entry_accounts[place] FROM generate_series(t.leg, t.leg + t.legs - 1) AS place ORDER BY place) END,
           CASE t.legs
             WHEN 2 THEN ARRAY[entry_amounts[t.leg], entry_amounts[t.leg + 1]]
             WHEN 3 THEN ARRAY[entry_amounts[t.leg], entry_amounts[t.leg + 1], entry_amounts[t.leg + 2]]
             ELSE ARRAY(SELECT entry_amounts[place] FROM generate_series(t.leg, t.leg + t.legs - 1) AS place ORDER BY place) END
      FROM (SELECT unnest(transfer_ids) AS id, unnest(kinds) AS kind, unnest(currencies) AS currency, unnest(amounts) AS amount, unnest(fees) AS fee, unnest(transfer_holds) AS hold_id,
                   unnest(reasons) AS reason, unnest(ats) AS at, unnest(hashes) AS hash, unnest(first_legs) AS leg, unnest(leg_counts) AS legs) AS t;
  END IF;

  IF payments IS NOT NULL THEN
    UPDATE payment SET state = p.state, authorised_at = COALESCE(p.authorised_at, payment.authorised_at),
           paid_at = COALESCE(p.paid_at, payment.paid_at), last_problem = COALESCE(p.last_problem, payment.last_problem)
      FROM json_to_recordset(payments) AS p (id text, state text, authorised_at timestamptz, paid_at timestamptz, last_problem text)
     WHERE payment.id = p.id;
    INSERT INTO payment_event (payment_id, at, event, from_state, to_state, reason)
    SELECT * FROM json_to_recordset(events) AS e (payment_id text, at timestamptz, event text, from_state text, to_state text, reason text);
  END IF;
  IF refunds IS NOT NULL THEN
    INSERT INTO refund (id, payment_id, amount_minor, fee_returned_minor, reason, at)
    SELECT id, payment_id, amount_minor, fee_returned_minor, reason, at FROM json_populate_recordset(NULL::refund, refunds);
  END IF;

  -- A key that somebody else was first to use is in the way of its row (unique_violation).
  INSERT INTO idempotency (principal, key, input_hash, status, body)
  SELECT unnest(principals), unnest(keys), unnest(input_hashes), unnest(statuses), unnest(bodies) ORDER BY 1, 2;
  -- A key whose request was begun and never answered is answered now.
  IF begun_keys IS NOT NULL THEN
    UPDATE idempotency AS known SET status = k.status, body = k.body
      FROM json_to_recordset(begun_keys) AS k (principal text, key text, input_hash text, status integer, body text)
     WHERE known.principal = k.principal AND known.key = k.key AND known.input_hash = k.input_hash AND known.body IS NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM books_expect(written, json_array_length(begun_keys), 'key');
  END IF;

  -- Balances last: the rows everybody meets at, a merchant's and the platform's, were not locked before and are so for little
  -- more than the commit. In the order of their ids, so that nobody waits in a circle; an account whose legs cancel out stays as it is.
  WITH moved AS MATERIALIZED (
    SELECT account_id AS id, sum(amount_minor)::bigint AS minor FROM (SELECT unnest(entry_accounts) AS account_id, unnest(entry_amounts) AS amount_minor) AS e
     GROUP BY account_id HAVING sum(amount_minor) <> 0 ORDER BY account_id COLLATE "C"),
  changed AS (UPDATE account SET balance_minor = account.balance_minor + moved.minor FROM moved WHERE account.id = moved.id RETURNING 1)
  SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM changed) INTO expected, written;
  IF written <> expected THEN
    RAISE EXCEPTION '% balances were to change and % did', expected, written USING ERRCODE = 'check_violation';
  END IF;
END $function$;
GRANT EXECUTE ON FUNCTION books_write TO sonrisa_server;

CREATE OR REPLACE FUNCTION public.check_new_transfers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  wrong text;
BEGIN
  -- What is null is not true.
  SELECT n.id INTO wrong FROM new_transfer n WHERE (
    cardinality(n.leg_accounts) = cardinality(n.leg_amounts) AND 0 <> ALL (n.leg_amounts) AND
    CASE cardinality(n.leg_accounts)
      WHEN 2 THEN n.leg_amounts[1] + n.leg_amounts[2] = 0
        AND right(n.leg_accounts[1], 4) = ':' || n.currency AND right(n.leg_accounts[2], 4) = ':' || n.currency
      WHEN 3 THEN n.leg_amounts[1] + n.leg_amounts[2] + n.leg_amounts[3] = 0
        AND right(n.leg_accounts[1], 4) = ':' || n.currency AND right(n.leg_accounts[2], 4) = ':' || n.currency AND right(n.leg_accounts[3], 4) = ':' || n.currency
      ELSE cardinality(n.leg_accounts) > 3 AND many_legs_hold(n.currency, n.leg_accounts, n.leg_amounts)
    END) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'legs of transfer % do not balance, or not in its currency', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_legs_sum_to_zero';
  END IF;

  -- Only a correction may be between two merchants.
  SELECT n.id INTO wrong FROM new_transfer n
   WHERE n.merchant_id IS DISTINCT FROM COALESCE(merchant_of(n.leg_accounts[1]), merchant_of(n.leg_accounts[2]), merchant_of(n.leg_accounts[3]))
      OR (n.kind <> 'adjust' AND (merchant_of(n.leg_accounts[2]) <> n.merchant_id OR merchant_of(n.leg_accounts[3]) <> n.merchant_id)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % is not of the merchant it names', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_of_one_merchant';
  END IF;

  -- What a foreign key would say, asked once for each account of a statement.
  SELECT l.account_id INTO wrong FROM (SELECT DISTINCT unnest(leg_accounts) COLLATE "C" AS account_id FROM new_transfer) AS l
   WHERE NOT EXISTS (SELECT FROM account a WHERE a.id = l.account_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a transfer has a leg of %, an account that is not there', wrong USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'transfer_legs_have_accounts';
  END IF;
  RETURN NULL;
END $function$;
GRANT EXECUTE ON FUNCTION check_new_transfers TO PUBLIC;

CREATE OR REPLACE FUNCTION public.many_legs_hold(currency text, leg_accounts text[], leg_amounts bigint[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT ((count(l.account_id) = cardinality(many_legs_hold.leg_accounts)) AND (sum(l.minor) = (0)::numeric) AND bool_and(("right"(l.account_id, 4) = (':'::text || many_legs_hold.currency))) AND bool_and(((l.place <= 3) OR (merchant_of(l.account_id) IS NULL))))
    FROM UNNEST(many_legs_hold.leg_accounts, many_legs_hold.leg_amounts) WITH ORDINALITY l(account_id, minor, place);
END;
GRANT EXECUTE ON FUNCTION many_legs_hold TO PUBLIC;

CREATE OR REPLACE FUNCTION public.merchant_of(account_id text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN starts_with(account_id, 'merchant_'::text) THEN split_part(account_id, ':'::text, 2) ELSE NULL::text END;
GRANT EXECUTE ON FUNCTION merchant_of TO PUBLIC;

CREATE OR REPLACE FUNCTION public.refuse_account_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'an account is for ever: only its balance moves' USING ERRCODE = 'restrict_violation';
END $function$;
GRANT EXECUTE ON FUNCTION refuse_account_change TO PUBLIC;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only: a correction is a new transfer', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;
GRANT EXECUTE ON FUNCTION refuse_change TO PUBLIC;

CREATE OR REPLACE FUNCTION public.refuse_child_as_guardian()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.guardian_id IS DISTINCT FROM NEW.guardian_id THEN
    RAISE EXCEPTION 'the guardian of % does not change', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_guardian_stays';
  END IF;
  IF EXISTS (SELECT FROM payer WHERE id = NEW.guardian_id AND guardian_id IS NOT NULL) THEN
    RAISE EXCEPTION '% is a child and no guardian', NEW.guardian_id USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_guardian_is_adult';
  END IF;
  RETURN NEW;
END $function$;
GRANT EXECUTE ON FUNCTION refuse_child_as_guardian TO PUBLIC;

CREATE OR REPLACE FUNCTION public.refuse_session_of_child()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM payer WHERE id = NEW.payer_id AND guardian_id IS NOT NULL) THEN
    RAISE EXCEPTION '% is a child: nobody signs in as one', NEW.payer_id USING ERRCODE = 'check_violation', CONSTRAINT = 'session_of_no_child';
  END IF;
  RETURN NEW;
END $function$;
GRANT EXECUTE ON FUNCTION refuse_session_of_child TO PUBLIC;
