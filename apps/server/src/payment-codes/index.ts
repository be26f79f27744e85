// Payment codes: a phone that is signed in gets a key for a few minutes, makes codes from it without a network, and each code
// pays once. The key is derived from the installation's secret, so the database holds none. Handles are drawn anew with each
// key: a till cannot tell that two codes are one person's.
import { createHmac } from 'node:crypto';
import { handleLength, oneTimeDigits, parsePaymentCode, type PaymentCodeKey } from '@sonrisa/protocol/payment-code.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Random } from '../adapters/random.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import { acceptCode } from './accept.ts';

export type TakenCode = { ok: true; ref: string; payerId: string; handle: string; step: number };

export type PaymentCodes = {
  /** For the phone that holds this session; keys it got before hold until they run out. */
  issue(input: { payerId: string; sessionToken: string }): Promise<PaymentCodeKey>;
  /** Counts a wrong guess at a handle. Unknown, over, guessed at too often: all `payment_code_invalid`. A used one says which it was. */
  check(code: string): Promise<TakenCode | { ok: false; code: 'payment_code_invalid' } | { ok: false; code: 'payment_code_used'; ref: string }>;
  /** Throws `payment_code_used` when this code, or a later one of its key, was used meanwhile. */
  use(db: Database, code: TakenCode): Promise<void>;
  prune(): Promise<void>;
};

export type PaymentCodesDeps = { db: Database; clock: Clock; random: Random; ids: Ids; tokens: Tokens; secretKey: Uint8Array };

/** Long enough to be offline for a while, short enough that a phone that was signed out is soon useless. */
export const keyLifetimeMs = 5 * 60_000;
/** A handle rests for a while before somebody else gets it. */
const handleRestMs = 60 * 60_000;
const drawsMax = 8;

export function createPaymentCodes(deps: PaymentCodesDeps): PaymentCodes {
  return {
    issue: (input) => issue(deps, input),
    check: (code) => check(deps, code),
    use,
    prune: async () => {
      await deps.db.deleteFrom('payment_code').where('expires_at', '<=', new Date(deps.clock.nowMs() - handleRestMs)).execute();
    },
  };
}

async function issue(deps: PaymentCodesDeps, { payerId, sessionToken }: { payerId: string; sessionToken: string }): Promise<PaymentCodeKey> {
  const { db, clock, random, ids, tokens } = deps;
  const serverNowMs = clock.nowMs();
  const expiresAtMs = serverNowMs + keyLifetimeMs;
  const id = ids.make('paymentCode');
  for (let draw = 0; draw < drawsMax; draw += 1) {
    const handle = random.digits(handleLength);
    const taken = await db
      .insertInto('payment_code')
      .values({ handle, id, payer_id: payerId, session_hash: tokens.hash(sessionToken), created_at: new Date(serverNowMs), expires_at: new Date(expiresAtMs) })
      .onConflict((conflict) => conflict.column('handle').doNothing())
      .executeTakeFirst();
    if (taken.numInsertedOrUpdatedRows === 1n) return { handle, key: keyOf(deps, id).toString('base64url'), expiresAtMs, serverNowMs };
  }
  throw new ProblemError('busy', { facts: { retryAfterS: 1 } });
}

async function check(deps: PaymentCodesDeps, text: string): ReturnType<PaymentCodes['check']> {
  const { db, clock } = deps;
  const parsed = parsePaymentCode(text);
  if (!parsed) return { ok: false, code: 'payment_code_invalid' };
  return db.transaction().execute(async (trx) => {
    // The lock counts guesses one after the other, however many arrive at once. Signing out ends a phone's codes.
    const row = await trx
      .selectFrom('payment_code')
      .innerJoin('session', 'session.token_hash', 'payment_code.session_hash')
      .selectAll('payment_code')
      .where('handle', '=', parsed.handle)
      .where('session.revoked_at', 'is', null)
      .forUpdate('payment_code')
      .executeTakeFirst();
    if (!row) return { ok: false, code: 'payment_code_invalid' };
    const key = new Uint8Array(keyOf(deps, row.id));
    const refOf = (step: number) => `${row.id}:${step}`;
    const verdict = await acceptCode({
      key: { expiresAtMs: row.expires_at.getTime(), failures: row.failures, lastStep: Number(row.last_step) },
      otp: parsed.otp,
      nowMs: clock.nowMs(),
      digitsAt: (step) => oneTimeDigits({ key, step }),
    });
    if (verdict.ok) return { ok: true, ref: refOf(verdict.step), payerId: row.payer_id, handle: row.handle, step: verdict.step };
    if (verdict.code === 'payment_code_used') return { ok: false, code: verdict.code, ref: refOf(verdict.step) };
    if (verdict.counts) await trx.updateTable('payment_code').set({ failures: row.failures + 1 }).where('handle', '=', row.handle).execute();
    return { ok: false, code: verdict.code };
  });
}

async function use(db: Database, { handle, step }: TakenCode): Promise<void> {
  const used = await db
    .updateTable('payment_code')
    .set({ last_step: BigInt(step), failures: 0 })
    .where('handle', '=', handle)
    .where('last_step', '<', BigInt(step))
    .executeTakeFirst();
  if (used.numUpdatedRows !== 1n) throw new ProblemError('payment_code_used');
}

function keyOf({ secretKey }: PaymentCodesDeps, id: string): Buffer {
  return createHmac('sha256', secretKey).update(`payment-code/${id}`).digest();
}
