// A first payment by face can be taken back by its payer with one tap for a while: a full refund, whatever the shop says, since a
// first payment may be somebody else's. How often, and how much in all, is capped. The merchant's settlement waits for as long
// (../settlements/freeze.ts), so nothing has to be got back from a merchant.
import { sql } from 'kysely';
import type { PhoneAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { undoUnderWayMs } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import { type PaymentRow } from './record.ts';
import { moveOf } from './state.ts';

const undoReason = 'taken back by the shopper';

type Use = { undo_until: Date | null; undone_at: Date | null };

/** Safe to repeat: what was done already answers the same, what was cut off before the money moved is judged anew. Throws `payment_not_found`, `undo_over`, `undo_capped`, `payment_state_conflict`. */
export async function undoPayment(deps: PaymentsDependencies, input: { payerId: string; paymentId: string }): Promise<PhoneAnswer> {
  const { paymentId } = input;
  await claim(deps, input);
  const result = await deps.books.post({
    idempotency: { principal: `payment:${paymentId}`, key: 'undo' },
    command: { kind: 'refund', holdId: paymentId },
    atMs: deps.nowMs(),
    reason: undoReason,
    payment: { id: paymentId, posted: moveOf('refunded_in_full') },
  });
  if (!result.ok) {
    await sql`UPDATE limit_use SET undone_at = NULL WHERE payment_id = ${paymentId}`.execute(deps.db);
    throw new ProblemError(result.code);
  }
  const row = await deps.db.selectFrom('payment').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow();
  return { paymentId, state: (row as PaymentRow).state, amount: { amountMinor: String(row.amount_minor), currency: row.currency } };
}

// Counted under the payer's lock before money moves: taps at once share the cap. Of those before, what moved money counts, and what may
// still be about to.
async function claim({ db, limits, nowMs }: PaymentsDependencies, { payerId, paymentId }: { payerId: string; paymentId: string }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const payment = (await trx.selectFrom('payment').selectAll().where('id', '=', paymentId).where('payer_id', '=', payerId).forUpdate().executeTakeFirst()) as PaymentRow | undefined;
    if (!payment || payment.paid_at === null) throw new ProblemError('payment_not_found');
    await sql`SELECT FROM payer WHERE id = ${payerId} FOR NO KEY UPDATE`.execute(trx);
    const [use] = (await sql<Use>`SELECT undo_until, undone_at FROM limit_use WHERE payment_id = ${paymentId}`.execute(trx)).rows;
    // Taken back already: the books answer what they answered then.
    if (use?.undone_at && payment.state === 'refunded') return;
    const atMs = nowMs();
    if (!use?.undo_until || use.undo_until.getTime() <= atMs) throw new ProblemError('undo_over');
    if (payment.state !== 'captured' && payment.state !== 'partially_refunded') throw new ProblemError('payment_state_conflict', { facts: { state: payment.state } });
    const { undo } = await limits.settings(payment.currency);
    const [since, underWaySince] = [new Date(atMs - undo.days * 86_400_000), new Date(atMs - undoUnderWayMs)];
    const [before] = (await sql<{ count: number; minor: string }>`
      SELECT count(*)::int AS count, COALESCE(sum(amount_minor), 0)::text AS minor FROM limit_use u
       WHERE payer_id = ${payerId} AND currency = ${payment.currency} AND undone_at > ${since} AND payment_id <> ${paymentId}
         AND (undone_at > ${underWaySince} OR EXISTS (SELECT FROM refund r WHERE r.payment_id = u.payment_id AND r.reason = ${undoReason}))`.execute(trx)).rows;
    if (!before || before.count >= undo.countMax || BigInt(before.minor) + payment.amount_minor > BigInt(undo.sumMaxMinor)) throw new ProblemError('undo_capped');
    await sql`UPDATE limit_use SET undone_at = ${new Date(atMs)} WHERE payment_id = ${paymentId}`.execute(trx);
  });
}
