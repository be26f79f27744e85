// Settlement and payout when a process is killed on the way, and on days that are not 24 hours long.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endToEndIdOf } from '../bank-files/index.ts';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { type Books, createBooks } from '../books/index.ts';
import { createDatabase } from '../db/database.ts';
import { mortalPool } from '../db/mortal-pool.fixture.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { type Merchant, openMerchant, openStage, sell, type Stage } from '../statements/day.fixture.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let test: TestBooks;
let stage: Stage;
let serverPool: Pool;
beforeAll(async () => {
  test = await openTestBooks('settlements');
  stage = openStage(test);
  serverPool = createPool({ url: test.serverUrl });
});
afterAll(async () => {
  await serverPool.end();
  await test.close();
});

describe('killed', () => {
  type File = { id: string; content: string };
  type Walk = { currency: Currency; firstDies: number; sabotage?: (books: Books) => Books; retryKey?: (key: string) => string };

  /** A day of one sale for each statement that a process may be killed before; another process then does the same again. What does not add up, in words. */
  async function walk({ currency, firstDies, sabotage = (books) => books, retryKey = (key) => key }: Walk): Promise<{ findings: string[]; deaths: number }> {
    const merchant = await openMerchant(stage, currency);
    const files = new Map<string, File>();
    for (let deaths = 0; ; deaths += 1) {
      const soldAtMs = stage.clock.ms + dayMs;
      await sell(stage, merchant, { store: merchant.stores[0]!, payerId: merchant.payers[0]!, amountMinor: 1_000n + BigInt(deaths), atMs: soldAtMs });
      stage.clock.ms = soldAtMs + 2 * dayMs;
      const evening = async (pool: Pool, key: string): Promise<void> => {
        const books = sabotage(createBooks({ pool, newTransferId: (kind) => test.next(kind) }));
        const { settlements, payouts } = openStage({ ...test, db: createDatabase(pool), books }, stage.clock);
        await settlements.round();
        const file = await payouts.makeFile({ currency, key });
        if (file) files.set(file.id, file);
      };
      const key = `evening ${currency} ${deaths}`;
      const died = await evening(mortalPool(serverPool, { before: firstDies + deaths }), key).then(() => false, onlyKilled);
      await evening(serverPool, retryKey(key));
      const findings = await findingsOf(merchant, [...files.values()]);
      if (!died || findings.length > 0) return { findings, deaths };
    }
  }

  it('before any of their statements: each day is settled once, each payout is in one file, and somebody was given it', async () => {
    const { findings, deaths } = await walk({ currency: 'CNY', firstDies: 1 });
    expect(findings).toEqual([]);
    expect(deaths).toBeGreaterThan(25);
  });

  it('control: asked for under another key, a file that was made is never handed over', async () => {
    expect((await walk({ currency: 'JPY', firstDies: 38, retryKey: (key) => `${key} again` })).findings.join()).toMatch(/nobody was given file/);
  });

  it('control: with a fresh key for every posting, and nothing in the database against it, a day is settled twice', async () => {
    await test.pool.query('DROP INDEX transfer_once');
    const sabotage = (books: Books): Books => ({ ...books, post: (request) => books.post({ ...request, idempotency: { ...request.idempotency, key: test.next('key') } }) });
    expect((await walk({ currency: 'KWD', firstDies: 26, sabotage })).findings.join()).toMatch(/was posted 2 times/);
  });

  async function findingsOf({ merchantId, currency }: Merchant, handed: readonly File[]): Promise<string[]> {
    const rows = async (text: string) => (await test.pool.query<{ says: string }>(text, [merchantId, currency])).rows.map(({ says }) => says);
    const made = await rows(`SELECT id AS says FROM payout_file WHERE currency = $2 AND state = 'made' AND $1::text IS NOT NULL`);
    const payouts = await rows(`SELECT id AS says FROM payout WHERE beneficiary_id = $1 AND currency = $2`);
    const ordersOf = (id: string) => handed.filter(({ content }) => content.includes(`<EndToEndId>${endToEndIdOf(id)}</EndToEndId>`)).length;
    return [
      ...(await rows(`SELECT 'the settlement of ' || s.day || ' is ' || s.state || ' and was posted ' || count(t.id) || ' times' AS says
         FROM settlement s LEFT JOIN transfer t ON t.kind = 'settle' AND t.hold_id = s.id WHERE s.merchant_id = $1 AND s.currency = $2
        GROUP BY s.id HAVING s.state <> 'posted' OR count(t.id) <> 1 OR sum(t.amount_minor) <> s.net_minor`)),
      ...(await rows(`SELECT day || ' was settled ' || count(*) || ' times' AS says FROM settlement WHERE merchant_id = $1 AND currency = $2 GROUP BY day HAVING count(*) <> 1`)),
      ...(await rows(`SELECT 'sale ' || t.id || ' was not settled' AS says FROM transfer t JOIN payment p ON p.id = t.hold_id
        WHERE p.merchant_id = $1 AND p.currency = $2 AND t.kind = 'capture' AND NOT EXISTS (SELECT FROM settlement_line l WHERE l.transfer_id = t.id)`)),
      ...(await rows(`SELECT class || ' holds ' || balance_minor AS says FROM account WHERE owner_id = $1 AND currency = $2 AND balance_minor <> 0`)),
      ...payouts.filter((id) => ordersOf(id) !== 1).map((id) => `payout ${id} is in ${ordersOf(id)} files`),
      ...made.filter((id) => !handed.some((file) => file.id === id)).map((id) => `nobody was given file ${id}`),
    ];
  }
});

const onlyKilled = (error: unknown): true => {
  if (error instanceof Error && error.message === 'killed') return true;
  throw error;
};

describe('a day by the clock of the store', () => {
  // Each sale a millisecond before or at the midnights of a day: from the tz database's rules for the zone.
  it.each([
    ['of 23 hours', 'Europe/Berlin', '2027-03-28', Date.UTC(2027, 2, 27, 23), Date.UTC(2027, 2, 28, 22)],
    ['of 25 hours', 'Europe/Berlin', '2027-10-31', Date.UTC(2027, 9, 30, 22), Date.UTC(2027, 9, 31, 23)],
    ['of 24½ hours', 'Australia/Lord_Howe', '2028-04-02', Date.UTC(2028, 3, 1, 13), Date.UTC(2028, 3, 2, 13, 30)],
  ])('%s in %s is one settlement, made when it is over', async (_hours, timeZone, day, beginsMs, endsMs) => {
    const merchant = await openMerchant(stage, 'EUR', [timeZone]);
    const sale = (atMs: number, amountMinor: bigint) => sell(stage, merchant, { store: merchant.stores[0]!, payerId: merchant.payers[0]!, amountMinor, atMs });
    for (const [atMs, amountMinor] of [[beginsMs - 1, 1n], [beginsMs, 20n], [endsMs - 1, 30n], [endsMs, 4n]] as const) await sale(atMs, amountMinor);
    const settled = async (atMs: number) => {
      stage.clock.ms = atMs;
      await stage.settlements.round();
      return (await stage.settlements.list({ merchantId: merchant.merchantId, limit: 10 })).map((each) => [each.day, each.netMinor]);
    };
    const dayBefore = new Date(Date.parse(day) - dayMs).toISOString().slice(0, 10);
    expect(await settled(endsMs - 1)).toEqual([[dayBefore, '1']]);
    expect(await settled(endsMs)).toEqual([[day, '50'], [dayBefore, '1']]);
    // Control: with the offset of its morning all day long, its last or the next day's first sale would be in the wrong one.
    const offsetMs = Date.parse(day) - beginsMs;
    const byOffset = (atMs: number) => new Date(atMs + offsetMs).toISOString().slice(0, 10);
    expect([byOffset(beginsMs), byOffset(endsMs - 1), byOffset(endsMs)]).not.toEqual([day, day, new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10)]);
  });
});

describe('a settlement that the books refuse', () => {
  it('holds nobody else back, is told once, and is posted when they take it', async () => {
    const [one, other] = [await openMerchant(stage, 'USD'), await openMerchant(stage, 'USD')];
    const pages: string[][] = [];
    let isConnected = false;
    const pager = { page: async ({ findings }: { findings: readonly string[] }) => (isConnected ? pages.push([...findings]) > 0 : false) };
    let isRefused = true;
    const refusing: Books = { ...test.books, post: async (request) => (isRefused && request.command.kind === 'settle' && request.command.merchantId === one.merchantId ? { ok: false, code: 'account_unknown', replayed: false } : test.books.post(request)) };
    const { settlements } = openStage({ ...test, books: refusing }, stage.clock, pager);
    const soldAtMs = stage.clock.ms + dayMs;
    for (const merchant of [one, other]) await sell(stage, merchant, { store: merchant.stores[0]!, payerId: merchant.payers[0]!, amountMinor: 700n, atMs: soldAtMs });
    stage.clock.ms = soldAtMs + 2 * dayMs;
    const states = async () => Promise.all([one, other].map(async ({ merchantId }) => (await settlements.list({ merchantId, limit: 5 })).map(({ state }) => state)));
    await settlements.round();
    expect(await states()).toEqual([['frozen'], ['posted']]);
    // Nobody was there to be told: somebody is, later, and once.
    isConnected = true;
    for (let round = 0; round < 2; round += 1) await settlements.round();
    expect(pages).toEqual([[expect.stringMatching(/^settlement set_\S+ of \d{4}-\d{2}-\d{2}: account_unknown$/)]]);
    isRefused = false;
    await settlements.round();
    expect(await states()).toEqual([['posted'], ['posted']]);
  });
});
