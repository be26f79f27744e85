// What the database refuses by itself, whatever the code above it does.
import { accountClasses } from '@sonrisa/ledger/account.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBooks, type TestBooks, topUp } from './books.fixture.ts';

let test: TestBooks;
const wallet = 'payer_wallet:ana:CNY';
const bank = 'funding_clearing:platform:CNY';
beforeAll(async () => {
  test = await openTestBooks('constraints');
  await test.addPayer('ana');
  await test.books.post(topUp('ana', 1000n, 'seed'));
});
afterAll(() => test.close());

async function inOneTransaction(statements: readonly string[]): Promise<void> {
  const client = await test.pool.connect();
  try {
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const transfer = (id: string, currency = 'CNY') =>
  `INSERT INTO transfer (id, kind, currency, amount_minor, at, content_sha256) VALUES ('${id}', 'top_up', '${currency}', 5, now(), '')`;
type LegRow = [leg: number, account: string, minor: number];
const entries = (id: string, ...legs: LegRow[]) =>
  `INSERT INTO entry (transfer_id, leg, account_id, amount_minor) VALUES ${legs.map(([leg, account, minor]) => `('${id}', ${leg}, '${account}', ${minor})`).join(', ')}`;
const both = (id: string, currency: string, ...legs: LegRow[]) => `WITH made AS (${transfer(id, currency)}) ${entries(id, ...legs)}`;

describe('a transfer', () => {
  it.each([
    ['whose legs do not sum to zero', [both('t1', 'CNY', [1, wallet, 5], [2, bank, -4])]],
    ['with one leg', [both('t2', 'CNY', [1, wallet, 5])]],
    ['with no leg', [transfer('t3')]],
    ['whose legs come later', [transfer('t3'), entries('t3', [1, wallet, 5], [2, bank, -5])]],
    ['with a leg in another currency', [both('t4', 'EUR', [1, wallet, 5], [2, bank, -5])]],
    ['with a leg on an account that does not exist', [both('t4', 'CNY', [1, wallet, 5], [2, 'funding_clearing:nobody:CNY', -5])]],
    ['that does not exist', [entries('t-none', [1, wallet, 5], [2, bank, -5])]],
    ['that gets one more leg later', [`INSERT INTO entry SELECT id, 9, '${wallet}', 5 FROM transfer LIMIT 1`]],
    ['beside one that balances', [`WITH made AS (${transfer('t7')}), more AS (${transfer('t8')}) ${entries('t7', [1, wallet, 5], [2, bank, -5])}, ('t8', 1, '${wallet}', 5), ('t8', 2, '${bank}', -4)`]],
  ])('%s is refused', async (_name, statements) => {
    await expect(inOneTransaction(statements)).rejects.toThrow(/do not balance/);
  });

  it('with a leg of nothing is refused', async () => {
    await expect(inOneTransaction([both('t5', 'CNY', [1, wallet, 0])])).rejects.toThrow(/check constraint/);
  });

  it('control: the same statements with legs that balance are taken', async () => {
    await expect(inOneTransaction([both('t6', 'CNY', [1, wallet, 5], [2, bank, -5]), 'ROLLBACK', 'BEGIN'])).resolves.toBeUndefined();
  });
});

it('an account stays what it is: only its balance moves', async () => {
  await expect(test.pool.query(`DELETE FROM account WHERE id = '${wallet}'`)).rejects.toThrow(/for ever/);
  await expect(test.pool.query(`UPDATE account SET currency = 'EUR' WHERE id = '${wallet}'`)).rejects.toThrow(/for ever/);
  await expect(test.pool.query('TRUNCATE account CASCADE')).rejects.toThrow(/for ever/);
});

it('an account whose id says another currency is refused', async () => {
  const make = (id: string) => inOneTransaction([`INSERT INTO account (id, class, owner_id, currency) VALUES ('${id}', 'payer_wallet', 'id', 'CNY')`, 'ROLLBACK', 'BEGIN']);
  await expect(make('payer_wallet:id:EUR')).rejects.toThrow(/account_id_says_currency/);
  await expect(make('payer_wallet:id:CNY')).resolves.toBeUndefined();
});

it.each(['transfer', 'entry', 'journal', 'receipt_used', 'payment_event'])('%s can be neither edited, deleted nor emptied', async (table) => {
  if (table === 'journal') await test.books.audit(0);
  const column = { transfer: 'reason', entry: 'account_id', journal: 'sha256', receipt_used: 'transfer_id', payment_event: 'reason' }[table]!;
  if (table === 'receipt_used' || table === 'payment_event') {
    // No row to try on here: the trigger itself must be there.
    const { rows } = await test.pool.query('SELECT 1 FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname LIKE $2', [table, '%append_only']);
    expect(rows).toHaveLength(1);
    return;
  }
  await expect(test.pool.query(`UPDATE ${table} SET ${column} = ${column}`)).rejects.toThrow(/append-only/);
  await expect(test.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/append-only/);
  await expect(test.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/append-only/);
});

describe('the sign rule', () => {
  const signs = Object.entries(accountClasses).flatMap(([accountClass, { sign }]) => [[accountClass, -1, sign === 'never_negative'], [accountClass, 1, sign === 'never_positive']] as const);
  it.each(signs)('of %s at %s is the same in the database and in the ledger', async (accountClass, balance, refused) => {
    const insert = inOneTransaction([
      `INSERT INTO account (id, class, owner_id, currency, balance_minor) VALUES ('x:CNY', '${accountClass}', 'sign', 'CNY', ${balance})`,
      'ROLLBACK',
      'BEGIN',
    ]);
    if (refused) await expect(insert).rejects.toThrow(/account_sign/);
    else await expect(insert).resolves.toBeUndefined();
  });

  it('knows no other class', async () => {
    await expect(test.pool.query(`INSERT INTO account (id, class, owner_id, currency) VALUES ('y', 'slush_fund', 'x', 'CNY')`)).rejects.toThrow(/account_class_known/);
  });
});

it('a hold can never give back more than it took', async () => {
  const hold = (captured: number, refunded: number, fee: number, returned: number) =>
    test.pool.query(
      `INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, refunded_minor, fee_minor, fee_returned_minor, opened_at)
       VALUES ('h', 'ana', 'm', 'CNY', 'captured', 100, $1, $2, $3, $4, now())`,
      [captured, refunded, fee, returned],
    );
  await expect(hold(101, 0, 0, 0)).rejects.toThrow(/hold_captured_within/);
  await expect(hold(50, 51, 0, 0)).rejects.toThrow(/hold_refunded_within/);
  await expect(hold(50, 0, 51, 0)).rejects.toThrow(/hold_fee_within/);
  await expect(hold(50, 50, 5, 6)).rejects.toThrow(/hold_fee_returned_within/);
});
