// What a notice says. It is encrypted for the phone; still it names no more than the page itself would on a locked screen.
import { formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';

export type PushFacts = { readonly kind: 'paid' | 'first' | 'asked'; readonly locale: 'zh' | 'en'; readonly store: string; readonly storeZh: string; readonly amountMinor: bigint; readonly currency: string };

/** `tag`: a later notice of the same payment takes its place. */
export type PushText = { readonly title: string; readonly body: string };

export function pushText({ kind, locale, store, storeZh, amountMinor, currency }: PushFacts): PushText {
  const amount = isCurrency(currency) ? `${formatDecimal(money(amountMinor, currency))} ${currency}` : `${amountMinor} ${currency}`;
  return locale === 'zh' ? zh[kind](storeZh, amount) : en[kind](store, amount);
}

type Words = Readonly<Record<PushFacts['kind'], (store: string, amount: string) => PushText>>;
const en: Words = {
  paid: (store, amount) => ({ title: `${amount} paid by face`, body: `${store}. Not you? Open Sonrisa and say so.` }),
  first: (store, amount) => ({ title: `${amount}: your first payment by face`, body: `${store}. Something not right? Take it back with one tap.` }),
  asked: (store, amount) => ({ title: `Do you want to pay ${amount}?`, body: `${store} waits for your yes.` }),
};
const zh: Words = {
  paid: (store, amount) => ({ title: `刷脸付款 ${amount}`, body: `${store}。不是您本人？请打开 Sonrisa 告诉我们。` }),
  first: (store, amount) => ({ title: `首次刷脸付款 ${amount}`, body: `${store}。如有问题，可以一键撤回。` }),
  asked: (store, amount) => ({ title: `要付款 ${amount} 吗？`, body: `${store} 正在等您确认。` }),
};
