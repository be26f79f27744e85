// The server's tables as types. A column that jsonb holds takes a JSON string on the way in and comes out parsed.
import { Kysely, PostgresDialect, type ColumnType, type Generated, type JSONColumnType } from 'kysely';
import type { RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import type { PhoneTables } from './phone-tables.ts';
import type { Pool } from './pool.ts';

type Json<T extends object> = JSONColumnType<T, string, string>;
type Defaulted<T> = Generated<T>;
type Time = ColumnType<Date, Date, Date>;
type TimeDefaulted = ColumnType<Date, Date | undefined, Date>;
type TimeOrNull = ColumnType<Date | null, Date | null | undefined, Date | null>;
type OrNull<T> = ColumnType<T | null, T | null | undefined, T | null>;

export type MenuItemRow = { id: string; name: string; nameZh: string; unitAmountMinor: string; picture: string; category: string };
export type PaymentLineRow = { name: string; nameZh?: string | undefined; quantity: number; unitAmountMinor: string };
export type PublicJwkRow = { kty: 'EC'; crv: 'P-256'; x: string; y: string };

/** What a merchant's fee has beside its percentage; amounts as text, JSON numbers would round. */
export type FeeTermsRow = {
  fixedMinor?: string | undefined;
  minMinor?: string | undefined;
  maxMinor?: string | undefined;
  shares?: { receiverId: string; weight: string }[] | undefined;
};

export interface MerchantTable {
  id: string;
  name: string;
  name_zh: string;
  currency: string;
  fee_basis_points: Defaulted<number>;
  fee_terms: JSONColumnType<FeeTermsRow, string | undefined, string>;
  menu: JSONColumnType<MenuItemRow[], string | undefined, string>;
  category_code: OrNull<string>;
  payment_max_minor: OrNull<bigint>;
  payer_day_max_minor: OrNull<bigint>;
  created_at: TimeDefaulted;
}
export interface StoreTable {
  id: string;
  merchant_id: string;
  name: string;
  name_zh: string;
  time_zone: string;
  pin_from_minor: bigint;
  address: Defaulted<string>;
  latitude: OrNull<number>;
  longitude: OrNull<number>;
  created_at: TimeDefaulted;
}
export interface StaffTable {
  id: string;
  merchant_id: string;
  store_id: OrNull<string>;
  name: string;
  role: 'owner' | 'manager' | 'cashier';
  created_at: TimeDefaulted;
}
export interface MerchantKeyTable {
  key_hash: string;
  id: ColumnType<string, never, never>;
  merchant_id: string;
  label: Defaulted<string>;
  created_at: TimeDefaulted;
  revoked_at: TimeOrNull;
}
export interface TerminalTable {
  id: string;
  merchant_id: string;
  store_id: string;
  name: Defaulted<string>;
  kind: 'kiosk' | 'mini';
  mode: Defaulted<'sandbox' | 'live'>;
  state: Defaulted<'active' | 'revoked'>;
  key_thumbprint: string;
  public_jwk: Json<PublicJwkRow>;
  token_hash: string;
  activated_at: TimeDefaulted;
  last_seen_at: TimeOrNull;
  revoked_at: TimeOrNull;
}
export interface ActivationCodeTable {
  code_hash: string;
  store_id: string;
  kind: Defaulted<'kiosk' | 'mini'>;
  mode: Defaulted<'sandbox' | 'live'>;
  reusable: Defaulted<boolean>;
  created_at: TimeDefaulted;
  expires_at: TimeOrNull;
  used_at: TimeOrNull;
  terminal_id: OrNull<string>;
}
export interface PayerTable {
  id: string;
  name: string;
  /** Null: somebody else has their number now. */
  phone_e164: OrNull<string>;
  locale: Defaulted<'zh' | 'en'>;
  currency: Defaulted<string>;
  pin_hash: OrNull<string>;
  face_epoch: Defaulted<number>;
  face_state: Defaulted<'on' | 'paused' | 'off'>;
  face_enrolled_at: TimeOrNull;
  face_paused_at: TimeOrNull;
  face_unused_told_at: TimeOrNull;
  face_pin_failures: Defaulted<number>;
  face_pin_locked_until: TimeOrNull;
  ask_phone_from_minor: OrNull<bigint>;
  sms_notices: Defaulted<boolean>;
  phone_pin_failures: Defaulted<number>;
  phone_pin_locked_until: TimeOrNull;
  sign_in_failures: Defaulted<number>;
  sign_in_locked_until: TimeOrNull;
  lost_pin_failures: Defaulted<number>;
  lost_pin_locked_until: TimeOrNull;
  notices_seen_at: TimeOrNull;
  closed_at: TimeOrNull;
  /** Of a child; such an account has no number, PIN or session. */
  guardian_id: OrNull<string>;
  /** Of a child: YYYY-MM-DD on the way in. */
  born_on: ColumnType<Date | null, string | undefined, never>;
  child_closed_at: TimeOrNull;
  /** Of a child; from then on it is nobody's. */
  guardian_until: TimeOrNull;
  created_at: TimeDefaulted;
}
export interface InviteTable {
  id: string;
  payment_id: OrNull<string>;
  terminal_id: OrNull<string>;
  store_id: OrNull<string>;
  phone_e164: OrNull<string>;
  locale: Defaulted<'zh' | 'en'>;
  state: Defaulted<'open' | 'started' | 'enrolled' | 'expired'>;
  payer_id: OrNull<string>;
  created_at: TimeDefaulted;
  expires_at: Time;
}
export interface EnrolmentTable {
  id: string;
  token_hash: string;
  phone_e164: string;
  name: string;
  locale: 'zh' | 'en';
  purpose: 'enter' | 'new_pin' | 'new_number';
  state: 'code_sent' | 'number_known' | 'code_verified' | 'consented' | 'face_captured' | 'complete' | 'expired';
  code_hmac: OrNull<string>;
  code_expires_at: Time;
  code_tries: Defaulted<number>;
  message_id: OrNull<string>;
  codes_sent: Defaulted<number>;
  resend_at: Time;
  signer_thumbprint: OrNull<string>;
  look_nonce: OrNull<string>;
  looks_used: Defaulted<number>;
  payer_ref: OrNull<string>;
  face_epoch: OrNull<number>;
  invite_id: OrNull<string>;
  device_id: OrNull<string>;
  payer_id: OrNull<string>;
  existing_payer: Defaulted<boolean>;
  created_at: TimeDefaulted;
  expires_at: Time;
}
export interface ConsentRecordTable {
  id: Generated<bigint>;
  enrolment_id: string | null;
  payer_id: OrNull<string>;
  version: string;
  locale: string;
  text_sha256: string;
  agreed_to_service: boolean;
  agreed_to_face: boolean;
  agreed_at: Time;
  face_withdrawn_at: TimeOrNull;
  stated_age_min: OrNull<number>;
  /** Who agreed for the payer, and how they proved it. */
  guardian_id: OrNull<string>;
  proof: OrNull<string>;
}
export interface FaceLookTable {
  id: Generated<bigint>;
  payer_id: string;
  payment_id: string;
  receipt_jti: string;
  counted: boolean;
  at: Time;
}
export interface ErasureTable {
  id: string;
  payer_id: string;
  reason: 'owner' | 'unused' | 'closed' | 'review';
  asked_at: Time;
  receipt: OrNull<string>;
}
export interface SessionTable {
  token_hash: string;
  payer_id: string;
  created_at: TimeDefaulted;
  expires_at: Time;
  revoked_at: TimeOrNull;
  look_proved_for: OrNull<string>;
  look_proved_at: TimeOrNull;
}
export interface SmsOutboxTable {
  id: string;
  to_e164: string;
  body: string;
  purpose: Defaulted<'code' | 'invite' | 'notice'>;
  state: Defaulted<'queued' | 'sending' | 'sent' | 'unclear' | 'failed'>;
  attempts: Defaulted<number>;
  next_attempt_at: TimeOrNull;
  created_at: TimeDefaulted;
  sent_at: TimeOrNull;
  give_up_at: TimeDefaulted;
  /** JSON. */
  template: ColumnType<unknown, string | null | undefined, string | null>;
  counted: ColumnType<unknown, string | null | undefined, string | null>;
  provider: OrNull<string>;
  receipt: OrNull<'delivered' | 'undelivered'>;
  receipt_at: TimeOrNull;
}
export interface SmsAttemptTable {
  id: Generated<bigint>;
  message_id: string;
  provider: string;
  outcome: 'taken' | 'not_taken' | 'refused' | 'unknown';
  why: OrNull<string>;
  at: Time;
}
export interface SmsPartTable {
  provider: string;
  ref: string;
  message_id: OrNull<string>;
  receipt: OrNull<'delivered' | 'undelivered'>;
  detail: OrNull<string>;
  receipt_at: TimeOrNull;
  checks: Defaulted<number>;
  next_check_at: TimeOrNull;
  created_at: Time;
}
export interface AccountTable {
  id: string;
  class: string;
  owner_id: string;
  currency: string;
  balance_minor: Defaulted<bigint>;
  created_at: TimeDefaulted;
}
export interface TransferTable {
  id: string;
  kind: string;
  currency: string;
  amount_minor: bigint;
  fee_minor: Defaulted<bigint>;
  hold_id: OrNull<string>;
  reason: Defaulted<string>;
  at: Time;
  content_sha256: string;
  leg_accounts: string[];
  leg_amounts: bigint[];
  merchant_id: OrNull<string>;
}
/** A view: a row for each leg of a transfer. */
export interface EntryTable {
  transfer_id: string;
  leg: number;
  account_id: string;
  amount_minor: bigint;
}
export interface HoldTable {
  id: string;
  payer_id: string;
  merchant_id: string;
  currency: string;
  state: 'open' | 'captured' | 'voided';
  amount_minor: bigint;
  captured_minor: Defaulted<bigint>;
  refunded_minor: Defaulted<bigint>;
  fee_minor: Defaulted<bigint>;
  fee_returned_minor: Defaulted<bigint>;
  opened_at: Time;
  closed_at: TimeOrNull;
}
export interface IdempotencyTable {
  principal: string;
  key: string;
  input_hash: string;
  status: OrNull<number>;
  body: OrNull<string>;
  /** The process and its run that work on the answer; the books' own keys have none. */
  held_by: OrNull<number>;
  run: OrNull<number>;
  created_at: TimeDefaulted;
}
export interface PaymentTable {
  id: string;
  merchant_id: string;
  store_id: string;
  terminal_id: string;
  state: string;
  amount_minor: bigint;
  currency: string;
  fee_basis_points: number;
  fee_terms: JSONColumnType<FeeTermsRow, string | undefined, string>;
  lines: Json<PaymentLineRow[]>;
  looks_used: Defaulted<number>;
  look_nonce: OrNull<string>;
  payer_id: OrNull<string>;
  payer_masked_name: OrNull<string>;
  receipt_claims: ColumnType<object | null, string | null | undefined, string | null>;
  risk_outcome: OrNull<RiskOutcome>;
  digits_tries: Defaulted<number>;
  last_problem: OrNull<string>;
  receipt_number: string;
  created_at: Time;
  expires_at: Time;
  authorised_at: TimeOrNull;
  paid_at: TimeOrNull;
  way: Defaulted<'face' | 'code'>;
  code_ref: OrNull<string>;
}
export interface PaymentEventTable {
  id: Generated<bigint>;
  payment_id: string;
  at: Time;
  event: string;
  from_state: string;
  to_state: string;
  reason: Defaulted<string>;
}
export interface LookTable {
  nonce: string;
  payment_id: string;
  opened_at: Time;
  expires_at: Time;
  outcome: OrNull<string>;
  clock_off_s: OrNull<number>;
  frames_seen: Defaulted<boolean>;
}
export interface RefundTable {
  id: string;
  payment_id: string;
  amount_minor: bigint;
  fee_returned_minor: bigint;
  reason: string;
  at: Time;
}

export interface Tables extends PhoneTables {
  merchant: MerchantTable;
  store: StoreTable;
  staff: StaffTable;
  merchant_key: MerchantKeyTable;
  terminal: TerminalTable;
  activation_code: ActivationCodeTable;
  payer: PayerTable;
  invite: InviteTable;
  enrolment: EnrolmentTable;
  consent_record: ConsentRecordTable;
  face_look: FaceLookTable;
  erasure: ErasureTable;
  session: SessionTable;
  sms_outbox: SmsOutboxTable;
  sms_attempt: SmsAttemptTable;
  sms_part: SmsPartTable;
  account: AccountTable;
  transfer: TransferTable;
  entry: EntryTable;
  hold: HoldTable;
  idempotency: IdempotencyTable;
  payment: PaymentTable;
  payment_event: PaymentEventTable;
  look: LookTable;
  refund: RefundTable;
}

export type Database = Kysely<Tables>;

export function createDatabase(pool: Pool): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
