// What cards paid lies with the card processor: its statement is held against them, the bank's is not.
import { money } from '@sonrisa/ledger/money.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIds } from '../adapters/ids.ts';
import { systemRandom } from '../adapters/random.ts';
import { createStripeCards } from '../adapters/stripe-cards.ts';
import { createTestBank } from '../adapters/test-bank.ts';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { createFunding } from '../funding/index.ts';
import { startStripeDouble } from '../testing/stripe-double.ts';
import { createStatements, type Statements } from './index.ts';

let test: TestBooks;
let stripe: Awaited<ReturnType<typeof startStripeDouble>>;
let statements: Statements;
let charge: { transfer: string; attempt: string; theirs: string };
const clock = { ms: Date.UTC(2026, 10, 20, 12), nowMs: () => clock.ms };

beforeAll(async () => {
  test = await openTestBooks('card-statement');
  stripe = await startStripeDouble(clock);
  const ids = createIds({ random: systemRandom, nowMs: () => clock.nowMs() });
  const funding = createFunding({ pool: test.pool, clock, ids, books: test.books, testBank: createTestBank({ clock }), cards: createStripeCards({ secretKey: 'sk_test_made_up', url: stripe.url, clock }) });
  const nothing = async () => Promise.reject(new Error('there is no payout here'));
  statements = createStatements({ db: test.db, payouts: { confirm: nothing }, proposals: { proposeReturn: nothing }, nowMs: () => clock.ms, newId: (kind) => ids.make(kind) });
  await test.addPayer('ana');
  await funding.addCard({ payerId: 'ana', methodRef: 'pm_card_visa' });
  await funding.topUp({ payerId: 'ana', key: 'bank', amount: money(5_000n, 'CNY'), source: 'test_bank' });
  const { transferId } = await funding.topUp({ payerId: 'ana', key: 'card', amount: money(7_000n, 'CNY'), source: 'card' });
  const { rows } = await test.pool.query<{ id: string; source_ref: string }>(`SELECT id, source_ref FROM funding_attempt WHERE source = 'card'`);
  charge = { transfer: transferId, attempt: rows[0]!.id, theirs: rows[0]!.source_ref };
});
afterAll(async () => {
  await stripe.stop();
  await test.close();
});

const says = (holder: 'bank' | 'card_processor', lines: readonly string[]) =>
  statements.importFile({ format: 'csv', account: holder, holder, importedBy: null, content: ['date,amount,currency,reference', ...lines, ''].join('\n') });
const open = async () => (await statements.breaks({ state: 'open', limit: 10 })).map(({ kind, amountMinor, reference }) => [kind, amountMinor, reference]);

it('a bank that tells of later days is not asked for what cards paid', async () => {
  expect(await says('bank', ['2026-11-20,50.00,CNY,', '2026-12-20,-1.00,CNY,rent'])).toMatchObject({ matched: 1, breaks: 1 });
  expect(await open()).toEqual([['only_at_the_bank', '-100', 'rent']]);
});

it("the processor's statement names a charge by its own name for it, and what it kept is explained with it", async () => {
  expect(await says('card_processor', [`2026-11-21,-2.10,CNY,${charge.theirs}`, `2026-11-21,70.00,CNY,${charge.theirs}`])).toMatchObject({ matched: 2, breaks: 0 });
  expect((await test.pool.query(`SELECT matched_kind, matched_id FROM bank_statement_line WHERE reference = $1 ORDER BY number`, [charge.theirs])).rows).toEqual([
    { matched_kind: 'card_fee', matched_id: charge.transfer },
    { matched_kind: 'transfer', matched_id: charge.transfer },
  ]);
});

it('a second fee of one charge, and a charge of nobody, wait for a person', async () => {
  expect(await says('card_processor', [`2026-11-22,-0.10,CNY,${charge.attempt}`, '2026-11-22,9.99,CNY,pi_of_nobody'])).toMatchObject({ matched: 0, breaks: 2 });
  expect(await open()).toHaveLength(3);
});
