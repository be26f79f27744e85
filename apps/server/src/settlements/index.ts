// Settlement: once a merchant's day is over, what it came to is theirs to be paid out. Frozen first, posted second: a process
// that dies between the two leaves a frozen day, which the next round of any process posts under the same key.
import { type Currency, money } from '@sonrisa/ledger/money.ts';
import { sql } from 'kysely';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { dueMerchants, freezeDays } from './freeze.ts';

export type Settlement = { id: string; merchantId: string; currency: string; day: string; state: 'frozen' | 'posted'; netMinor: string; lines: number };
export type Settlements = {
  /** Settles every day that is over. Returns how many settlements were posted. */
  round(): Promise<number>;
  /** Newest day first. */
  list(input: { merchantId?: string; limit: number }): Promise<Settlement[]>;
};
export type SettlementDeps = { db: Database; books: Pick<Books, 'post'>; nowMs: () => number; newId: () => string };

export function createSettlements(deps: SettlementDeps): Settlements {
  return {
    async round() {
      const nowMs = deps.nowMs();
      for (const due of await dueMerchants(deps.db, nowMs)) await freezeDays(deps.db, { ...due, nowMs, newId: deps.newId });
      return postFrozen(deps);
    },
    list: ({ merchantId, limit }) =>
      merchantId === undefined ? list(deps.db, { merchantId, limit }) : asMerchant(deps.db, merchantId, (scoped) => list(scoped, { merchantId, limit })),
  };
}

async function postFrozen({ db, books, nowMs }: SettlementDeps): Promise<number> {
  const { rows } = await sql<{ id: string; merchant_id: string; currency: Currency; net_minor: bigint; day: string }>`
    SELECT id, merchant_id, currency, net_minor, day::text AS day FROM settlement WHERE state = 'frozen' ORDER BY day, id`.execute(db);
  for (const { id, merchant_id: merchantId, currency, net_minor: netMinor, day } of rows) {
    const transferId = netMinor === 0n ? null : await post({ id, merchantId, currency, netMinor, day });
    await sql`UPDATE settlement SET state = 'posted', transfer_id = ${transferId} WHERE id = ${id}`.execute(db);
  }
  return rows.length;

  async function post(given: { id: string; merchantId: string; currency: Currency; netMinor: bigint; day: string }): Promise<string> {
    const { id, merchantId, currency, netMinor, day } = given;
    const direction = netMinor > 0n ? 'to_merchant' : 'from_merchant';
    const result = await books.post({
      idempotency: { principal: `settlement:${id}`, key: 'settle' },
      command: { kind: 'settle', settlementId: id, merchantId, direction, amount: money(netMinor > 0n ? netMinor : -netMinor, currency) },
      atMs: nowMs(),
      reason: `settlement of ${day}`,
    });
    if (!result.ok) throw new Error(`the books refused settlement ${id}: ${result.code}`);
    return result.transferId;
  }
}

async function list(db: Database, { merchantId, limit }: { merchantId: string | undefined; limit: number }): Promise<Settlement[]> {
  const { rows } = await sql<Settlement>`
    SELECT id, merchant_id AS "merchantId", currency, day::text AS day, state, net_minor::text AS "netMinor", lines FROM settlement
     WHERE ${merchantId ?? null}::text IS NULL OR merchant_id = ${merchantId ?? null} ORDER BY day DESC, id LIMIT ${limit}`.execute(db);
  return rows;
}
