// A top-up that is cut off between the bank and the books is asked again under one key: the bank collects once.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestBooks, testAtMs, type TestBooks } from '../books/books.fixture.ts';
import type { FundingSource } from '../adapters/test-bank.ts';
import { createOwners, type OwnerDeps } from './index.ts';

let test: TestBooks;
beforeAll(async () => {
  test = await openTestBooks('top_up');
});
afterAll(() => test.close());

it('collects under the key of the top-up, of this payer', async () => {
  const collected = new Map<string, bigint>();
  const bank: FundingSource = {
    async collect({ key, amountMinor }) {
      collected.set(key, amountMinor);
    },
  };
  let cutOff = true;
  const books: OwnerDeps['books'] = {
    ...test.books,
    post: (request) => (cutOff ? Promise.reject(new ProblemError('busy')) : test.books.post(request)),
  };
  const unused = undefined as never;
  const owners = createOwners({ db: test.db, clock: { nowMs: () => testAtMs }, tokens: unused, payments: unused, vault: unused, mode: 'sandbox', books, bank });
  const [ana, bo] = [test.next('pyr'), test.next('pyr')];
  for (const payerId of [ana, bo]) await test.addPayer(payerId);
  const topUp = (payerId: string) => owners.topUp({ payerId, key: 'the same key', amount: { amountMinor: '700', currency: 'CNY' } });

  await expect(topUp(ana)).rejects.toMatchObject({ code: 'busy' });
  cutOff = false;
  await topUp(ana);
  await topUp(ana);
  expect([...collected.values()]).toEqual([700n]);
  await topUp(bo);
  expect([...collected.values()]).toEqual([700n, 700n]);
  expect(await test.books.walletMinor({ payerId: ana, currency: 'CNY' })).toBe(700n);
});
