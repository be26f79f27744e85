// The one writer of money. Every movement of every caller goes through `post` into one queue, and from there, together with
// whatever else waits, into one transaction: it locks in one order, looks up the idempotency keys, lets the pure ledger decide each
// request in turn, and writes transfers, legs, balances, holds, receipts, answers and the payments' steps together.
//
// What stops a double charge, each enough by itself:
//   the key       one row and one answer for each key (books_write); Pay makes its keys from the payment (../payments/confirm.ts)
//   the receipt   a look moves money once: receipt_used is unique (books_write)
//   the payment   its row is locked and must be in a state that allows the step, for the same person (view.ts)
//   the hold      one for each payment, captured or released once: decided under its lock (packages/ledger/src/transfer.ts)
//   the database  no wallet below zero, legs sum to zero, no transfer is ever changed (../db/migrations/0002-books.sql, 0240-legs-with-their-transfer.sql)
import { accountId } from '@sonrisa/ledger/account.ts';
import type { Currency } from '@sonrisa/ledger/money.ts';
import type { CommandKind } from '@sonrisa/ledger/transfer.ts';
import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Pool } from '../db/pool.ts';
import { auditBooks, stopBooks, trialBalance } from './auditor.ts';
import { sealJournal } from './journal.ts';
import { postGroup } from './posting.ts';
import { createPostingQueue, type PostingQueue } from './queue.ts';
import type { Chain, PostRequest, PostResult } from './request.ts';
import { sha256 } from './sha256.ts';
import { inTransaction, isContention, isLockTimeout, type TransactionOptions } from './transaction.ts';

export type BooksDependencies = {
  readonly pool: Pool;
  /** A fresh transfer id; top-ups and refunds are public, so theirs are `top_…` and `ref_…`. */
  readonly newTransferId: (kind: CommandKind) => string;
  /** Hears why a group was posted one by one. */
  readonly onSplit?: (error: unknown, chains: number) => void;
};

/** A group waits this long for a row and is then posted one by one: whoever sits on the row holds up one request, not all. */
export const groupLockTimeoutMs = 500;
/** How often a group starts over because somebody else wrote first, before it is posted one by one. */
const groupContentionsMax = 1;

export type Books = {
  /** Moves money, once. Throws ProblemError `busy` when the database did not answer: the same request again finds the truth. */
  post(request: PostRequest): Promise<PostResult>;
  /**
   * Several under one key, one after another in one transaction, up to the first that is refused: whoever dies in between did none of
   * them. The same key with the same movements is answered with the same list.
   */
  postInOrder(chain: Chain): Promise<PostResult[]>;
  walletMinor(input: { payerId: string; currency: string }): Promise<bigint>;
  merchantPayableMinor(input: { merchantId: string; currency: string }): Promise<bigint>;
  /** Every transfer of a payment, oldest first, one row a leg. */
  postingsOf(paymentId: string): Promise<Posting[]>;
  trialBalance(atMs: number): Promise<TrialBalance>;
  /** Audits, extends the journal, and stops new money movement when the books do not add up. Returns the findings in words. */
  audit(atMs: number): Promise<string[]>;
};
export type Posting = { transferId: string; kind: string; account: string; amountMinor: string };

export function createBooks(deps: BooksDependencies): Books {
  const { pool } = deps;
  const queue = createQueue(deps);
  return {
    post: async ({ idempotency, ...movement }) => (await queue.post({ idempotency, movements: [movement] }))[0]!,
    postInOrder: (chain) => queue.post(chain),
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

function createQueue({ pool, newTransferId, onSplit }: BooksDependencies): PostingQueue {
  return createPostingQueue({
    postGroup: (chains, { isAlone, onDecided }) =>
      inTransaction(pool, (query, last) => postGroup({ query, last, hash: sha256, newTransferId }, chains, onDecided), isAlone ? { beginsByReading: true } : groupOptions()),
    // Where the database did not answer it will not answer one by one either.
    isWorthSplitting: (error) => !(error instanceof ProblemError),
    onSplit,
  });
}

function groupOptions(): TransactionOptions {
  let contentions = 0;
  return {
    beginsByReading: true,
    lockTimeoutMs: groupLockTimeoutMs,
    givesUpOn: (error) => isLockTimeout(error) || (isContention(error) && (contentions += 1) > groupContentionsMax),
  };
}

async function balanceOf(pool: Pool, id: string): Promise<bigint> {
  const { rows } = await pool.query<{ balance_minor: bigint }>('SELECT balance_minor FROM account WHERE id = $1', [id]);
  return rows[0]?.balance_minor ?? 0n;
}

async function postingsOf(pool: Pool, paymentId: string): Promise<Posting[]> {
  const { rows } = await pool.query<{ id: string; kind: string; account_id: string; amount_minor: bigint }>(
    `SELECT t.id, t.kind, e.account_id, e.amount_minor FROM transfer t CROSS JOIN LATERAL unnest(t.leg_accounts, t.leg_amounts) WITH ORDINALITY AS e (account_id, amount_minor, leg)
      WHERE t.hold_id = $1 ORDER BY t.written_in, t.at, t.kind = 'authorise' DESC, t.id, e.leg`,
    [paymentId],
  );
  return rows.map((row) => ({ transferId: row.id, kind: row.kind, account: row.account_id, amountMinor: String(row.amount_minor) }));
}
