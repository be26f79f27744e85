// Codes that go out by SMS, whatever they are for: made, sent within the guard's limits, kept only as an HMAC bound to what they are
// for, compared in constant time. How long one is good and how often it may be tried is its owner's to say.
import { createHmac, timingSafeEqual } from 'node:crypto';
import parsePhoneNumber from 'libphonenumber-js/max';
import type { Random } from '../adapters/random.ts';
import type { SmsTemplate } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';
import type { Refusal, Slice, SmsAsk, SmsLimits } from '../sms-guard/index.ts';

export type AskedFrom = SmsAsk['from'];
export type SmsCodeDeps = {
  readonly messages: Pick<Messages, 'available' | 'queue'>;
  readonly smsLimits: Pick<SmsLimits, 'ask'>;
  readonly random: Pick<Random, 'digits' | 'bytes'>;
  readonly codeKey: Uint8Array;
};
/** `boundTo`: what the code is for; no other code has it. `wording`: says so. */
export type SmsCode = {
  readonly boundTo: string;
  readonly phone: string;
  readonly from: AskedFrom;
  readonly lifetimeMs: number;
  readonly wording: (code: string, minutes: number) => { readonly text: string; readonly template: SmsTemplate };
};
export type MayMessage = { is: 'send'; counted: readonly Slice[] } | { is: 'refused'; why: Refusal | 'no_sender' };

const codeDigits = 6;
const unguessableBytes = 32;

/** Queued inside the caller's transaction; refused, nothing was. */
export async function sendSmsCode(deps: SmsCodeDeps, transaction: Database, input: SmsCode): Promise<{ is: 'sent'; codeHmac: string; messageId: string } | (MayMessage & { is: 'refused' })> {
  const { boundTo, phone, from, lifetimeMs, wording } = input;
  const may = await mayMessage(deps, transaction, { phone, from });
  if (may.is === 'refused') return may;
  const code = deps.random.digits(codeDigits);
  const messageId = await deps.messages.queue(transaction, { to: phone, purpose: 'code', ...wording(code, lifetimeMs / 60_000), counted: may.counted, giveUpAfterMs: lifetimeMs });
  return { is: 'sent', codeHmac: hmac({ ...deps, boundTo, code }), messageId };
}

/** What is kept where nothing was sent and nobody may be told: there is no code to guess. */
export function hmacOfNoCode(deps: Pick<SmsCodeDeps, 'random' | 'codeKey'>, boundTo: string): string {
  return hmac({ ...deps, boundTo, code: Buffer.from(deps.random.bytes(unguessableBytes)).toString('base64url') });
}

export function smsCodeMatches({ codeHmac, ...given }: { codeKey: Uint8Array; boundTo: string; code: string; codeHmac: string }): boolean {
  const [expected, is] = [Buffer.from(codeHmac, 'base64url'), Buffer.from(hmac(given), 'base64url')];
  return expected.length === is.length && timingSafeEqual(expected, is);
}

function hmac({ codeKey, boundTo, code }: { codeKey: Uint8Array; boundTo: string; code: string }): string {
  return createHmac('sha256', codeKey).update(`${boundTo}\0${code}`).digest('base64url');
}

/** Whether one more message may go to this number now, because of whoever asks; what may go is counted. */
export async function mayMessage(
  deps: Pick<SmsCodeDeps, 'messages' | 'smsLimits'>,
  transaction: Database,
  { phone, from, expectsCode = true }: { phone: string; from: AskedFrom; expectsCode?: boolean },
): Promise<MayMessage> {
  if (!deps.messages.available) return { is: 'refused', why: 'no_sender' };
  return deps.smsLimits.ask(transaction, { phone: { e164: phone, country: countryOf(phone) }, from }, { expectsCode });
}

/** ISO 3166; of a number whose country cannot be told, its calling code. */
export function countryOf(e164: string): string {
  const number = parsePhoneNumber(e164);
  return number?.country ?? `+${number?.countryCallingCode ?? ''}`;
}
