// What a text message says of a payment by face. It always says when: networks deliver late, and an old payment would be taken for another one.
import type { SmsTemplate } from '../adapters/sms/provider.ts';

export type PaymentText = {
  readonly locale: 'zh' | 'en';
  readonly isFirst: boolean;
  /** With its currency. */
  readonly amount: string;
  readonly at: string;
  readonly store: string;
  /** Whose payment it is; null: the reader's own. */
  readonly child: string | null;
};

/** Letters: a shop or a child with a long name must not make two messages of one (70 Chinese characters, 160 of the GSM alphabet). */
const nameMax = { zh: 6, en: 14 } as const;

/** Templates for networks that keep the texts: `paid` and `first_paid` with `amount`, `at`, `store`; `child_paid` with `child` too. */
export function paymentText({ locale, isFirst, amount, at, store, child }: PaymentText): { text: string; template: SmsTemplate } {
  const params = { amount, at, store: shortened(store, locale) };
  if (child !== null) {
    const ofChild = { ...params, child: shortened(child, locale) };
    return { text: locale === 'zh' ? zhOfChild(ofChild) : enOfChild(ofChild), template: { name: 'child_paid', locale, params: ofChild } };
  }
  const words = locale === 'zh' ? zh : en;
  return { text: words[isFirst ? 'first' : 'paid'](params), template: { name: isFirst ? 'first_paid' : 'paid', locale, params } };
}

type Params = { amount: string; at: string; store: string };
const en = {
  paid: ({ amount, at, store }: Params) => `Sonrisa: ${amount} paid by face at ${store}, ${at}. Not you? Open Sonrisa and say so.`,
  first: ({ amount, at, store }: Params) => `Sonrisa: your first payment by face, ${amount} at ${store}, ${at}. Not you? Open Sonrisa and take it back.`,
};
const zh = {
  paid: ({ amount, at, store }: Params) => `【Sonrisa】${at}刷脸付款 ${amount}（${store}）。非本人请打开 Sonrisa 告诉我们。`,
  first: ({ amount, at, store }: Params) => `【Sonrisa】${at}首次刷脸付款 ${amount}（${store}）。非本人请打开 Sonrisa 撤回。`,
};
const enOfChild = ({ amount, at, store, child }: Params & { child: string }) => `Sonrisa: ${child} paid ${amount} by face at ${store}, ${at}. Not right? Open Sonrisa.`;
const zhOfChild = ({ amount, at, store, child }: Params & { child: string }) => `【Sonrisa】${at}${child}刷脸付款 ${amount}（${store}）。有问题请打开 Sonrisa。`;

function shortened(name: string, locale: PaymentText['locale']): string {
  const letters = [...name];
  return letters.length <= nameMax[locale] ? name : `${letters.slice(0, nameMax[locale] - 1).join('')}${locale === 'zh' ? '…' : '.'}`;
}
