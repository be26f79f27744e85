// Settlement: once a merchant's day is over, what it came to is theirs to be paid out. Frozen first, posted second: a process
// that dies between the two leaves a frozen day, which the next round of any process posts under the same key.
import { type Currency, money } from '@sonrisa/ledger/money.ts';
import { sql } from 'kysely';
import type { Pager } from '../adapters/pager.ts';
import type { Books, PostResult } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { dueMerchants, freezeDays } from './freeze.ts';

export type Settlement = { id: string; merchantId: string; currency: string; day: string; state: 'frozen' | 'posted'; netMinor: string; lines: number };
export type Settlements = {
  /** Settles every day that is over. Returns how many settlements were posted; of those that were refused the pager is told. */
  round(): Promise<number>;
  /** Newest day first. */
  list(input: { merchantId?: string; limit: number }): Promise<Settlement[]>;
};
export type SettlementDeps = { db: Database; books: Pick<Books, 'post'>; nowMs: () => number; newId: () => string; pager: Pager; log: Log };
type Log = { error(fields: object, message: string): void; warn(fields: object, message: string): void };

/** Named in one message. */
const pagedMax = 20;

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

type Frozen = { id: string; merchant_id: string; currency: Currency; net_minor: bigint; day: string; paged_at: Date | null };

// One that the books refuse holds nobody else's back; it is tried again every round, and somebody is told of it once.
async function postFrozen(deps: SettlementDeps): Promise<number> {
  const { db, log } = deps;
  const { rows } = await sql<Frozen>`
    SELECT id, merchant_id, currency, net_minor, day::text AS day, paged_at FROM settlement WHERE state = 'frozen' ORDER BY day, id`.execute(db);
  const refused: (Frozen & { code: string })[] = [];
  for (const row of rows) {
    const posted = row.net_minor === 0n ? { ok: true as const, transferId: null } : await post(deps, row).catch(asRefusal);
    if (posted.ok) await sql`UPDATE settlement SET state = 'posted', transfer_id = ${posted.transferId} WHERE id = ${row.id}`.execute(db);
    else refused.push({ ...row, code: posted.code });
  }
  for (const { id, day, code } of refused) log.error({ settlementId: id, day, code }, 'The books refused a settlement');
  await pageRefused(deps, refused.filter((row) => row.paged_at === null));
  return rows.length - refused.length;
}

// A posting that broke is no reason to keep the others waiting either.
const asRefusal = (error: unknown) => ({ ok: false as const, code: error instanceof Error ? error.message : String(error) });

function post({ books, nowMs }: SettlementDeps, { id, merchant_id: merchantId, currency, net_minor: netMinor, day }: Frozen): Promise<PostResult> {
  return books.post({
    idempotency: { principal: `settlement:${id}`, key: 'settle' },
    command: { kind: 'settle', settlementId: id, merchantId, direction: netMinor > 0n ? 'to_merchant' : 'from_merchant', amount: money(netMinor > 0n ? netMinor : -netMinor, currency) },
    atMs: nowMs(),
    reason: `settlement of ${day}`,
  });
}

async function pageRefused({ db, pager, log, nowMs }: SettlementDeps, refused: readonly (Frozen & { code: string })[]): Promise<void> {
  if (refused.length === 0) return;
  const findings = refused.slice(0, pagedMax).map(({ id, day, code }) => `settlement ${id} of ${day}: ${code}`);
  try {
    const isTold = await pager.page({ atMs: nowMs(), text: `The books of Sonrisa refused ${refused.length} settlements.`, findings });
    if (isTold) await sql`UPDATE settlement SET paged_at = ${new Date(nowMs())} WHERE id = ANY (${refused.map(({ id }) => id)})`.execute(db);
  } catch (error) {
    log.warn({ err: error }, 'The pager did not take the message; it is tried again with the next settlements');
  }
}

async function list(db: Database, { merchantId, limit }: { merchantId: string | undefined; limit: number }): Promise<Settlement[]> {
  const { rows } = await sql<Settlement>`
    SELECT id, merchant_id AS "merchantId", currency, day::text AS day, state, net_minor::text AS "netMinor", lines FROM settlement
     WHERE ${merchantId ?? null}::text IS NULL OR merchant_id = ${merchantId ?? null} ORDER BY day DESC, id LIMIT ${limit}`.execute(db);
  return rows;
}
