// Text messages as they are configured: the file of providers, and the countries with what each may cost a day.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SmsProviderConfig } from './adapters/sms/open.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a short name of small letters, digits and hyphens');
const senders = z
  .record(z.string().regex(/^(\*|\+[1-9]\d{0,14})$/, 'must have prefixes like "+86" or "*" as names'), z.string().min(1, 'must not be empty').max(64, 'must be at most 64 characters long'))
  .refine((given) => Object.keys(given).length > 0, 'must name at least one sender, like { "*": "SONRISA" }');
const httpUrl = (standard: string) => z.url({ protocol: /^https?$/, error: `must be an address like ${standard}` }).default(standard).transform((url) => url.replace(/\/+$/, ''));
const secret = (what: string) => z.string({ error: `must be ${what}` }).min(1, `must be ${what}`);
/** Of the SMPP fields: a C octet string of this many characters. */
const smppUrl = z
  .url({ protocol: /^smpps?$/, error: 'must be an address like smpps://id:password@smsc.example.org:3550' })
  .refine((url) => new URL(url).username.length > 0 && decodeURIComponent(new URL(url).username).length <= 15 && decodeURIComponent(new URL(url).password).length <= 8, 'must have an id of 1 to 15 and a password of at most 8 characters before the @');

const provider = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('outbox'), name: name.default('outbox') }),
  z.strictObject({ kind: z.literal('smpp'), name: name.default('smpp'), senders, url: smppUrl, systemType: z.string().max(12).default(''), longMessages: z.enum(['parts', 'payload'], { error: 'must be "parts" or "payload"' }).default('parts') }),
  z.strictObject({ kind: z.literal('twilio'), name: name.default('twilio'), senders, url: httpUrl('https://api.twilio.com'), accountSid: secret('the account SID (AC…)'), authToken: secret("the account's auth token") }),
  z.strictObject({
    kind: z.literal('alibaba'), name: name.default('alibaba'), senders, url: httpUrl('https://dysmsapi.aliyuncs.com'), accessKeyId: secret('an AccessKey id'), accessKeySecret: secret('its secret'),
    templates: z.record(z.string().regex(/^(code|code_new_pin|code_new_number|pay_code|invite|face_on|face_unused|recovery|changed|paid|first_paid|child_paid|face_review_erased|face_review_new_look)\.(zh|en)$/, 'must have names like "code.zh"'), secret('a template code (SMS_…)')).refine((given) => given['code.zh'] !== undefined, 'must name at least the template "code.zh"'),
  }),
], { error: 'must have a kind: "smpp", "twilio", "alibaba" or, in a sandbox, "outbox"' });
const file = z.strictObject({ providers: z.array(provider).min(1, 'must name at least one provider').max(8, 'must name at most eight providers') });

/** Throws an Error whose message goes on after the setting's name. */
export function readSmsFile(path: string, mode: 'sandbox' | 'production'): SmsProviderConfig[] {
  const parsed = file.safeParse(jsonOf(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`names ${path}, where ${issue?.path.join('.') || 'the file'} ${issue?.message ?? 'is wrong'}; docs/sms.md shows how it looks.`);
  }
  const { providers } = parsed.data;
  if (mode === 'production' && providers.some(({ kind }) => kind === 'outbox')) throw new Error(`names ${path}, which has the outbox: its messages reach nobody, so production refuses it. Name a provider instead.`);
  const names = providers.map((each) => each.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw new Error(`names ${path}, where two providers are called "${twice}": give one of them another name.`);
  return providers;
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`names ${path}, which cannot be read: ${(error as Error).message}.`);
  }
}

/** "CN, HK:500" → the day's messages of each country; undefined when it is written otherwise. */
export function readCountries(text: string, perDayMax: number): Map<string, number> | undefined {
  const parts = text.split(',').map((part) => /^\s*([A-Z]{2})(?::([1-9]\d{0,8}))?\s*$/.exec(part));
  if (parts.some((part) => part === null)) return undefined;
  return new Map(parts.flatMap((part) => (part?.[1] === undefined ? [] : [[part[1], part[2] === undefined ? perDayMax : Number(part[2])]])));
}
