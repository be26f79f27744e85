// A payout file: chosen, posted, written, in this order, so that no file ever orders money that the books did not send. One file
// a currency is open at a time; whoever finds one that a dead process left open carries on with it. A file's id comes from the key it
// was asked for under: whoever asks again because the answer got lost is given that file, whose money is on its way.
import { type Currency, money } from '@sonrisa/ledger/money.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { type BankAccount, endToEndIdOf, writePain001 } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';
import { bankAccountOf } from './bank-accounts.ts';
import type { PayoutDeps } from './index.ts';

/** Payouts of one file; what is over waits for the next. */
export const payoutsPerFileMax = 5_000;

export type PayoutFile = { id: string; currency: string; payouts: number; content: string };

/** Null when there is nothing to pay. Throws `bank_account_missing` when the platform has none. */
export async function makePayoutFile(deps: PayoutDeps, { currency, key }: { currency: Currency; key: string }): Promise<PayoutFile | null> {
  const { db, nowMs } = deps;
  const ownId = deps.idFrom('payoutFile', `payout file\0${currency}\0${key}`);
  const earlier = await closedFile(db, ownId);
  if (earlier) return earlier.content === null ? null : { id: ownId, currency, payouts: earlier.payouts, content: earlier.content };
  const debtor = await bankAccountOf(db, { owner: 'platform', ownerId: 'platform', currency });
  if (!debtor) throw new ProblemError('bank_account_missing');
  const fileId = await openFile(deps, { currency, ownId });
  await postOrders(deps, fileId);
  const orders = await sentOrders(db, fileId);
  if (orders.length === 0) {
    await sql`UPDATE payout_file SET state = 'empty' WHERE id = ${fileId} AND state = 'open'`.execute(db);
    return null;
  }
  const madeAtMs = nowMs();
  const content = writePain001({
    id: endToEndIdOf(fileId),
    madeAtMs,
    executeOn: new Date(madeAtMs).toISOString().slice(0, 10),
    currency,
    debtor,
    transfers: orders.map((order) => ({ endToEndId: endToEndIdOf(order.payout_id), amountMinor: order.amount_minor, creditor: order, text: order.beneficiary === 'merchant' ? 'Settlement' : 'Withdrawal' })),
  });
  await sql`UPDATE payout_file SET state = 'made', content = ${content} WHERE id = ${fileId} AND state = 'open'`.execute(db);
  // Somebody may have written it first: that file counts.
  const { rows } = await sql<{ content: string }>`SELECT content FROM payout_file WHERE id = ${fileId}`.execute(db);
  return { id: fileId, currency, payouts: orders.length, content: rows[0]!.content };
}

async function closedFile(db: Database, fileId: string): Promise<{ content: string | null; payouts: number } | undefined> {
  const { rows } = await sql<{ content: string | null; payouts: number }>`
    SELECT content, (SELECT count(*)::int FROM payout_order o JOIN payout p ON p.id = o.payout_id WHERE o.file_id = f.id) AS payouts
      FROM payout_file f WHERE f.id = ${fileId} AND f.state <> 'open'`.execute(db);
  return rows[0];
}

async function openFile({ db, nowMs, newId }: PayoutDeps, { currency, ownId: fileId }: { currency: Currency; ownId: string }): Promise<string> {
  return db.transaction().execute(async (trx) => {
    const at = new Date(nowMs());
    const { rows: made } = await sql<{ id: string }>`
      INSERT INTO payout_file (id, currency, state, made_at) VALUES (${fileId}, ${currency}, 'open', ${at})
      ON CONFLICT DO NOTHING RETURNING id`.execute(trx);
    if (made.length === 0) {
      const { rows } = await sql<{ id: string }>`SELECT id FROM payout_file WHERE currency = ${currency} AND state = 'open'`.execute(trx);
      if (!rows[0]) throw new ProblemError('busy');
      return rows[0].id;
    }
    await sql`
      UPDATE payout_order SET file_id = ${fileId} WHERE payout_id IN (
        SELECT payout_id FROM payout_order WHERE currency = ${currency} AND file_id IS NULL AND EXISTS (SELECT 1 FROM payout p WHERE p.id = payout_id AND p.state = 'sent')
         ORDER BY ordered_at LIMIT ${payoutsPerFileMax})`.execute(trx);
    // What is owed to a merchant and on its way already has left merchant_settled: the balance is what can be sent.
    const { rows: owed } = await sql<{ owner_id: string; balance_minor: bigint } & BankAccount>`
      SELECT a.owner_id, a.balance_minor, b.holder, b.number, b.bic FROM account a
        JOIN bank_account b ON b.owner = 'merchant' AND b.owner_id = a.owner_id AND b.currency = a.currency
       WHERE a.class = 'merchant_settled' AND a.currency = ${currency} AND a.balance_minor > 0 ORDER BY a.owner_id LIMIT ${payoutsPerFileMax}`.execute(trx);
    for (const merchant of owed) {
      await sql`
        INSERT INTO payout_order (payout_id, file_id, beneficiary, beneficiary_id, currency, amount_minor, holder, number, bic, ordered_at)
        VALUES (${newId('payout')}, ${fileId}, 'merchant', ${merchant.owner_id}, ${currency}, ${merchant.balance_minor}, ${merchant.holder}, ${merchant.number}, ${merchant.bic}, ${at})`.execute(trx);
    }
    return fileId;
  });
}

async function postOrders({ db, books, nowMs }: PayoutDeps, fileId: string): Promise<void> {
  const { rows } = await sql<{ payout_id: string; beneficiary_id: string; currency: Currency; amount_minor: bigint }>`
    SELECT o.payout_id, o.beneficiary_id, o.currency, o.amount_minor FROM payout_order o
     WHERE o.file_id = ${fileId} AND o.beneficiary = 'merchant' AND o.refused IS NULL AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.id = o.payout_id)
     ORDER BY o.payout_id`.execute(db);
  for (const { payout_id: payoutId, beneficiary_id: merchantId, currency, amount_minor: amountMinor } of rows) {
    const result = await books.post({
      idempotency: { principal: `payout:${payoutId}`, key: 'send' },
      command: { kind: 'pay_out', payoutId, merchantId, amount: money(amountMinor, currency) },
      atMs: nowMs(),
      reason: `payout file ${fileId}`,
    });
    if (!result.ok && result.code === 'books_stopped') throw new ProblemError(result.code);
    if (!result.ok) await sql`UPDATE payout_order SET refused = ${result.code} WHERE payout_id = ${payoutId}`.execute(db);
  }
}

type SentOrder = BankAccount & { payout_id: string; beneficiary: 'merchant' | 'payer'; amount_minor: bigint };

async function sentOrders(db: Database, fileId: string): Promise<SentOrder[]> {
  const { rows } = await sql<SentOrder>`
    SELECT o.payout_id, o.beneficiary, o.amount_minor, o.holder, o.number, o.bic FROM payout_order o JOIN payout p ON p.id = o.payout_id
     WHERE o.file_id = ${fileId} ORDER BY o.payout_id`.execute(db);
  return rows;
}
