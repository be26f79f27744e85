// Whether a payment that waits for its payer's phone may be confirmed by a code by text message, the last resort. Pure.
//
// The ladder of a payment that waits: yes on the phone by passkey or PIN; below the store's limit the PIN at the till; a payment code of
// the phone; below a lower limit of the platform a code by SMS, once nothing else has happened for a while; or no payment.
// A code by SMS is the weakest of these: whoever holds the phone reads it off a locked screen, and numbers change hands. So it stands
// for the phone alone, where no PIN is due; it is no second factor to the counters of ../limits; and it never reaches a number, an
// account or a face that is new here.
import type { LimitSettings } from '@sonrisa/protocol/limits-api.ts';
import type { PhoneReason } from '@sonrisa/protocol/phone-request-api.ts';
import { smsCodeAfterMs } from './limits.ts';

const dayMs = 86_400_000;

export type SmsFacts = {
  readonly reason: PhoneReason;
  readonly way: 'face' | 'code';
  readonly isChild: boolean;
  readonly amountMinor: bigint;
  /** The store's limit for paying without a second factor. */
  readonly pinFromMinor: bigint;
  readonly settings: NonNullable<LimitSettings['smsCode']>;
  /** The rung or the risk rules want the PIN itself. */
  readonly needsPin: boolean;
  /** What ../limits says of the payment; `isFirst`: the account has hardly paid by face yet. */
  readonly allowed: boolean;
  readonly confirmationDue: boolean;
  readonly isFirst: boolean;
  /** Since when the account has had its number, null: it has none; `numberClaimed`: somebody else says that it is theirs now. */
  readonly numberSinceMs: number | null;
  readonly numberClaimed: boolean;
  /** The account is being recovered, or was a while ago. */
  readonly recovering: boolean;
  /** Of the last day. */
  readonly codesUnused: number;
  /** A phone that is signed in shows this payment: it can say yes itself. */
  readonly seenByPhone: boolean;
  readonly askedAtMs: number;
  readonly nowMs: number;
};

type Refusal = { readonly why: string; readonly holds: (facts: SmsFacts) => boolean };

/** First one that holds. Those of the moment come last. */
const refusals: readonly Refusal[] = [
  // The code of somebody else's phone would have to be read out to a child; a payment code was shown by a phone that is at hand.
  { why: 'child', holds: ({ isChild, reason }) => isChild || reason === 'guardian' },
  { why: 'by_code', holds: ({ way, reason }) => way === 'code' || reason === 'code_amount' },
  { why: 'amount', holds: ({ amountMinor, settings, pinFromMinor }) => amountMinor > BigInt(settings.maxMinor) || amountMinor >= pinFromMinor },
  { why: 'risk', holds: ({ reason, settings }) => reason === 'risk' && !settings.forRisk },
  { why: 'pin_due', holds: ({ needsPin, confirmationDue, allowed }) => needsPin || confirmationDue || !allowed },
  { why: 'first_payment', holds: ({ isFirst }) => isFirst },
  { why: 'number', holds: ({ numberSinceMs, numberClaimed, settings, nowMs }) => numberSinceMs === null || numberClaimed || nowMs - numberSinceMs < settings.numberDaysMin * dayMs },
  { why: 'recovering', holds: ({ recovering }) => recovering },
  { why: 'codes_unused', holds: ({ codesUnused, settings }) => codesUnused >= settings.unusedPerDayMax },
  { why: 'seen', holds: ({ seenByPhone }) => seenByPhone },
  { why: 'too_soon', holds: ({ nowMs, askedAtMs }) => nowMs - askedAtMs < smsCodeAfterMs },
];

/** Null: it may. */
export function smsRefusal(facts: SmsFacts): string | null {
  return refusals.find(({ holds }) => holds(facts))?.why ?? null;
}
