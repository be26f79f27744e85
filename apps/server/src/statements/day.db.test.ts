// A merchant's day reconciles to the last minor unit from files alone. SONRISA_DAY_PAYMENTS says how many payments it has: a few here, 2,000
// when it is run by hand (see CONTRIBUTING.md).
import type { Currency } from '@sonrisa/ledger/money.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { type DayFiles, findingsIn } from './day-files.fixture.ts';
import { openMerchant, openStage, settleAndPay, type Stage, trade } from './day.fixture.ts';

const payments = Number(process.env['SONRISA_DAY_PAYMENTS'] ?? 120);
let test: TestBooks;
let stage: Stage;
beforeAll(async () => {
  test = await openTestBooks('day');
  stage = openStage(test);
});
afterAll(() => test.close());

describe.each<[Currency, number]>([['CNY', payments], ['KWD', 40], ['JPY', 40]])('a day in %s with %s payments', (currency, count) => {
  let files: DayFiles;
  let merchantId: string;
  beforeAll(async () => {
    const merchant = await openMerchant(stage, currency);
    merchantId = merchant.merchantId;
    await trade(stage, merchant, count);
    files = await settleAndPay(stage, merchant);
  }, 600_000);

  it('reconciles from its files alone', async () => {
    expect(findingsIn(files)).toEqual([]);
    await assertBooksCoherent(test.pool);
  });

  it('had everything in it: a settlement for each local day, refunds, a dispute, a payout that came back and one that did not', () => {
    const kinds = new Set(files.statement.split('\r\n').map((line) => line.split(',')[3]));
    expect([...kinds]).toEqual(expect.arrayContaining(['opening', 'capture', 'refund', 'dispute_open', 'pay_out', 'payout_return', 'closing']));
    const days = files.settlements.map((file) => /,total,.*?(?=\r|$)/.exec(file) && file.split('\r\n').find((line) => line.includes('total'))?.split(',')[1]);
    expect([...days].sort()).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    expect(files.orders.length).toBeGreaterThanOrEqual(2);
  });

  it('left no difference between the bank and the books', async () => {
    expect(await stage.statements.breaks({ state: 'open', limit: 10 })).toEqual([]);
  });

  it('ends with nothing owed to the merchant and nothing on its way', async () => {
    const { rows } = await test.pool.query<{ class: string; balance_minor: bigint }>(
      `SELECT class, balance_minor FROM account WHERE currency = $1 AND (owner_id = $2 OR class = 'payout_clearing') AND balance_minor <> 0`, [currency, merchantId]);
    expect(rows).toEqual([]);
  });

  it.each<[string, (files: DayFiles) => DayFiles]>([
    ['the statement', (all) => ({ ...all, statement: altered(all.statement) })],
    ['a settlement', (all) => ({ ...all, settlements: [altered(all.settlements[0]!), ...all.settlements.slice(1)] })],
    ['an order', (all) => ({ ...all, orders: [all.orders[0]!.replace(/(<InstdAmt[^>]*>[^<]*)(\d)</, swapLast), ...all.orders.slice(1)] })],
    ['the fee of a settlement line', (all) => ({ ...all, settlements: all.settlements.map((file, place) => (place === 1 ? altered(file, 12) : file)) })],
  ])('control: one minor unit altered in %s is found', (_name, alter) => {
    const changed = alter(files);
    expect(changed).not.toEqual(files);
    expect(findingsIn(changed)).not.toEqual([]);
  });

  it('control: one minor unit altered in the bank statement makes it unreadable', () => {
    const bank = files.bank.replace(/(<NtryRef>1<\/NtryRef>\s*<Amt[^>]*>[^<]*)(\d)</, swapLast);
    expect(bank).not.toBe(files.bank);
    expect(() => findingsIn({ ...files, bank })).toThrow(/does not add up/);
  });

  it('control: a settlement that is missing is found', () => {
    expect(findingsIn({ ...files, settlements: files.settlements.slice(1) })).not.toEqual([]);
  });
});

it('a second round, and one that ran at the same time, settle nothing twice', async () => {
  const before = await test.pool.query('SELECT count(*) FROM settlement');
  await Promise.all([stage.settlements.round(), stage.settlements.round(), stage.settlements.round()]);
  expect((await test.pool.query('SELECT count(*) FROM settlement')).rows).toEqual(before.rows);
});

const swapLast = (_match: string, before: string, digit: string) => `${before}${digit === '1' ? '2' : '1'}<`;

/** The amount in one column of the last sale, a minor unit or a few off. */
function altered(csv: string, column = 13): string {
  const lines = csv.split('\r\n');
  const line = lines.findLastIndex((each) => each.split(',')[3] === 'capture' && each.split(',')[column] !== '');
  const cells = lines[line]!.split(',');
  cells[column] = cells[column]!.replace(/\d$/, (digit) => (digit === '1' ? '2' : '1'));
  lines[line] = cells.join(',');
  return lines.join('\r\n');
}
