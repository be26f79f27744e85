// Answers to repeated requests are kept for a month: a key older than that counts as new, and docs/problems.md says so.
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

export const keyKeptMs = 30 * 24 * 60 * 60_000;
const batchMax = 5_000;

/** One batch: a backlog is worked off round by round and never locks the table for long. */
export async function forgetOldKeys({ db, clock }: { db: Database; clock: Clock }): Promise<void> {
  const before = new Date(clock.nowMs() - keyKeptMs);
  const old = db.selectFrom('idempotency').select(['principal', 'key']).where('created_at', '<=', before).limit(batchMax);
  await db
    .deleteFrom('idempotency')
    .where((is) => is(is.refTuple('principal', 'key'), 'in', old.$asTuple('principal', 'key')))
    .execute();
}
