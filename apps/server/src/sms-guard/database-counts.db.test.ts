// The counts in the database decide like those in memory, which the simulation runs on, and hold when many ask at once.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { databaseCounts, forgetOldCounts } from './database-counts.ts';
import type { SmsCounts } from './counts.ts';
import { createSmsGuard } from './guard.ts';
import { createSmsLimits } from './limits.ts';
import { fullPolicy, sandboxPolicy, type Policy } from './policy.ts';
import { createMemoryCounts } from './testing/memory-counts.ts';

const startMs = Date.UTC(2026, 0, 1);
const atOnce = 12;
let test: TestBooks;
let clock: { ms: number };

beforeAll(async () => {
  test = await openTestBooks('sms_counts');
});
afterAll(() => test.close());
beforeEach(async () => {
  clock = { ms: startMs };
  await test.pool.query('DELETE FROM sms_count; DELETE FROM sms_refusal');
});

const policyOf = (perHourMax: number): Policy => fullPolicy({ perHourMax, perDayMax: perHourMax * 3, countriesPerDayMax: new Map([['CN', 1_000]]) });
const guardOf = (policy: Policy) => createSmsGuard({ policy, nowMs: () => clock.ms, mark: (text) => `h${text.replace('\0', ':')}` });
const inTransaction = <Result>(work: (store: SmsCounts) => Promise<Result>) => test.db.transaction().execute((transaction) => work(databaseCounts(transaction)));
const askFor = (phone: number, host: number) => ({ phone: { e164: `+86138001${String(phone).padStart(5, '0')}`, country: 'CN' }, from: { address: `20.0.${host >> 2}.${host}` } });

it('one story is judged alike by both', async () => {
  const guard = guardOf(policyOf(25));
  const memory = createMemoryCounts();
  const steps = fc.sample(fc.record({ phone: fc.integer({ min: 0, max: 40 }).map((n) => n * 2_000), host: fc.integer({ min: 0, max: 11 }), enter: fc.boolean(), waitS: fc.integer({ min: 0, max: 900 }) }), { seed: 7, numRuns: 160 });
  const seen = new Set<string>();
  for (const { phone, host, enter, waitS } of steps) {
    clock.ms += waitS * 1_000;
    const ask = askFor(phone, host);
    const [one, other] = [await guard.ask(memory, ask), await inTransaction((store) => guard.ask(store, ask))];
    expect(other).toEqual(one);
    seen.add(one.is === 'send' ? 'send' : one.why);
    if (one.is === 'send' && other.is === 'send' && enter) {
      await guard.entered(memory, one.counted);
      await inTransaction((store) => guard.entered(store, other.counted));
    }
  }
  expect([...seen].sort()).toEqual(expect.arrayContaining(['send', 'stranger']));
});

const sentOf = async (asks: Promise<{ is: string }>[]) => (await Promise.all(asks)).filter(({ is }) => is === 'send').length;

it('many at once get no more than a number and a budget have', async () => {
  const number = guardOf(policyOf(100));
  expect(await sentOf(Array.from({ length: atOnce }, (_, host) => inTransaction((store) => number.ask(store, askFor(1, host * 4)))))).toBe(3);
  await test.pool.query('DELETE FROM sms_count');
  const budget = guardOf(sandboxPolicy({ perHourMax: 5 }));
  expect(await sentOf(Array.from({ length: atOnce }, (_, host) => inTransaction((store) => budget.ask(store, askFor(host * 3_000, host * 4)))))).toBe(5);
});

it('control: without the lock they do', async () => {
  const guard = guardOf(policyOf(100));
  let arrived = 0;
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => { open = resolve; });
  const unlocked = (store: SmsCounts): SmsCounts => ({ ...store, lock: async () => ((arrived += 1) === 5 && open(), all) });
  expect(await sentOf(Array.from({ length: 5 }, (_, host) => inTransaction((store) => guard.ask(unlocked(store), askFor(1, host * 4)))))).toBe(5);
});

it('what was refused is told by reason, what went where by country, and both are forgotten', async () => {
  const limits = createSmsLimits({ db: test.db, clock: { nowMs: () => clock.ms }, policy: policyOf(100), mark: (text) => text.replace('\0', ':') });
  const ask = (phone: number, country: string) => test.db.transaction().execute((transaction) => limits.ask(transaction, { phone: { e164: `+86138001${String(phone).padStart(5, '0')}`, country }, from: { address: '20.0.0.1' } }));
  for (let at = 0; at < 5; at += 1) await ask(1, 'CN');
  await ask(2, 'US');
  expect(await limits.state()).toMatchObject({
    budget: { hour: { sent: 3, entered: 0, max: 100 } },
    guard: {
      watch: 'calm',
      refusals: [{ why: 'number', hour: 2, day: 2 }, { why: 'country_closed', hour: 1, day: 1 }],
      countries: [{ country: 'CN', hour: { sent: 3, entered: 0 }, day: { sent: 3, entered: 0 }, dayMax: 1_000, isLow: false }],
    },
  });
  clock.ms += 2 * 3_600_000;
  await ask(3, 'US');
  expect((await limits.state()).guard.refusals).toEqual([{ why: 'country_closed', hour: 1, day: 2 }, { why: 'number', hour: 0, day: 2 }]);
  for (let phone = 0; phone < 40; phone += 1) await inTransaction((store) => guardOf({ ...policyOf(100), windows: { ...policyOf(100).windows, range: [] } }).ask(store, askFor(10 + phone, phone)));
  expect((await limits.state()).guard).toMatchObject({ watch: 'low', countries: [{ country: 'CN', isLow: true }] });
  clock.ms += 9 * 86_400_000;
  await limits.forgetOld();
  expect((await test.pool.query('SELECT 1 FROM sms_refusal')).rowCount).toBe(0);
});

it('counts are forgotten after eight days, and name nobody', async () => {
  await inTransaction((store) => guardOf(policyOf(100)).ask(store, askFor(1, 1)));
  const { rows } = await test.pool.query('SELECT DISTINCT scope, subject FROM sms_count');
  expect(rows.filter(({ subject }) => !subject.startsWith('h')).map(({ scope }) => scope).sort()).toEqual(['country', 'installation']);
  const forget = () => forgetOldCounts({ db: test.db, clock: { nowMs: () => clock.ms } });
  clock.ms += 7 * 86_400_000;
  await forget();
  expect((await test.pool.query('SELECT 1 FROM sms_count')).rowCount).toBeGreaterThan(0);
  clock.ms += 86_400_000 + 600_000;
  await forget();
  expect((await test.pool.query('SELECT 1 FROM sms_count')).rowCount).toBe(0);
});
