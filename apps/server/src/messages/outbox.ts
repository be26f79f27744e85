// The messages as a sandbox shows them: the newest, and each new one as it is committed, by whichever process.
import type { OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

export type Outbox = {
  /** Newest first. */
  list(filter: { phone?: string | undefined; limit: number }): Promise<OutboxMessage[]>;
  /** Calls `onMessage` for each message committed from now on; returns how to stop. */
  follow(onMessage: (message: OutboxMessage) => void): () => void;
};

const pollIntervalMs = 250;
const pollBatchMax = 200;
// A transaction that began earlier may commit later: look back a little, and never tell the same message twice.
const lookBackMs = 30_000;

export function createOutbox({ db, clock }: { db: Database; clock: Clock }): Outbox {
  return {
    list: ({ phone, limit }) => readMessages({ db, phone, limit, sinceMs: 0 }),
    follow: (onMessage) => {
      const fromMs = clock.nowMs();
      let told = new Set<string>();
      let running = false;
      const poll = async () => {
        if (running) return;
        running = true;
        try {
          const sinceMs = Math.max(fromMs, clock.nowMs() - lookBackMs);
          const messages = await readMessages({ db, limit: pollBatchMax, sinceMs });
          for (const message of messages.toReversed()) if (!told.has(message.id)) onMessage(message);
          // Only what the next look may meet again is remembered, so an open page costs the same after a year.
          told = new Set(messages.map(({ id }) => id));
        } catch {
          // The next round asks again; a database that is gone is told by the health page.
        } finally {
          running = false;
        }
      };
      const timer = setInterval(poll, pollIntervalMs).unref();
      return () => clearInterval(timer);
    },
  };
}

async function readMessages(input: { db: Database; phone?: string | undefined; limit: number; sinceMs: number }): Promise<OutboxMessage[]> {
  let query = input.db.selectFrom('sms_outbox').select(['id', 'to_e164', 'body', 'created_at']).where('body', '<>', '');
  if (input.phone !== undefined) query = query.where('to_e164', '=', input.phone);
  if (input.sinceMs > 0) query = query.where('created_at', '>=', new Date(input.sinceMs));
  const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(input.limit).execute();
  return rows.map((row) => ({ id: row.id, to: row.to_e164, text: row.body, sentAtMs: row.created_at.getTime() }));
}
