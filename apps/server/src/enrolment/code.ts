// The SMS code of an enrolment: bound to it (../sms-codes), and limited per number.
//
// What happens when SMS is down: nothing waits for it. A code is queued in the transaction that makes it (../messages), and
// sent after the commit by a round of its own: 10 s for an attempt, five attempts with growing pauses, none once the code
// is over. Numbers, payments and tills go on meanwhile; an invitation has its QR code as well. The phone sees `smsState`:
// `waiting` while the message has not been handed over, `failed` when it never will be, and can ask for a new one.
// Production without a provider, and an installation past its budget, answer `sms_unavailable` and open nothing.
// Who may have a message at all is ../sms-guard's to say.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import { hmacOfNoCode, sendSmsCode, type AskedFrom } from '../sms-codes/index.ts';
import type { EnrolmentDeps } from './ports.ts';
import { codeWording, type CodePurpose, type Locale } from './texts.ts';

export const codeLifetimeMs = 5 * 60_000;
export const codeTriesMax = 3;
export const resendPauseMs = 30_000;

type CodeFor = { enrolmentId: string; phone: string; locale: Locale; purpose: CodePurpose; from: AskedFrom };

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
  const { codeHmac, messageId } = await sendOrThrow(deps, transaction, input);
  const nowMs = deps.clock.nowMs();
  return {
    code_hmac: codeHmac,
    code_tries: 0,
    code_expires_at: new Date(nowMs + codeLifetimeMs),
    resend_at: new Date(nowMs + resendPauseMs),
    message_id: messageId,
  };
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

async function sendOrThrow(deps: EnrolmentDeps, transaction: Database, { enrolmentId, phone, locale, purpose, from }: CodeFor): Promise<{ codeHmac: string; messageId: string | null }> {
  const sent = await sendSmsCode(deps, transaction, { boundTo: enrolmentId, phone, from, lifetimeMs: codeLifetimeMs, wording: codeWording({ locale, purpose }) });
  if (sent.is === 'sent') return sent;
  if (sent.why === 'number') return { codeHmac: hmacOfNoCode(deps, enrolmentId), messageId: null };
  if (sent.why === 'country_closed') throw new ProblemError('country_closed');
  if (sent.why === 'asker') throw new ProblemError('rate_limited', { facts: { retryAfterS: retryAskerS } });
  throw new ProblemError('sms_unavailable', { facts: { retryAfterS: retryUnavailableS } });
}
