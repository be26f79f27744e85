// The auditor's own controls: every way to tamper that it promises to see, tried, with the triggers off.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent, auditBooks } from './index.ts';
import { legAccountOf, legOf, lookAfterTampering } from './tampering.fixture.ts';
import { authorise, capture, openTestBooks, refund, release, testAtMs, topUp, type TestBooks, untilJournalMay } from './books.fixture.ts';

let test: TestBooks;
beforeAll(async () => {
  test = await openTestBooks('auditor');
  await test.addPayer('ana');
  await test.books.post(topUp('ana', 10_000n, 'seed'));
  for (const id of ['p1', 'p2', 'p3']) await test.books.post(authorise('ana', 1000n, id));
  await test.books.post(capture('p1'));
  await test.books.post(refund('p1', 300n, 'part'));
  await test.books.post(release('p2'));
  await untilJournalMay(test.pool);
  expect(await test.books.audit(testAtMs)).toEqual([]);
});
afterAll(() => test.close());

const wallet = "'payer_wallet:ana:CNY'";
const captureOfP1 = `(SELECT id FROM transfer WHERE hold_id = 'p1' AND kind = 'capture')`;

const findingsAfter = (sql: string): Promise<string[]> =>
  lookAfterTampering({
    pool: test.pool,
    tables: ['account', 'transfer', 'hold', 'journal', 'receipt_used'],
    sql,
    look: async () => (await auditBooks(test.pool)).map((finding) => finding.check),
  });

describe('finds', () => {
  it.each([
    ['a balance that was raised', `UPDATE account SET balance_minor = balance_minor + 1 WHERE id = ${wallet}`, 'balance_is_sum_of_entries'],
    ['a leg that was raised', `UPDATE transfer SET ${legOf(wallet)} = ${legOf(wallet)} + 1 WHERE kind = 'top_up'`, 'legs_sum_to_zero'],
    ['a whole transfer made larger, balances and all', `UPDATE transfer SET leg_amounts = ARRAY(SELECT minor * 2 FROM unnest(leg_amounts) AS minor) WHERE id = ${captureOfP1};
       UPDATE account a SET balance_minor = (SELECT sum(amount_minor) FROM entry e WHERE e.account_id = a.id)`, 'wallets_are_funding_less_spending'],
    ['a leg that was moved to another account', `UPDATE transfer SET ${legAccountOf("'merchant_payable:bakery:CNY'")} = 'platform_fees:platform:CNY' WHERE id = ${captureOfP1};
       UPDATE account a SET balance_minor = COALESCE((SELECT sum(amount_minor) FROM entry e WHERE e.account_id = a.id), 0)`, 'transfer_content'],
    ['a transfer whose reason was changed', `UPDATE transfer SET reason = 'gift' WHERE id = ${captureOfP1}`, 'transfer_content'],
    ['a transfer whose content and hash were both changed', `UPDATE transfer SET content_sha256 = 'forged' WHERE id = ${captureOfP1}`, 'journal_chain'],
    ['a link that was removed', 'DELETE FROM journal WHERE seq = 2', 'journal_chain'],
    ['a link that was rewritten', `UPDATE journal SET sha256 = 'forged' WHERE seq = 3`, 'journal_chain'],
    ['an open hold without money', `DELETE FROM hold WHERE id = 'p3'`, 'held_is_open_holds'],
    ['a hold that was opened again', `UPDATE hold SET state = 'open', closed_at = NULL WHERE id = 'p2'`, 'held_is_open_holds'],
    ['a refund that was forgotten', `UPDATE hold SET refunded_minor = 0 WHERE id = 'p1'`, 'hold_is_sum_of_its_transfers'],
    ['a fee that was changed', `UPDATE hold SET fee_minor = 5 WHERE id = 'p1'`, 'hold_is_sum_of_its_transfers'],
    ['a leg in another currency', `INSERT INTO account (id, class, owner_id, currency) VALUES ('odd:EUR', 'dispute_loss', 'odd', 'EUR');
       UPDATE transfer SET ${legAccountOf("'platform_fees:platform:CNY'")} = 'odd:EUR' WHERE id = ${captureOfP1}`, 'one_currency'],
    ['a wallet below zero', `ALTER TABLE account DROP CONSTRAINT account_sign; UPDATE account SET balance_minor = -1 WHERE id = ${wallet}`, 'sign_rule'],
    ['a top-up whose source paid nothing', `INSERT INTO funding_attempt (id, payer_id, key, source, currency, amount_minor, state, created_at, changed_at)
       VALUES ('odd', 'ana', 'odd', 'card', 'CNY', 10000, 'failed', now(), now()); UPDATE transfer SET hold_id = 'odd' WHERE kind = 'top_up'`, 'top_up_was_collected'],
    ['a receipt without its transfer', `INSERT INTO receipt_used (jti, transfer_id, at) VALUES ('j', 'nothing', now())`, 'receipt_moved_money_once'],
  ])('%s', async (_name, sql, check) => {
    expect(await findingsAfter(sql)).toContain(check);
    await assertBooksCoherent(test.pool);
  });

  it('control: nothing, when nothing was done', async () => {
    expect(await findingsAfter('SELECT 1')).toEqual([]);
  });
});

it('a mismatch stops new money, says so in the trial balance, and names the account', async () => {
  await test.pool.query(`UPDATE account SET balance_minor = balance_minor + 1 WHERE id = ${wallet}`);
  await expect(assertBooksCoherent(test.pool)).rejects.toThrow(/payer_wallet:ana:CNY/);
  expect(await test.books.audit(testAtMs)).toHaveLength(1 + 1);
  expect(await test.books.post(topUp('ana', 1n, 'after-stop'))).toMatchObject({ ok: false, code: 'books_stopped' });
  expect(await test.books.trialBalance(testAtMs)).toMatchObject({ coherent: false });
  await test.pool.query(`UPDATE account SET balance_minor = balance_minor - 1 WHERE id = ${wallet}`);
  await test.pool.query('DELETE FROM books_stop');
  expect(await test.books.post(topUp('ana', 1n, 'after-stop'))).toMatchObject({ ok: true });
});

it('the trial balance: debits equal credits, class by class', async () => {
  const { coherent, rows } = await test.books.trialBalance(testAtMs);
  expect(coherent).toBe(true);
  const sum = (field: 'debitMinor' | 'creditMinor' | 'balanceMinor') => rows.reduce((total, row) => total + BigInt(row[field]), 0n);
  expect([sum('debitMinor') === sum('creditMinor'), sum('balanceMinor')]).toEqual([true, 0n]);
  const byClass = Object.fromEntries(rows.map((row) => [row.accountClass, row.balanceMinor]));
  expect(byClass).toEqual({ funding_clearing: '-10001', merchant_payable: '696', payer_hold: '1000', payer_wallet: '8301', platform_fees: '4' });
});
