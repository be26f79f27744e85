// Alibaba Cloud SMS (Dysmsapi 2017-05-25): the network keeps the texts, we send a template's code and its values. Receipts by
// asking. No SDK: it weighs 33 MB and this is all we use of it; a test compares the requests with the SDK's, field for field.
import { canonicalQuery, signAcs3, type Acs3Key } from './acs3.ts';
import { outcomeOfFailure, outcomeOfStatus } from './http-outcome.ts';
import type { Handed, SmsMessage, SmsProvider, SmsReceipt } from './provider.ts';
import { senderFor, type Senders } from './senders.ts';

/** `senders`: the signature (签名) for each prefix. `templates`: `code.zh` … → `SMS_…`. */
export type AlibabaDeps = Acs3Key & {
  name: string;
  senders: Senders;
  templates: Readonly<Record<string, string>>;
  url: string;
  nowMs: () => number;
  newNonce: () => string;
};

const version = '2017-05-25';
/** The network is busy or the account cannot send now; anything else that is not OK is about this message. */
const notNow = /^(Throttling|ServiceUnavailable|isp\.|isv\.(BUSINESS_LIMIT_CONTROL|DAY_LIMIT_CONTROL|AMOUNT_NOT_ENOUGH|OUT_OF_SERVICE|ACCOUNT_|PRODUCT_UN)|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidTimeStamp|Forbidden)/;
/** Receipts are asked for by the day in China. */
const dayOf = (atMs: number): string => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
const sendStatus = { failed: 2, delivered: 3 } as const;

export function createAlibaba(deps: AlibabaDeps): SmsProvider {
  const { name, senders, templates } = deps;
  const ask = async (action: string, query: Record<string, string>, signal: AbortSignal) => {
    const { host } = new URL(deps.url);
    const headers = signAcs3({ method: 'POST', host, action, version, query, nonce: deps.newNonce(), nowMs: deps.nowMs() }, deps);
    return fetch(`${deps.url}/?${canonicalQuery(query)}`, { method: 'POST', headers: { ...headers, accept: 'application/json' }, signal, redirect: 'error' });
  };
  return {
    name,
    serves: (e164) => senderFor(senders, e164) !== undefined,
    send: async (message, signal) => {
      const code = message.template && templates[`${message.template.name}.${message.template.locale}`];
      if (message.template === undefined || code === undefined) return { is: 'refused', why: `no template for ${message.template?.name ?? message.purpose}` };
      try {
        return await outcomeOf(await ask('SendSms', sendQuery({ message, code, sender: senderFor(senders, message.to) ?? '' }), signal));
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
    receiptOf: async ({ ref, to, sentAtMs }, signal) => {
      const query = { BizId: ref, CurrentPage: '1', PageSize: '10', PhoneNumber: numberFor(to), SendDate: dayOf(sentAtMs) };
      const answer = await ask('QuerySendDetails', query, signal);
      if (!answer.ok) throw new Error(`Alibaba Cloud answered ${answer.status}`);
      return receiptFrom(ref, (await answer.json()) as Details);
    },
    isUp: () => true,
    stop: async () => undefined,
  };
}

function sendQuery({ message, code, sender }: { message: SmsMessage; code: string; sender: string }): Record<string, string> {
  return { OutId: message.id, PhoneNumbers: numberFor(message.to), SignName: sender, TemplateCode: code, TemplateParam: JSON.stringify(message.template?.params ?? {}) };
}

/** Numbers of the mainland without their country code, others with it, neither with a plus. */
const numberFor = (e164: string): string => (e164.startsWith('+86') ? e164.slice(3) : e164.slice(1));

async function outcomeOf(answer: Response): Promise<Handed> {
  const body = (await answer.json().catch(() => ({}))) as { Code?: unknown; BizId?: unknown };
  if (answer.ok && body.Code === 'OK') return { is: 'taken', refs: typeof body.BizId === 'string' ? [body.BizId] : [] };
  if (typeof body.Code !== 'string') return answer.ok ? { is: 'unknown', why: 'an answer without a code' } : outcomeOfStatus(answer.status, answer.headers.get('retry-after'));
  return { is: notNow.test(body.Code) ? 'not_taken' : 'refused', why: body.Code };
}

type Details = { Code?: unknown; SmsSendDetailDTOs?: { SmsSendDetailDTO?: { SendStatus?: unknown; ErrCode?: unknown }[] } };

function receiptFrom(ref: string, { SmsSendDetailDTOs: details }: Details): SmsReceipt | undefined {
  const [detail] = details?.SmsSendDetailDTO ?? [];
  const why = typeof detail?.ErrCode === 'string' ? detail.ErrCode : '';
  if (detail?.SendStatus === sendStatus.delivered) return { ref, is: 'delivered', detail: why };
  return detail?.SendStatus === sendStatus.failed ? { ref, is: 'undelivered', detail: why } : undefined;
}
