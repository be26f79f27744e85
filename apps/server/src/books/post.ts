import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import type { CommandKind } from '@sonrisa/ledger/transfer.ts';
import type { Pool } from '../db/pool.ts';
import type { PostRequest, PostResult } from './request.ts';

export type BooksDependencies = {
  readonly pool: Pool;
  /** A fresh transfer id; top-ups and refunds are public, so theirs are `top_…` and `ref_…`. */
  readonly newTransferId: (kind: CommandKind) => string;
};

export type Books = {
  /** Moves money, once. Throws ProblemError `busy` when the database did not answer: the same request again finds the truth. */
  post(request: PostRequest): Promise<PostResult>;
  walletMinor(input: { payerId: string; currency: string }): Promise<bigint>;
  merchantPayableMinor(input: { merchantId: string; currency: string }): Promise<bigint>;
  /** Every transfer of a payment, oldest first, one row a leg. */
  postingsOf(paymentId: string): Promise<{ transferId: string; kind: string; account: string; amountMinor: string }[]>;
  trialBalance(atMs: number): Promise<TrialBalance>;
  /** Audits, extends the journal, and stops new money movement when the books do not add up. Returns the findings in words. */
  audit(atMs: number): Promise<string[]>;
};

export function createBooks(_dependencies: BooksDependencies): Books {
  throw new Error('not written yet');
}
