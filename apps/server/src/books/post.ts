// The one writer of money. Every movement of every caller goes through `post`: one transaction that takes the idempotency
// key, consumes the match receipt, locks in one order, lets the pure ledger decide, and writes transfer, legs, balances,
// hold and the payment's step together.
//
// What stops a double charge, each enough by itself:
//   the key       one answer for each key (idempotency.ts); Pay makes its keys from the payment (../payments/confirm.ts)
//   the receipt   a look moves money once: receipt_used is unique (facts.ts)
//   the payment   its row is locked and must be in a state that allows the step, for the same person (facts.ts)
//   the hold      one for each payment, captured or released once: decided under its lock (packages/ledger/src/transfer.ts)
//   the database  no wallet below zero, legs sum to zero, no transfer is ever changed (../db/migrations/0002-books.sql)
import { accountId } from '@sonrisa/ledger/account.ts';
import type { Currency } from '@sonrisa/ledger/money.ts';
import type { CommandKind } from '@sonrisa/ledger/transfer.ts';
import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import type { Pool } from '../db/pool.ts';
import { auditBooks, stopBooks, trialBalance } from './auditor.ts';
import { sealJournal } from './journal.ts';
import { decideAndWrite } from './posting.ts';
import type { PostRequest, PostResult } from './request.ts';
import { sha256 } from './sha256.ts';
import { inTransaction } from './transaction.ts';

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
  postingsOf(paymentId: string): Promise<Posting[]>;
  trialBalance(atMs: number): Promise<TrialBalance>;
  /** Audits, extends the journal, and stops new money movement when the books do not add up. Returns the findings in words. */
  audit(atMs: number): Promise<string[]>;
};
export type Posting = { transferId: string; kind: string; account: string; amountMinor: string };

export function createBooks({ pool, newTransferId }: BooksDependencies): Books {
  return {
    post: (request) => inTransaction(pool, (query) => decideAndWrite({ query, hash: sha256, newTransferId }, request)),
    walletMinor: ({ payerId, currency }) => balanceOf(pool, accountId({ class: 'payer_wallet', ownerId: payerId, currency: currency as Currency })),
    merchantPayableMinor: ({ merchantId, currency }) =>
      balanceOf(pool, accountId({ class: 'merchant_payable', ownerId: merchantId, currency: currency as Currency })),
    postingsOf: (paymentId) => postingsOf(pool, paymentId),
    trialBalance: (atMs) => trialBalance(pool, atMs),
    async audit(atMs) {
      await sealJournal(pool, sha256);
      const findings = (await auditBooks(pool)).map((finding) => finding.sentence);
      if (findings.length > 0) await stopBooks(pool, { atMs, findings });
      return findings;
    },
  };
}

async function balanceOf(pool: Pool, id: string): Promise<bigint> {
  const { rows } = await pool.query<{ balance_minor: bigint }>('SELECT balance_minor FROM account WHERE id = $1', [id]);
  return rows[0]?.balance_minor ?? 0n;
}

async function postingsOf(pool: Pool, paymentId: string): Promise<Posting[]> {
  const { rows } = await pool.query<{ id: string; kind: string; account_id: string; amount_minor: bigint }>(
    `SELECT t.id, t.kind, e.account_id, e.amount_minor FROM transfer t JOIN entry e ON e.transfer_id = t.id
      WHERE t.hold_id = $1 ORDER BY t.written_in, t.id, e.leg`,
    [paymentId],
  );
  return rows.map((row) => ({ transferId: row.id, kind: row.kind, account: row.account_id, amountMinor: String(row.amount_minor) }));
}
