// A hold: money a shopper set aside for one payment. Opened by authorise, closed once by capture or void, and the
// place that remembers who received the fee and how much of the capture went back.
import type { FeePart } from './fees.ts';
import type { Currency } from './money.ts';

export type HoldState = 'open' | 'captured' | 'voided';

export type Hold = {
  /** The id of the payment it belongs to. */
  readonly id: string;
  readonly payerId: string;
  readonly merchantId: string;
  readonly currency: Currency;
  readonly state: HoldState;
  readonly amountMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** What the shopper holds of a dispute: paid out to them and not taken back. */
  readonly disputedMinor: bigint;
  readonly feeMinor: bigint;
  readonly feeReturnedMinor: bigint;
  /** Who received the fee. Empty: all of it went to the platform. */
  readonly feeParts: readonly FeePart[];
};

export function openHold(input: { id: string; payerId: string; merchantId: string; currency: Currency; amountMinor: bigint }): Hold {
  const { id, payerId, merchantId, currency, amountMinor } = input;
  return { id, payerId, merchantId, currency, amountMinor, state: 'open', capturedMinor: 0n, refundedMinor: 0n, disputedMinor: 0n, feeMinor: 0n, feeReturnedMinor: 0n, feeParts: [] };
}

/** The caller has passed the guards: open, and not more than was held. */
export function captureHold(hold: Hold, input: { capturedMinor: bigint; feeMinor: bigint; feeParts: readonly FeePart[] }): Hold {
  return { ...hold, state: 'captured', ...input };
}

export function voidHold(hold: Hold): Hold {
  return { ...hold, state: 'voided' };
}

/** The caller has passed the guards: captured, and not more than is left. */
export function refundHold(hold: Hold, input: { refundMinor: bigint; feeReturnedMinor: bigint }): Hold {
  return {
    ...hold,
    refundedMinor: hold.refundedMinor + input.refundMinor,
    feeReturnedMinor: hold.feeReturnedMinor + input.feeReturnedMinor,
  };
}

/** What a dispute paid to the shopper, or, negative, took back from them. */
export function disputeHold(hold: Hold, toPayerMinor: bigint): Hold {
  return { ...hold, disputedMinor: hold.disputedMinor + toPayerMinor };
}

/** What may still go back to the shopper, by refund or dispute. */
export function refundableMinor(hold: Hold): bigint {
  return hold.capturedMinor - hold.refundedMinor - hold.disputedMinor;
}
