// What goes out by SMS; a code in one message, whatever the language (70 Chinese characters, 160 of the GSM alphabet). Each text names its purpose, and a code comes with "never tell anyone".
import type { localeSchema } from '@sonrisa/protocol/phone-api.ts';
import type { z } from 'zod';

export type Locale = z.infer<typeof localeSchema>;

/** One text for every number, known or not: it never tells whether there is an account. */
export function codeText(locale: Locale, code: string, minutes: number): string {
  return locale === 'zh'
    ? `【Sonrisa】${code} 是您开通或登录“微笑付”的验证码，${minutes} 分钟内有效。请勿告诉任何人，我们的员工也不会索要。非本人操作请忽略。`
    : `Sonrisa: ${code} is your code to set up or sign in to smile payments, valid for ${minutes} minutes. Never tell anyone; our staff never ask for it. Not you? Ignore this.`;
}

export function inviteText(locale: Locale, url: string, minutes: number): string {
  return locale === 'zh'
    ? `【Sonrisa】您刚在收银台选择了开通“微笑付”。请在自己的手机上打开：${url} （${minutes} 分钟内有效）。请勿转发。如非本人操作，请忽略，不会开通任何服务。`
    : `Sonrisa: you asked at the till to set up smile payments. Open this on your own phone: ${url} (valid for ${minutes} minutes). Do not pass it on. Not you? Ignore this message; nothing is opened.`;
}
