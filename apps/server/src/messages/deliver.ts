// Hands queued messages to the providers, in the order they are configured. A message is claimed in one short statement and sent
// without a connection. What a provider says was not sent goes to the next one, or is tried again later; what may have been sent
// goes nowhere again: two codes cost twice, and one that never came is asked for anew by whoever waits for it.
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Handed, SmsMessage, SmsProvider } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';
import { recordHanded } from './record.ts';

export const sendTimeoutMs = 10_000;
/** How long a message rests after its first, second, … attempt. After the last one it has failed. */
export const attemptPausesMs = [2_000, 5_000, 15_000, 45_000, 90_000] as const;
export const sendsAtOnceMax = 16;
/** How long a provider that took nothing is asked last. */
const restMs = { first: 5_000, most: 60_000 } as const;

export type DeliveryLog = { warn(fields: object, message: string): void };
type DeliveryDeps = { db: Database; clock: Clock; providers: readonly SmsProvider[]; log: DeliveryLog };
type Claimed = { id: string; to_e164: string; body: string; purpose: SmsMessage['purpose']; template: SmsMessage['template'] | null; attempts: number; give_up_at: Date };
type Outcome = 'sent' | 'failed' | 'later' | 'unclear';
type Sending = DeliveryDeps & { order: ProviderOrder; stopping: AbortSignal };

export function createDelivery(deps: DeliveryDeps) {
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const sending: Sending = { ...deps, order: createProviderOrder(deps), stopping: stopping.signal };

  async function sendDue() {
    const counts = { sent: 0, failed: 0, later: 0, unclear: 0 };
    await giveUp(deps);
    while (deps.providers.length > 0 && !stopping.signal.aborted) {
      const claimed = await claim(deps);
      if (claimed.length === 0) break;
      const outcomes = await Promise.all(claimed.map((message) => sendOne(sending, message)));
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

// A code that is over helps nobody, however late the network comes back. One that was being sent when its process died may be out.
async function giveUp({ db, clock }: DeliveryDeps): Promise<void> {
  const now = new Date(clock.nowMs());
  await db.updateTable('sms_outbox').set({ state: 'failed' }).where('state', '=', 'queued').where('give_up_at', '<=', now).execute();
  await db.updateTable('sms_outbox').set({ state: 'unclear' }).where('state', '=', 'sending').where('next_attempt_at', '<=', now).execute();
}

async function claim({ db, clock, providers }: DeliveryDeps): Promise<Claimed[]> {
  const now = clock.nowMs();
  // As long as every provider may take, and a little.
  const leaseMs = sendTimeoutMs * (providers.length + 1);
  const { rows } = await sql<Claimed>`
    UPDATE sms_outbox SET state = 'sending', attempts = attempts + 1, next_attempt_at = ${new Date(now + leaseMs)}
    WHERE id IN (
      SELECT id FROM sms_outbox WHERE state = 'queued' AND next_attempt_at <= ${new Date(now)}
      ORDER BY created_at LIMIT ${sendsAtOnceMax} FOR UPDATE SKIP LOCKED
    )
    RETURNING id, to_e164, body, purpose, template, attempts, give_up_at`.execute(db);
  return rows;
}

async function sendOne(deps: Sending, claimed: Claimed): Promise<Outcome> {
  const message = { id: claimed.id, to: claimed.to_e164, text: claimed.body, purpose: claimed.purpose, template: claimed.template ?? undefined, expiresAtMs: claimed.give_up_at.getTime() };
  let wait: number | undefined;
  for (const provider of deps.order.for(message.to)) {
    const handed = await handOver(deps, provider, message);
    deps.order.learn(provider, handed);
    if (handed.is !== 'taken') deps.log.warn({ messageId: message.id, provider: provider.name, outcome: handed.is, why: handed.why }, 'A provider did not take a message');
    await recordHanded(deps, { messageId: message.id, provider, handed });
    if (handed.is === 'taken') return finish(deps, claimed, 'sent');
    if (handed.is === 'unknown') return finish(deps, claimed, 'unclear');
    if (handed.is === 'not_taken') wait = Math.min(wait ?? Infinity, handed.retryAfterMs ?? 0);
  }
  // Refused by all, or nobody serves the number: another attempt would meet the same.
  return wait === undefined ? finish(deps, claimed, 'failed') : later(deps, claimed, wait);
}

async function handOver({ stopping }: Sending, provider: SmsProvider, message: SmsMessage): Promise<Handed> {
  if (stopping.aborted) return { is: 'not_taken', why: 'the server stops' };
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(sendTimeoutMs)]);
  try {
    return await Promise.race([provider.send(message, signal), ended(signal)]);
  } catch (error) {
    return { is: 'unknown', why: error instanceof Error ? error.name : 'no answer' };
  }
}

async function later(deps: Sending, { id, attempts }: Claimed, waitMs: number): Promise<Outcome> {
  if (attempts >= attemptPausesMs.length && !deps.stopping.aborted) return finish(deps, { id }, 'failed');
  const pauseMs = Math.max(waitMs, attemptPausesMs[attempts - 1] ?? 0);
  await deps.db.updateTable('sms_outbox').set({ state: 'queued', next_attempt_at: new Date(deps.clock.nowMs() + pauseMs) }).where('id', '=', id).where('state', '=', 'sending').execute();
  return 'later';
}

// A receipt may have settled it meanwhile.
async function finish({ db, clock }: Sending, { id }: { id: string }, state: 'sent' | 'unclear' | 'failed'): Promise<Outcome> {
  const change = state === 'sent' ? { state, sent_at: new Date(clock.nowMs()) } : { state };
  await db.updateTable('sms_outbox').set(change).where('id', '=', id).where('state', 'in', ['sending', 'unclear']).execute();
  return state;
}

type ProviderOrder = { for(to: string): SmsProvider[]; learn(provider: SmsProvider, handed: Handed): void };

// As configured; whoever just took nothing is asked last for a while, so that not every message waits for one that is down.
function createProviderOrder({ providers, clock }: DeliveryDeps): ProviderOrder {
  const rests = new Map<SmsProvider, { untilMs: number; pauseMs: number }>();
  return {
    for: (to) => {
      const serving = providers.filter((provider) => provider.serves(to));
      const rested = (provider: SmsProvider) => (rests.get(provider)?.untilMs ?? 0) <= clock.nowMs();
      return [...serving.filter(rested), ...serving.filter((provider) => !rested(provider))];
    },
    learn: (provider, handed) => {
      if (handed.is === 'taken') rests.delete(provider);
      if (handed.is !== 'not_taken') return;
      const pauseMs = Math.min(restMs.most, (rests.get(provider)?.pauseMs ?? restMs.first / 2) * 2);
      rests.set(provider, { pauseMs, untilMs: clock.nowMs() + Math.max(pauseMs, handed.retryAfterMs ?? 0) });
    },
  };
}

// A provider that does not listen to its signal is left behind.
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
