// What an owner, or the guardian of a child, is told of a face by text message, in the caller's transaction. Where nobody can be reached by message their page
// says the same. Of a child's face its guardian's page does.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';

/** `child`: whose face it is, where that is not the reader. */
export type OwnerNotice =
  | { readonly name: 'face_on' }
  | { readonly name: 'face_unused'; readonly days: number; readonly child?: string }
  | { readonly name: 'face_review'; readonly what: 'erased' | 'new_look'; readonly child?: string };

const giveUpAfterMs = 24 * 60 * 60_000;

export async function tellOwner(transaction: Database, { messages, payerId, notice }: { messages: Pick<Messages, 'available' | 'queue'>; payerId: string; notice: OwnerNotice }): Promise<void> {
  if (!messages.available) return;
  const of = (id: string) => transaction.selectFrom('payer').select(['name', 'phone_e164', 'locale', 'closed_at', 'guardian_id']).where('id', '=', id).executeTakeFirst();
  const face = await of(payerId);
  const reader = face && face.guardian_id !== null ? await of(face.guardian_id) : face;
  if (!face || !reader) throw new ProblemError('not_found');
  const { phone_e164: to, locale } = reader;
  if (reader.closed_at !== null || to === null) return;
  const told = notice.name !== 'face_on' && reader !== face ? { ...notice, child: face.name } : notice;
  const params: Record<string, string> = notice.name === 'face_unused' ? { days: String(notice.days) } : {};
  const template = notice.name === 'face_review' ? (`face_review_${notice.what}` as const) : notice.name;
  await messages.queue(transaction, { to, purpose: 'notice', text: noticeText(locale, told), template: { name: template, locale, params }, giveUpAfterMs });
}

/** One message each, but for a long name: 70 Chinese characters, 160 of the GSM alphabet. */
export function noticeText(locale: 'zh' | 'en', notice: OwnerNotice): string {
  if (notice.name === 'face_on') {
    return locale === 'zh'
      ? '【Sonrisa】您的账户刚刚重新开启了刷脸支付。如非本人操作，请立即登录删除人脸，并联系运营方。'
      : 'Sonrisa: face payment was switched on again for your account. Not you? Sign in, erase the face, and tell the operator.';
  }
  if (notice.name === 'face_review') return reviewText(locale, notice);
  if (notice.child !== undefined) {
    return locale === 'zh'
      ? `【Sonrisa】${notice.child}已很久没有刷脸付款，人脸模板将在 ${notice.days} 天后自动删除。想保留，请在此之前刷一次脸；余额不受影响。`
      : `Sonrisa: ${notice.child} has not paid by face for long. The face template is erased in ${notice.days} days unless it is used. The money stays.`;
  }
  return locale === 'zh'
    ? `【Sonrisa】您已很久没有刷脸付款，人脸模板将在 ${notice.days} 天后自动删除。想保留，请在此之前刷一次脸；余额不受影响。`
    : `Sonrisa: you have not paid by face for long. Your face template is erased in ${notice.days} days unless you use it. Your account and money stay.`;
}

// The way back is the same for whoever is right and for whoever is not: consent again, by passkey or PIN, and a look.
function reviewText(locale: 'zh' | 'en', { what, child }: Extract<OwnerNotice, { name: 'face_review' }>): string {
  if (what === 'new_look') {
    if (child !== undefined) return locale === 'zh' ? `【Sonrisa】${child}的人脸与他人相似，容易认错。请在 Sonrisa 的孩子页面重新拍一次。` : `Sonrisa: ${child}'s face is hard to tell from another one. Please take a new look on the child's page in Sonrisa.`;
    return locale === 'zh' ? '【Sonrisa】您的人脸与他人相似，容易认错。请打开 Sonrisa“我的人脸”重新拍一次；余额不受影响。' : 'Sonrisa: your face is hard to tell from another one. Please open Sonrisa, My face, and take a new look. Your money stays.';
  }
  if (child !== undefined) {
    return locale === 'zh'
      ? `【Sonrisa】经人工核查，${child}的人脸已在另一账户使用，现已从此账户删除。如不对，请在孩子页面重新同意并拍照。`
      : `Sonrisa: after a check by our staff ${child}'s face was erased here: another account has it. Wrong? Agree and take a look again on the child's page.`;
  }
  return locale === 'zh'
    ? '【Sonrisa】经人工核查，您的人脸已在另一账户使用，现已从此账户删除，余额不变。如不对，请在“我的人脸”重新同意并拍照。'
    : 'Sonrisa: after a check by our staff your face was erased here: another account has it. Your money stays. Wrong? Open My face, agree and take a look again.';
}
