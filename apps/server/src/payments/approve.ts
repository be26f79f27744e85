// What the phone answers to a till that waits. Yes moves the money in the same request: the shopper pressed Pay at the till
// already. The proof is bound to this request and its payment; a request is answered once.
import type { Approve, PhoneAnswer, PhoneRequest } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { settleApproved } from './confirm.ts';
import type { PaymentsDependencies } from './pay.ts';
import { approvalOf, approvalOfWait, closeRequest, type PhoneRequestRow, waitingRequestOf } from './phone.ts';
import { attemptPin } from './pin-attempts.ts';
import { type PaymentRow, refuseSuperseded, stepIn } from './record.ts';
import { phaseOf } from './state.ts';

export type OfRequest = { readonly payerId: string; readonly requestId: string };

/** What waits for this payer's phone now, of their own and of their children's payments, oldest first. */
export async function openRequests({ db, nowMs }: Pick<PaymentsDependencies, 'db' | 'nowMs'>, payerId: string): Promise<PhoneRequest[]> {
  const rows = await db
    .selectFrom('phone_request')
    .innerJoin('payment', 'payment.id', 'phone_request.payment_id')
    .innerJoin('payer', 'payer.id', 'phone_request.payer_id')
    .innerJoin('store', 'store.id', 'payment.store_id')
    .innerJoin('merchant', 'merchant.id', 'payment.merchant_id')
    .select(['phone_request.id', 'phone_request.payment_id', 'phone_request.reason', 'phone_request.asked_at', 'phone_request.expires_at', 'phone_request.nonce', 'phone_request.seen_at'])
    .select(['payment.merchant_id', 'payment.store_id', 'payment.amount_minor', 'payment.currency', 'payment.way'])
    .select(['store.name as store_name', 'store.name_zh as store_name_zh', 'merchant.name as merchant_name', 'merchant.name_zh as merchant_name_zh'])
    .select(['payer.id as payer_id', 'payer.name as payer_name', 'payer.guardian_id'])
    .where((is) => is.or([is('payer.id', '=', payerId), is('payer.guardian_id', '=', payerId)]))
    .where('phone_request.state', '=', 'waiting')
    .where('phone_request.expires_at', '>', new Date(nowMs()))
    .where('payment.state', '=', 'awaiting_phone')
    .orderBy('phone_request.asked_at')
    .execute();
  await noteSeen({ db, nowMs }, rows.filter(({ seen_at }) => seen_at === null).map(({ id }) => id));
  return rows.map((row) => ({
    id: row.id,
    paymentId: row.payment_id,
    merchant: { id: row.merchant_id, name: row.merchant_name, nameZh: row.merchant_name_zh },
    store: { id: row.store_id, name: row.store_name, nameZh: row.store_name_zh },
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    reason: row.reason,
    child: row.guardian_id === null ? null : { id: row.payer_id, name: row.payer_name },
    way: row.way,
    askedAtMs: row.asked_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
    nonce: row.nonce,
  }));
}

// Where a phone shows it, no text message is needed in its place.
async function noteSeen({ db, nowMs }: Pick<PaymentsDependencies, 'db' | 'nowMs'>, requestIds: string[]): Promise<void> {
  if (requestIds.length === 0) return;
  await db.updateTable('phone_request').set({ seen_at: new Date(nowMs()) }).where('id', 'in', requestIds).where('seen_at', 'is', null).execute();
}

/** Safe to repeat: who comes back after a crash in between carries on where it stands. */
export async function approveRequest(deps: PaymentsDependencies, input: OfRequest & { proof: Approve }): Promise<PhoneAnswer> {
  const { request, row } = await readOwnRequest(deps, input);
  if (request.state === 'waiting') await takeYes(deps, { request, row, payerId: input.payerId, proof: input.proof });
  else if (request.state !== 'approved') throw new ProblemError('phone_request_over');
  const now = await rowOf(deps, row.id);
  // The payment may have gone back to its beginning since, and another look may have named somebody: that is not what this yes was for.
  if ((await approvalOf(deps.db, now))?.id !== request.id) throw new ProblemError('phone_request_over');
  await settleApproved(deps, now);
  const after = await rowOf(deps, row.id);
  if (phaseOf(after.state) !== 'paid') throw new ProblemError('payment_state_conflict', { facts: { state: after.state } });
  return answerOf(after);
}

export async function denyRequest(deps: PaymentsDependencies, input: OfRequest & { why: 'denied' | 'not_me' }): Promise<PhoneAnswer> {
  const { request, row } = await readOwnRequest(deps, input);
  if (request.state === input.why) return answerOf(row);
  await refuseOver(deps, { request, row });
  const code = input.why === 'denied' ? 'phone_denied' : 'phone_not_me';
  const atMs = deps.nowMs();
  return deps.db.transaction().execute(async (trx) => {
    const declined = await stepIn(trx, { paymentId: row.id, event: 'declined', reason: code, atMs, check: (locked) => refuseSuperseded(locked, row), set: { last_problem: code } });
    await closeRequest(trx, { id: request.id, state: input.why, atMs });
    return answerOf(declined);
  });
}

async function readOwnRequest({ db }: PaymentsDependencies, input: OfRequest): Promise<{ request: PhoneRequestRow; row: PaymentRow }> {
  const request = await db
    .selectFrom('phone_request')
    .innerJoin('payer', 'payer.id', 'phone_request.payer_id')
    .selectAll('phone_request')
    .where('phone_request.id', '=', input.requestId)
    .where((is) => is.or([is('payer.id', '=', input.payerId), is('payer.guardian_id', '=', input.payerId)]))
    .executeTakeFirst();
  if (!request) throw new ProblemError('phone_request_not_found');
  return { request, row: await rowOf({ db }, request.payment_id) };
}

async function rowOf({ db }: Pick<PaymentsDependencies, 'db'>, paymentId: string): Promise<PaymentRow> {
  return (await db.selectFrom('payment').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow()) as PaymentRow;
}

async function refuseOver({ db, nowMs }: PaymentsDependencies, { request, row }: { request: PhoneRequestRow; row: PaymentRow }): Promise<void> {
  const waiting = row.state === 'awaiting_phone' ? await waitingRequestOf(db, row) : undefined;
  if (waiting?.id !== request.id || request.expires_at.getTime() <= nowMs()) throw new ProblemError('phone_request_over');
}

/** `payerId`: whose phone says yes. */
type Yes = { request: PhoneRequestRow; row: PaymentRow; payerId: string; proof: Approve };

async function takeYes(deps: PaymentsDependencies, input: Yes): Promise<void> {
  const { request, row } = input;
  await refuseOver(deps, input);
  const proof = await check(deps, input);
  const atMs = deps.nowMs();
  // The proof may have taken its time.
  if (request.expires_at.getTime() <= atMs) throw new ProblemError('phone_request_over');
  await deps.db.transaction().execute(async (trx) => {
    const reason = proof === 'pin' ? 'by PIN' : 'by passkey';
    await stepIn(trx, { paymentId: row.id, event: 'phone_approved', reason, atMs, check: (locked) => refuseSuperseded(locked, row), set: { last_problem: null } });
    await closeRequest(trx, { id: request.id, state: 'approved', atMs, proof });
  });
}

/** 'pin', or the id of the passkey. Throws when the proof does not hold for exactly this. */
async function check(deps: PaymentsDependencies, { request, row, payerId, proof }: Yes): Promise<string> {
  if ('pin' in proof) {
    await attemptPin(deps.db, { payerId, place: 'phone', nowMs: deps.nowMs(), check: () => deps.checkPin({ payerId, subjectId: row.id, sealedPin: proof.pin }) });
    return 'pin';
  }
  const challenge = await approvalOfWait({ row, request });
  return (await deps.checkPasskey({ payerId, challenge, answer: proof.passkey })).passkeyId;
}

function answerOf(row: PaymentRow): PhoneAnswer {
  return { paymentId: row.id, state: row.state, amount: { amountMinor: String(row.amount_minor), currency: row.currency } };
}
