// What an owner, or the guardian of a child, is told of a face by text message, in the caller's transaction. Where nobody can be reached by message their page
// says the same. Of a child's face its guardian's page does.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { Messages } from '../messages/index.ts';

/** `child`: whose face it is, where that is not the reader. */
export type OwnerNotice = { readonly name: 'face_on' } | { readonly name: 'face_unused'; readonly days: number; readonly child?: string };

const giveUpAfterMs = 24 * 60 * 60_000;

export async function tellOwner(transaction: Database, { messages, payerId, notice }: { messages: Pick<Messages, 'available' | 'queue'>; payerId: string; notice: OwnerNotice }): Promise<void> {
  if (!messages.available) return;
  const of = (id: string) => transaction.selectFrom('payer').select(['name', 'phone_e164', 'locale', 'closed_at', 'guardian_id']).where('id', '=', id).executeTakeFirst();
  const face = await of(payerId);
  const reader = face && face.guardian_id !== null ? await of(face.guardian_id) : face;
  if (!face || !reader) throw new ProblemError('not_found');
  const { phone_e164: to, locale } = reader;
  if (reader.closed_at !== null || to === null) return;
  const told = notice.name === 'face_unused' && reader !== face ? { ...notice, child: face.name } : notice;
  const params: Record<string, string> = notice.name === 'face_unused' ? { days: String(notice.days) } : {};
  await messages.queue(transaction, { to, purpose: 'notice', text: noticeText(locale, told), template: { name: notice.name, locale, params }, giveUpAfterMs });
}

/** One message each, but for a long name: 70 Chinese characters, 160 of the GSM alphabet. */
export function noticeText(locale: 'zh' | 'en', notice: OwnerNotice): string {
  if (notice.name === 'face_on') {
    return locale === 'zh'
      ? '【Sonrisa】您的账户刚刚重新开启了刷脸支付。如非本人操作，请立即登录删除人脸，并联系运营方。'
      : 'Sonrisa: face payment was switched on again for your account. Not you? Sign in, erase the face, and tell the operator.';
  }
  if (notice.child !== undefined) {
    return locale === 'zh'
      ? `【Sonrisa】${notice.child}已很久没有刷脸付款，人脸模板将在 ${notice.days} 天后自动删除。想保留，请在此之前刷一次脸；余额不受影响。`
      : `Sonrisa: ${notice.child} has not paid by face for long. The face template is erased in ${notice.days} days unless it is used. The money stays.`;
  }
  return locale === 'zh'
    ? `【Sonrisa】您已很久没有刷脸付款，人脸模板将在 ${notice.days} 天后自动删除。想保留，请在此之前刷一次脸；余额不受影响。`
    : `Sonrisa: you have not paid by face for long. Your face template is erased in ${notice.days} days unless you use it. Your account and money stay.`;
}
