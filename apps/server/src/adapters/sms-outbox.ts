// Text messages of a sandbox: written to the outbox table with the change that causes them, and shown on a page instead
// of being sent. In production this is no way to reach anybody, so it refuses.
import { EventEmitter } from 'node:events';
import type { OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';

export type SmsPurpose = 'code' | 'invite' | 'notice';
export type Sms = {
  /** Inside the caller's transaction: no message for a change that was rolled back. */
  send(transaction: Database, message: { to: string; text: string; purpose: SmsPurpose }): Promise<void>;
};

export type SmsOutbox = Sms & {
  /** Newest first. */
  list(filter: { phone?: string | undefined; limit: number }): Promise<OutboxMessage[]>;
  /** Calls `onMessage` for each message committed from now on, by whichever process; returns how to stop. */
  follow(onMessage: (message: OutboxMessage) => void): () => void;
};

const pollIntervalMs = 500;
const pollBatchMax = 200;
// A transaction that began earlier may commit later: look back a little, and never tell the same message twice.
const lookBackMs = 30_000;
const subscribersMax = 100;

export function createSmsOutbox({ db, clock, ids }: { db: Database; clock: Clock; ids: Ids }): SmsOutbox {
  const written = new EventEmitter().setMaxListeners(subscribersMax);
  return {
    send: async (transaction, { to, text, purpose }) => {
      const now = new Date(clock.nowMs());
      await transaction
        .insertInto('sms_outbox')
        .values({ id: ids.make('message'), to_e164: to, body: text, purpose, state: 'sent', created_at: now, sent_at: now })
        .execute();
      written.emit('written');
    },
    list: ({ phone, limit }) => readMessages({ db, phone, limit, sinceMs: 0 }),
    follow: (onMessage) => {
      const fromMs = clock.nowMs();
      const told = new Set<string>();
      let running = false;
      const poll = async () => {
        if (running) return;
        running = true;
        try {
          const sinceMs = Math.max(fromMs, clock.nowMs() - lookBackMs);
          const messages = await readMessages({ db, limit: pollBatchMax, sinceMs });
          for (const message of messages.reverse()) {
            if (told.has(message.id)) continue;
            told.add(message.id);
            onMessage(message);
          }
        } catch {
          // The next round asks again; a database that is gone is told by the health page.
        } finally {
          running = false;
        }
      };
      const soon = () => void setTimeout(poll, writeToCommitMs).unref();
      written.on('written', soon);
      const timer = setInterval(poll, pollIntervalMs).unref();
      return () => {
        clearInterval(timer);
        written.off('written', soon);
      };
    },
  };
}

const writeToCommitMs = 20;

/** What production has until a real sender is configured. */
export function createNoSms(): Sms {
  return {
    send: () => Promise.reject(new ProblemError('production_refuses_sandbox')),
  };
}

async function readMessages(input: { db: Database; phone?: string | undefined; limit: number; sinceMs: number }): Promise<OutboxMessage[]> {
  let query = input.db.selectFrom('sms_outbox').select(['id', 'to_e164', 'body', 'created_at']);
  if (input.phone !== undefined) query = query.where('to_e164', '=', input.phone);
  if (input.sinceMs > 0) query = query.where('created_at', '>=', new Date(input.sinceMs));
  const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(input.limit).execute();
  return rows.map((row) => ({ id: row.id, to: row.to_e164, text: row.body, sentAtMs: row.created_at.getTime() }));
}
