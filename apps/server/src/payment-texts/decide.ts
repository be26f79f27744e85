// Whether a payment by face is told by text message, pure. A first payment of an account always is: nobody has seen that face pay before, and
// a stranger's phone may be the one that gets the pushes. Others cost money and are told where no push reaches anybody.
export type TextFacts = {
  /** Since the payment. */
  readonly ageMs: number;
  readonly isFirst: boolean;
  readonly amountMinor: bigint;
  /** From which amount on the platform pays for a message; null: for none but first payments. */
  readonly fromMinor: bigint | null;
  /** What the owner, or the guardian of a child, chose. */
  readonly ownerWants: boolean;
  /** That a message could be sent to. */
  readonly hasNumber: boolean;
  /** A push service took the notice. */
  readonly isPushed: boolean;
  /** A phone asked for pushes, so they are worth waiting for. */
  readonly hasPush: boolean;
  /** Messages about payments to this number in the last day, first payments among them. */
  readonly textedToday: number;
  /** What became of a message that was queued for this payment before. */
  readonly message: 'none' | 'waiting' | 'sent' | 'failed';
};
/** `later`: look again at `afterMs` from now. */
export type TextDecision = { readonly is: 'text' } | { readonly is: 'no' } | { readonly is: 'later'; readonly afterMs: number };

/** A message that arrives later than this is no news. */
export const textGiveUpMs = 24 * 60 * 60_000;
/** So long a push that failed is tried again before a message is paid for. */
export const pushPatienceMs = 10 * 60_000;
/** To one number: the codes of its owner need the rest of what a number may get a day (../sms-guard). */
export const textsDayMax = 5;
/** Until a message is looked at again: the queue itself tries for minutes (../messages/deliver.ts). */
export const textRecheckMs = 10 * 60_000;

export function decideText(facts: TextFacts): TextDecision {
  const { ageMs, isFirst, amountMinor, fromMinor, message } = facts;
  if (ageMs >= textGiveUpMs || !facts.hasNumber || message === 'sent') return { is: 'no' };
  if (message === 'waiting') return { is: 'later', afterMs: textRecheckMs };
  if (isFirst) return { is: 'text' };
  if (facts.isPushed || !facts.ownerWants || fromMinor === null || amountMinor < fromMinor || facts.textedToday >= textsDayMax) return { is: 'no' };
  if (facts.hasPush && ageMs < pushPatienceMs) return { is: 'later', afterMs: pushPatienceMs - ageMs };
  return { is: 'text' };
}
