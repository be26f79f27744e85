// Whether the payer's own phone is asked before money moves. Pure; what the risk rules said comes in as one more fact.
import type { PhoneReason } from '@sonrisa/protocol/phone-request-api.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import { askedOf } from '../risk/index.ts';

export type PhoneFacts = {
  readonly way: 'face' | 'code';
  readonly amountMinor: bigint;
  /** The shopper's own wish; null: none. */
  readonly askPhoneFromMinor: bigint | null;
  /** The store's limit for paying without a second factor. */
  readonly pinFromMinor: bigint;
  /** What the risk rules made of the capture and everything around it; null: nothing yet. */
  readonly riskOutcome: RiskOutcome | null;
  /** Of a child who pays; null: an adult. */
  readonly child: ChildFacts | null;
};

/** What an adult would be asked the PIN for, and a face like another one: siblings share the digits a till may ask for. */
export type ChildFacts = { readonly needsPin: boolean; readonly confirmationDue: boolean; readonly lookAlike: boolean };

type Rule = { readonly reason: PhoneReason; readonly holds: (facts: PhoneFacts) => boolean };

/** First one that holds. */
const rules: readonly Rule[] = [
  { reason: 'own_limit', holds: ({ way, amountMinor, askPhoneFromMinor }) => way === 'face' && askPhoneFromMinor !== null && amountMinor >= askPhoneFromMinor },
  { reason: 'guardian', holds: ({ child }) => child !== null && (child.needsPin || child.confirmationDue || child.lookAlike) },
  { reason: 'risk', holds: ({ riskOutcome }) => riskOutcome === 'confirm_on_phone' },
  // A code can be photographed over a shoulder: it is worth no more than a face without a second factor.
  { reason: 'code_amount', holds: ({ way, amountMinor, pinFromMinor }) => way === 'code' && amountMinor >= pinFromMinor },
];

export function phoneReason(facts: PhoneFacts): PhoneReason | null {
  return rules.find(({ holds }) => holds(facts))?.reason ?? null;
}

/** Without the phone at hand the PIN at the till is enough below the store's limit; of a code nothing is left but the phone, and a child has no PIN. */
export function pinInsteadOfPhone({ way, amountMinor, pinFromMinor, isChild }: Pick<PhoneFacts, 'way' | 'amountMinor' | 'pinFromMinor'> & { readonly isChild: boolean }): boolean {
  return way === 'face' && amountMinor < pinFromMinor && !isChild;
}

/** The PIN is asked when the rung rests on it, from the store's limit on, and when the risk rules want it. */
export function needsPin(row: { readonly amount_minor: bigint; readonly risk_outcome: RiskOutcome | null }, input: { claims: ReceiptClaims | null; pinFromMinor: bigint }): boolean {
  const overPinLimit = row.amount_minor >= input.pinFromMinor;
  return input.claims === null ? overPinLimit : askedOf({ rung: input.claims.rung, overPinLimit, outcome: row.risk_outcome ?? 'allow' }).pin;
}
