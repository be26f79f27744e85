// Twilio's Programmable Messaging (REST API 2010-04-01): one form post a message, receipts by asking. No SDK: it weighs 18 MB and
// this is all we use of it; a test compares the requests with the SDK's, field for field.
import { outcomeOfFailure, outcomeOfStatus } from './http-outcome.ts';
import type { Handed, SmsMessage, SmsProvider, SmsReceipt } from './provider.ts';
import { senderFor, type Senders } from './senders.ts';

/** `senders`: a number, a name, or a messaging service (`MG…`) for each prefix. */
export type TwilioDeps = { name: string; accountSid: string; authToken: string; senders: Senders; url: string; nowMs: () => number };

/** What Twilio takes: seconds in its queue. */
const validityS = { least: 5, most: 36_000 } as const;
/** Too many requests, or too many messages waiting at Twilio for this sender. */
const busyCodes = new Set([20429, 14107, 30001]);

export function createTwilio(deps: TwilioDeps): SmsProvider {
  const { name, senders, accountSid, authToken, url } = deps;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const base = `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages`;
  return {
    name,
    serves: (e164) => senderFor(senders, e164) !== undefined,
    send: async (message, signal) => {
      try {
        const body = formOf(deps, message);
        const answer = await fetch(`${base}.json`, { method: 'POST', headers: { authorization, accept: 'application/json' }, body, signal, redirect: 'error' });
        return await outcomeOf(answer);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
    receiptOf: async ({ ref }, signal) => {
      const answer = await fetch(`${base}/${encodeURIComponent(ref)}.json`, { headers: { authorization, accept: 'application/json' }, signal, redirect: 'error' });
      if (!answer.ok) throw new Error(`Twilio answered ${answer.status}`);
      return receiptFrom(ref, (await answer.json()) as TwilioMessage);
    },
    isUp: () => true,
    stop: async () => undefined,
  };
}

type TwilioMessage = { sid?: unknown; status?: unknown; error_code?: unknown };

function formOf({ senders, nowMs }: TwilioDeps, { to, text, expiresAtMs }: SmsMessage): URLSearchParams {
  const sender = senderFor(senders, to) ?? '';
  const leftS = Math.floor((expiresAtMs - nowMs()) / 1000);
  return new URLSearchParams({
    To: to,
    ValidityPeriod: String(Math.min(validityS.most, Math.max(validityS.least, leftS))),
    ...(/^MG[0-9a-f]{32}$/.test(sender) ? { MessagingServiceSid: sender } : { From: sender }),
    Body: text,
  });
}

async function outcomeOf(answer: Response): Promise<Handed> {
  const body = (await answer.json().catch(() => ({}))) as TwilioMessage & { code?: unknown };
  if (answer.ok) return typeof body.sid === 'string' ? { is: 'taken', refs: [body.sid] } : { is: 'unknown', why: 'an answer without a message id' };
  const byStatus = outcomeOfStatus(answer.status, answer.headers.get('retry-after'));
  if (typeof body.code !== 'number') return byStatus;
  const why = `Twilio error ${body.code}`;
  return busyCodes.has(body.code) ? { is: 'not_taken', why } : { ...byStatus, ...('why' in byStatus ? { why: `${why}, ${byStatus.why}` } : {}) };
}

function receiptFrom(ref: string, { status, error_code: code }: TwilioMessage): SmsReceipt | undefined {
  if (status === 'delivered' || status === 'read') return { ref, is: 'delivered', detail: status };
  if (status === 'undelivered' || status === 'failed' || status === 'canceled') return { ref, is: 'undelivered', detail: typeof code === 'number' ? `${status}, error ${code}` : status };
  return undefined;
}
