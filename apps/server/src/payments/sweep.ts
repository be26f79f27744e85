// What nobody came back for: payments a killed process left authorised are handed over while they are young and released
// when they are not; whatever else waited too long expires. Run at boot and every few seconds, by any number of processes.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { capture } from './confirm.ts';
import { voidHeld } from './leave.ts';
import { authorisedGraceMs, sweepBatchMax } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import { lapsePhone } from './phone.ts';
import { type PaymentRow, step } from './record.ts';

export type Swept = { expired: number; completed: number; voided: number };

/** Throws the first failure after everything else was tried: one payment that cannot be finished holds up no other. */
export async function sweepPayments(deps: PaymentsDependencies): Promise<Swept> {
  const swept: Swept = { expired: 0, completed: 0, voided: 0 };
  const failures: unknown[] = [];
  const nowMs = deps.nowMs();
  for (const row of await phonesSilent(deps, nowMs)) await lapsePhone(deps, row);
  const rows = [...(await waitedTooLong(deps, nowMs)), ...(await leftAuthorised(deps, nowMs))];
  for (const row of rows) {
    try {
      const done = await finish(deps, { row, nowMs });
      if (done) swept[done] += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return swept;
}

async function finish(deps: PaymentsDependencies, { row, nowMs }: { row: PaymentRow; nowMs: number }): Promise<keyof Swept | null> {
  if (row.state !== 'authorised') return (await expire(deps, { row, nowMs })) ? 'expired' : null;
  if (row.expires_at.getTime() <= nowMs) {
    return (await voidHeld(deps, { row, event: 'hold_lapsed', reason: 'nobody came back for it' })) ? 'voided' : null;
  }
  await capture(deps, row);
  return 'completed';
}

async function waitedTooLong({ db }: PaymentsDependencies, nowMs: number): Promise<PaymentRow[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('state', 'in', ['created', 'capturing', 'identified', 'awaiting_digits', 'awaiting_phone'])
    .where('expires_at', '<=', new Date(nowMs))
    .orderBy('expires_at')
    .limit(sweepBatchMax)
    .execute();
  return rows as PaymentRow[];
}

async function phonesSilent({ db }: PaymentsDependencies, nowMs: number): Promise<PaymentRow[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll('payment')
    .innerJoin('phone_request', 'phone_request.payment_id', 'payment.id')
    .where('payment.state', '=', 'awaiting_phone')
    .where('phone_request.state', '=', 'waiting')
    .where('phone_request.expires_at', '<=', new Date(nowMs))
    .limit(sweepBatchMax)
    .execute();
  return rows as PaymentRow[];
}

async function leftAuthorised({ db }: PaymentsDependencies, nowMs: number): Promise<PaymentRow[]> {
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('state', '=', 'authorised')
    .where('authorised_at', '<=', new Date(nowMs - authorisedGraceMs))
    .orderBy('authorised_at')
    .limit(sweepBatchMax)
    .execute();
  return rows as PaymentRow[];
}

async function expire({ db }: PaymentsDependencies, { row, nowMs }: { row: PaymentRow; nowMs: number }): Promise<boolean> {
  try {
    await step(db, { paymentId: row.id, event: 'expired', reason: 'waited too long', atMs: nowMs, set: { last_problem: 'payment_expired' } });
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'payment_state_conflict') return false;
    throw error;
  }
}
