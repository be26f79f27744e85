// Requests that share a transaction: each has its own answer, and none pays for another's trouble.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../db/pool.ts';
import { authorise, capture, openTestBooks, release, type TestBooks, topUp } from './books.fixture.ts';
import { type Books, type Chain, createBooks, type PostRequest, type PostResult } from './index.ts';
import { groupChainsMin } from './queue.ts';

let test: TestBooks;
let otherPool: Pool;
/** Another process's books, as far as the database can tell: its own queue and connections. */
let other: Books;
beforeAll(async () => {
  test = await openTestBooks('groups');
  otherPool = createPool({ url: test.url });
  other = createBooks({ pool: otherPool, newTransferId: (kind) => test.next(`other_${kind}`) });
});
afterAll(async () => {
  await otherPool.end();
  await test.close();
});

const codeOf = (result: PostResult) => (result.ok ? 'ok' : result.code);
const walletOf = (payerId: string) => test.books.walletMinor({ payerId, currency: 'CNY' });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
async function payerWith(amountMinor: bigint): Promise<string> {
  const payerId = test.next('pyr');
  await test.addPayer(payerId);
  if (amountMinor > 0n) await test.books.post(topUp(payerId, amountMinor, 'money'));
  return payerId;
}

it('requests of one group see each other: the money goes to those who came first', async () => {
  const payerId = await payerWith(1_000n);
  const answers = await Promise.all(numbers(5).map(() => test.books.post(authorise(payerId, 400n, test.next('pay')))));
  expect(answers.map(codeOf)).toEqual(['ok', 'ok', 'balance_insufficient', 'balance_insufficient', 'balance_insufficient']);
  expect(answers.slice(0, 2).map((answer) => answer.ok && answer.walletMinor)).toEqual(['600', '200']);
});

it('share one transaction', async () => {
  const payerId = await payerWith(100n);
  const answers = await Promise.all(numbers(groupChainsMin).map(() => test.books.post(authorise(payerId, 1n, test.next('pay')))));
  const ids = answers.map((answer) => (answer.ok ? answer.transferId : ''));
  const { rows } = await test.pool.query<{ groups: bigint }>('SELECT count(DISTINCT written_in) AS groups FROM transfer WHERE id = ANY ($1)', [ids]);
  expect(rows).toEqual([{ groups: 1n }]);
});

it('one that cannot be written fails alone', async () => {
  const payerId = await payerWith(0n);
  // PostgreSQL takes no zero byte in a text.
  const poisoned = { ...topUp(payerId, 7n, 'poisoned'), reason: 'a\u0000b' };
  const results = await Promise.allSettled([...numbers(10).map((index) => test.books.post(topUp(payerId, 1n, `near-${index}`))), test.books.post(poisoned)]);
  expect(results.map(({ status }) => status)).toEqual([...Array<string>(10).fill('fulfilled'), 'rejected']);
  expect(await walletOf(payerId)).toBe(10n);
});

it('one that waits for a row somebody sits on holds up no other', async () => {
  const [held, free] = [await payerWith(10n), await payerWith(10n)];
  const sitting = await test.pool.connect();
  await sitting.query('BEGIN');
  await sitting.query('UPDATE payer SET name = name WHERE id = $1', [held]);
  const waiting = test.books.post({ ...authorise(held, 1n, test.next('pay')), receipt: { jti: test.next('jti'), faceEpoch: 1 } });
  const others = await Promise.all(numbers(10).map(() => test.books.post(authorise(free, 1n, test.next('pay')))));
  expect(others.map(codeOf)).toEqual(Array<string>(10).fill('ok'));
  await sitting.query('COMMIT');
  sitting.release();
  expect(codeOf(await waiting)).toBe('ok');
});

describe('in order', () => {
  const inOrder = (...movements: PostRequest[]): Chain => ({ idempotency: { principal: 'order', key: test.next('key') }, movements });

  it('a hold and its capture: two transfers, one key, one transaction, and the same answers again', async () => {
    const payerId = await payerWith(1_000n);
    const hold = test.next('pay');
    const both = inOrder(authorise(payerId, 400n, hold), capture(hold));
    const answers = await test.books.postInOrder(both);
    expect(answers).toMatchObject([{ ok: true, walletMinor: '600' }, { ok: true, capturedMinor: '400', feeMinor: '2' }]);
    expect(await test.books.postInOrder(both)).toEqual(answers.map((answer) => ({ ...answer, replayed: true })));
    expect(await test.books.postInOrder({ ...both, movements: both.movements.slice(0, 1) })).toEqual([{ ok: false, code: 'idempotency_key_reused', replayed: false }]);
    expect(codeOf(await test.books.post(capture(hold)))).toBe('hold_not_open');
    const { rows } = await test.pool.query('SELECT count(*) AS transfers, count(DISTINCT written_in) AS groups FROM transfer WHERE hold_id = $1', [hold]);
    expect(rows).toEqual([{ transfers: 2n, groups: 1n }]);
    expect(await walletOf(payerId)).toBe(600n);
  });

  it('nothing comes after a refusal', async () => {
    const payerId = await payerWith(10n);
    const hold = test.next('pay');
    expect((await test.books.postInOrder(inOrder(authorise(payerId, 11n, hold), capture(hold)))).map(codeOf)).toEqual(['balance_insufficient']);
    expect(codeOf(await test.books.post(capture(hold)))).toBe('account_unknown');
  });

  it('a refusal in the middle is remembered with what came before it', async () => {
    const payerId = await payerWith(10n);
    const [hold, other] = [test.next('pay'), test.next('pay')];
    const chain = inOrder(authorise(payerId, 4n, hold), capture(other), capture(hold));
    const answers = await test.books.postInOrder(chain);
    expect(answers.map(codeOf)).toEqual(['ok', 'account_unknown']);
    await test.books.post(topUp(payerId, 1n, 'more'));
    expect(await test.books.postInOrder(chain)).toEqual(answers.map((answer) => ({ ...answer, replayed: true })));
    expect(await walletOf(payerId)).toBe(7n);
  });

  it('what is refused for now is asked anew under the same key', async () => {
    const payerId = await payerWith(10n);
    const hold = test.next('pay');
    const chain = inOrder(authorise(payerId, 4n, hold), capture(hold));
    await test.pool.query(`INSERT INTO books_stop (stopped_at, reason) VALUES (now(), 'test')`);
    expect((await test.books.postInOrder(chain)).map(codeOf)).toEqual(['books_stopped']);
    await test.pool.query('DELETE FROM books_stop');
    expect((await test.books.postInOrder(chain)).map(codeOf)).toEqual(['ok', 'ok']);
  });
});

it('two processes on the same accounts, new ones too: every movement once, no balance lost', async () => {
  const payerIds = [test.next('pyr'), test.next('pyr'), test.next('pyr')];
  for (const payerId of payerIds) await test.addPayer(payerId);
  const visit = async (books: Books, name: string, index: number): Promise<bigint> => {
    const payerId = payerIds[index % payerIds.length]!;
    const hold = test.next('pay');
    // The same top-up is asked of both processes.
    await books.post(topUp(payerId, 10n, `shared-${index}`));
    await books.post(topUp(payerId, 5n, `${name}-${index}`));
    const held = await books.post(authorise(payerId, 4n, hold));
    if (!held.ok) return 0n;
    await books.post(index % 2 === 0 ? capture(hold) : release(hold));
    return index % 2 === 0 ? 4n : 0n;
  };
  const spent = await Promise.all(numbers(60).flatMap((index) => [visit(test.books, 'one', index), visit(other, 'two', index)]));
  const wallets = await Promise.all(payerIds.map(walletOf));
  const sum = (minor: readonly bigint[]) => minor.reduce((all, each) => all + each, 0n);
  expect(sum(wallets) + sum(spent)).toBe(60n * 10n + 120n * 5n);
});
