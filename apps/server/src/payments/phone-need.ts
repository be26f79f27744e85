// Whether the payer's own phone is asked before money moves. Pure; what the risk rules said comes in as one more fact.
import type { PhoneReason } from '@sonrisa/protocol/phone-request-api.ts';
import type { RiskOutcome } from '@sonrisa/protocol/risk-api.ts';

export type PhoneFacts = {
  readonly way: 'face' | 'code';
  readonly amountMinor: bigint;
  /** The shopper's own wish; null: none. */
  readonly askPhoneFromMinor: bigint | null;
  /** The store's limit for paying without a second factor. */
  readonly pinFromMinor: bigint;
  /** What the risk rules made of the capture and everything around it; null: nothing yet. */
  readonly riskOutcome: RiskOutcome | null;
};

type Rule = { readonly reason: PhoneReason; readonly holds: (facts: PhoneFacts) => boolean };

/** First one that holds. */
const rules: readonly Rule[] = [
  { reason: 'own_limit', holds: ({ way, amountMinor, askPhoneFromMinor }) => way === 'face' && askPhoneFromMinor !== null && amountMinor >= askPhoneFromMinor },
  { reason: 'risk', holds: ({ riskOutcome }) => riskOutcome === 'confirm_on_phone' },
  // A code can be photographed over a shoulder: it is worth no more than a face without a second factor.
  { reason: 'code_amount', holds: ({ way, amountMinor, pinFromMinor }) => way === 'code' && amountMinor >= pinFromMinor },
];

export function phoneReason(facts: PhoneFacts): PhoneReason | null {
  return rules.find(({ holds }) => holds(facts))?.reason ?? null;
}

/** Without the phone at hand the PIN at the till is enough below the store's limit; of a code nothing is left but the phone. */
export function pinInsteadOfPhone({ way, amountMinor, pinFromMinor }: Pick<PhoneFacts, 'way' | 'amountMinor' | 'pinFromMinor'>): boolean {
  return way === 'face' && amountMinor < pinFromMinor;
}
