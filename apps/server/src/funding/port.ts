// What money comes from, as the server sees it. A source never guesses: what it cannot say for certain is unknown, and asked again.
export type FundingOrder = {
  /** Ours; a source takes it as its own idempotency key and keeps it with the charge. */
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly createdAtMs: number;
  /** When it was handed to the source for the last time. */
  readonly sentAtMs: number;
  readonly card: { readonly customerRef: string; readonly methodRef: string } | null;
};
export type FundingResult =
  | { readonly is: 'succeeded'; readonly ref: string }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'unknown' };

export type FundingSource = {
  collect(order: FundingOrder): Promise<FundingResult>;
  /** What became of it. Collects nothing. */
  find(order: FundingOrder): Promise<FundingResult>;
};
export type CardOnFile = { readonly customerRef: string; readonly methodRef: string; readonly brand: string; readonly last4: string };
export type CardSource = FundingSource & {
  /** Keeps a card that the processor's own form made a reference of. Throws `payment_source_refused`. */
  keep(input: { payerId: string; methodRef: string }): Promise<CardOnFile>;
  /** The processor drops its customer with the cards. Known to it no more: nothing happens. Throws `busy`. */
  forget(customerRef: string): Promise<void>;
};
