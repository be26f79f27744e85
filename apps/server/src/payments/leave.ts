// Ways out that charge nobody: "not me", and cancel. A cancel that races a payment wins, or takes the money back.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { cancelTriesMax } from './limits.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { nobodyIdentified, type PaymentRow, readOwn, refuseExpired, step } from './record.ts';
import { moveOf, phaseOf } from './state.ts';
import { viewOf } from './views.ts';

export async function notMe(deps: PaymentsDependencies, input: OfTerminal): Promise<PaymentView> {
  const row = await readOwn(deps.db, input);
  await refuseExpired(deps.db, row, deps.nowMs());
  const set = { ...nobodyIdentified, look_nonce: null, last_problem: null };
  return viewOf(deps, await step(deps.db, { paymentId: row.id, event: 'not_me', reason: 'the shopper said so', atMs: deps.nowMs(), set }));
}

/** Leaving a payment that is over already is no error. Leaving one that was paid before is: that is a refund. */
export async function cancelPayment(deps: PaymentsDependencies, input: OfTerminal): Promise<PaymentView> {
  const first = await readOwn(deps.db, input);
  if (phaseOf(first.state) === 'paid') throw new ProblemError('payment_state_conflict', { facts: { state: first.state } });
  let row = first;
  for (let tryNumber = 1; tryNumber <= cancelTriesMax; tryNumber += 1) {
    if (await leave(deps, row)) return viewOf(deps, await readOwn(deps.db, input));
    row = await readOwn(deps.db, input);
  }
  throw new ProblemError('busy');
}

// False: the payment moved on while we looked; look again.
async function leave(deps: PaymentsDependencies, row: PaymentRow): Promise<boolean> {
  switch (phaseOf(row.state)) {
    case 'open':
      return cancelOpen(deps, row);
    case 'held':
      return voidHeld(deps, { row, event: 'voided', reason: 'cancelled at the till' });
    case 'paid':
      return refundRaced(deps, row);
    case 'over':
      return true;
  }
}

async function cancelOpen(deps: PaymentsDependencies, row: PaymentRow): Promise<boolean> {
  try {
    await step(deps.db, { paymentId: row.id, event: 'cancelled', reason: 'cancelled at the till', atMs: deps.nowMs() });
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'payment_state_conflict') return false;
    throw error;
  }
}

/** Gives the held money back to the wallet. False when it was captured or released meanwhile. */
export async function voidHeld(
  deps: PaymentsDependencies,
  input: { row: PaymentRow; event: 'voided' | 'hold_lapsed'; reason: string },
): Promise<boolean> {
  const { row, event, reason } = input;
  const result = await deps.books.post({
    idempotency: { principal: `payment:${row.id}`, key: event },
    command: { kind: 'void', holdId: row.id },
    atMs: deps.nowMs(),
    reason,
    payment: { id: row.id, posted: moveOf(event) },
  });
  if (result.ok) return true;
  if (result.code === 'payment_state_conflict' || result.code === 'hold_not_open') return false;
  throw new ProblemError(result.code);
}

async function refundRaced(deps: PaymentsDependencies, row: PaymentRow): Promise<boolean> {
  const result = await deps.books.post({
    idempotency: { principal: `payment:${row.id}`, key: 'cancel-raced' },
    command: { kind: 'refund', holdId: row.id },
    atMs: deps.nowMs(),
    reason: 'cancelled while it was being captured',
    payment: { id: row.id, posted: moveOf('refunded_in_full') },
  });
  if (result.ok || result.code === 'payment_state_conflict' || result.code === 'refund_exceeds_payment') return true;
  throw new ProblemError(result.code);
}
