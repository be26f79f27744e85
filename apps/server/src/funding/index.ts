// Money into a wallet from a source outside: a row first, then the source, then the books. Whoever is cut off in between finds the
// row; a result that did not come is asked for, by the next try under the same key or by the round, and never guessed.
import { isCurrency, money, type Money } from '@sonrisa/ledger/money.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Books, Posted, PostResult } from '../books/index.ts';
import type { Pool } from '../db/pool.ts';
import type { CardSource, FundingOrder, FundingResult, FundingSource } from './port.ts';

export type { CardOnFile, CardSource, FundingOrder, FundingResult, FundingSource } from './port.ts';

export type SourceName = 'test_bank' | 'card';
export type Funding = {
  /**
   * Throws `payment_source_refused`, `payment_source_unknown` while the source has not answered (the same key again finds out),
   * `production_refuses_sandbox` for a test bank where there is none.
   */
  topUp(input: { payerId: string; key: string; amount: Money; source: SourceName }): Promise<PostResult & { ok: true }>;
  addCard(input: { payerId: string; methodRef: string }): Promise<{ brand: string; last4: string }>;
  /** Of a closed account: here, and at the processor first. Throws `busy`; none on file: nothing happens. */
  forgetCard(payerId: string): Promise<void>;
  /** Resolves what was left open. Returns how many came to an end. */
  resolve(): Promise<number>;
};
export type FundingDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly books: Pick<Books, 'post'>;
  readonly testBank: FundingSource | undefined;
  readonly cards: CardSource | undefined;
};

/** Longer than any request to a source may take. */
export const leftAloneMs = 30_000;
const batchMax = 50;

type Row = {
  id: string; payer_id: string; key: string; source: SourceName; currency: string; amount_minor: bigint; state: 'created' | 'sent' | 'succeeded' | 'failed' | 'unknown';
  customer_ref: string | null; method_ref: string | null; created_at: Date; changed_at: Date; posted_at: Date | null; posted: string | null;
};

export function createFunding(deps: FundingDeps): Funding {
  return {
    topUp: (input) => topUp(deps, input),
    addCard: (input) => addCard(deps, input),
    forgetCard: (payerId) => forgetCard(deps, payerId),
    resolve: () => resolveOpen(deps),
  };
}

async function topUp(deps: FundingDeps, input: Parameters<Funding['topUp']>[0]): Promise<PostResult & { ok: true }> {
  const row = await attemptOf(deps, input);
  // The books forget keys after a month; what was collected once is posted once for ever.
  if (row.posted !== null) return { ...(JSON.parse(row.posted) as Posted), replayed: true };
  if (row.posted_at !== null) throw new ProblemError('idempotency_key_reused');
  // A new one, or one whose process died before it asked: from `sent` on only the source knows.
  const result = row.state === 'created' && (await markSent(deps, row)) ? await collect(deps, row) : await outcomeOf(deps, row);
  if (result.is === 'unknown') throw new ProblemError('payment_source_unknown', { facts: { retryAfterS: 5 } });
  if (result.is === 'failed') throw new ProblemError('payment_source_refused', { facts: { reason: result.reason } });
  const posted = await post(deps, row);
  if (!posted.ok) throw new ProblemError(posted.code);
  return posted;
}

async function attemptOf(deps: FundingDeps, { payerId, key, amount, source }: Parameters<Funding['topUp']>[0]): Promise<Row> {
  sourceOf(deps, source);
  const card = source === 'card' ? await cardOf(deps, payerId) : null;
  const at = new Date(deps.clock.nowMs());
  await deps.pool.query(
    `INSERT INTO funding_attempt (id, payer_id, key, source, currency, amount_minor, state, customer_ref, method_ref, created_at, changed_at)
     SELECT $1, id, $3, $4, $5, $6, 'created', $7, $8, $9, $9 FROM payer WHERE id = $2 AND closed_at IS NULL FOR KEY SHARE
     ON CONFLICT (payer_id, key) DO NOTHING`,
    [deps.ids.make('topUp'), payerId, key, source, amount.currency, amount.amountMinor, card?.customer_ref ?? null, card?.method_ref ?? null, at],
  );
  const { rows } = await deps.pool.query<Row>('SELECT * FROM funding_attempt WHERE payer_id = $1 AND key = $2', [payerId, key]);
  const [row] = rows;
  // The account was closed a moment ago.
  if (!row) throw new ProblemError('unauthorised');
  if (row.amount_minor !== amount.amountMinor || row.currency !== amount.currency || row.source !== source) throw new ProblemError('idempotency_key_reused');
  return row;
}

async function markSent({ pool, clock }: FundingDeps, row: Row): Promise<boolean> {
  const { rowCount } = await pool.query(`UPDATE funding_attempt SET state = 'sent', changed_at = $2 WHERE id = $1 AND state = 'created'`, [row.id, new Date(clock.nowMs())]);
  return rowCount === 1;
}

async function collect(deps: FundingDeps, row: Row): Promise<FundingResult> {
  const result = await sourceOf(deps, row.source).collect({ ...orderOf(row), sentAtMs: deps.clock.nowMs() }).catch(asUnknown);
  return keep(deps, { row, result });
}

async function outcomeOf(deps: FundingDeps, { id }: Row): Promise<FundingResult> {
  const { rows } = await deps.pool.query<Row & { source_ref: string | null; reason: string | null }>('SELECT * FROM funding_attempt WHERE id = $1', [id]);
  const row = rows[0]!;
  if (row.state === 'succeeded') return { is: 'succeeded', ref: row.source_ref ?? '' };
  if (row.state === 'failed') return { is: 'failed', reason: row.reason ?? '' };
  return keep(deps, { row, result: await sourceOf(deps, row.source).find(orderOf(row)).catch(asUnknown) });
}

const asUnknown = (): FundingResult => ({ is: 'unknown' });

// An end is final: of two who found out at once, both found the same, and the first writes it.
async function keep({ pool, clock }: FundingDeps, { row, result }: { row: Row; result: FundingResult }): Promise<FundingResult> {
  const at = new Date(clock.nowMs());
  if (result.is === 'unknown') {
    await pool.query(`UPDATE funding_attempt SET state = 'unknown' WHERE id = $1 AND state = 'sent'`, [row.id]);
    return result;
  }
  await pool.query(`UPDATE funding_attempt SET state = $2, source_ref = $3, reason = $4, changed_at = $5 WHERE id = $1 AND state IN ('sent', 'unknown')`, [
    row.id,
    result.is,
    result.is === 'succeeded' ? result.ref : null,
    result.is === 'failed' ? result.reason : null,
    at,
  ]);
  return result;
}

async function post({ pool, clock, books }: FundingDeps, row: Row): Promise<PostResult> {
  if (!isCurrency(row.currency)) throw new RangeError(`a funding attempt in an unknown currency ${row.currency}`);
  const posted = await books.post({
    idempotency: { principal: `payer:${row.payer_id}`, key: row.key },
    command: { kind: 'top_up', payerId: row.payer_id, amount: money(row.amount_minor, row.currency) },
    atMs: clock.nowMs(),
    reason: row.source === 'test_bank' ? 'top-up from the test bank' : 'top-up from a card',
    about: row.id,
  });
  if (!posted.ok) return posted;
  const { replayed, ...answer } = posted;
  await pool.query('UPDATE funding_attempt SET posted_at = $2, posted = $3 WHERE id = $1 AND posted_at IS NULL', [row.id, new Date(clock.nowMs()), JSON.stringify(answer)]);
  return { ...answer, replayed };
}

async function resolveOpen(deps: FundingDeps): Promise<number> {
  const { rows } = await deps.pool.query<Row>(
    `SELECT * FROM funding_attempt WHERE (state IN ('created', 'sent', 'unknown') OR (state = 'succeeded' AND posted_at IS NULL)) AND changed_at <= $1 ORDER BY changed_at LIMIT $2`,
    [new Date(deps.clock.nowMs() - leftAloneMs), batchMax],
  );
  let ended = 0;
  for (const row of rows) if (await resolveOne(deps, row)) ended += 1;
  return ended;
}

async function resolveOne(deps: FundingDeps, row: Row): Promise<boolean> {
  if (row.state === 'created') {
    // Nobody outside was asked, and nobody waits for it any more.
    const { rowCount } = await deps.pool.query(`UPDATE funding_attempt SET state = 'failed', reason = 'never sent', changed_at = $2 WHERE id = $1 AND state = 'created'`, [row.id, new Date(deps.clock.nowMs())]);
    return rowCount === 1;
  }
  const result = await outcomeOf(deps, row);
  if (result.is === 'succeeded') return (await post(deps, row)).ok;
  return result.is === 'failed';
}

async function addCard(deps: FundingDeps, { payerId, methodRef }: { payerId: string; methodRef: string }) {
  if (!deps.cards) throw new ProblemError('payment_source_refused');
  const card = await deps.cards.keep({ payerId, methodRef });
  await deps.pool.query(
    `INSERT INTO payer_card (id, payer_id, customer_ref, method_ref, brand, last4, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (payer_id) DO UPDATE SET customer_ref = excluded.customer_ref, method_ref = excluded.method_ref, brand = excluded.brand, last4 = excluded.last4`,
    [deps.ids.make('transfer'), payerId, card.customerRef, card.methodRef, card.brand, card.last4, new Date(deps.clock.nowMs())],
  );
  return { brand: card.brand, last4: card.last4 };
}

async function forgetCard({ pool, cards }: FundingDeps, payerId: string): Promise<void> {
  const { rows } = await pool.query<{ customer_ref: string }>('SELECT customer_ref FROM payer_card WHERE payer_id = $1', [payerId]);
  if (rows[0] && cards) await cards.forget(rows[0].customer_ref);
  await pool.query('UPDATE funding_attempt SET customer_ref = NULL, method_ref = NULL WHERE payer_id = $1 AND customer_ref IS NOT NULL', [payerId]);
  await pool.query('DELETE FROM payer_card WHERE payer_id = $1', [payerId]);
}

async function cardOf({ pool }: FundingDeps, payerId: string): Promise<{ customer_ref: string; method_ref: string }> {
  const { rows } = await pool.query<{ customer_ref: string; method_ref: string }>('SELECT customer_ref, method_ref FROM payer_card WHERE payer_id = $1', [payerId]);
  if (!rows[0]) throw new ProblemError('payment_source_refused');
  return rows[0];
}

function sourceOf({ testBank, cards }: FundingDeps, source: SourceName): FundingSource {
  if (source === 'test_bank' && !testBank) throw new ProblemError('production_refuses_sandbox');
  const found = source === 'test_bank' ? testBank : cards;
  if (!found) throw new ProblemError('payment_source_refused');
  return found;
}

function orderOf(row: Row): FundingOrder {
  const card = row.customer_ref !== null && row.method_ref !== null ? { customerRef: row.customer_ref, methodRef: row.method_ref } : null;
  return { id: row.id, amountMinor: row.amount_minor, currency: row.currency, createdAtMs: row.created_at.getTime(), sentAtMs: row.changed_at.getTime(), card };
}
