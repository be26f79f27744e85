// What a code that confirms a payment says: where, how much, who types it. One message, also with a long name: 70 Chinese characters,
// 160 of the GSM alphabet.
import { formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';
import type { SmsTemplate } from '../adapters/sms/provider.ts';

export type PaymentWords = { readonly locale: 'zh' | 'en'; readonly merchant: string; readonly amountMinor: bigint; readonly currency: string };

/** Of UTF-16 units; what of it the rest leaves is the name's. */
const lengthMax = { zh: 70, en: 160 } as const;

/** For networks that keep the texts: `pay_code` with `code`, `merchant`, `amount` and `minutes`. */
export function payCodeWording({ locale, merchant, amountMinor, currency }: PaymentWords) {
  const amount = amountText({ locale, amountMinor, currency });
  return (code: string, minutes: number): { text: string; template: SmsTemplate } => {
    const withName = (name: string): string => sentence({ locale, code, name, amount, minutes });
    const name = shortened(merchant, lengthMax[locale] - withName('').length);
    return { text: withName(name), template: { name: 'pay_code', locale, params: { code, merchant: name, amount, minutes: String(minutes) } } };
  };
}

type Words = { readonly locale: 'zh' | 'en'; readonly code: string; readonly name: string; readonly amount: string; readonly minutes: number };

function sentence({ locale, code, name, amount, minutes }: Words): string {
  return locale === 'zh'
    ? `【Sonrisa】${code} 是在“${name}”付款${amount}的确认码，请本人在终端输入，${minutes}分钟有效。勿告诉任何人，包括店员。`
    : `Sonrisa: ${code} pays ${amount} at ${name}. Type it at the terminal yourself within ${minutes} minutes. Tell nobody, not even staff. Not you? Ignore this.`;
}

function amountText({ locale, amountMinor, currency }: Pick<PaymentWords, 'locale' | 'amountMinor' | 'currency'>): string {
  const decimal = isCurrency(currency) ? formatDecimal(money(amountMinor, currency)) : String(amountMinor);
  return locale === 'zh' && currency === 'CNY' ? `${decimal}元` : `${currency} ${decimal}`;
}

function shortened(name: string, lengthMax: number): string {
  if (name.length <= lengthMax) return name;
  let short = '';
  for (const character of name) {
    if (short.length + character.length > lengthMax - 2) break;
    short += character;
  }
  return `${short.trimEnd()}..`;
}
