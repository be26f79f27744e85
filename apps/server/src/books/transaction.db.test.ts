// Connections that break at the worst moment. The answer may be lost; the money moves once.
import { createPool, type Pool, type PoolClient } from '../db/pool.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBooks } from './index.ts';
import { openTestBooks, type TestBooks, topUp } from './books.fixture.ts';
import { inTransaction, isPassing, isWorthAnotherTry, transactionTriesMax } from './transaction.ts';

let test: TestBooks;
beforeAll(async () => {
  test = await openTestBooks('transaction');
});
afterAll(() => test.close());

const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), {});

/** The real pool, except that the first COMMITs lose their connection, before or after the server has done it. */
function cutting(pool: Pool, when: 'before' | 'after', times: number, failure: () => Error = lost): Pool {
  let left = times;
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        if (name === 'query') {
          return async (text: string, values?: unknown[]) => {
            if (text !== 'COMMIT' || left === 0) return target.query(text, values);
            left -= 1;
            if (when === 'after') await target.query(text);
            throw failure();
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return { connect, query: pool.query.bind(pool) } as unknown as Pool;
}

describe('a connection cut at COMMIT', () => {
  it.each([
    ['before', 1],
    ['after', 1],
    ['before', 3],
    ['after', 3],
  ] as const)('%s the server did it, %s times: the caller hears the truth, once', async (when, times) => {
    const payerId = test.next('pyr');
    await test.addPayer(payerId);
    const books = createBooks({ pool: cutting(test.pool, when, times), newTransferId: (kind) => test.next(kind) });
    const answer = await books.post(topUp(payerId, 500n, 'cut'));
    expect(answer).toMatchObject({ ok: true, walletMinor: '500', replayed: when === 'after' });
    expect(await test.books.walletMinor({ payerId, currency: 'CNY' })).toBe(500n);
  });

  it('every time: the caller hears busy, and finds the truth when it asks again', async () => {
    const payerId = test.next('pyr');
    await test.addPayer(payerId);
    // Committed by the first try; each later one finds the answer and needs no COMMIT, so cut before it.
    const books = createBooks({ pool: cutting(test.pool, 'before', Number.POSITIVE_INFINITY), newTransferId: (kind) => test.next(kind) });
    await expect(books.post(topUp(payerId, 500n, 'cut'))).rejects.toMatchObject({ code: 'busy' });
    expect(await test.books.walletMinor({ payerId, currency: 'CNY' })).toBe(0n);
    expect(await test.books.post(topUp(payerId, 500n, 'cut'))).toMatchObject({ ok: true, replayed: false });
  });
});

it('backends killed under load: every request ends in one transfer', async () => {
  const payerId = test.next('pyr');
  await test.addPayer(payerId);
  let isRunning = true;
  let killed = 0;
  let answered = 0;
  const killer = createPool({ url: test.serverUrl, connectionsMax: 1 });
  const killing = (async () => {
    while (isRunning) {
      // One of the server's own: a role may end no other's.
      const { rows } = await killer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`,
      );
      killed += rows.length;
      // Faster than a posting can end, nothing would ever be posted: the next is killed when something was, or after a while.
      const before = answered;
      for (let waits = 0; waits < 20 && isRunning && answered === before; waits++) await new Promise((resolve) => setTimeout(resolve, 15));
    }
  })();
  const keepAsking = async (index: number): Promise<void> => {
    for (;;) {
      const answer = await test.books.post(topUp(payerId, 1n, `killed-${index}`)).catch(() => undefined);
      if (answer?.ok) return void (answered += 1);
    }
  };
  await Promise.all(Array.from({ length: 120 }, (_, index) => keepAsking(index)));
  isRunning = false;
  await killing;
  // Not through the pool of the books: it may not have heard yet of the last connection that was killed.
  const { rows } = await killer.query<{ balance_minor: bigint }>('SELECT balance_minor FROM account WHERE id = $1', [`payer_wallet:${payerId}:CNY`]);
  await killer.end();
  expect(killed).toBeGreaterThan(0);
  expect(rows).toEqual([{ balance_minor: 120n }]);
});

it('a connection that breaks in hand, with nothing asked, fails the next query and ends no process', async () => {
  const pool = createPool({ url: test.serverUrl, connectionsMax: 2 });
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise((resolve) => client.once('end', resolve));
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
  await ended;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  await pool.end();
});

it.each([
  [Object.assign(new Error('x'), { code: '40P01' }), true],
  [Object.assign(new Error('x'), { code: '55P03' }), true],
  [Object.assign(new Error('x'), { code: '40001' }), true],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), true],
  [lost(), true],
  [Object.assign(new Error('could not fdatasync file: Input/output error'), { code: '58030' }), true],
  [Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' }), true],
  [Object.assign(new Error('x'), { code: '23505' }), 'of the transaction alone'],
  [Object.assign(new Error('x'), { code: '23514' }), false],
  [new Error('legs do not sum to zero'), false],
  ['no error at all', false],
])('%s is worth another try: %s', (error, again) => {
  expect(isWorthAnotherTry(error)).toBe(again !== false);
  expect(isPassing(error)).toBe(again === true);
});

describe('a row that somebody else wrote first', () => {
  const insertTaken = 'INSERT INTO idempotency (principal, key, input_hash) VALUES ($1, $2, $1)';

  it('is seen by the next try', async () => {
    const key = test.next('key');
    let tries = 0;
    const result = await inTransaction(test.pool, async (query) => {
      tries += 1;
      const seen = await query('SELECT 1 FROM idempotency WHERE key = $1', [key]);
      // Between the look and the write somebody else is quicker.
      if (tries === 1) await test.pool.query(insertTaken, ['anybody', key]);
      if (seen.length === 0) await query(insertTaken, ['anybody', key]);
      return { result: seen.length, keep: true };
    });
    expect([tries, result]).toEqual([2, 1]);
  });

  it('and that stays in the way is told as it is, not as a busy database', async () => {
    const key = test.next('key');
    await test.pool.query(insertTaken, ['anybody', key]);
    let tries = 0;
    const asked = inTransaction(test.pool, async (query) => {
      tries += 1;
      return { result: await query(insertTaken, ['anybody', key]), keep: true };
    });
    await expect(asked).rejects.toMatchObject({ code: '23505' });
    expect(tries).toBe(transactionTriesMax);
  });
});

describe('the last statement, sent together with COMMIT', () => {
  const insert = 'INSERT INTO idempotency (principal, key, input_hash) VALUES ($1, $2, $1)';
  const isThere = async (key: string) => (await test.pool.query('SELECT 1 FROM idempotency WHERE key = $1', [key])).rows.length > 0;

  it.each([[{}], [{ beginsByReading: true }]])('is kept with what came before it: %j', async (options) => {
    const [first, second] = [test.next('key'), test.next('key')];
    await inTransaction(
      test.pool,
      async (query, last) => {
        await query('SELECT 1', []);
        await query(insert, ['anybody', first]);
        return { result: await last(insert, ['anybody', second]), keep: true };
      },
      options,
    );
    expect([await isThere(first), await isThere(second)]).toEqual([true, true]);
  });

  it('fails for its own reason, not for what became of COMMIT, and takes back what came before it', async () => {
    const key = test.next('key');
    const asked = inTransaction(test.pool, async (query, last) => {
      await query(insert, ['anybody', key]);
      return { result: await last('SELECT 1 / $1::integer', [0]), keep: true };
    });
    await expect(asked).rejects.toMatchObject({ code: '22012' });
    expect(await isThere(key)).toBe(false);
  });
});

it('a statement that took too long is answered busy at once, and the same request again moves the money', async () => {
  const payerId = test.next('pyr');
  await test.addPayer(payerId);
  const timedOut = () => Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
  const books = createBooks({ pool: cutting(test.pool, 'before', 1, timedOut), newTransferId: (kind) => test.next(kind) });
  await expect(books.post(topUp(payerId, 70n, 'slow'))).rejects.toMatchObject({ code: 'busy' });
  expect(await test.books.walletMinor({ payerId, currency: 'CNY' })).toBe(0n);
  expect(await test.books.post(topUp(payerId, 70n, 'slow'))).toMatchObject({ ok: true, walletMinor: '70', replayed: false });
});
