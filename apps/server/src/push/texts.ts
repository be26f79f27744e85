// What a notice says. It is encrypted for the phone; still it names no more than the page itself would on a locked screen.
import { formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';
import type { AccountEventKind } from '@sonrisa/protocol/recovery-api.ts';

export type PushFacts = { readonly kind: 'paid' | 'first' | 'asked'; readonly locale: 'zh' | 'en'; readonly store: string; readonly storeZh: string; readonly amountMinor: bigint; readonly currency: string; /** Whose payment it is; null: the reader's own. */ readonly child: string | null; /** When it was, where that is not now. */ readonly late: { readonly atMs: number; readonly timeZone: string } | null };

/** `tag`: a later notice of the same payment takes its place. */
export type PushText = { readonly title: string; readonly body: string };

const lateFromMs = 30 * 60_000;
/** Read as something that happened just now, it would be taken for another payment. */
export const isLate = ({ atMs, nowMs }: { atMs: number; nowMs: number }): boolean => nowMs - atMs >= lateFromMs;

export function pushText({ kind, locale, store, storeZh, amountMinor, currency, child, late }: PushFacts): PushText {
  const amount = isCurrency(currency) ? `${formatDecimal(money(amountMinor, currency))} ${currency}` : `${amountMinor} ${currency}`;
  const name = locale === 'zh' ? storeZh : store;
  const where = late === null ? name : `${momentText({ ...late, locale })}${locale === 'zh' ? '，' : ', '}${name}`;
  if (child !== null) return (locale === 'zh' ? zhOfChild : enOfChild)[kind](where, amount, child);
  return (locale === 'zh' ? zh : en)[kind](where, amount);
}

export function momentText({ atMs, timeZone, locale }: { atMs: number; timeZone: string; locale: 'zh' | 'en' }): string {
  return new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(atMs);
}

type Words = Readonly<Record<PushFacts['kind'], (store: string, amount: string) => PushText>>;
const en: Words = {
  paid: (store, amount) => ({ title: `${amount} paid by face`, body: `${store}. Not you? Open Sonrisa and say so.` }),
  first: (store, amount) => ({ title: `${amount}: your first payment by face`, body: `${store}. Something not right? Take it back with one tap.` }),
  asked: (store, amount) => ({ title: `Do you want to pay ${amount}?`, body: `${store} waits for your yes.` }),
};
type ChildWords = Readonly<Record<PushFacts['kind'], (store: string, amount: string, child: string) => PushText>>;
const enOfChild: ChildWords = {
  paid: (store, amount, child) => ({ title: `${child} paid ${amount} by face`, body: `${store}. Something not right? Open Sonrisa.` }),
  first: (store, amount, child) => ({ title: `${child}'s first payment by face: ${amount}`, body: `${store}. Something not right? Take it back with one tap.` }),
  asked: (store, amount, child) => ({ title: `May ${child} pay ${amount}?`, body: `${store} waits for your yes.` }),
};
const zhOfChild: ChildWords = {
  paid: (store, amount, child) => ({ title: `${child} 刷脸付款 ${amount}`, body: `${store}。如有问题，请打开 Sonrisa。` }),
  first: (store, amount, child) => ({ title: `${child} 首次刷脸付款 ${amount}`, body: `${store}。如有问题，可以一键撤回。` }),
  asked: (store, amount, child) => ({ title: `同意 ${child} 付款 ${amount} 吗？`, body: `${store} 正在等您确认。` }),
};
const zh: Words = {
  paid: (store, amount) => ({ title: `刷脸付款 ${amount}`, body: `${store}。不是您本人？请打开 Sonrisa 告诉我们。` }),
  first: (store, amount) => ({ title: `首次刷脸付款 ${amount}`, body: `${store}。如有问题，可以一键撤回。` }),
  asked: (store, amount) => ({ title: `要付款 ${amount} 吗？`, body: `${store} 正在等您确认。` }),
};

/** Of something that happened to the account itself. */
export function eventText({ kind, locale }: { kind: AccountEventKind; locale: 'zh' | 'en' }): PushText {
  const [title, body] = events[kind][locale];
  return { title, body };
}

type EventWords = Readonly<Record<AccountEventKind, Readonly<Record<'zh' | 'en', readonly [title: string, body: string]>>>>;
const events: EventWords = {
  signed_in: { en: ['Signed in on another phone', 'With your number and your PIN or passkey. Not you? Open Sonrisa and sign the others out.'], zh: ['另一部手机登录了您的账户', '使用了您的手机号和支付密码或通行密钥。不是您？请打开 Sonrisa 让其他手机退出。'] },
  account_asked: { en: ['Somebody asks for your account', 'They say that they have lost their phone. Not you? Open Sonrisa and stop it.'], zh: ['有人申请找回您的账户', '对方称手机已丢失。不是您？请打开 Sonrisa 阻止。'] },
  pin_cooling: { en: ['A new PIN was asked for', 'It waits before it can be set. Not you? Open Sonrisa and stop it.'], zh: ['有人申请重设支付密码', '冷静期后才能设置。不是您？请打开 Sonrisa 阻止。'] },
  number_cooling: { en: ['A new phone number was asked for', 'It waits before it takes effect. Not you? Open Sonrisa and stop it.'], zh: ['有人申请更换手机号', '冷静期后才能更换。不是您？请打开 Sonrisa 阻止。'] },
  account_cooling: { en: ['Your account is to move to another phone', 'Somebody showed a document to our staff. Not you? Open Sonrisa and stop it.'], zh: ['您的账户将转到另一部手机', '有人向工作人员出示了证件。不是您？请打开 Sonrisa 阻止。'] },
  cancelled: { en: ['The change was stopped', 'Nothing of your account has changed.'], zh: ['更改已被阻止', '您的账户没有变化。'] },
  pin_changed: { en: ['Your PIN was changed', 'For some days only small amounts can be paid. Not you? Tell our staff at once.'], zh: ['支付密码已更换', '接下来几天只能小额付款。不是您？请立即联系工作人员。'] },
  number_changed: { en: ['Your phone number was changed', 'For some days only small amounts can be paid. Not you? Tell our staff at once.'], zh: ['手机号已更换', '接下来几天只能小额付款。不是您？请立即联系工作人员。'] },
  account_recovered: { en: ['Your account is on another phone now', 'This one is signed out. Not you? Tell our staff at once.'], zh: ['您的账户已转到另一部手机', '本机已退出登录。不是您？请立即联系工作人员。'] },
  number_claimed: { en: ['Somebody says your number is theirs now', 'Still yours? Open Sonrisa and keep it.'], zh: ['有人称您的手机号现在归他使用', '号码还是您的？请打开 Sonrisa 保留。'] },
  number_lost: { en: ['Your number belongs to somebody else now', 'Your account and your money stay yours. Add your new number.'], zh: ['您的手机号已归他人使用', '账户和余额仍是您的，请添加新号码。'] },
  face_new: { en: ['A new face pays for your account', 'You looked into the camera anew. Not you? Open Sonrisa and erase the face.'], zh: ['刷脸支付启用了新的人脸', '您重新录入了人脸。不是您？请打开 Sonrisa 删除人脸。'] },
  child_face_new: { en: ['A new face pays for your child', 'It was taken on your phone. Not your doing? Open Sonrisa and erase it.'], zh: ['孩子的刷脸支付启用了新的人脸', '人脸是在您的手机上录入的。不是您操作的？请打开 Sonrisa 删除。'] },
  identity_attested: { en: ['Your name and date of birth were attested', 'Higher limits hold from now on. Not you? Tell our staff at once.'], zh: ['您的姓名和出生日期已核验', '现在可以使用更高限额。不是您？请立即联系工作人员。'] },
};
