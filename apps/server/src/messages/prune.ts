// What a message said is forgotten soon; that there was one stays a while longer, for the limits and for questions.
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

const rowKeptMs = 30 * 24 * 60 * 60_000;

export async function clearBodies({ db, clock, bodyKeptMs }: { db: Database; clock: Clock; bodyKeptMs: number }): Promise<void> {
  const now = clock.nowMs();
  await db
    .updateTable('sms_outbox')
    .set({ body: '', template: null })
    .where('body', '<>', '')
    .where('state', 'not in', ['queued', 'sending'])
    .where('created_at', '<=', new Date(now - bodyKeptMs))
    .execute();
  await db.deleteFrom('sms_outbox').where('state', 'not in', ['queued', 'sending']).where('created_at', '<=', new Date(now - rowKeptMs)).execute();
  await db.deleteFrom('sms_part').where('message_id', 'is', null).where('created_at', '<=', new Date(now - rowKeptMs)).execute();
}
