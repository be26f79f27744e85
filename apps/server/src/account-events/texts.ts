// What the numbers of an account are told when somebody gets hold of it, or says they do.
import type { SmsTemplate } from '../adapters/sms/provider.ts';

export const noticeKinds = ['pin', 'number', 'account', 'pin_done', 'number_done', 'account_done', 'face_new', 'child_face_new'] as const;
export type NoticeKind = (typeof noticeKinds)[number];
type Locale = 'zh' | 'en';

const whats: Readonly<Record<Locale, Readonly<Record<NoticeKind, string>>>> = {
  en: {
    pin: 'a new PIN was asked for',
    number: 'a new phone number was asked for',
    account: 'somebody with a document asked for the account on another phone',
    pin_done: 'the PIN was changed',
    number_done: 'the phone number was changed',
    account_done: 'the account was moved to another phone',
    face_new: 'a new face pays',
    child_face_new: 'a new face pays for a child of yours',
  },
  zh: {
    pin: '有人申请重设支付密码',
    number: '有人申请更换手机号',
    account: '有人持证件申请在另一部手机上找回账户',
    pin_done: '支付密码已更换',
    number_done: '手机号已更换',
    account_done: '账户已转到另一部手机',
    face_new: '刷脸支付启用了新的人脸',
    child_face_new: '孩子的刷脸支付启用了新的人脸',
  },
};

/** `url`: stops it, without signing in. Two templates for networks that keep the texts: `recovery` with `what` and `url`, `changed` with `what`. */
export function noticeText({ locale, kind, url }: { locale: Locale; kind: NoticeKind; url: string | null }): { text: string; template: SmsTemplate } {
  const what = whats[locale][kind];
  if (url === null) return { text: plain(locale, what), template: { name: 'changed', locale, params: { what } } };
  const text = locale === 'zh'
    ? `【Sonrisa】您的账户：${what}，冷静期后生效。如非本人操作，请立即打开 ${url} 阻止。我们的员工不会向您索要此链接。`
    : `Sonrisa: on your account ${what}. It waits before it takes effect. Not you? Stop it now: ${url} Our staff never ask for this link.`;
  return { text, template: { name: 'recovery', locale, params: { what, url } } };
}

function plain(locale: Locale, what: string): string {
  return locale === 'zh' ? `【Sonrisa】您的账户：${what}。如非本人操作，请立即联系我们的工作人员。` : `Sonrisa: on your account ${what}. Not you? Tell our staff at once.`;
}
