// One payment's row: reading it for its terminal, and moving it from state to state when no money moves with it.
import type { Selectable, Transaction, Updateable } from 'kysely';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { type ReceiptClaims, receiptClaimsSchema } from '@sonrisa/protocol/receipt.ts';
import type { PaymentState } from '@sonrisa/protocol/terminal-api.ts';
import type { Database, PaymentTable, Tables } from '../db/database.ts';
import { type PaymentEvent, phaseOf, transition } from './state.ts';

export type PaymentRow = Omit<Selectable<PaymentTable>, 'state'> & { state: PaymentState };

/** Throws `payment_not_found` for another terminal's payment as for none: who may not read it learns nothing. */
export async function readOwn(db: Database, input: { terminalId: string; paymentId: string }): Promise<PaymentRow> {
  const row = await db
    .selectFrom('payment')
    .selectAll()
    .where('id', '=', input.paymentId)
    .where('terminal_id', '=', input.terminalId)
    .executeTakeFirst();
  if (!row) throw new ProblemError('payment_not_found');
  return row as PaymentRow;
}

export type Step = {
  readonly paymentId: string;
  readonly event: PaymentEvent;
  readonly reason?: string;
  readonly atMs: number;
  /** Columns that change with the state. */
  readonly set?: Updateable<PaymentTable> | ((row: PaymentRow) => Updateable<PaymentTable>);
  /** Looked at under the lock; throws to refuse. */
  readonly check?: (row: PaymentRow) => void;
};

/** Locks, asks the state machine, writes state and event. Throws `payment_state_conflict`. */
export function step(db: Database, input: Step): Promise<PaymentRow> {
  return db.transaction().execute((trx) => stepIn(trx, input));
}

export async function stepIn(trx: Transaction<Tables>, input: Step): Promise<PaymentRow> {
  const found = await trx.selectFrom('payment').selectAll().where('id', '=', input.paymentId).forUpdate().executeTakeFirst();
  if (!found) throw new ProblemError('payment_not_found');
  const row = found as PaymentRow;
  const next = transition(row.state, input.event);
  if (!next.ok) throw new ProblemError(next.code, { facts: { state: row.state } });
  input.check?.(row);
  const set = typeof input.set === 'function' ? input.set(row) : (input.set ?? {});
  const updated = await trx
    .updateTable('payment')
    .set({ ...set, state: next.state })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('payment_event')
    .values({
      payment_id: row.id,
      at: new Date(input.atMs),
      event: input.event,
      from_state: row.state,
      to_state: next.state,
      reason: input.reason ?? '',
    })
    .execute();
  return updated as PaymentRow;
}

/** Ends a payment that waited too long, and says so. Money that is held is the sweep's business. */
export async function refuseExpired(db: Database, row: PaymentRow, nowMs: number): Promise<void> {
  if (row.state === 'expired') throw new ProblemError('payment_expired');
  if (phaseOf(row.state) !== 'open' || row.expires_at.getTime() > nowMs) return;
  await step(db, { paymentId: row.id, event: 'expired', reason: 'waited too long', atMs: nowMs, set: { last_problem: 'payment_expired' } });
  throw new ProblemError('payment_expired');
}

/** A payment is of whoever one look or one code has named: both say which. */
export function isSameIdentification(one: Identification, other: Identification): boolean {
  return one.look_nonce === other.look_nonce && one.code_ref === other.code_ref;
}
type Identification = Pick<PaymentRow, 'look_nonce' | 'code_ref'>;

/** Another look was opened, another code shown, or somebody said "not me", since `seen` was read: what rests on it comes too late. */
export function refuseSuperseded(locked: PaymentRow, seen: PaymentRow): void {
  if (!isSameIdentification(locked, seen)) throw new ProblemError('payment_state_conflict', { facts: { state: locked.state } });
}

/** Null until a look led to somebody. Throws when the stored claims are not claims: they were written by us. */
export function claimsOf(row: PaymentRow): ReceiptClaims | null {
  return row.receipt_claims === null ? null : receiptClaimsSchema.parse(row.receipt_claims);
}

/** What a payment forgets when its look counts no longer. */
export const nobodyIdentified = { payer_id: null, payer_masked_name: null, receipt_claims: null, risk_outcome: null, digits_tries: 0, way: 'face', code_ref: null } as const;
