// The tables behind the shopper's own phone, as types.
import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date, Date>;
type TimeOrNull = ColumnType<Date | null, Date | null | undefined, Date | null>;
type OrNull<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface PasskeyTable {
  id: string;
  payer_id: string;
  name: string;
  public_key: ColumnType<Buffer, Uint8Array, never>;
  counter: bigint;
  transports: string[];
  created_at: Time;
  last_used_at: TimeOrNull;
}
export interface PasskeyChallengeTable {
  challenge: string;
  payer_id: string;
  expires_at: Time;
}
export interface PhoneRequestTable {
  id: string;
  payment_id: string;
  payer_id: string;
  look_nonce: OrNull<string>;
  code_ref: OrNull<string>;
  reason: 'own_limit' | 'code_amount' | 'risk' | 'guardian';
  nonce: string;
  state: 'waiting' | 'approved' | 'denied' | 'not_me' | 'timed_out' | 'left' | 'pin_at_till' | 'sms_code';
  proof: OrNull<string>;
  asked_at: Time;
  push_next_at: TimeOrNull;
  expires_at: Time;
  answered_at: TimeOrNull;
  seen_at: TimeOrNull;
}
export interface SmsStepUpTable {
  request_id: string;
  payer_id: string;
  code_hmac: string;
  message_id: string;
  tries: Generated<number>;
  sent_at: Time;
  used_at: TimeOrNull;
}
export interface PaymentCodeTable {
  handle: string;
  id: string;
  payer_id: string;
  session_hash: string;
  created_at: Time;
  expires_at: Time;
  failures: Generated<number>;
  last_step: Generated<bigint>;
}

export interface LimitUseTable {
  payment_id: string;
  payer_id: string;
  way: 'face' | 'code';
  amount_minor: bigint;
  strong: boolean;
  at: Time;
  undo_until: TimeOrNull;
  undone_at: TimeOrNull;
}

export interface FaceCaseTable {
  id: string;
  payment_id: string;
  payer_id: string;
  state: 'open' | 'closed';
}

export interface PhoneTables {
  face_case: FaceCaseTable;
  limit_use: LimitUseTable;
  passkey: PasskeyTable;
  passkey_challenge: PasskeyChallengeTable;
  phone_request: PhoneRequestTable;
  payment_code: PaymentCodeTable;
  sms_step_up: SmsStepUpTable;
}
