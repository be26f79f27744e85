// The SMS code: made, kept only as an HMAC bound to its enrolment, compared in constant time, and limited per number.
//
// What happens when SMS is down: nothing waits for it. A code is queued in the transaction that makes it (../messages), and
// sent after the commit by a round of its own: 10 s for an attempt, five attempts with growing pauses, none once the code
// is over. Numbers, payments and tills go on meanwhile; an invitation has its QR code as well. The phone sees `smsState`:
// `waiting` while the message has not been handed over, `failed` when it never will be, and can ask for a new one.
// Production without a sender, and an installation past its hourly cap, answer `sms_unavailable` and open nothing.
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
const hourMs = 60 * 60_000;
const limits = [
  { windowMs: 10 * 60_000, messagesMax: 3 },
  { windowMs: 24 * hourMs, messagesMax: 10 },
] as const;

type CodeFor = { enrolmentId: string; phone: string; locale: Locale };

/**
 * Queues the first code inside the caller's transaction and returns what the enrolment's row keeps of it.
 *
 * Past the number's limit nothing is queued and the answer is the same: a refusal would tell a stranger that somebody asked
 * lately. Its owner meets what a slow network looks like too: `smsState` stays `waiting`, an earlier code keeps holding, and
 * the limit opens again by itself. That a stranger uses the number's messages up is stopped where strangers differ from
 * owners, by address (`codesPerNumberMax` in ../api/limits.ts).
 */
export async function sendCode(deps: EnrolmentDeps, transaction: Database, input: CodeFor) {
  const code = deps.random.digits(codeDigits);
  const may = await mayMessageOrThrow(deps, transaction, input.phone);
  const text = codeText(input.locale, code, codeLifetimeMs / 60_000);
  const message = { to: input.phone, purpose: 'code' as const, text, giveUpAfterMs: codeLifetimeMs };
  const nowMs = deps.clock.nowMs();
  return {
    code_hmac: hmac(deps.codeKey, input.enrolmentId, code),
    code_tries: 0,
    code_expires_at: new Date(nowMs + codeLifetimeMs),
    resend_at: new Date(nowMs + resendPauseMs),
    message_id: may === 'yes' ? await deps.messages.queue(transaction, message) : null,
  };
}

/** The same for a later code. Where nothing may be queued the earlier code stays as it is: its message may still arrive. */
export async function sendCodeAgain(deps: EnrolmentDeps, transaction: Database, input: CodeFor & { earlierMessageId: string | null }) {
  const may = await mayMessageOrThrow(deps, transaction, input.phone);
  if (may !== 'yes') return { resend_at: new Date(deps.clock.nowMs() + resendPauseMs), message_id: null };
  if (input.earlierMessageId !== null) await deps.messages.drop(transaction, input.earlierMessageId);
  return sendCode(deps, transaction, input);
}

async function mayMessageOrThrow(deps: EnrolmentDeps, transaction: Database, phone: string): Promise<'yes' | 'number_limit'> {
  const may = await mayMessage(deps, transaction, phone);
  if (may === 'yes' || may === 'number_limit') return may;
  throw new ProblemError('sms_unavailable', { facts: { retryAfterS: retryUnavailableS } });
}

const retryUnavailableS = 300;

export function codeMatches(input: { codeKey: Uint8Array; enrolmentId: string; code: string; codeHmac: string }): boolean {
  const expected = Buffer.from(input.codeHmac, 'base64url');
  const given = Buffer.from(hmac(input.codeKey, input.enrolmentId, input.code), 'base64url');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function hmac(key: Uint8Array, enrolmentId: string, code: string): string {
  return createHmac('sha256', key).update(`${enrolmentId}\0${code}`).digest('base64url');
}

export type MayMessage = 'yes' | 'no_sender' | 'number_limit' | 'installation_limit';

/** Whether one more message may go to this number now. Locks the number until the transaction ends. */
export async function mayMessage(deps: Pick<EnrolmentDeps, 'clock' | 'messages' | 'smsPerHourMax'>, transaction: Database, phone: string): Promise<MayMessage> {
  if (!deps.messages.available) return 'no_sender';
  const nowMs = deps.clock.nowMs();
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sms:${phone}`}, 0))`.execute(transaction);
  for (const { windowMs, messagesMax } of limits) {
    if (await haveGoneOut(transaction, { phone, count: messagesMax, since: new Date(nowMs - windowMs) })) return 'number_limit';
  }
  const full = await haveGoneOut(transaction, { count: deps.smsPerHourMax, since: new Date(nowMs - hourMs) });
  return full ? 'installation_limit' : 'yes';
}

// Queued ones count as well: an outage must not become a flood when it ends.
async function haveGoneOut(transaction: Database, { phone, count, since }: { phone?: string; count: number; since: Date }): Promise<boolean> {
  let query = transaction.selectFrom('sms_outbox').select('id').where('created_at', '>', since);
  if (phone !== undefined) query = query.where('to_e164', '=', phone).where('purpose', 'in', ['code', 'invite']);
  const nth = await query.orderBy('created_at', 'desc').offset(count - 1).limit(1).executeTakeFirst();
  return nth !== undefined;
}
