// The till waits for the payer's own phone. Who decides that it must is in phone-need.ts (the shopper's own limit, the amount of a
// code, the risk rules); what the phone answers is in approve.ts.
//
//   identified ── phone_asked ──▶ awaiting_phone ── phone_approved ──▶ identified ── authorised ──▶ …
//                                      ├── declined (denied, or "not me" on the phone)
//                                      ├── phone_lapsed (no answer in time), not_me (at the till) ──▶ created
//                                      └── cancelled, expired, code_shown: as from every open state
import type { Selectable } from 'kysely';
import { approvalChallenge } from '@sonrisa/protocol/approval.ts';
import type { PhoneReason } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { PhoneRequestTable } from '../db/phone-tables.ts';
import { limitsOf } from './admit.ts';
import { phoneWaitMs } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import { type ChildFacts, needsPin, phoneReason } from './phone-need.ts';
import { claimsOf, isSameIdentification, nobodyIdentified, type PaymentRow, refuseSuperseded, stepIn } from './record.ts';

export type PhoneRequestRow = Selectable<PhoneRequestTable>;

/** Makes an identified payment wait for its payer's phone. Throws `payment_state_conflict` when it moved on meanwhile. */
export async function askPhone(deps: Pick<PaymentsDependencies, 'db' | 'nowMs' | 'newId'>, input: { row: PaymentRow; reason: PhoneReason }): Promise<PaymentRow> {
  const { row, reason } = input;
  const { payer_id } = row;
  if (payer_id === null) throw new Error(`payment ${row.id} has nobody whose phone could be asked`);
  const nowMs = deps.nowMs();
  return deps.db.transaction().execute(async (trx) => {
    const waiting = await stepIn(trx, { paymentId: row.id, event: 'phone_asked', reason, atMs: nowMs, check: (locked) => refuseSuperseded(locked, row) });
    // One that was left by "not me" or a new look waits for nothing any more.
    await trx.updateTable('phone_request').set({ state: 'left', answered_at: new Date(nowMs) }).where('payment_id', '=', row.id).where('state', '=', 'waiting').execute();
    await trx
      .insertInto('phone_request')
      .values({
        id: deps.newId('phoneRequest'),
        payment_id: row.id,
        payer_id,
        look_nonce: row.look_nonce,
        code_ref: row.code_ref,
        reason,
        nonce: deps.newId('phoneNonce'),
        state: 'waiting',
        asked_at: new Date(nowMs),
        push_next_at: new Date(nowMs),
        expires_at: new Date(Math.min(nowMs + phoneWaitMs, row.expires_at.getTime())),
      })
      .execute();
    return waiting;
  });
}

/** What is confirmed: a passkey signs it, a code by SMS is bound to it. */
export function approvalOfWait({ row, request }: { row: PaymentRow; request: PhoneRequestRow }): Promise<string> {
  const amount = { amountMinor: String(row.amount_minor), currency: row.currency };
  return approvalChallenge({ requestId: request.id, paymentId: row.id, merchantId: row.merchant_id, storeId: row.store_id, payerId: request.payer_id, amount, nonce: request.nonce });
}

/** Null: no need to ask. */
export async function whyAskPhone(deps: Pick<PaymentsDependencies, 'db' | 'limits'>, row: PaymentRow): Promise<PhoneReason | null> {
  if (row.payer_id === null) return null;
  const facts = await deps.db
    .selectFrom('payer')
    .innerJoin('store', (join) => join.on('store.id', '=', row.store_id))
    .select(['payer.ask_phone_from_minor', 'payer.guardian_id', 'store.pin_from_minor'])
    .where('payer.id', '=', row.payer_id)
    .executeTakeFirstOrThrow();
  const child = facts.guardian_id === null ? null : await childFactsOf(deps, { row, pinFromMinor: facts.pin_from_minor });
  return phoneReason({ way: row.way, amountMinor: row.amount_minor, askPhoneFromMinor: facts.ask_phone_from_minor, pinFromMinor: facts.pin_from_minor, riskOutcome: row.risk_outcome, child });
}

async function childFactsOf(deps: Pick<PaymentsDependencies, 'db' | 'limits'>, { row, pinFromMinor }: { row: PaymentRow; pinFromMinor: bigint }): Promise<ChildFacts> {
  const claims = claimsOf(row);
  const verdict = (await limitsOf(deps, { db: deps.db, row }))?.verdict;
  return { needsPin: needsPin(row, { claims, pinFromMinor }), confirmationDue: verdict?.allowed === true && verdict.confirmationDue, lookAlike: claims?.lookAlike === true };
}

/** The yes that this very identification, by this look or this code, has got, on the phone or by what took its place. */
export async function approvalOf(db: Database, row: PaymentRow): Promise<PhoneRequestRow | undefined> {
  return requestOf(db, { row, states: ['approved', 'pin_at_till', 'sms_code'] });
}

/** A code by SMS stands for the phone where nothing is due; it is no second factor (sms-need.ts). */
export const isSecondFactor = ({ state }: PhoneRequestRow): boolean => state !== 'sms_code';

export async function waitingRequestOf(db: Database, row: PaymentRow): Promise<PhoneRequestRow | undefined> {
  return requestOf(db, { row, states: ['waiting'] });
}

async function requestOf(db: Database, { row, states }: { row: PaymentRow; states: PhoneRequestRow['state'][] }): Promise<PhoneRequestRow | undefined> {
  const found = await db
    .selectFrom('phone_request')
    .selectAll()
    .where('payment_id', '=', row.id)
    .where('state', 'in', states)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found && found.payer_id === row.payer_id && isSameIdentification(found, row) ? found : undefined;
}

/** Ends a wait that took too long: nothing is charged, and the till may look again. False when there was nothing to end. */
export async function lapsePhone({ db, nowMs }: Pick<PaymentsDependencies, 'db' | 'nowMs'>, row: PaymentRow): Promise<boolean> {
  if (row.state !== 'awaiting_phone') return false;
  const request = await waitingRequestOf(db, row);
  const atMs = nowMs();
  if (!request || request.expires_at.getTime() > atMs) return false;
  try {
    await db.transaction().execute(async (trx) => {
      const set = { ...nobodyIdentified, look_nonce: null, last_problem: 'phone_timed_out' };
      await stepIn(trx, { paymentId: row.id, event: 'phone_lapsed', reason: 'the phone did not answer', atMs, check: (locked) => refuseSuperseded(locked, row), set });
      await closeRequest(trx, { id: request.id, state: 'timed_out', atMs });
    });
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'payment_state_conflict') return false;
    throw error;
  }
}

/** Only a request that still waits is closed. Throws `phone_request_over` otherwise. */
export async function closeRequest(db: Database, input: { id: string; state: Exclude<PhoneRequestRow['state'], 'waiting'>; atMs: number; proof?: string }): Promise<void> {
  const closed = await db
    .updateTable('phone_request')
    .set({ state: input.state, answered_at: new Date(input.atMs), ...(input.proof === undefined ? {} : { proof: input.proof }) })
    .where('id', '=', input.id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (closed.numUpdatedRows !== 1n) throw new ProblemError('phone_request_over');
}
