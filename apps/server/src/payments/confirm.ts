// Pay. Two postings in one transaction under one key derived from the payment: set the money aside, then hand it over.
// Whoever dies on the way did both or neither. A payment that is authorised all the same, left by a process of an earlier version
// or by a capture that was refused, is carried on with by a repeated confirm or the sweep.
// Pay belongs to the person who was shown when it was pressed: the nonce of their look comes with it, and the posting asks
// under the payment's lock whether the payment still rests on the same receipt.
import { isCurrency, money } from '@sonrisa/ledger/money.ts';
import { ProblemError, type ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Movement, PostResult } from '../books/index.ts';
import { admit, refuseOverLimit } from './admit.ts';
import { feeOf } from './fee-terms.ts';
import { answerInSteps } from './answers.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { approvalOf, askPhone, isSecondFactor, whyAskPhone } from './phone.ts';
import { needsPin } from './phone-need.ts';
import { attemptPin } from './pin-attempts.ts';
import { checkBound } from './receipt-bound.ts';
import { claimsOf, nobodyIdentified, type PaymentRow, readOwn, refuseExpired, refuseSuperseded, step } from './record.ts';
import { moveOf, phaseOf } from './state.ts';
import { guessAtTill } from './till-attempts.ts';
import { viewOf } from './views.ts';

export type ConfirmInput = OfTerminal & { key: string; nonce: string; pin?: string | undefined };

export function confirmPayment(deps: PaymentsDependencies, input: ConfirmInput): Promise<PaymentView> {
  const { terminalId, paymentId, key, nonce, pin } = input;
  const asked = { principal: `terminal:${terminalId}`, key, input: ['confirm', paymentId, nonce, pin ?? null] };
  return answerInSteps(deps.db, asked, async () => {
    const row = await readShown(deps, input);
    const refused = row.state === 'identified' ? await refusalOf(pay(deps, { row, pin })) : undefined;
    const now = await readShown(deps, input);
    if (now.state === 'authorised') await capture(deps, now);
    const paid = await readShown(deps, input);
    // Of a wait for the phone the till reads the end from the payment itself.
    if (phaseOf(paid.state) === 'paid' || paid.state === 'awaiting_phone') return viewOf(deps, paid);
    if (refused) throw refused;
    await refuseExpired(deps.db, paid, deps.nowMs());
    throw new ProblemError('payment_state_conflict', { facts: { state: paid.state } });
  });
}

// A refusal is told only once nothing else was found: another run of the same Pay may have charged meanwhile, and a till that
// hears "refused" of a payment that is paid asks for the money again.
async function refusalOf(doing: Promise<void>): Promise<ProblemError | undefined> {
  try {
    await doing;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

/** Throws `payment_state_conflict` when the payment no longer rests on the look this Pay was pressed for. */
async function readShown(deps: PaymentsDependencies, input: ConfirmInput): Promise<PaymentRow> {
  const row = await readOwn(deps.db, input);
  if (row.look_nonce === input.nonce) return row;
  await refuseExpired(deps.db, row, deps.nowMs());
  throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
}

/** Hands over what is held. Safe to repeat; a payment that was voided meanwhile stays so. */
export async function capture(deps: PaymentsDependencies, row: PaymentRow): Promise<void> {
  throwRefusal(await deps.books.post({ idempotency: { principal: `payment:${row.id}`, key: 'capture' }, ...captureOf(row, deps.nowMs()) }));
}

function captureOf(row: PaymentRow, atMs: number): Movement {
  return {
    command: { kind: 'capture', holdId: row.id, ...feeOf(row) },
    atMs,
    payment: { id: row.id, posted: moveOf('captured') },
  };
}

/** `strong`: a second factor went with it. */
type Charge = { readonly key: string; readonly payerId: string; readonly refused: 'declined' | 'code_refused'; readonly strong: boolean; readonly receipt?: Movement['receipt'] & object };

async function charge(deps: PaymentsDependencies, row: PaymentRow, { key, payerId, refused, strong, receipt }: Charge): Promise<void> {
  if (!isCurrency(row.currency)) throw new Error(`payment ${row.id} is in an unknown currency`);
  if (!(await admit(deps, { row, strong }))) return;
  const atMs = deps.nowMs();
  const authorise: Movement = {
    command: { kind: 'authorise', holdId: row.id, payerId, merchantId: row.merchant_id, amount: money(row.amount_minor, row.currency) },
    atMs,
    ...(receipt ? { receipt } : {}),
    payment: { id: row.id, posted: moveOf('authorised'), refused: moveOf(refused) },
  };
  const results = await deps.books.postInOrder({ idempotency: { principal: `payment:${row.id}`, key: `pay:${key}` }, movements: [authorise, captureOf(row, atMs)] });
  for (const result of results) throwRefusal(result);
}

// A conflict means that another confirm, a cancel or "not me" was quicker: the caller reads where the payment stands.
function throwRefusal(result: PostResult): void {
  if (!result.ok && result.code !== 'payment_state_conflict') throw new ProblemError(result.code);
}

/** Charges whom their phone, the PIN in its place, or a payment code has named. Safe to repeat; does nothing once it is paid or over. */
export async function settleApproved(deps: PaymentsDependencies, row: PaymentRow): Promise<void> {
  if (row.state === 'identified') await (row.way === 'code' ? payByCode(deps, row) : pay(deps, { row, pin: undefined }));
  const now = (await deps.db.selectFrom('payment').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow()) as PaymentRow;
  if (now.state === 'authorised') await capture(deps, now);
}

async function payByCode(deps: PaymentsDependencies, row: PaymentRow): Promise<void> {
  await refuseExpired(deps.db, row, deps.nowMs());
  if (row.payer_id === null || row.code_ref === null) throw new Error(`payment ${row.id} is identified without its code`);
  const strong = (await approvalOf(deps.db, row)) !== undefined;
  await charge(deps, row, { key: row.code_ref, payerId: row.payer_id, refused: 'code_refused', strong });
}

async function pay(deps: PaymentsDependencies, { row, pin }: { row: PaymentRow; pin: string | undefined }): Promise<void> {
  const nowMs = deps.nowMs();
  await refuseExpired(deps.db, row, nowMs);
  const claims = claimsOf(row);
  if (!claims || row.payer_id === null) throw new Error(`payment ${row.id} is identified without a receipt`);
  const [bound, approval] = [await checkBound(deps, { row, claims }), await approvalOf(deps.db, row)];
  // A receipt that held when the phone was asked holds for its answer: that wait has a limit of its own.
  const lapsed = claims.exp * 1000 <= (approval?.asked_at.getTime() ?? nowMs) ? 'receipt_expired' : bound.ok ? null : bound.code;
  if (lapsed !== null) {
    await step(deps.db, { paymentId: row.id, event: 'receipt_lapsed', reason: lapsed, atMs: nowMs, check: (locked) => refuseSuperseded(locked, row), set: { ...nobodyIdentified, last_problem: lapsed } });
    throw new ProblemError(lapsed);
  }
  const { confirmationDue } = await refuseOverLimit(deps, row);
  if (!approval) {
    const reason = await whyAskPhone(deps, row);
    if (reason !== null) return void (await askPhone(deps, { row, reason }));
    await checkPin(deps, { row, payerId: row.payer_id, pin, confirmationDue });
  } else if (confirmationDue && !isSecondFactor(approval)) {
    // Became due meanwhile, by another payment.
    await checkPin(deps, { row, payerId: row.payer_id, pin, confirmationDue });
  }
  const strong = pin !== undefined || (approval !== undefined && isSecondFactor(approval));
  await charge(deps, row, { key: claims.jti, payerId: row.payer_id, refused: 'declined', strong, receipt: { jti: claims.jti, faceEpoch: claims.faceEpoch } });
}

async function checkPin(deps: PaymentsDependencies, input: { row: PaymentRow; payerId: string; pin: string | undefined; confirmationDue: boolean }): Promise<void> {
  const { row, payerId, pin, confirmationDue } = input;
  const store = await deps.db.selectFrom('store').select('pin_from_minor').where('id', '=', row.store_id).executeTakeFirstOrThrow();
  const isNeeded = needsPin(row, { claims: claimsOf(row), pinFromMinor: store.pin_from_minor });
  if (pin === undefined) {
    if (isNeeded) throw new ProblemError('pin_required');
    if (confirmationDue) throw new ProblemError('confirmation_due');
    return;
  }
  try {
    await attemptPinAtTill(deps, { row, payerId, pin });
  } catch (error) {
    if (error instanceof ProblemError) await notePinRefusal(deps, { row, code: error.code });
    throw error;
  }
}

/** Counted for the payer, the terminal and the store. Throws as `attemptPin` and `guessAtTill` do. */
export function attemptPinAtTill(deps: PaymentsDependencies, { row, payerId, pin }: { row: PaymentRow; payerId: string; pin: string }): Promise<void> {
  return attemptPin(deps.db, {
    payerId,
    place: 'till',
    nowMs: deps.nowMs(),
    check: () => guessAtTill(deps.db, {
      terminalId: row.terminal_id,
      storeId: row.store_id,
      nowMs: deps.nowMs(),
      check: () => deps.checkPin({ payerId, subjectId: row.id, sealedPin: pin }),
      isWrong: (checked) => !checked.ok && checked.code === 'pin_wrong',
    }),
  });
}

async function notePinRefusal(deps: PaymentsDependencies, { row, code }: { row: PaymentRow; code: ProblemCode }): Promise<void> {
  await step(deps.db, { paymentId: row.id, event: 'pin_refused', reason: code, atMs: deps.nowMs(), check: (locked) => refuseSuperseded(locked, row), set: { last_problem: code } });
}
