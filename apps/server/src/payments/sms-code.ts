// The last resort of a payment that waits for its payer's phone: a code by text message, typed by the shopper at the till that waits.
// When it may be is in sms-need.ts. A code is one wait's own: its HMAC covers what a passkey would sign (payment, merchant, store, payer,
// amount), so whoever else reads or overhears it has nothing to use it for. The till is told no digit of the number it went to, since
// tills ask for the last four.
import { sql } from 'kysely';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Database } from '../db/database.ts';
import { sendSmsCode, smsCodeMatches } from '../sms-codes/index.ts';
import { smsCodeLifetimeMs, smsCodeTriesMax } from './limits.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { approvalOfWait, closeRequest, waitingRequestOf } from './phone.ts';
import { payInstead, stillWaiting } from './phone-instead.ts';
import { type PaymentRow, readOwn, refuseSuperseded, stepIn } from './record.ts';
import { smsRefusal } from './sms-need.ts';
import { smsFactsOf, stepUpOf, type Waiting } from './sms-state.ts';
import { payCodeWording } from './sms-wording.ts';
import { guessAtTill } from './till-attempts.ts';
import { viewOf } from './views.ts';

export type SmsCodeInput = OfTerminal & { key: string; nonce: string; code: string };

const retryUnavailableS = 300;

/** Sends the one code of this wait; asked again, nothing more is sent. Throws `sms_code_impossible`, `sms_unavailable`, `phone_timed_out`. */
export async function sendPaymentCode(deps: PaymentsDependencies, input: OfTerminal & { nonce: string }): Promise<PaymentView> {
  const seen = await readWaiting(deps, input);
  await deps.db.transaction().execute(async (trx) => {
    const waiting = await lockWaiting(trx, seen);
    // Under the payer's lock: waits at several tills count each other's codes.
    await sql`SELECT FROM payer WHERE id = ${waiting.request.payer_id} FOR NO KEY UPDATE`.execute(trx);
    if (await stepUpOf(trx, waiting.request)) return;
    if (smsRefusal(await smsFactsOf(deps, trx, waiting)) !== null) throw new ProblemError('sms_code_impossible');
    await send(deps, trx, waiting);
  });
  deps.sms.messages.nudge();
  return viewOf(deps, await readOwn(deps.db, input));
}

async function send(deps: PaymentsDependencies, trx: Database, { row, request }: Waiting): Promise<void> {
  const { phone, locale, name, nameZh } = await trx
    .selectFrom('payer')
    .innerJoin('merchant', (join) => join.on('merchant.id', '=', row.merchant_id))
    .select(['payer.phone_e164 as phone', 'payer.locale', 'merchant.name', 'merchant.name_zh as nameZh'])
    .where('payer.id', '=', request.payer_id)
    .executeTakeFirstOrThrow();
  if (phone === null) throw new ProblemError('sms_code_impossible');
  const wording = payCodeWording({ locale, merchant: locale === 'zh' ? nameZh : name, amountMinor: row.amount_minor, currency: row.currency });
  const sent = await sendSmsCode(deps.sms, trx, { boundTo: await approvalOfWait({ row, request }), phone, from: { terminalId: row.terminal_id }, lifetimeMs: smsCodeLifetimeMs, wording });
  if (sent.is === 'refused') throw new ProblemError(sent.why === 'country_closed' ? 'sms_code_impossible' : 'sms_unavailable', { facts: { retryAfterS: retryUnavailableS } });
  const nowMs = deps.nowMs();
  await trx
    .insertInto('sms_step_up')
    .values({ request_id: request.id, payer_id: request.payer_id, code_hmac: sent.codeHmac, message_id: sent.messageId, sent_at: new Date(nowMs) })
    .execute();
  // A message takes its time: from here on the wait is as long as its code is good.
  const expiresAt = new Date(Math.min(nowMs + smsCodeLifetimeMs, row.expires_at.getTime()));
  await trx.updateTable('phone_request').set({ expires_at: expiresAt }).where('id', '=', request.id).execute();
}

/** Throws `sms_code_wrong` with `triesLeft`, `sms_code_over`, `till_locked`, and as `payInstead` does. */
export function payWithSmsCode(deps: PaymentsDependencies, input: SmsCodeInput): Promise<PaymentView> {
  const { code } = input;
  return payInstead(deps, { ...input, asked: ['sms-code', code], take: (waiting) => takeCode(deps, { ...waiting, code }) });
}

type Tried = { is: 'right' } | { is: 'wrong'; triesLeft: number };

async function takeCode(deps: PaymentsDependencies, input: Waiting & { code: string }): Promise<void> {
  const { terminal_id: terminalId, store_id: storeId } = input.row;
  const check = () => deps.db.transaction().execute((trx) => tryCode(deps, trx, input));
  const tried = await guessAtTill(deps.db, { terminalId, storeId, nowMs: deps.nowMs(), check, isWrong: ({ is }: Tried) => is === 'wrong' });
  if (tried.is === 'right') return;
  throw tried.triesLeft > 0 ? new ProblemError('sms_code_wrong', { facts: { triesLeft: tried.triesLeft } }) : new ProblemError('sms_code_over');
}

// Under the payment's lock, so that guesses in parallel share the tries of the code; a wrong one is committed with its count.
async function tryCode(deps: PaymentsDependencies, trx: Parameters<typeof stepIn>[0], { code, ...seen }: Waiting & { code: string }): Promise<Tried> {
  const { row, request } = await lockWaiting(trx, seen);
  const atMs = deps.nowMs();
  const stepUp = await stepUpOf(trx, request);
  if (!stepUp || stepUp.tries >= smsCodeTriesMax) throw new ProblemError('sms_code_over');
  const isRight = smsCodeMatches({ codeKey: deps.sms.codeKey, boundTo: await approvalOfWait({ row, request }), code, codeHmac: stepUp.code_hmac });
  const ofRequest = trx.updateTable('sms_step_up').where('request_id', '=', request.id);
  if (!isRight) {
    await ofRequest.set({ tries: stepUp.tries + 1 }).execute();
    return { is: 'wrong', triesLeft: smsCodeTriesMax - stepUp.tries - 1 };
  }
  await ofRequest.set({ used_at: new Date(atMs) }).execute();
  await stepIn(trx, { paymentId: row.id, event: 'phone_approved', reason: 'by SMS code at the till', atMs, check: (locked) => refuseSuperseded(locked, row), set: { last_problem: null } });
  await closeRequest(trx, { id: request.id, state: 'sms_code', atMs });
  await deps.sms.smsLimits.entered(trx, stepUp.message_id);
  return { is: 'right' };
}

async function readWaiting(deps: PaymentsDependencies, input: OfTerminal & { nonce: string }): Promise<Waiting> {
  const row = await readOwn(deps.db, input);
  if (row.state !== 'awaiting_phone' || row.look_nonce !== input.nonce) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  return { row, request: await stillWaiting(deps, row) };
}

async function lockWaiting(trx: Database, { row: seen, request }: Waiting): Promise<Waiting> {
  const row = (await trx.selectFrom('payment').selectAll().where('id', '=', seen.id).forUpdate().executeTakeFirstOrThrow()) as PaymentRow;
  refuseSuperseded(row, seen);
  const now = row.state === 'awaiting_phone' ? await waitingRequestOf(trx, row) : undefined;
  if (now?.id !== request.id) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  return { row, request: now };
}
