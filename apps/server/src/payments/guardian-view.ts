// What a guardian is shown of a child's payments. Once the guardianship is over (`payer.guardian_until`): those that were begun before, and
// only for as long as they can be reported, since nobody else can; nothing of what comes after.
import { sql, type SqlBool } from 'kysely';
import type { Database } from '../db/database.ts';
import { notMeDaysMax } from './limits.ts';

const dayMs = 86_400_000;

/** Of a query with `payer` and `payment`. */
export function shownToGuardian(nowMs: number) {
  const oldest = new Date(nowMs - notMeDaysMax * dayMs);
  return sql<SqlBool>`(payer.guardian_until IS NULL OR payer.guardian_until > ${new Date(nowMs)} OR (payment.created_at < payer.guardian_until AND payment.created_at > ${oldest}))`;
}

export async function isShownToGuardian({ db, nowMs }: { db: Database; nowMs: () => number }, { payerId, paymentId }: { payerId: string; paymentId: string }): Promise<boolean> {
  const found = await db
    .selectFrom('payment')
    .innerJoin('payer', 'payer.id', 'payment.payer_id')
    .select('payment.id')
    .where('payment.id', '=', paymentId)
    .where('payer.id', '=', payerId)
    .where(shownToGuardian(nowMs()))
    .executeTakeFirst();
  return found !== undefined;
}
