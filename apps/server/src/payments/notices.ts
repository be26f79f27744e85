// A notice for each payment of an owner and of their children, whatever the rung. They are read off the payments themselves: there is no notice to lose.
import type { Notices } from '@sonrisa/protocol/phone-request-api.ts';
import type { Database } from '../db/database.ts';
import { shownToGuardian } from './guardian-view.ts';
import { noticesMax } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import { undoUntilOf } from './views.ts';

export async function noticesOf({ db, nowMs, limits }: Pick<PaymentsDependencies, 'db' | 'nowMs' | 'limits'>, payerId: string): Promise<Notices> {
  const payer = await db.selectFrom('payer').select(['notices_seen_at', 'ask_phone_from_minor', 'sms_notices', 'currency']).where('id', '=', payerId).executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('payment')
    .innerJoin('store', 'store.id', 'payment.store_id')
    .innerJoin('payer', 'payer.id', 'payment.payer_id')
    .leftJoin('limit_use', 'limit_use.payment_id', 'payment.id')
    .select(['limit_use.undo_until', 'payment.state', 'payment.id', 'payment.way', 'payment.amount_minor', 'payment.currency', 'payment.paid_at', 'store.name', 'store.name_zh'])
    .select(['payer.id as payer_id', 'payer.name as payer_name', 'payer.guardian_id'])
    .select((select) =>
      select
        .exists(
          select
            .selectFrom('phone_request')
            .select('phone_request.id')
            .whereRef('phone_request.payment_id', '=', 'payment.id')
            .where('phone_request.state', '=', 'approved')
            // Not of whom an earlier look or code of this payment had named.
            .whereRef('phone_request.payer_id', '=', 'payment.payer_id')
            .whereRef('phone_request.look_nonce', 'is not distinct from', 'payment.look_nonce')
            .whereRef('phone_request.code_ref', 'is not distinct from', 'payment.code_ref'),
        )
        .as('confirmed'),
    )
    .where((is) => is.or([is('payer.id', '=', payerId), is.and([is('payer.guardian_id', '=', payerId), shownToGuardian(nowMs())])]))
    .where('payment.paid_at', 'is not', null)
    .orderBy('payment.created_at', 'desc')
    .limit(noticesMax)
    .execute();
  const seenMs = payer.notices_seen_at?.getTime() ?? 0;
  const notices = rows.map((row) => {
    const atMs = row.paid_at?.getTime() ?? 0;
    return {
      paymentId: row.id,
      way: row.way,
      confirmedOnPhone: Boolean(row.confirmed),
      storeName: row.name,
      storeNameZh: row.name_zh,
      amount: { amountMinor: String(row.amount_minor), currency: row.currency },
      atMs,
      isNew: atMs > seenMs,
      undoUntilMs: undoUntilOf(row, nowMs()),
      child: row.guardian_id === null ? null : { id: row.payer_id, name: row.payer_name },
    };
  });
  const { smsFromMinor = null } = await limits.settings(payer.currency);
  return { notices, askPhoneFromMinor: payer.ask_phone_from_minor === null ? null : String(payer.ask_phone_from_minor), smsNotices: { on: payer.sms_notices, fromMinor: smsFromMinor } };
}

/** Never back: what was seen on one phone is not new on another. */
export async function noticesSeen(db: Database, { payerId, untilMs }: { payerId: string; untilMs: number }): Promise<void> {
  const until = new Date(untilMs);
  await db
    .updateTable('payer')
    .set({ notices_seen_at: until })
    .where('id', '=', payerId)
    .where((where) => where.or([where('notices_seen_at', 'is', null), where('notices_seen_at', '<', until)]))
    .execute();
}
