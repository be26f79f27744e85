// The comparison is what every run of the rack rests on: each way to differ is shown to it once.
import { describe, expect, it } from 'vitest';
import type { PostResult } from '../apps/server/src/books/index.ts';
import type { Pool } from '../apps/server/src/db/pool.ts';
import { authorise, capture, topUp } from './movements.ts';
import { createTold } from './told.ts';

type Row = { reason: string; count: bigint; id: string; kind: string; amount_minor: bigint };

const booksWith = (moved: readonly Row[], walletMinor: bigint) =>
  ({ query: async (sql: string) => ({ rows: sql.includes('FROM transfer') ? moved : [{ owner_id: 'ana', balance_minor: walletMinor }] }) }) as unknown as Pool;
const done = (transferId: string, amountMinor: bigint): PostResult => ({
  ok: true, transferId, currency: 'CNY', amountMinor: String(amountMinor), feeMinor: '0', capturedMinor: '0', refundedMinor: '0', walletMinor: '0', paymentState: null, replayed: false,
});
const row = (key: string, id: string, minor: bigint, count = 1n): Row => ({ reason: `ana/${key}`, count, id, kind: 'top_up', amount_minor: minor });

const money = topUp({ principal: 'ana', key: 'money' }, 'ana', 100n);
const held = authorise({ principal: 'ana', key: 'held' }, { payerId: 'ana', merchantId: 'shop', holdId: 'h', amountMinor: 60n });
const taken = capture({ principal: 'ana', key: 'taken' }, 'h', 50n);
const sound = [row('money', 't1', 100n), row('held', 't2', 60n), row('taken', 't3', 50n)];

function toldOfAll() {
  const told = createTold();
  for (const [request, answer] of [[money, done('t1', 100n)], [held, done('t2', 60n)], [taken, done('t3', 50n)]] as const) {
    told.asked(request);
    told.heard(request, answer);
  }
  return told;
}

describe('compare', () => {
  it('finds nothing when told and books agree', async () => {
    expect(await toldOfAll().compare(booksWith(sound, 50n))).toEqual([]);
  });

  it.each([
    ['lost', sound.slice(1), 50n, /^lost: ana\/money/],
    ['doubled', [row('money', 't1', 100n, 2n), ...sound.slice(1)], 50n, /^doubled: ana\/money moved money 2 times/],
    ['changed', [row('money', 't1', 99n), ...sound.slice(1)], 50n, /^changed: ana\/money/],
    ['unasked', [...sound, row('ghost', 't9', 1n)], 50n, /^unasked: ana\/ghost/],
    ['wallet', sound, 49n, /^wallet: ana was told of 50 in all and has 49/],
  ] as const)('%s', async (_name, moved, walletMinor, finding) => {
    expect((await toldOfAll().compare(booksWith(moved, walletMinor))).join()).toMatch(finding);
  });

  it('other bytes, a refusal that moved money, and an error', async () => {
    const told = toldOfAll();
    told.heard(money, done('t1', 101n));
    const refused = topUp({ principal: 'ana', key: 'refused' }, 'ana', 1n);
    told.asked(refused);
    told.heard(refused, { ok: false, code: 'account_unknown', replayed: false });
    told.broken(refused, 'out of cheese');
    const findings = await told.compare(booksWith([...sound, row('refused', 't4', 1n)], 50n));
    expect(findings.map((finding) => finding.split(' ').slice(0, 2).join(' '))).toEqual(['1 callers', 'changed: ana/money', 'untold: ana/refused']);
  });
});

describe('what is asked for together', () => {
  const pay = { ...held, then: [taken] };
  const toldOf = (...answers: [PostResult, ...PostResult[]]) => {
    const told = createTold();
    told.asked(money);
    told.heard(money, done('t1', 100n));
    told.asked(pay);
    const [first, ...then] = answers;
    told.heard(pay, first, then);
    return told;
  };

  it('is compared movement by movement', async () => {
    const told = toldOf(done('t2', 60n), done('t3', 50n));
    expect(told.counts).toMatchObject({ keys: 3, moved: 3 });
    expect(await told.compare(booksWith(sound, 50n))).toEqual([]);
    expect(await told.compare(booksWith(sound.slice(0, 2), 50n))).toEqual([expect.stringMatching(/^lost: ana\/taken/)]);
    told.heard(pay, done('t2', 60n), [done('t4', 50n)]);
    expect(await told.compare(booksWith(sound, 50n))).toEqual([expect.stringMatching(/^changed: ana\/taken/)]);
  });

  it('was refused with what it stands behind', async () => {
    const told = toldOf({ ok: false, code: 'balance_insufficient', replayed: false });
    expect(told.counts).toMatchObject({ keys: 3, moved: 1, refused: 2 });
    expect(await told.compare(booksWith(sound.slice(0, 1), 100n))).toEqual([]);
    expect(await told.compare(booksWith([sound[0]!, sound[2]!], 100n))).toEqual([expect.stringMatching(/^untold: ana\/taken/)]);
  });
});
