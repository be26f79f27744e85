// What the database refuses by itself, whatever the code above it does.
import { accountClasses } from '@sonrisa/ledger/account.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBooks, type TestBooks, topUp, untilJournalMay } from './books.fixture.ts';

let test: TestBooks;
const wallet = 'payer_wallet:ana:CNY';
const bank = 'funding_clearing:platform:CNY';
const [fees, loss] = ['platform_fees:platform:CNY', 'dispute_loss:platform:CNY'];
beforeAll(async () => {
  test = await openTestBooks('constraints');
  await test.addPayer('ana');
  await test.books.post(topUp('ana', 1000n, 'seed'));
  const ids = [fees, loss, 'merchant_payable:bakery:CNY', 'merchant_payable:butcher:CNY'];
  await test.pool.query(`INSERT INTO account (id, class, owner_id, currency) SELECT id, split_part(id, ':', 1), split_part(id, ':', 2), 'CNY' FROM unnest($1::text[]) AS id`, [ids]);
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

type Leg = [account: string, minor: number | null];
const list = (values: readonly (string | number | null)[], type: string) => `ARRAY[${values.map((value) => (value === null ? 'NULL' : `'${value}'`)).join(', ')}]::${type}[]`;
type Written = { legs: readonly Leg[]; currency?: string; kind?: string; merchant?: string };
const transfer = (id: string, { legs, currency = 'CNY', kind = 'top_up', merchant }: Written) =>
  `INSERT INTO transfer (id, kind, currency, amount_minor, at, content_sha256, merchant_id, leg_accounts, leg_amounts) VALUES
     ('${id}', '${kind}', '${currency}', 5, now(), '', ${merchant === undefined ? 'NULL' : `'${merchant}'`}, ${list(legs.map(([account]) => account), 'text')}, ${list(legs.map(([, minor]) => minor), 'bigint')})`;
const balanced: Leg[] = [[wallet, 5], [bank, -5]];
const undone = ['ROLLBACK', 'BEGIN'];

describe('a transfer', () => {
  it.each<[string, Leg[]]>([
    ['whose legs do not sum to zero', [[wallet, 5], [bank, -4]]],
    ['of three that do not', [[wallet, 5], [bank, -4], [fees, -2]]],
    ['of four that do not', [[wallet, 5], [bank, -4], [fees, -2], [loss, 2]]],
    ['with one leg', [[wallet, 5]]],
    ['with no leg', []],
    ['with a leg of nothing', [[wallet, 5], [bank, -5], [fees, 0]]],
    ['with a leg of nobody knows how much', [[wallet, 5], [bank, -5], [fees, null]]],
    ['of four with a leg in another currency', [[wallet, 5], [bank, -4], [fees, -2], ['dispute_loss:platform:EUR', 1]]],
  ])('%s is refused', async (_name, legs) => {
    await expect(inOneTransaction([transfer('t1', { legs })])).rejects.toThrow(/do not balance/);
  });

  it.each([
    ['in another currency than its legs', transfer('t2', { legs: balanced, currency: 'EUR' })],
    ['with a leg in another currency', transfer('t2', { legs: [[wallet, 5], ['funding_clearing:platform:EUR', -5]] })],
    ['with more accounts than amounts', transfer('t2', { legs: balanced }).replace(`'${wallet}', `, `'${wallet}', '${wallet}', `)],
    ['with legs that are not counted from one', transfer('t2', { legs: balanced }).replace("ARRAY['5', '-5']::bigint[]", "'[2:3]={5,-5}'::bigint[]")],
    ['beside one that balances', `${transfer('t2', { legs: balanced })}, ('t3', 'top_up', 'CNY', 5, now(), '', NULL, ARRAY['${wallet}', '${bank}'], ARRAY[5, -4])`],
  ])('%s is refused', async (_name, statement) => {
    await expect(inOneTransaction([statement])).rejects.toThrow(/do not balance/);
  });

  it.each([2, 3, 4])('with a leg on an account that does not exist, the last of %s, is refused', async (count) => {
    const legs: Leg[] = [...([[wallet, 5], [bank, -1], [fees, -1]] as Leg[]).slice(0, count - 1), ['funding_clearing:nobody:CNY', count === 2 ? -5 : count === 3 ? -4 : -3]];
    await expect(inOneTransaction([transfer('t4', { legs })])).rejects.toThrow(/funding_clearing:nobody:CNY, an account that is not there/);
  });

  it('is of one merchant, unless it is a correction', async () => {
    const legs: Leg[] = [['merchant_payable:bakery:CNY', -5], ['merchant_payable:butcher:CNY', 5]];
    await expect(inOneTransaction([transfer('t5', { legs, merchant: 'bakery' })])).rejects.toThrow(/not of the merchant it names/);
    await expect(inOneTransaction([transfer('t5', { legs, kind: 'adjust', merchant: 'bakery' }), ...undone])).resolves.toBeUndefined();
    for (const merchant of ['butcher', undefined]) {
      await expect(inOneTransaction([transfer('t5', { legs, kind: 'adjust', ...(merchant === undefined ? {} : { merchant }) })])).rejects.toThrow(/not of the merchant it names/);
    }
    const late: Leg[] = [[wallet, -5], [bank, 2], [fees, 2], ['merchant_payable:bakery:CNY', 1]];
    await expect(inOneTransaction([transfer('t5', { legs: late })])).rejects.toThrow(/do not balance/);
  });

  it.each<[string, Leg[]]>([
    ['two', balanced],
    ['three', [[wallet, 5], [bank, -4], [fees, -1]]],
    ['four', [[wallet, 5], [bank, -4], [fees, -2], [loss, 1]]],
  ])('control: %s legs that balance are taken, and read one by one', async (_count, legs) => {
    const seen = `DO $$ BEGIN ASSERT (SELECT array_agg(account_id || ' ' || leg || ' ' || amount_minor ORDER BY leg) FROM entry WHERE transfer_id = 't6') = ${list(legs.map(([account, minor], index) => `${account} ${index + 1} ${minor}`), 'text')}; END $$`;
    await expect(inOneTransaction([transfer('t6', { legs }), seen, ...undone])).resolves.toBeUndefined();
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

it.each(['transfer', 'journal', 'receipt_used', 'payment_event'])('%s can be neither edited, deleted nor emptied', async (table) => {
  if (table === 'journal') {
    await untilJournalMay(test.pool);
    await test.books.audit(0);
  }
  const column = { transfer: 'reason', journal: 'sha256', receipt_used: 'transfer_id', payment_event: 'reason' }[table]!;
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
