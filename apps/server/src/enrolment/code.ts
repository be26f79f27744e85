// The SMS code: made, kept only as an HMAC bound to its enrolment, compared in constant time, and limited per number.
//
// What happens when SMS is down: nothing waits for it. A code is queued in the transaction that makes it (../messages), and
// sent after the commit by a round of its own: 10 s for an attempt, five attempts with growing pauses, none once the code
// is over. Numbers, payments and tills go on meanwhile; an invitation has its QR code as well. The phone sees `smsState`:
// `waiting` while the message has not been handed over, `failed` when it never will be, and can ask for a new one.
// Production without a provider, and an installation past its budget, answer `sms_unavailable` and open nothing.
// Who may have a message at all is ../sms-guard's to say.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { Refusal, Slice, SmsAsk } from '../sms-guard/index.ts';
import type { EnrolmentDeps } from './ports.ts';
import { countryOf } from './phone.ts';
import { codeText, type Locale } from './texts.ts';

const codeDigits = 6;
export const codeLifetimeMs = 5 * 60_000;
export const codeTriesMax = 3;
export const resendPauseMs = 30_000;
const unguessableBytes = 32;

export type AskedFrom = SmsAsk['from'];
type CodeFor = { enrolmentId: string; phone: string; locale: Locale; from: AskedFrom };

/**
 * Queues the first code inside the caller's transaction and returns what the enrolment's row keeps of it.
 *
 * Past the number's limit nothing is queued and the answer is the same: a refusal would tell a stranger that somebody asked
 * lately. Its owner meets what a slow network looks like too: `smsState` stays `waiting`, an earlier code keeps holding, and
 * the limit opens again by itself. That a stranger uses the number's messages up is stopped where strangers differ from
 * owners, by address (`codesPerNumberMax` in ../api/limits.ts). What is kept then is the HMAC of no code at all: a code that
 * nobody was sent could still be guessed, three times for each enrolment that was started.
 */
export async function sendCode(deps: EnrolmentDeps, transaction: Database, input: CodeFor) {
  const may = await mayMessageOrThrow(deps, transaction, input);
  const code = may.is === 'send' ? deps.random.digits(codeDigits) : Buffer.from(deps.random.bytes(unguessableBytes)).toString('base64url');
  const nowMs = deps.clock.nowMs();
  return {
    code_hmac: hmac(deps.codeKey, input.enrolmentId, code),
    code_tries: 0,
    code_expires_at: new Date(nowMs + codeLifetimeMs),
    resend_at: new Date(nowMs + resendPauseMs),
    message_id: may.is === 'send' ? await queueCode(deps, transaction, { ...input, code, counted: may.counted }) : null,
  };
}

async function queueCode(deps: EnrolmentDeps, transaction: Database, { phone, locale, code, counted }: CodeFor & { code: string; counted: readonly Slice[] }): Promise<string> {
  const minutes = codeLifetimeMs / 60_000;
  const template = { name: 'code', locale, params: { code, minutes: String(minutes) } } as const;
  return deps.messages.queue(transaction, { to: phone, purpose: 'code', text: codeText(locale, code, minutes), template, counted, giveUpAfterMs: codeLifetimeMs });
}

/** The same for a later code. Where nothing may be queued the earlier code stays as it is: its message may still arrive. */
export async function sendCodeAgain(deps: EnrolmentDeps, transaction: Database, input: CodeFor & { earlierMessageId: string | null }) {
  const code = await sendCode(deps, transaction, input);
  if (code.message_id === null) return { resend_at: code.resend_at, message_id: null };
  if (input.earlierMessageId !== null) await deps.messages.drop(transaction, input.earlierMessageId);
  return code;
}

const retryUnavailableS = 300;
const retryAskerS = 600;

type MaySend = { is: 'send'; counted: readonly Slice[] } | { is: 'number_limit' };

async function mayMessageOrThrow(deps: EnrolmentDeps, transaction: Database, { phone, from }: CodeFor): Promise<MaySend> {
  const may = await mayMessage(deps, transaction, { phone, from });
  if (may.is === 'send') return may;
  if (may.why === 'number') return { is: 'number_limit' };
  if (may.why === 'country_closed') throw new ProblemError('country_closed');
  if (may.why === 'asker') throw new ProblemError('rate_limited', { facts: { retryAfterS: retryAskerS } });
  throw new ProblemError('sms_unavailable', { facts: { retryAfterS: retryUnavailableS } });
}

export function codeMatches(input: { codeKey: Uint8Array; enrolmentId: string; code: string; codeHmac: string }): boolean {
  const expected = Buffer.from(input.codeHmac, 'base64url');
  const given = Buffer.from(hmac(input.codeKey, input.enrolmentId, input.code), 'base64url');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function hmac(key: Uint8Array, enrolmentId: string, code: string): string {
  return createHmac('sha256', key).update(`${enrolmentId}\0${code}`).digest('base64url');
}

export type MayMessage = { is: 'send'; counted: readonly Slice[] } | { is: 'refused'; why: Refusal | 'no_sender' };

/** Whether one more message may go to this number now, because of whoever asks; what may go is counted. */
export async function mayMessage(
  deps: Pick<EnrolmentDeps, 'messages' | 'smsLimits'>,
  transaction: Database,
  { phone, from, expectsCode = true }: { phone: string; from: AskedFrom; expectsCode?: boolean },
): Promise<MayMessage> {
  if (!deps.messages.available) return { is: 'refused', why: 'no_sender' };
  return deps.smsLimits.ask(transaction, { phone: { e164: phone, country: countryOf(phone) }, from }, { expectsCode });
}
