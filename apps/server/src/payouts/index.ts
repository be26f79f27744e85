// Payouts to merchants and withdrawals of shoppers: ordered, sent to the bank in a file, confirmed or returned by it.
import { type Currency, parseMoney, toWire } from '@sonrisa/ledger/money.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { BankAccount } from '../bank-files/index.ts';
import type { Books, PostResult } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { bankAccountOf, type BankAccountOwner, setBankAccount } from './bank-accounts.ts';
import { makePayoutFile, type PayoutFile } from './make-file.ts';

export { bankAccountOf, checkedAccount, setBankAccount } from './bank-accounts.ts';
export type { PayoutFile } from './make-file.ts';

export type Payout = {
  id: string;
  beneficiary: 'merchant' | 'payer';
  beneficiaryId: string;
  amount: WireAmount;
  state: 'sent' | 'confirmed' | 'returned';
  fileId: string | null;
  sentAtMs: number;
};
export type Payouts = {
  /** A shopper's own, at once; all others are proposed (../proposals). Throws `bank_account_invalid`. */
  setOwnBankAccount(input: BankAccount & { payerId: string; currency: string }): Promise<BankAccount>;
  bankAccountOf(owner: BankAccountOwner): Promise<BankAccount | null>;
  /** A shopper's money to their bank account, with the next file. Throws `bank_account_missing` and the books' refusals. */
  withdraw(input: { payerId: string; key: string; amount: WireAmount }): Promise<{ id: string; amount: WireAmount; balanceMinor: string }>;
  /** The same key again: the same file. */
  makeFile(input: { currency: Currency; key: string }): Promise<PayoutFile | null>;
  /** Throws `not_found`. */
  file(fileId: string): Promise<string>;
  confirm(input: { payoutId: string; reason: string }): Promise<Payout>;
  /** It came back, as two people have said: the money is the beneficiary's again. Said again, the answer is the same. Throws `payout_not_open`, `not_found`. */
  takeBack(input: { payoutId: string; reason: string }): Promise<Payout>;
  list(input: { merchantId?: string; limit: number }): Promise<Payout[]>;
};
export type PayoutDeps = { db: Database; books: Pick<Books, 'post'>; nowMs: () => number; newId: (kind: IdKind) => string; idFrom: (kind: IdKind, text: string) => string };

export function createPayouts(deps: PayoutDeps): Payouts {
  const { db, nowMs } = deps;
  return {
    setOwnBankAccount: ({ payerId, ...input }) => setBankAccount(db, { ...input, owner: 'payer', ownerId: payerId, atMs: nowMs() }),
    bankAccountOf: (owner) => bankAccountOf(db, owner),
    withdraw: (input) => withdraw(deps, input),
    makeFile: (input) => makePayoutFile(deps, input),
    file: async (fileId) => {
      const { rows } = await sql<{ content: string | null }>`SELECT content FROM payout_file WHERE id = ${fileId}`.execute(db);
      if (!rows[0]?.content) throw new ProblemError('not_found');
      return rows[0].content;
    },
    confirm: ({ payoutId, reason }) => bankSaid(deps, { payoutId, reason, kind: 'payout_confirm' }),
    takeBack: ({ payoutId, reason }) => bankSaid(deps, { payoutId, reason, kind: 'payout_return' }),
    list: (input) => (input.merchantId === undefined ? list(db, input) : asMerchant(db, input.merchantId, (scoped) => list(scoped, input))),
  };
}

async function withdraw(deps: PayoutDeps, input: { payerId: string; key: string; amount: WireAmount }) {
  const { db, books, nowMs, idFrom } = deps;
  const { payerId, key } = input;
  const payer = await db.selectFrom('payer').select('currency').where('id', '=', payerId).executeTakeFirstOrThrow();
  const parsed = parseMoney(input.amount, { currency: payer.currency });
  if (!parsed.ok) throw new ProblemError(parsed.code);
  const account = await bankAccountOf(db, { owner: 'payer', ownerId: payerId, currency: payer.currency });
  if (!account) throw new ProblemError('bank_account_missing');
  // From the key, so that a repetition after a crash is the same withdrawal. A file takes orders that the books have sent.
  const payoutId = idFrom('payout', `withdrawal\0${payerId}\0${key}`);
  await sql`
    INSERT INTO payout_order (payout_id, beneficiary, beneficiary_id, currency, amount_minor, holder, number, bic, ordered_at)
    VALUES (${payoutId}, 'payer', ${payerId}, ${payer.currency}, ${parsed.money.amountMinor}, ${account.holder}, ${account.number}, ${account.bic}, ${new Date(nowMs())})
    ON CONFLICT DO NOTHING`.execute(db);
  const result = await books.post({
    idempotency: { principal: `payer:${payerId}`, key: `withdrawal:${key}` },
    command: { kind: 'withdraw', payoutId, payerId, amount: parsed.money },
    atMs: nowMs(),
    reason: 'withdrawal',
  });
  if (!result.ok) throw new ProblemError(result.code);
  return { id: payoutId, amount: toWire(parsed.money), balanceMinor: result.walletMinor };
}

async function bankSaid(deps: PayoutDeps, input: { payoutId: string; reason: string; kind: 'payout_confirm' | 'payout_return' }): Promise<Payout> {
  const { payoutId, reason, kind } = input;
  const result: PostResult = await deps.books.post({
    idempotency: { principal: `payout:${payoutId}`, key: kind },
    command: { kind, payoutId },
    atMs: deps.nowMs(),
    reason,
  });
  // The word of the bank comes by more than one way; said again in other words it is still the same word.
  if (!result.ok && result.code !== 'idempotency_key_reused') throw new ProblemError(result.code === 'account_unknown' ? 'not_found' : result.code);
  const [payout] = await list(deps.db, { payoutId, limit: 1 });
  if (!payout) throw new ProblemError('not_found');
  return payout;
}

type PayoutRow = { id: string; beneficiary: Payout['beneficiary']; beneficiary_id: string; currency: string; amount_minor: bigint; state: Payout['state']; file_id: string | null; sent_at: Date };

async function list(db: Database, { merchantId, payoutId, limit }: { merchantId?: string; payoutId?: string; limit: number }): Promise<Payout[]> {
  const { rows } = await sql<PayoutRow>`
    SELECT p.id, p.beneficiary, p.beneficiary_id, p.currency, p.amount_minor, p.state, o.file_id, p.sent_at
      FROM payout p LEFT JOIN payout_order o ON o.payout_id = p.id
     WHERE (${merchantId ?? null}::text IS NULL OR (p.beneficiary = 'merchant' AND p.beneficiary_id = ${merchantId ?? null}))
       AND (${payoutId ?? null}::text IS NULL OR p.id = ${payoutId ?? null})
     ORDER BY p.sent_at DESC, p.id LIMIT ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    beneficiary: row.beneficiary,
    beneficiaryId: row.beneficiary_id,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    state: row.state,
    fileId: row.file_id,
    sentAtMs: row.sent_at.getTime(),
  }));
}
