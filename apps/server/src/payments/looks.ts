// Looks: the vault mints a nonce, the terminal sends a sealed burst, the vault says who it was. The server only carries
// the bytes, and checks that what comes back was made for this payment and nothing else.
//
// What happens when the vault dies, wherever it was (every call then throws `vault_unavailable`; e2e/kill-walk.e2e.ts kills it):
//   before the look   nothing was minted, the look is given back; the till says so, keeps the basket and asks again
//   at the capture    it may have compared somebody, so the look counts; the till opens the next one with a nonce of its own
//   at the digits     the till may type them again; a vault that has started anew knows of no probe (`digits_window_closed`): next look
//   after the receipt the vault is not needed: the receipt is stored with the payment, and Pay (confirm.ts) asks the vault nothing
// `npm start` starts it again (apps/cli/src/supervised.ts); until its gallery is read it answers `vault_unavailable` itself.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import { ProblemError, isTransient, type ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { FramesSeenError } from '@sonrisa/protocol/vault-api.ts';
import type { LookResult } from '@sonrisa/protocol/terminal-api.ts';
import { enterAskedDigits } from './asked-digits.ts';
import { looksMax, looksOpenedMax } from './limits.ts';
import { maskedName } from './masked-name.ts';
import type { OfTerminal, OpenLook, PaymentsDependencies } from './pay.ts';
import { checkBound } from './receipt-bound.ts';
import { nobodyIdentified, type PaymentRow, readOwn, refuseExpired, refuseSuperseded, step } from './record.ts';
import type { PaymentEvent } from './state.ts';
import { guessAtTill, refuseWhereOff } from './till-attempts.ts';
import { viewOf } from './views.ts';

/** The look is counted before the camera opens: a crash in between costs a look, never the error budget. */
export async function openLook(deps: PaymentsDependencies, input: OpenLook): Promise<LookTicket> {
  const { db, vault } = deps;
  const row = await readOpen(deps, input);
  await refuseWhereOff(db, { terminalId: row.terminal_id, storeId: row.store_id });
  const { clockOffS } = await deps.places.admit({ terminalId: row.terminal_id, address: input.address, clockMs: input.clockMs });
  const terminal = await terminalOf(deps, row);
  const { opened } = await db
    .selectFrom('look')
    .select((select) => select.fn.countAll<bigint>().as('opened'))
    .where('payment_id', '=', row.id)
    .executeTakeFirstOrThrow();
  await step(db, {
    paymentId: row.id,
    event: 'look_opened',
    atMs: deps.nowMs(),
    check: (locked) => {
      if (locked.looks_used >= looksMax || opened >= BigInt(looksOpenedMax)) throw new ProblemError('looks_used_up');
    },
    set: (locked) => ({ ...nobodyIdentified, looks_used: locked.looks_used + 1, look_nonce: null, last_problem: null }),
  });
  const ticket = await mintOrGiveBack();
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('look')
      .values({ nonce: ticket.nonce, payment_id: row.id, opened_at: new Date(deps.nowMs()), expires_at: new Date(ticket.expiresAtMs), clock_off_s: clockOffS })
      .execute();
    await trx.updateTable('payment').set({ look_nonce: ticket.nonce }).where('id', '=', row.id).where('state', '=', 'capturing').execute();
  });
  return ticket;

  async function mintOrGiveBack(): Promise<LookTicket> {
    try {
      return await vault.mintLook({
        purpose: 'payment',
        subjectId: row.id,
        amountMinor: String(row.amount_minor),
        currency: row.currency,
        merchantId: row.merchant_id,
        storeId: row.store_id,
        signerThumbprint: terminal.key_thumbprint,
        mode: terminal.mode,
        avoid: [...(input.avoid ?? [])],
      });
    } catch (error) {
      // Without a nonce nobody was compared with anybody.
      await db.updateTable('payment').set((column) => ({ looks_used: column('looks_used', '-', 1) })).where('id', '=', row.id).where('looks_used', '>', 0).execute();
      throw error;
    }
  }
}

export async function submitCapture(deps: PaymentsDependencies, input: OfTerminal & { nonce: string; sealed: Uint8Array }): Promise<LookResult> {
  const row = await readOpen(deps, input);
  const { wasBusy } = await checkNonce(deps, { row, nonce: input.nonce });
  if (wasBusy) await takeUpAgain(deps, { row, nonce: input.nonce });
  const outcome = await captureOrRecord(deps, { row, nonce: input.nonce, sealed: input.sealed, wasBusy });
  switch (outcome.outcome) {
    case 'identified':
      return identify(deps, { row, receipt: outcome.receipt, event: 'matched' });
    case 'needs_digits':
      return result('needs_digits', await stepLook(deps, { row, event: 'digits_asked', code: null }));
    case 'not_recognised':
      return result('not_recognised', await stepLook(deps, { row, event: 'look_failed', code: 'not_recognised' }));
    default:
      throw new Error(`the vault answered a payment look with ${outcome.outcome}`);
  }

  async function result(answer: LookResult['outcome'], payment: PaymentRow): Promise<LookResult> {
    return { outcome: answer, payment: await viewOf(deps, payment) };
  }
}

export async function enterDigits(deps: PaymentsDependencies, input: OfTerminal & { digits: string }): Promise<LookResult> {
  const row = await readOpen(deps, input);
  const nonce = row.look_nonce;
  if (row.state !== 'awaiting_digits' || nonce === null) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  const check = async (): Promise<LookResult> => {
    // Somebody is recognised already: these digits are the risk rules', not the error budget's.
    if (row.receipt_claims === null) return enterRungDigits(deps, { row, nonce, digits: input.digits });
    return { outcome: 'identified', payment: await viewOf(deps, await enterAskedDigits(deps, { row, digits: input.digits })) };
  };
  return guessAtTill(deps.db, { terminalId: row.terminal_id, storeId: row.store_id, nowMs: deps.nowMs(), check });
}

async function enterRungDigits(deps: PaymentsDependencies, { row, nonce, digits }: { row: PaymentRow; nonce: string; digits: string }): Promise<LookResult> {
  const outcome = await deps.vault.digits(nonce, digits).catch(async (error: unknown) => {
    if (error instanceof ProblemError && !isTransient(error.code)) await stepLook(deps, { row, event: 'digits_over', code: error.code });
    throw error;
  });
  if (outcome.outcome === 'identified') return identify(deps, { row, receipt: outcome.receipt, event: 'digits_matched' });
  await stepLook(deps, { row, event: outcome.triesLeft > 0 ? 'digits_wrong' : 'digits_over', code: 'digits_wrong' });
  throw new ProblemError('digits_wrong', { facts: { triesLeft: outcome.triesLeft } });
}

async function readOpen(deps: PaymentsDependencies, input: OfTerminal): Promise<PaymentRow> {
  const row = await readOwn(deps.db, input);
  await refuseExpired(deps.db, row, deps.nowMs());
  return row;
}

async function terminalOf(deps: PaymentsDependencies, row: PaymentRow): Promise<{ key_thumbprint: string; mode: 'sandbox' | 'live' }> {
  return deps.db.selectFrom('terminal').select(['key_thumbprint', 'mode']).where('id', '=', row.terminal_id).executeTakeFirstOrThrow();
}

async function checkNonce(deps: PaymentsDependencies, { row, nonce }: { row: PaymentRow; nonce: string }): Promise<{ wasBusy: boolean }> {
  const look = await deps.db.selectFrom('look').selectAll().where('nonce', '=', nonce).executeTakeFirst();
  if (!look) throw new ProblemError('nonce_unknown');
  if (look.payment_id !== row.id) throw new ProblemError('capture_binding_mismatch');
  const wasBusy = look.outcome === 'busy';
  if (look.outcome !== null && !wasBusy) throw new ProblemError('nonce_used');
  if (row.look_nonce !== nonce) throw new ProblemError('nonce_expired');
  if (row.state !== 'capturing') throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  return { wasBusy };
}

// A busy vault compared nobody: the look was given back and the same capture may be sent again, when it counts once more.
async function takeUpAgain({ db }: PaymentsDependencies, { row, nonce }: { row: PaymentRow; nonce: string }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const counted = await trx
      .updateTable('payment')
      .set((column) => ({ looks_used: column('looks_used', '+', 1), last_problem: null }))
      .where('id', '=', row.id)
      .where('state', '=', 'capturing')
      .where('look_nonce', '=', nonce)
      .where('looks_used', '<', looksMax)
      .executeTakeFirst();
    const opened = await trx.updateTable('look').set({ outcome: null }).where('nonce', '=', nonce).where('outcome', '=', 'busy').executeTakeFirst();
    if (counted.numUpdatedRows !== 1n || opened.numUpdatedRows !== 1n) throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
  });
}

// A refusal of the capture itself gives the look back, and so does a vault that is busy: nobody was compared. When the vault
// may have compared, it counts.
async function captureOrRecord(deps: PaymentsDependencies, input: { row: PaymentRow; nonce: string; sealed: Uint8Array; wasBusy: boolean }) {
  const { row, nonce, wasBusy } = input;
  try {
    const outcome = await deps.vault.capture({ nonce, of: { purpose: 'payment', subjectId: row.id }, sealed: input.sealed });
    await closeLook(deps, { nonce, outcome: outcome.outcome });
    return outcome;
  } catch (error) {
    // A replay changes nothing: the first capture under this nonce is the one that counts. Unless the vault was busy only
    // after it had taken the nonce: then there is nothing to come, and the next look needs another nonce.
    if (!(error instanceof ProblemError) || (error.code === 'nonce_used' && !wasBusy)) throw error;
    const isFirst = await closeLook(deps, { nonce, outcome: error.code, framesSeen: error instanceof FramesSeenError });
    if (isFirst) await stepLook(deps, { row, event: 'look_failed', code: error.code, givesBack: !isTransient(error.code) || error.code === 'busy' });
    throw error;
  }
}

async function closeLook(deps: PaymentsDependencies, { nonce, outcome, framesSeen = false }: { nonce: string; outcome: string; framesSeen?: boolean }): Promise<boolean> {
  const closed = await deps.db.updateTable('look').set({ outcome, frames_seen: framesSeen }).where('nonce', '=', nonce).where('outcome', 'is', null).executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

function stepLook(
  deps: PaymentsDependencies,
  input: { row: PaymentRow; event: PaymentEvent; code: ProblemCode | 'not_recognised' | null; givesBack?: boolean },
): Promise<PaymentRow> {
  const { row, event, code } = input;
  return step(deps.db, {
    paymentId: row.id,
    event,
    reason: code ?? '',
    atMs: deps.nowMs(),
    check: (locked) => refuseSuperseded(locked, row),
    set: (locked) => ({ last_problem: code, looks_used: input.givesBack ? Math.max(0, locked.looks_used - 1) : locked.looks_used }),
  });
}

async function identify(deps: PaymentsDependencies, input: { row: PaymentRow; receipt: string; event: 'matched' | 'digits_matched' }): Promise<LookResult> {
  const { row, event } = input;
  const failed: PaymentEvent = event === 'matched' ? 'look_failed' : 'digits_over';
  const verified = await verify(deps, { row, receipt: input.receipt });
  if (!verified.ok) {
    await stepLook(deps, { row, event: failed, code: verified.code });
    throw new ProblemError(verified.code);
  }
  const { claims } = verified;
  const payer = await deps.db.selectFrom('payer').selectAll().where('id', '=', claims.payerRef).executeTakeFirst();
  if (!payer) {
    // A face whose account never opened: a stranger to the till.
    const payment = await stepLook(deps, { row, event: failed, code: 'not_recognised' });
    return { outcome: 'not_recognised', payment: await viewOf(deps, payment) };
  }
  // A child who has come of age does not pay by its guardian's consent until a round gets there.
  const isGrown = payer.guardian_until !== null && payer.guardian_until.getTime() <= deps.nowMs();
  const counted = payer.face_state === 'on' && payer.face_epoch === claims.faceEpoch && !isGrown;
  await rememberLook(deps, { row, payerId: payer.id, jti: claims.jti, counted });
  if (!counted) {
    await stepLook(deps, { row, event: failed, code: 'face_paused' });
    throw new ProblemError('face_paused');
  }
  const { outcome, asked } = await judge(deps, { row, claims });
  if (asked.refused) {
    await stepLook(deps, { row, event: failed, code: 'risk_refused' });
    throw new ProblemError('risk_refused');
  }
  // A rung that took digits of its own asks for no others.
  const waits = asked.digits && claims.rung === 'face';
  const payment = await step(deps.db, {
    paymentId: row.id,
    event: waits ? 'digits_asked' : event,
    reason: waits ? outcome : claims.rung,
    atMs: deps.nowMs(),
    check: (locked) => refuseSuperseded(locked, row),
    set: {
      payer_id: payer.id, payer_masked_name: waits ? null : maskedName(payer.name), receipt_claims: JSON.stringify(claims), risk_outcome: outcome, digits_tries: 0, last_problem: null,
    },
  });
  return { outcome: waits ? 'needs_digits' : 'identified', payment: await viewOf(deps, payment) };
}

async function judge(deps: PaymentsDependencies, { row, claims }: { row: PaymentRow; claims: ReceiptClaims }) {
  await deps.places.noteCamera({ terminalId: row.terminal_id, camera: claims.camera });
  const { verdict, used } = await deps.limits.look(deps.db, { paymentId: row.id, payerId: claims.payerRef, merchantId: row.merchant_id, amountMinor: row.amount_minor, currency: row.currency, way: 'face' });
  return deps.risk.judge({
    paymentId: row.id, amountMinor: row.amount_minor, looks: row.looks_used, storeId: row.store_id, terminalId: row.terminal_id, claims,
    limits: {
      verdict: verdict.allowed ? (verdict.confirmationDue ? 'confirmation_due' : 'within') : verdict.code,
      firstPayment: verdict.allowed ? verdict.isFirst : verdict.code === 'limit_first_payment',
      dayMinor: String(used.dayMinor),
      monthMinor: String(used.monthMinor),
      aloneSince: used.unconfirmedPayments,
      aloneSinceMinor: String(used.unconfirmedMinor),
    },
  });
}

// For the owner, who sees every look that named them, also those that no payment followed.
async function rememberLook({ db, nowMs }: PaymentsDependencies, input: { row: PaymentRow; payerId: string; jti: string; counted: boolean }): Promise<void> {
  const { row, payerId, jti, counted } = input;
  await db.insertInto('face_look').values({ payer_id: payerId, payment_id: row.id, receipt_jti: jti, counted, at: new Date(nowMs()) }).execute();
}

async function verify(
  deps: PaymentsDependencies,
  { row, receipt }: { row: PaymentRow; receipt: string },
): Promise<{ ok: true; claims: ReceiptClaims } | { ok: false; code: ProblemCode }> {
  const verified = await deps.verifyReceipt(receipt);
  if (!verified.ok) return verified;
  const bound = await checkBound(deps, { row, claims: verified.claims });
  return bound.ok ? verified : bound;
}
