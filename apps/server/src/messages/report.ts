// How messages fared, for the operator: by provider, with the last failures, and what the limits see. No numbers, no texts.
import type { SmsReport } from '@sonrisa/protocol/back-office-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { SmsProvider } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';

const dayMs = 24 * 60 * 60_000;
const failuresMax = 20;

type Totals = SmsReport['messages'];
type Counted = Omit<SmsReport['providers'][number], 'name' | 'up' | 'lastTakenAtMs' | 'lastReceiptAtMs'>;
type ByProvider = Counted & { provider: string; lastTakenAt: Date | null; lastReceiptAt: Date | null };
type Failure = { at: Date; provider: string; outcome: 'not_taken' | 'refused' | 'unknown' | 'undelivered'; why: string | null; message_id: string };

export async function reportMessages({ db, clock, providers }: { db: Database; clock: Clock; providers: readonly SmsProvider[] }): Promise<SmsReport> {
  const since = new Date(clock.nowMs() - dayMs);
  const [totals, byProvider, failures] = await Promise.all([
    sql<Totals>`
      SELECT count(*) FILTER (WHERE state IN ('queued', 'sending'))::int AS waiting, count(*) FILTER (WHERE state = 'sent')::int AS sent,
             count(*) FILTER (WHERE state = 'unclear')::int AS unclear, count(*) FILTER (WHERE state = 'failed')::int AS failed,
             count(*) FILTER (WHERE receipt = 'delivered')::int AS delivered, count(*) FILTER (WHERE receipt = 'undelivered')::int AS undelivered
        FROM sms_outbox WHERE created_at > ${since}`.execute(db),
    sql<ByProvider>`
      SELECT a.provider, count(*) FILTER (WHERE outcome = 'taken')::int AS taken, count(*) FILTER (WHERE outcome = 'not_taken')::int AS "notTaken",
             count(*) FILTER (WHERE outcome = 'refused')::int AS refused, count(*) FILTER (WHERE outcome = 'unknown')::int AS unknown,
             count(*) FILTER (WHERE outcome = 'taken' AND m.receipt = 'delivered')::int AS delivered,
             count(*) FILTER (WHERE outcome = 'taken' AND m.receipt = 'undelivered')::int AS undelivered,
             max(a.at) FILTER (WHERE outcome = 'taken') AS "lastTakenAt", max(m.receipt_at) FILTER (WHERE outcome = 'taken') AS "lastReceiptAt"
        FROM sms_attempt a JOIN sms_outbox m ON m.id = a.message_id WHERE a.at > ${since} GROUP BY 1`.execute(db),
    sql<Failure>`
      (SELECT at, provider, outcome, why, message_id FROM sms_attempt WHERE outcome <> 'taken' AND at > ${since} ORDER BY at DESC LIMIT ${failuresMax})
      UNION ALL
      (SELECT receipt_at, provider, 'undelivered', detail, message_id FROM sms_part WHERE receipt = 'undelivered' AND receipt_at > ${since} AND message_id IS NOT NULL ORDER BY receipt_at DESC LIMIT ${failuresMax})
      ORDER BY 1 DESC LIMIT ${failuresMax}`.execute(db),
  ]);
  const none = { taken: 0, notTaken: 0, refused: 0, unknown: 0, delivered: 0, undelivered: 0, lastTakenAt: null, lastReceiptAt: null };
  return {
    messages: totals.rows[0] ?? { waiting: 0, sent: 0, unclear: 0, failed: 0, delivered: 0, undelivered: 0 },
    providers: providers.map((provider) => {
      const { provider: _name, lastTakenAt, lastReceiptAt, ...counts } = byProvider.rows.find((row) => row.provider === provider.name) ?? { provider: provider.name, ...none };
      return { name: provider.name, up: provider.isUp(), ...counts, lastTakenAtMs: lastTakenAt?.getTime() ?? null, lastReceiptAtMs: lastReceiptAt?.getTime() ?? null };
    }),
    lastFailures: failures.rows.map(({ at, provider, outcome, why, message_id: messageId }) => ({ atMs: at.getTime(), provider, outcome, why: why ?? '', messageId })),
  };
}
