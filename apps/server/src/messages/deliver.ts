// Hands queued messages to the sender. A message is claimed in one short statement and sent without a connection; until its
// next attempt is due nobody else takes it, so several processes share the queue and a killed one delays its messages only.
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { SmsSender } from '../adapters/sms-sender.ts';
import type { Database } from '../db/database.ts';

export const sendTimeoutMs = 10_000;
/** How long a message rests after its first, second, … attempt. After the last one it has failed. */
export const attemptPausesMs = [2_000, 5_000, 15_000, 45_000, 90_000] as const;
export const sendsAtOnceMax = 16;

export type DeliveryLog = { warn(fields: object, message: string): void };
type DeliveryDeps = { db: Database; clock: Clock; sender: SmsSender | undefined; log: DeliveryLog };
type Claimed = { id: string; to_e164: string; body: string; purpose: 'code' | 'invite' | 'notice'; attempts: number };
type Outcome = 'sent' | 'failed' | 'later';

export function createDelivery(deps: DeliveryDeps) {
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  async function sendDue() {
    const counts = { sent: 0, failed: 0, later: 0 };
    await giveUp(deps);
    while (deps.sender && !stopping.signal.aborted) {
      const claimed = await claim(deps);
      if (claimed.length === 0) break;
      const outcomes = await Promise.all(claimed.map((message) => sendOne(deps, message, stopping.signal)));
      for (const outcome of outcomes) counts[outcome]++;
    }
    return counts;
  }
  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  return {
    sendDue: () => track(sendDue()),
    nudge: () => {
      if (stopping.signal.aborted) return;
      track(sendDue()).catch((error: unknown) => deps.log.warn({ err: error }, 'Messages could not be sent; the next round tries again'));
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
    },
  };
}

// A code that is over helps nobody, however late the network comes back.
async function giveUp({ db, clock }: DeliveryDeps): Promise<void> {
  const now = new Date(clock.nowMs());
  await db.updateTable('sms_outbox').set({ state: 'failed' }).where('state', '=', 'queued').where('give_up_at', '<=', now).execute();
}

async function claim({ db, clock }: DeliveryDeps): Promise<Claimed[]> {
  const now = new Date(clock.nowMs());
  const { rows } = await sql<Claimed>`
    UPDATE sms_outbox SET attempts = attempts + 1, next_attempt_at = ${new Date(clock.nowMs() + sendTimeoutMs)}
    WHERE id IN (
      SELECT id FROM sms_outbox WHERE state = 'queued' AND next_attempt_at <= ${now}
      ORDER BY created_at LIMIT ${sendsAtOnceMax} FOR UPDATE SKIP LOCKED
    )
    RETURNING id, to_e164, body, purpose, attempts`.execute(db);
  return rows;
}

async function sendOne(deps: DeliveryDeps, message: Claimed, stopping: AbortSignal): Promise<Outcome> {
  const { db, clock, sender, log } = deps;
  const pauseMs = attemptPausesMs[message.attempts - 1] ?? 0;
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(sendTimeoutMs)]);
    const sending = sender?.send({ id: message.id, to: message.to_e164, text: message.body, purpose: message.purpose }, signal);
    await Promise.race([sending, ended(signal)]);
  } catch (error) {
    const last = message.attempts >= attemptPausesMs.length;
    log.warn({ err: error, messageId: message.id, attempt: message.attempts, last }, 'A message could not be handed over');
    const change = last ? { state: 'failed' as const } : { next_attempt_at: new Date(clock.nowMs() + pauseMs) };
    await db.updateTable('sms_outbox').set(change).where('id', '=', message.id).where('state', '=', 'queued').execute();
    return last ? 'failed' : 'later';
  }
  await db.updateTable('sms_outbox').set({ state: 'sent', sent_at: new Date(clock.nowMs()) }).where('id', '=', message.id).execute();
  return 'sent';
}

// A sender that does not listen to its signal is left behind.
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
