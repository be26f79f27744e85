import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorise, capture, openTestBooks, refund, release, type TestBooks, topUp } from './books.fixture.ts';
import type { PostRequest, PostResult } from './index.ts';

let test: TestBooks;
beforeAll(async () => {
  test = await openTestBooks('post');
});
afterAll(() => test.close());

const post = (request: PostRequest) => test.books.post(request);
const codeOf = (result: PostResult) => (result.ok ? 'ok' : result.code);
const times = <T>(count: number, make: (index: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, index) => make(index)));
async function payerWith(amountMinor: bigint): Promise<string> {
  const payerId = test.next('pyr');
  await test.addPayer(payerId);
  if (amountMinor > 0n) await post(topUp(payerId, amountMinor, 'first-top-up'));
  return payerId;
}
const walletOf = (payerId: string) => test.books.walletMinor({ payerId, currency: 'CNY' });
async function countOf(table: 'transfer' | 'hold' | 'idempotency' | 'receipt_used'): Promise<bigint> {
  const { rows } = await test.pool.query<{ count: bigint }>(`SELECT count(*) FROM ${table}`);
  return rows[0]!.count;
}

describe('one key', () => {
  it('from 60 callers at once moves money once and answers all with the same bytes', async () => {
    const payerId = await payerWith(0n);
    const before = await countOf('transfer');
    const answers = await times(60, () => post(topUp(payerId, 700n, 'same-key')));
    expect(new Set(answers.map(({ replayed: _, ...answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(await walletOf(payerId)).toBe(700n);
    expect((await countOf('transfer')) - before).toBe(1n);
  });

  it('with another content is refused and changes nothing', async () => {
    const payerId = await payerWith(0n);
    await post(topUp(payerId, 700n, 'reused-key'));
    expect(codeOf(await post(topUp(payerId, 701n, 'reused-key')))).toBe('idempotency_key_reused');
    expect(await walletOf(payerId)).toBe(700n);
  });

  it('of another principal is another key', async () => {
    const [ana, bo] = [await payerWith(0n), await payerWith(0n)];
    await post(topUp(ana, 1n, 'shared'));
    await post(topUp(bo, 2n, 'shared'));
    expect([await walletOf(ana), await walletOf(bo)]).toEqual([1n, 2n]);
  });

  it('replays a final refusal, even after it would succeed', async () => {
    const payerId = await payerWith(0n);
    const hold = test.next('pay');
    expect(codeOf(await post(authorise(payerId, 5n, hold)))).toBe('balance_insufficient');
    await post(topUp(payerId, 5n, 'later'));
    expect(await post(authorise(payerId, 5n, hold))).toEqual({ ok: false, code: 'balance_insufficient', replayed: true });
  });

  it('does not keep a transient refusal', async () => {
    const payerId = await payerWith(0n);
    await test.pool.query(`INSERT INTO books_stop (stopped_at, reason) VALUES (now(), 'a test')`);
    const before = await countOf('idempotency');
    expect(codeOf(await post(topUp(payerId, 5n, 'stopped')))).toBe('books_stopped');
    expect(await countOf('idempotency')).toBe(before);
    await test.pool.query('DELETE FROM books_stop');
    expect(codeOf(await post(topUp(payerId, 5n, 'stopped')))).toBe('ok');
  });
});

describe('double spend', () => {
  it('200 racers for all of one balance: one winner', async () => {
    const payerId = await payerWith(1000n);
    // Both accounts exist already: otherwise the racers would line up behind the insert of a new row, lock or no lock.
    const earlier = test.next('pay');
    await post(authorise(payerId, 1n, earlier));
    await post(release(earlier));
    const answers = await times(200, () => post(authorise(payerId, 1000n, test.next('pay'))));
    expect(answers.map(codeOf).sort()).toEqual([...Array<string>(199).fill('balance_insufficient'), 'ok']);
    expect(await walletOf(payerId)).toBe(0n);
  });

  it('200 racers on an account that has no row yet: no top-up is lost, then one winner', async () => {
    const payerId = await payerWith(0n);
    const [topUps, spends] = await Promise.all([
      times(100, (index) => post(topUp(payerId, 10n, `racer-${index}`))),
      times(100, () => post(authorise(payerId, 1000n, test.next('pay')))),
    ]);
    expect(topUps.every((answer) => answer.ok)).toBe(true);
    const early = spends.filter((answer) => answer.ok).length;
    expect(early).toBeLessThanOrEqual(1);
    expect(await walletOf(payerId)).toBe(early === 1 ? 0n : 1000n);
    const late = await times(100, () => post(authorise(payerId, 1000n, test.next('pay'))));
    expect(early + late.filter((answer) => answer.ok).length).toBe(1);
  });

  it('control: the same race without locks and without the sign rule has many winners', async () => {
    await test.pool.query('CREATE TABLE unguarded (balance_minor bigint NOT NULL)');
    await test.pool.query('INSERT INTO unguarded VALUES (1000)');
    const seen = await times(8, async () => (await test.pool.query<{ balance_minor: bigint }>('SELECT balance_minor FROM unguarded')).rows[0]!.balance_minor);
    const won = await times(8, async (index) => {
      if (seen[index]! < 1000n) return false;
      await test.pool.query('UPDATE unguarded SET balance_minor = balance_minor - 1000');
      return true;
    });
    expect(won.filter(Boolean).length).toBeGreaterThan(1);
    await test.pool.query('DROP TABLE unguarded');
  });
});

describe('a match receipt', () => {
  it('used by 30 payments at once pays one', async () => {
    const payerId = await payerWith(10_000n);
    const jti = test.next('jti');
    const answers = await times(30, () => post({ ...authorise(payerId, 10n, test.next('pay')), receipt: { jti, faceEpoch: 1 } }));
    expect(answers.map(codeOf).sort()).toEqual(['ok', ...Array<string>(29).fill('receipt_used')].sort());
    expect(await walletOf(payerId)).toBe(9_990n);
  });

  it('is not used up by a payment that is refused', async () => {
    const payerId = await payerWith(10n);
    const receipt = { jti: test.next('jti'), faceEpoch: 1 };
    expect(codeOf(await post({ ...authorise(payerId, 11n, test.next('pay')), receipt }))).toBe('balance_insufficient');
    expect(codeOf(await post({ ...authorise(payerId, 10n, test.next('pay')), receipt }))).toBe('ok');
  });

  it('dies with the face epoch it was made in, and with a face that is off', async () => {
    const payerId = await payerWith(100n);
    const receipt = () => ({ jti: test.next('jti'), faceEpoch: 1 });
    expect(codeOf(await post({ ...authorise(payerId, 1n, test.next('pay')), receipt: receipt() }))).toBe('ok');
    await test.pool.query('UPDATE payer SET face_epoch = 2 WHERE id = $1', [payerId]);
    expect(codeOf(await post({ ...authorise(payerId, 1n, test.next('pay')), receipt: receipt() }))).toBe('face_paused');
    await test.pool.query(`UPDATE payer SET face_state = 'off' WHERE id = $1`, [payerId]);
    expect(codeOf(await post({ ...authorise(payerId, 1n, test.next('pay')), receipt: { ...receipt(), faceEpoch: 2 } }))).toBe('face_paused');
    expect(await walletOf(payerId)).toBe(99n);
  });

  it('waits for a pause that is under way, and then dies', async () => {
    const payerId = await payerWith(100n);
    const pausing = await test.pool.connect();
    await pausing.query('BEGIN');
    await pausing.query('UPDATE payer SET face_epoch = 2 WHERE id = $1', [payerId]);
    let isAnswered = false;
    const paying = post({ ...authorise(payerId, 1n, test.next('pay')), receipt: { jti: test.next('jti'), faceEpoch: 1 } }).finally(() => (isAnswered = true));
    while (!isAnswered && !(await somebodyWaits())) await new Promise((resolve) => setTimeout(resolve, 5));
    await pausing.query('COMMIT');
    pausing.release();
    expect(codeOf(await paying)).toBe('face_paused');

    async function somebodyWaits(): Promise<boolean> {
      const { rows } = await test.pool.query(`SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`);
      return rows.length > 0;
    }
  });
});

describe('holds', () => {
  it('capture, void and a second capture at once: one of them', async () => {
    const payerId = await payerWith(1000n);
    const hold = test.next('pay');
    await post(authorise(payerId, 1000n, hold));
    const answers = await Promise.all([post(capture(hold)), post(release(hold)), post({ ...capture(hold), idempotency: { principal: 'x', key: hold } })]);
    expect(answers.map(codeOf).sort()).toEqual(['hold_not_open', 'hold_not_open', 'ok']);
  });

  it('opened 12 times at once under one id and 12 keys: one of them', async () => {
    const payerId = await payerWith(1000n);
    const hold = test.next('pay');
    const answers = await times(12, (index) => post({ ...authorise(payerId, 10n, hold), idempotency: { principal: hold, key: String(index) } }));
    expect(answers.map(codeOf).sort()).toEqual([...Array<string>(11).fill('hold_not_open'), 'ok']);
    expect(await walletOf(payerId)).toBe(990n);
  });

  it('a capture in part gives the rest back', async () => {
    const payerId = await payerWith(1000n);
    const hold = test.next('pay');
    await post(authorise(payerId, 1000n, hold));
    expect(await walletOf(payerId)).toBe(0n);
    expect(await post(capture(hold, 400n))).toMatchObject({ ok: true, amountMinor: '400', feeMinor: '2', capturedMinor: '400', walletMinor: '600' });
    expect(await walletOf(payerId)).toBe(600n);
  });

  it('20 refunds at once never give back more than was paid, and the fee comes back whole', async () => {
    const payerId = await payerWith(1000n);
    const hold = test.next('pay');
    await post(authorise(payerId, 1000n, hold));
    await post(capture(hold));
    const before = await test.books.merchantPayableMinor({ merchantId: 'bakery', currency: 'CNY' });
    const answers = await times(20, (index) => post(refund(hold, 300n, `${hold}-${index}`)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(3);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['ok', 'refund_exceeds_payment']));
    expect(await post(refund(hold, undefined, `${hold}-rest`))).toMatchObject({ ok: true, amountMinor: '100', refundedMinor: '1000' });
    expect(await walletOf(payerId)).toBe(1000n);
    expect(before - (await test.books.merchantPayableMinor({ merchantId: 'bakery', currency: 'CNY' }))).toBe(994n);
    const row = await test.db.selectFrom('hold').selectAll().where('id', '=', hold).executeTakeFirstOrThrow();
    expect([row.fee_minor, row.fee_returned_minor]).toEqual([6n, 6n]);
  });
});

it('an unknown payer and an unknown hold are refused and leave no account behind', async () => {
  const before = (await test.pool.query('SELECT count(*) FROM account')).rows;
  expect(codeOf(await post(topUp('pyr_nobody', 5n, 'nobody')))).toBe('account_unknown');
  expect(codeOf(await post(authorise('pyr_nobody', 5n, test.next('pay'))))).toBe('account_unknown');
  expect(codeOf(await post(capture('pay_nothing')))).toBe('account_unknown');
  expect((await test.pool.query('SELECT count(*) FROM account')).rows).toEqual(before);
});
