// How people paid: with the face, or with the code of their phone, which no shop can switch off.
import type { Ways } from '@sonrisa/protocol/back-office-api.ts';
import type { Database } from '../db/database.ts';
import { waysDaysMax } from './limits.ts';

const dayMs = 24 * 60 * 60_000;

/** Of payments paid in the last `days` days. `merchantId` undefined: of the whole installation. */
export async function waysOf(db: Database, input: { merchantId?: string; days: number; nowMs: number }): Promise<Ways> {
  const days = Math.min(input.days, waysDaysMax);
  const since = new Date(input.nowMs - days * dayMs);
  let query = db
    .selectFrom('payment')
    .select(['way', (select) => select.fn.countAll<bigint>().as('payments')])
    .where('paid_at', '>=', since)
    // A payment is paid within minutes of being made: this is what the index is by.
    .where('created_at', '>=', new Date(since.getTime() - dayMs))
    .groupBy('way');
  if (input.merchantId !== undefined) query = query.where('merchant_id', '=', input.merchantId);
  const counts = new Map((await query.execute()).map(({ way, payments }) => [way, Number(payments)]));
  const [byFace, byCode] = [counts.get('face') ?? 0, counts.get('code') ?? 0];
  const all = byFace + byCode;
  return { days, byFace, byCode, otherShare: all === 0 ? null : byCode / all };
}
