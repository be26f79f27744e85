// What goes out by SMS; a code in one message, whatever the language (70 Chinese characters, 160 of the GSM alphabet). Each text names its purpose, and a code comes with "never tell anyone".
import type { localeSchema } from '@sonrisa/protocol/phone-api.ts';
import type { z } from 'zod';
import type { SmsTemplate } from '../adapters/sms/provider.ts';

export type Locale = z.infer<typeof localeSchema>;

/** What a code is for; it proves nothing else. `enter`: sets up an account, signs in to one or gets it back. */
export type CodePurpose = 'enter' | 'new_pin' | 'new_number';

const purposes: Readonly<Record<CodePurpose, { readonly template: SmsTemplate['name'] } & Readonly<Record<Locale, string>>>> = {
  enter: { template: 'code', en: 'is your code to open, sign in to or recover smile payments', zh: '用于开通、登录或找回“微笑付”' },
  new_pin: { template: 'code_new_pin', en: 'is the code to choose a NEW PIN for your smile payments', zh: '用于重设您的“微笑付”支付密码' },
  new_number: { template: 'code_new_number', en: 'is the code to move a smile payment account to this number', zh: '用于把“微笑付”账户换绑到本机号码' },
};

/** One text for every number, known or not: it never tells whether there is an account. Networks that keep the texts have a template for each purpose. */
export function codeWording({ locale, purpose }: { locale: Locale; purpose: CodePurpose }) {
  const what = purposes[purpose];
  return (code: string, minutes: number): { text: string; template: SmsTemplate } => ({
    text:
      locale === 'zh'
        ? `【Sonrisa】${code} ${what.zh}，${minutes} 分钟内有效。勿告诉任何人，我们的员工也不会索要。非本人操作请忽略。`
        : `Sonrisa: ${code} ${what.en}, for ${minutes} minutes. Never tell anyone, staff never ask for it. Not you? Ignore this.`,
    template: { name: what.template, locale, params: { code, minutes: String(minutes) } },
  });
}

export function inviteText(locale: Locale, url: string, minutes: number): string {
  return locale === 'zh'
    ? `【Sonrisa】您刚在收银台选择了开通“微笑付”。请在自己的手机上打开：${url} （${minutes} 分钟内有效）。请勿转发。如非本人操作，请忽略，不会开通任何服务。`
    : `Sonrisa: you asked at the till to set up smile payments. Open this on your own phone: ${url} (valid for ${minutes} minutes). Do not pass it on. Not you? Ignore this message; nothing is opened.`;
}
