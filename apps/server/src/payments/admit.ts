// A payment against the limits of who pays: looked at before anything is asked of the shopper, and counted under the locks right
// before money moves. What it counts for afterwards is read off its state: nothing is ever given back by hand.
import { ProblemError, type ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { LimitedPayment, LimitVerdict, Looked } from '../limits/index.ts';
import type { PaymentsDependencies } from './pay.ts';
import { isSameIdentification, nobodyIdentified, type PaymentRow, stepIn } from './record.ts';

type Deps = Pick<PaymentsDependencies, 'db' | 'limits' | 'nowMs'>;

/** Null: nobody is identified yet. */
export async function limitsOf({ limits }: Pick<Deps, 'limits'>, { db, row }: { db: Database; row: PaymentRow }): Promise<Looked | null> {
  const payment = limitedOf(row);
  return payment === null ? null : limits.look(db, payment);
}

/** Whether a second factor is due. Takes the payment back to its beginning and throws when it breaks a limit. */
export async function refuseOverLimit(deps: Deps, row: PaymentRow): Promise<{ confirmationDue: boolean }> {
  const looked = await limitsOf(deps, { db: deps.db, row });
  if (looked === null) throw new Error(`payment ${row.id} has nobody whose limits could be read`);
  const { verdict } = looked;
  if (verdict.allowed) return { confirmationDue: verdict.confirmationDue };
  await deps.db.transaction().execute((trx) => leave(deps, { trx, row, verdict }));
  throw new ProblemError(verdict.code);
}

/** False: the payment is not any more as it was seen, and nothing was counted. Throws the code of a limit, or `confirmation_due`. */
export async function admit(deps: Deps, { row, strong }: { row: PaymentRow; strong: boolean }): Promise<boolean> {
  const refusal = await deps.db.transaction().execute(async (trx): Promise<ProblemCode | 'moved' | null> => {
    const locked = (await trx.selectFrom('payment').selectAll().where('id', '=', row.id).forUpdate().executeTakeFirstOrThrow()) as PaymentRow;
    const payment = limitedOf(locked);
    if (payment === null || locked.state !== 'identified' || !isSameIdentification(locked, row) || locked.payer_id !== row.payer_id) return 'moved';
    const verdict = await deps.limits.take(trx, { ...payment, strong });
    if (verdict.allowed) return verdict.confirmationDue && !strong ? 'confirmation_due' : null;
    await leave(deps, { trx, row, verdict });
    return verdict.code;
  });
  if (refusal === 'moved') return false;
  if (refusal !== null) throw new ProblemError(refusal);
  return true;
}

type Leaving = { trx: Parameters<typeof stepIn>[0]; row: PaymentRow; verdict: LimitVerdict & { allowed: false } };

// Back to the beginning: somebody else may pay, or the same person in another way.
async function leave({ nowMs }: Deps, { trx, row, verdict }: Leaving): Promise<void> {
  await stepIn(trx, {
    paymentId: row.id,
    event: 'over_limit',
    reason: verdict.code,
    atMs: nowMs(),
    check: (locked) => {
      if (!isSameIdentification(locked, row) || locked.payer_id !== row.payer_id) throw new ProblemError('payment_state_conflict', { facts: { state: locked.state } });
    },
    set: { ...nobodyIdentified, last_problem: verdict.code },
  });
}

function limitedOf(row: PaymentRow): LimitedPayment | null {
  if (row.payer_id === null) return null;
  return { paymentId: row.id, payerId: row.payer_id, merchantId: row.merchant_id, amountMinor: row.amount_minor, currency: row.currency, way: row.way };
}
