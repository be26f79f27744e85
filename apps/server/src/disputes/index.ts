// Disputes: the shopper has the money back at once, who pays for it is decided afterwards. One dispute for each payment. A shopper's own
// word opens one (../cases); for an operator's it takes two people (../proposals), who also say who pays.
import { type DisputeBearer, type DisputeSource } from '@sonrisa/ledger/dispute.ts';
import { parseMoney } from '@sonrisa/ledger/money.ts';
import type { Command } from '@sonrisa/ledger/transfer.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { moveOf } from '../payments/index.ts';

export type { DisputeBearer, DisputeSource } from '@sonrisa/ledger/dispute.ts';

export type Dispute = {
  id: string;
  paymentId: string;
  bearer: DisputeBearer;
  amount: WireAmount;
  recoveredMinor: string;
  state: 'open' | 'recovered' | 'lost';
  reason: string;
  openedAtMs: number;
};
export type Disputes = {
  /** Who pays unless somebody else turns out to. */
  bearer: DisputeBearer;
  /** Throws `payment_not_found` and the books' refusals. */
  open(input: { paymentId: string; key: string; amount?: WireAmount | undefined; bearer?: DisputeBearer; reason: string }): Promise<Dispute>;
  recover(input: { disputeId: string; key: string; from: DisputeSource; amount?: WireAmount | undefined; reason: string }): Promise<Dispute>;
  /** Nobody pays the rest: the bearer does. */
  lose(input: { disputeId: string; reason: string }): Promise<Dispute>;
  list(limit: number): Promise<Dispute[]>;
};
export type DisputeDeps = { db: Database; books: Pick<Books, 'post'>; bearer: DisputeBearer; nowMs: () => number; idFrom: (kind: IdKind, text: string) => string };

export function createDisputes(deps: DisputeDeps): Disputes {
  return {
    bearer: deps.bearer,
    open: (input) => open(deps, input),
    recover: (input) => recover(deps, input),
    lose: (input) => lose(deps, input),
    list: (limit) => read(deps.db, { limit }),
  };
}

async function open(deps: DisputeDeps, input: Parameters<Disputes['open']>[0]): Promise<Dispute> {
  const { paymentId, key, reason } = input;
  const payment = await deps.db.selectFrom('payment').select('currency').where('id', '=', paymentId).executeTakeFirst();
  if (!payment) throw new ProblemError('payment_not_found');
  const disputeId = deps.idFrom('dispute', `dispute\0${paymentId}\0${key}`);
  const result = await deps.books.post({
    idempotency: { principal: `dispute:${paymentId}`, key },
    command: { kind: 'dispute_open', disputeId, holdId: paymentId, bearer: input.bearer ?? deps.bearer, ...amountOf(input.amount, payment.currency) },
    atMs: deps.nowMs(),
    reason,
    payment: { id: paymentId, posted: moveOf('disputed') },
  });
  if (!result.ok) throw new ProblemError(result.code);
  return one(deps.db, disputeId);
}

async function recover(deps: DisputeDeps, input: Parameters<Disputes['recover']>[0]): Promise<Dispute> {
  const { disputeId, key, from, reason } = input;
  const dispute = await one(deps.db, disputeId);
  await post(deps, { key, reason, command: { kind: 'dispute_recover', disputeId, holdId: dispute.paymentId, from, ...amountOf(input.amount, dispute.amount.currency) } });
  return one(deps.db, disputeId);
}

async function lose(deps: DisputeDeps, { disputeId, reason }: { disputeId: string; reason: string }): Promise<Dispute> {
  const dispute = await one(deps.db, disputeId);
  if (dispute.bearer !== 'merchant') {
    await post(deps, { key: 'lose', reason, command: { kind: 'dispute_lose', disputeId, holdId: dispute.paymentId } });
    return one(deps.db, disputeId);
  }
  // A merchant who bears it paid at the opening: nothing is left to move.
  const { rows } = await sql`
    UPDATE dispute SET state = 'lost', closed_at = ${new Date(deps.nowMs())} WHERE id = ${disputeId} AND state = 'open' RETURNING 1`.execute(deps.db);
  if (rows.length === 0 && dispute.state !== 'lost') throw new ProblemError('dispute_not_open');
  return one(deps.db, disputeId);
}

async function post(deps: DisputeDeps, { key, reason, command }: { key: string; reason: string; command: Command & { disputeId: string } }): Promise<void> {
  const idempotency = { principal: `dispute:${command.disputeId}`, key };
  const result = await deps.books.post({ idempotency, command, atMs: deps.nowMs(), reason });
  if (!result.ok) throw new ProblemError(result.code);
}

function amountOf(wire: WireAmount | undefined, currency: string) {
  if (!wire) return {};
  const parsed = parseMoney(wire, { currency });
  if (!parsed.ok) throw new ProblemError(parsed.code);
  return { amount: parsed.money };
}

/** What could be disputed now, whose it is, and what it would come to. Throws `payment_not_found`, and as the books will refuse it. */
export async function disputable(db: Database, { paymentId, amount }: { paymentId: string; amount?: WireAmount | undefined }): Promise<Disputable> {
  const { rows } = await sql<{ merchant_id: string; currency: string; state: string; left: bigint | null }>`
    SELECT p.merchant_id, p.currency, p.state, h.captured_minor - h.refunded_minor - h.disputed_minor AS left FROM payment p LEFT JOIN hold h ON h.id = p.id WHERE p.id = ${paymentId}`.execute(db);
  const [payment] = rows;
  if (!payment) throw new ProblemError('payment_not_found');
  if (payment.left === null || (payment.state !== 'captured' && payment.state !== 'partially_refunded')) throw new ProblemError('payment_state_conflict');
  const asked = amountOf(amount, payment.currency).amount?.amountMinor ?? payment.left;
  if (asked > payment.left) throw new ProblemError('refund_exceeds_payment');
  return { merchantId: payment.merchant_id, currency: payment.currency, amountMinor: asked };
}
type Disputable = { merchantId: string; currency: string; amountMinor: bigint };

/** What is left of one that is open, and whose it is. Throws `not_found`, `dispute_not_open`, `dispute_amount_invalid`. */
export async function recoverable(db: Database, input: { disputeId: string; from?: DisputeSource; amount?: WireAmount | undefined }): Promise<Disputable & Dispute & { payerId: string }> {
  const dispute = await one(db, input.disputeId);
  const { currency } = dispute.amount;
  const left = BigInt(dispute.amount.amountMinor) - BigInt(dispute.recoveredMinor);
  const asked = amountOf(input.amount, currency).amount?.amountMinor ?? left;
  if (dispute.state !== 'open') throw new ProblemError('dispute_not_open');
  if (asked > left || (input.from === 'merchant' && dispute.bearer === 'merchant')) throw new ProblemError('dispute_amount_invalid');
  const { rows } = await sql<{ merchant_id: string; payer_id: string }>`SELECT merchant_id, payer_id FROM hold WHERE id = ${dispute.paymentId}`.execute(db);
  return { ...dispute, merchantId: rows[0]!.merchant_id, payerId: rows[0]!.payer_id, currency, amountMinor: asked };
}

/** Newest first, of this merchant's payments. */
export const disputesOfMerchant = (db: Database, { merchantId, limit }: { merchantId: string; limit: number }): Promise<Dispute[]> => read(db, { merchantId, limit });

/** One at most for each payment. */
export async function disputesOf(db: Database, paymentIds: readonly string[]): Promise<Dispute[]> {
  return read(db, { paymentIds, limit: paymentIds.length });
}

async function one(db: Database, disputeId: string): Promise<Dispute> {
  const [dispute] = await read(db, { disputeId, limit: 1 });
  if (!dispute) throw new ProblemError('not_found');
  return dispute;
}

type DisputeRow = { id: string; hold_id: string; bearer: DisputeBearer; amount_minor: bigint; recovered_minor: bigint; state: Dispute['state']; reason: string; opened_at: Date; currency: string };

type Only = { disputeId?: string; paymentIds?: readonly string[]; merchantId?: string; limit: number };

async function read(db: Database, { disputeId, paymentIds, merchantId, limit }: Only): Promise<Dispute[]> {
  const { rows } = await sql<DisputeRow>`
    SELECT d.*, h.currency FROM dispute d JOIN hold h ON h.id = d.hold_id
     WHERE (${disputeId ?? null}::text IS NULL OR d.id = ${disputeId ?? null}) AND (${paymentIds ?? null}::text[] IS NULL OR d.hold_id = ANY (${paymentIds ?? null}))
       AND (${merchantId ?? null}::text IS NULL OR h.merchant_id = ${merchantId ?? null})
     ORDER BY d.opened_at DESC, d.id LIMIT ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    paymentId: row.hold_id,
    bearer: row.bearer,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    recoveredMinor: String(row.recovered_minor),
    state: row.state,
    reason: row.reason,
    openedAtMs: row.opened_at.getTime(),
  }));
}
