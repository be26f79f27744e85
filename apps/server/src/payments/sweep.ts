// What nobody came back for: payments a killed process left authorised are handed over while they are young and released
// when they are not; whatever else waited too long expires. Run at boot and every few seconds, by any number of processes.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { capture } from './confirm.ts';
import { voidHeld } from './leave.ts';
import { authorisedGraceMs, sweepBatchMax } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import { type PaymentRow, step } from './record.ts';

export type Swept = { expired: number; completed: number; voided: number };

export async function sweepPayments(deps: PaymentsDependencies): Promise<Swept> {
  const swept: Swept = { expired: 0, completed: 0, voided: 0 };
  const nowMs = deps.nowMs();
  for (const row of await waitedTooLong(deps, nowMs)) {
    if (await expire(deps, { row, nowMs })) swept.expired += 1;
  }
  for (const row of await leftAuthorised(deps, nowMs)) {
    if (row.expires_at.getTime() > nowMs) {
      await capture(deps, row);
      swept.completed += 1;
    } else if (await voidHeld(deps, { row, event: 'hold_lapsed', reason: 'nobody came back for it' })) {
      swept.voided += 1;
    }
  }
  return swept;
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
