// What callers say to the books and hear from them. A request is data through and through, so that many can wait in one
// queue and be posted in one transaction later without any caller changing.
import type { RefusalCode } from '@sonrisa/ledger/refusals.ts';
import type { Command } from '@sonrisa/ledger/transfer.ts';

/** A change of a payment's state: from each state that allows it to the state it leads to. Anything else conflicts. */
export type PaymentMove = { readonly event: string; readonly moves: Readonly<Partial<Record<string, string>>> };

/** Whose key: `payer:pyr_…`, `merchant:mer_…`, `payment:pay_…`. The same key with the same content is answered as before. */
type Keyed = { readonly idempotency: { readonly principal: string; readonly key: string } };
export type PostRequest = Keyed & Movement;
/** Movements that belong together: posted in this order and in one transaction, none after the first that is refused. One key for all. */
export type Chain = Keyed & { readonly movements: readonly Movement[] };

export type Movement = {
  readonly command: Command;
  readonly atMs: number;
  readonly reason?: string;
  /** What a top-up is the money of. One transfer for each, also when its key is long forgotten. */
  readonly about?: string;
  /** Claims of a match receipt whose signature and binding were checked. Consumed with the posting. */
  readonly receipt?: { readonly jti: string; readonly faceEpoch: number };
  /** The payment that moves with the money, in the same transaction. With a receipt it must still be the one this payment rests on. */
  readonly payment?: {
    readonly id: string;
    readonly posted: PaymentMove;
    /** Instead of `posted` when a refund leaves something to refund. */
    readonly postedInPart?: PaymentMove;
    /** Written with a final refusal, with its code as the reason. */
    readonly refused?: PaymentMove;
  };
};

export type Posted = {
  readonly ok: true;
  readonly transferId: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly feeMinor: string;
  /** Of the hold, after this transfer. */
  readonly capturedMinor: string;
  readonly refundedMinor: string;
  /** The payer's wallet after this transfer. */
  readonly walletMinor: string;
  readonly paymentState: string | null;
};
export type BooksRefusalCode = RefusalCode | 'idempotency_key_reused';
export type PostRefused = { readonly ok: false; readonly code: BooksRefusalCode };
export type PostResult = (Posted | PostRefused) & { readonly replayed: boolean };
