// What providers said and what became of messages, written down: each offer, each part taken, each receipt.
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Handed, SmsProvider, SmsReceipt } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';

type RecordDeps = { db: Database; clock: Clock };

/** When a network that does not send receipts is asked for one, after the message was taken. */
export const receiptChecksMs = [30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000, 6 * 60 * 60_000] as const;
const whyMaxLength = 200;

export async function recordHanded({ db, clock }: RecordDeps, { messageId, provider, handed }: { messageId: string; provider: SmsProvider; handed: Handed }): Promise<void> {
  const now = new Date(clock.nowMs());
  await db.transaction().execute(async (transaction) => {
    const why = handed.is === 'taken' ? null : handed.why.slice(0, whyMaxLength);
    await transaction.insertInto('sms_attempt').values({ message_id: messageId, provider: provider.name, outcome: handed.is, why, at: now }).execute();
    if (handed.is === 'not_taken' || handed.is === 'refused') return;
    await transaction.updateTable('sms_outbox').set({ provider: provider.name }).where('id', '=', messageId).execute();
    if (handed.is !== 'taken') return;
    const next = provider.receiptOf ? new Date(now.getTime() + receiptChecksMs[0]) : null;
    for (const ref of handed.refs) {
      await transaction
        .insertInto('sms_part')
        .values({ provider: provider.name, ref, message_id: messageId, next_check_at: next, created_at: now })
        // Its receipt was quicker.
        .onConflict((conflict) => conflict.columns(['provider', 'ref']).doUpdateSet({ message_id: messageId }))
        .execute();
    }
    await settle(transaction, { messageId, now });
  });
}

/** Twice the same receipt changes nothing; the first one counts. */
export async function recordReceipt({ db, clock }: RecordDeps, { provider, receipt }: { provider: string; receipt: SmsReceipt }): Promise<void> {
  const now = new Date(clock.nowMs());
  const { ref, is } = receipt;
  const detail = receipt.detail.slice(0, whyMaxLength);
  await db.transaction().execute(async (transaction) => {
    const part = await transaction
      .insertInto('sms_part')
      .values({ provider, ref, receipt: is, detail, receipt_at: now, created_at: now })
      .onConflict((conflict) => conflict.columns(['provider', 'ref']).doUpdateSet({ receipt: is, detail, receipt_at: now }).where('sms_part.receipt', 'is', null))
      .returning('message_id')
      .executeTakeFirst();
    if (part?.message_id != null) await settle(transaction, { messageId: part.message_id, now });
  });
}

// Delivered is what was delivered whole; one part that was not is the end of it.
async function settle(transaction: Database, { messageId, now }: { messageId: string; now: Date }): Promise<void> {
  await sql`
    UPDATE sms_outbox SET receipt = of_parts.receipt, receipt_at = ${now}
      FROM (SELECT CASE WHEN bool_or(receipt = 'undelivered') THEN 'undelivered' WHEN bool_and(receipt IS NOT NULL AND receipt = 'delivered') THEN 'delivered' END AS receipt
              FROM sms_part WHERE message_id = ${messageId}) of_parts
     WHERE id = ${messageId} AND of_parts.receipt IS NOT NULL AND sms_outbox.receipt IS DISTINCT FROM of_parts.receipt`.execute(transaction);
}
