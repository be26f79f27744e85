// The SMS code: made, kept only as an HMAC bound to its enrolment, compared in constant time, and limited per number.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { EnrolmentDeps } from './ports.ts';
import { codeText, type Locale } from './texts.ts';

const codeDigits = 6;
export const codeLifetimeMs = 5 * 60_000;
export const codeTriesMax = 3;
export const resendPauseMs = 30_000;
const limits = [
  { windowMs: 10 * 60_000, messagesMax: 3 },
  { windowMs: 24 * 60 * 60_000, messagesMax: 10 },
] as const;

/** Sends a new code inside the caller's transaction and returns what the enrolment's row keeps of it. */
export async function sendCode(deps: EnrolmentDeps, transaction: Database, input: { enrolmentId: string; phone: string; locale: Locale }) {
  const retryAfterS = await secondsUntilAllowed(transaction, { phone: input.phone, nowMs: deps.clock.nowMs() });
  if (retryAfterS > 0) throw new ProblemError('code_limit_reached', { facts: { retryAfterS } });
  const code = deps.random.digits(codeDigits);
  await deps.sms.send(transaction, { to: input.phone, purpose: 'code', text: codeText(input.locale, code, codeLifetimeMs / 60_000) });
  const nowMs = deps.clock.nowMs();
  return {
    code_hmac: hmac(deps.codeKey, input.enrolmentId, code),
    code_tries: 0,
    code_expires_at: new Date(nowMs + codeLifetimeMs),
    resend_at: new Date(nowMs + resendPauseMs),
  };
}

export function codeMatches(input: { codeKey: Uint8Array; enrolmentId: string; code: string; codeHmac: string }): boolean {
  const expected = Buffer.from(input.codeHmac, 'base64url');
  const given = Buffer.from(hmac(input.codeKey, input.enrolmentId, input.code), 'base64url');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function hmac(key: Uint8Array, enrolmentId: string, code: string): string {
  return createHmac('sha256', key).update(`${enrolmentId}\0${code}`).digest('base64url');
}

/** 0 when one more message may go to this number now. Locks the number until the transaction ends. */
export async function secondsUntilAllowed(transaction: Database, input: { phone: string; nowMs: number }): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sms:${input.phone}`}, 0))`.execute(transaction);
  const waits = [];
  for (const { windowMs, messagesMax } of limits) {
    const nth = await transaction
      .selectFrom('sms_outbox')
      .select('created_at')
      .where('to_e164', '=', input.phone)
      .where('purpose', 'in', ['code', 'invite'])
      .where('created_at', '>', new Date(input.nowMs - windowMs))
      .orderBy('created_at', 'desc')
      .offset(messagesMax - 1)
      .limit(1)
      .executeTakeFirst();
    if (nth) waits.push(Math.ceil((nth.created_at.getTime() + windowMs - input.nowMs) / 1000));
  }
  return Math.max(0, ...waits);
}
