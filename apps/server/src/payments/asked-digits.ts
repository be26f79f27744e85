// Digits that the risk rules ask for of somebody who is recognised already: compared with the number of the account, three tries
// a look, counted under the payment's lock, so that guesses in parallel share them. No name is shown before they are right.
import { timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { answeringFor } from './guardian.ts';
import { digitsTriesMax } from './limits.ts';
import { maskedName } from './masked-name.ts';
import type { PaymentsDependencies } from './pay.ts';
import { nobodyIdentified, type PaymentRow, refuseSuperseded, stepIn } from './record.ts';

/** The payment, identified. Throws `digits_wrong` with `triesLeft`, or `payment_state_conflict`. */
export async function enterAskedDigits({ db, nowMs }: PaymentsDependencies, { row, digits }: { row: PaymentRow; digits: string }): Promise<PaymentRow> {
  const { name, phone } = await answeringFor(db, row.payer_id);
  const isRight = phone !== null && same(phone.slice(-digits.length), digits);
  const tried = await db.transaction().execute(async (trx) => {
    const locked = await trx.selectFrom('payment').select(['state', 'digits_tries']).where('id', '=', row.id).forUpdate().executeTakeFirstOrThrow();
    const tries = locked.digits_tries + 1;
    if (tries > digitsTriesMax) throw new ProblemError('payment_state_conflict', { facts: { state: locked.state } });
    const shared = { paymentId: row.id, atMs: nowMs(), check: (now: PaymentRow) => refuseSuperseded(now, row) };
    if (isRight) return { triesLeft: 0, payment: await stepIn(trx, { ...shared, event: 'digits_matched', set: { payer_masked_name: maskedName(name), last_problem: null } }) };
    const isOver = tries === digitsTriesMax;
    const set = { ...(isOver ? nobodyIdentified : {}), digits_tries: isOver ? 0 : tries, last_problem: 'digits_wrong' };
    await stepIn(trx, { ...shared, event: isOver ? 'digits_over' : 'digits_wrong', reason: 'digits_wrong', set });
    return { triesLeft: digitsTriesMax - tries, payment: null };
  });
  if (!tried.payment) throw new ProblemError('digits_wrong', { facts: { triesLeft: tried.triesLeft } });
  return tried.payment;
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
