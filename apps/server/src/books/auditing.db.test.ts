// The auditor at work: what is new, what was touched, what lies idle; and what happens when it finds something.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadAuditKey } from '../adapters/audit-key.ts';
import { createPager } from '../adapters/pager.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog, createAuditor, type Auditor } from './index.ts';
import { auditRound } from './audit-round.ts';
import { legOf, lookAfterTampering } from './tampering.fixture.ts';
import { authorise, capture, openTestBooks, refund, testAtMs, topUp, type TestBooks, untilJournalMay } from './books.fixture.ts';

let test: TestBooks;
let auditor: Auditor;
const keysDir = mkdtempSync(join(tmpdir(), 'sonrisa-audit-'));
const fatal: string[] = [];
const log = { fatal: (fields: object) => void fatal.push(JSON.stringify(fields)), warn: () => undefined, info: () => undefined };
const pages: string[] = [];
let pagerStatus = 200;
const pagerServer = createServer((request, response) => {
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    if (pagerStatus === 200) pages.push(body);
    response.statusCode = pagerStatus;
    response.end();
  });
});

beforeAll(async () => {
  test = await openTestBooks('auditing');
  await new Promise<void>((resolve) => pagerServer.listen(0, '127.0.0.1', resolve));
  const key = loadAuditKey({ keysDir });
  const auditLog = createAuditLog({ pool: test.pool, signer: key, publicKeyText: key.text });
  const pager = createPager({ url: `http://127.0.0.1:${(pagerServer.address() as AddressInfo).port}/` });
  auditor = createAuditor({ pool: test.pool, auditLog, pager, log });
  for (const payerId of ['ana', 'bo']) await test.addPayer(payerId);
  await test.books.post(topUp('ana', 10_000n, 'seed'));
  await test.books.post(topUp('bo', 5_000n, 'seed'));
  for (const id of ['p1', 'p2']) await test.books.post(authorise('ana', 1_000n, id));
  await test.books.post(capture('p1'));
  await test.books.post(refund('p1', 300n, 'part'));
  await untilJournalMay(test.pool);
});
beforeEach(() => {
  fatal.length = 0;
  pages.length = 0;
  pagerStatus = 200;
});
afterAll(async () => {
  await test.close();
  await new Promise((resolve) => pagerServer.close(resolve));
  rmSync(keysDir, { recursive: true });
});

/** What the next round finds after this was done behind everybody's back; then everything is put back. */
const foundAfter = (sql: string): Promise<string[]> =>
  lookAfterTampering({
    pool: test.pool,
    tables: ['account', 'transfer', 'hold', 'journal', 'journal_checkpoint', 'audited_balance', 'audit_state'],
    sql,
    look: async () => ((await auditRound(test.pool, { atMs: testAtMs }))?.findings ?? []).map(({ check, sentence }) => `${check}: ${sentence}`),
  });

it('reads what is new, once', async () => {
  expect(await auditor.round(testAtMs)).toEqual([]);
  expect(await auditRound(test.pool, { atMs: testAtMs })).toEqual({ findings: [], audited: 0, isComplete: true });
  await test.books.post(topUp('ana', 1n, 'one more'));
  expect(await auditRound(test.pool, { atMs: testAtMs })).toMatchObject({ findings: [], audited: 0 });
  await untilJournalMay(test.pool);
  expect(await auditor.round(testAtMs)).toEqual([]);
  expect(fatal).toEqual([]);
});

describe('names what is off', () => {
  const wallet = "'payer_wallet:bo:CNY'";
  it.each([
    ['the balance of an idle account', `UPDATE account SET balance_minor = balance_minor + 1 WHERE id = ${wallet}`, /balance_is_sum_of_entries: .*payer_wallet:bo:CNY has 5001, expected 5000/],
    ['an account that is gone', `DELETE FROM account WHERE id = ${wallet}`, /balance_is_sum_of_entries: .*payer_wallet:bo:CNY has 0, expected 5000/],
    ['a leg of the past', `UPDATE transfer SET ${legOf(wallet)} = ${legOf(wallet)} + 1 WHERE ${wallet} = ANY (leg_accounts)`, /legs_sum_to_zero/],
    ['a transfer of the past', `UPDATE transfer SET reason = 'gift' WHERE hold_id = 'p1' AND kind = 'capture'`, /transfer_content/],
    ['a link of the past', `UPDATE journal SET sha256 = 'forged' WHERE seq = 3`, /journal_chain: .*link 3/],
    ['a journal that was cut short', 'DELETE FROM journal WHERE seq > 3', /journal_length: .*it has 3 links and had/],
    ['a hold without money', `DELETE FROM hold WHERE id = 'p2'`, /held_is_open_holds/],
    ['a wallet below zero', `ALTER TABLE account DROP CONSTRAINT account_sign; UPDATE account SET balance_minor = -1 WHERE id = ${wallet}`, /sign_rule: .*payer_wallet:bo:CNY/],
    ['an auditor without memory', 'DELETE FROM audit_state', /audit_state/],
  ])('%s', async (_what, sql, words) => expect((await foundAfter(sql)).join('\n')).toMatch(words));

  it('control: nothing, when nothing was done', async () => {
    expect(await foundAfter('SELECT 1')).toEqual([]);
  });

  it('money from nowhere, legs and balances made to fit', async () => {
    const forged = `INSERT INTO transfer (id, kind, currency, amount_minor, hold_id, at, content_sha256, leg_accounts, leg_amounts)
      VALUES ('forged', 'void', 'CNY', 7, NULL, now(), 'x', ARRAY['funding_clearing:platform:CNY', ${wallet}], ARRAY[-7, 7]);
      UPDATE account SET balance_minor = balance_minor + CASE WHEN id = ${wallet} THEN 7 ELSE -7 END WHERE id IN (${wallet}, 'funding_clearing:platform:CNY');
      INSERT INTO journal SELECT seq + 1, 'forged', 'x', sha256, 'y' FROM journal ORDER BY seq DESC LIMIT 1`;
    const found = (await foundAfter(forged)).join('\n');
    expect(found).toMatch(/wallets_are_funding_less_spending: .*forged has 7, expected 0/);
    expect(found).toMatch(/transfer_content: .*forged/);
    expect(found).toMatch(/journal_chain/);
  });
});

it('a transaction that stays open holds up the journal, and no balance is called wrong for it', async () => {
  const open = await test.pool.connect();
  await open.query('BEGIN; SELECT pg_current_xact_id()');
  await test.books.post(topUp('bo', 3n, 'behind an open transaction'));
  expect(await auditor.round(testAtMs)).toEqual([]);
  const { rows: waiting } = await test.pool.query('SELECT 1 FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.transfer_id = t.id)');
  expect(waiting.length).toBeGreaterThan(0);
  await open.query('ROLLBACK');
  open.release();
  await untilJournalMay(test.pool);
  expect(await auditor.round(testAtMs)).toEqual([]);
  const { rows: left } = await test.pool.query('SELECT 1 FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.transfer_id = t.id)');
  expect(left).toEqual([]);
});

it('in a cluster whose transaction numbers began anew, as after a restore, no transfer is missed', async () => {
  await test.pool.query(`ALTER TABLE transfer DISABLE TRIGGER USER; UPDATE transfer SET written_in = '4000000000'; ALTER TABLE transfer ENABLE TRIGGER USER`);
  await test.books.post(topUp('ana', 9n, 'after the restore'));
  await untilJournalMay(test.pool);
  for (let round = 0; round < 2; round += 1) expect(await auditor.round(testAtMs)).toEqual([]);
  const { rows: left } = await test.pool.query('SELECT 1 FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.transfer_id = t.id)');
  expect(left).toEqual([]);
});

it('a finding stops the money, is fatal in the log, is written down, and pages once; a clean run lifts it', async () => {
  await test.pool.query(`UPDATE account SET balance_minor = balance_minor + 1 WHERE id = 'payer_wallet:bo:CNY'`);
  pagerStatus = 500;
  expect((await auditor.round(testAtMs))[0]).toContain('payer_wallet:bo:CNY');
  expect([fatal.length > 0, pages.length, await auditor.isStopped()]).toEqual([true, 0, true]);
  expect(await test.books.post(topUp('ana', 1n, 'stopped'))).toMatchObject({ ok: false, code: 'books_stopped' });
  // Without a pager nobody is told, and it is not written down that somebody was.
  const pagedAt = async () => (await test.pool.query<{ paged_at: Date | null }>('SELECT paged_at FROM books_stop')).rows.map((stop) => stop.paged_at);
  await createAuditor({ pool: test.pool, auditLog: { extend: async () => null }, pager: createPager({ url: undefined }), log }).round(testAtMs + 30_000);
  expect(await pagedAt()).toEqual([null]);

  pagerStatus = 200;
  await auditor.round(testAtMs + 60_000);
  expect(await pagedAt()).toEqual([new Date(testAtMs + 60_000)]);
  await auditor.round(testAtMs + 120_000);
  expect(pages.length).toBe(1);
  expect(pages[0]).toContain('payer_wallet:bo:CNY');
  expect((await auditor.state()).reports).toHaveLength(1);
  expect(await auditor.state()).toMatchObject({ stopped: { sinceMs: testAtMs } });

  expect(await auditor.run(testAtMs + 150_000)).not.toEqual([]);
  expect(await auditor.isStopped()).toBe(true);
  await test.pool.query(`UPDATE account SET balance_minor = balance_minor - 1 WHERE id = 'payer_wallet:bo:CNY'`);
  expect(await auditor.run(testAtMs + 180_000)).toEqual([]);
  expect(await auditor.isStopped()).toBe(false);
  expect(await test.books.post(topUp('ana', 1n, 'stopped'))).toMatchObject({ ok: true });
  expect(await auditor.round(testAtMs + 240_000)).toEqual([]);
});
