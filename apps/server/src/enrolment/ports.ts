// What enrolment needs from the outside: time, chance, a text message, the vault, and a way to hash a PIN.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { Activated, CaptureOutcome, LookAlikes, MintLook, TakenLook } from '@sonrisa/protocol/vault-api.ts';
import type { SignIn } from '@sonrisa/protocol/recovery-api.ts';
import type { CryptoKey } from 'jose';
import type { AccountEvents } from '../account-events/index.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { PinHashes } from '../adapters/pin-hashes.ts';
import type { Random } from '../adapters/random.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';
import type { SmsLimits } from '../sms-guard/index.ts';

export type EnrolmentVault = {
  mintLook(look: MintLook): Promise<LookTicket>;
  capture(look: TakenLook): Promise<CaptureOutcome>;
  /** Of a face whose account is open now. */
  activate(payerRef: string, faceEpoch: number): Promise<Activated>;
  lookAlikes(payerRef: string): Promise<LookAlikes>;
  forget(payerRef: string, faceEpoch: number): Promise<unknown>;
};

/** Of accounts that are there already. */
export type OwnerProofs = {
  passkeyIds(payerId: string): Promise<string[]>;
  /** Throws unless this, with the code on the number, proves the owner. */
  prove(input: { payerId: string; enrolmentId: string; proof: SignIn['proof'] }): Promise<void>;
  /** Inside the caller's transaction. `released`: no account has the number any more. */
  claimNumber(trx: Database, input: { payerId: string; phone: string }): Promise<{ released: boolean; endsAtMs: number }>;
  /** How long a claim waits. */
  readonly claimWaitMs: number;
  claimEndsAtMs(payerId: string): Promise<number | null>;
};

export type EnrolmentDeps = {
  db: Database;
  clock: Clock;
  random: Random;
  ids: Ids;
  tokens: Tokens;
  messages: Messages;
  smsLimits: SmsLimits;
  vault: EnrolmentVault;
  owners: OwnerProofs;
  events: Pick<AccountEvents, 'tell'>;
  pins: PinHashes;
  /** Opens PINs that a phone sealed for this server. */
  pinKey: CryptoKey;
  codeKey: Uint8Array;
  /** Of the tokens that phones are known again by. */
  deviceKey: Uint8Array;
  currency: string;
  mode: 'sandbox' | 'production';
  /** From this age on somebody opens an account of their own. */
  adultAgeYears: number;
};
