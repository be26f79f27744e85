// Receipts: networks that send them tell us, the others are asked a few times over some hours.
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { SmsProvider } from '../adapters/sms/provider.ts';
import type { Database } from '../db/database.ts';
import { sendTimeoutMs, type DeliveryLog } from './deliver.ts';
import { receiptChecksMs, recordReceipt } from './record.ts';

type ReceiptDeps = { db: Database; clock: Clock; providers: readonly SmsProvider[]; log: DeliveryLog };
type Part = { provider: string; ref: string; to_e164: string; created_at: Date; checks: number };

const checksAtOnceMax = 16;

export function takeReceipts(deps: ReceiptDeps): void {
  for (const provider of deps.providers) provider.start?.((receipt) => recordReceipt(deps, { provider: provider.name, receipt }));
}

/** Asks for every receipt that is due; returns how many came. */
export async function askForReceipts(deps: ReceiptDeps): Promise<number> {
  const asked = deps.providers.filter(({ receiptOf }) => receiptOf !== undefined).map(({ name }) => name);
  if (asked.length === 0) return 0;
  let came = 0;
  for (;;) {
    const due = await claimDue(deps, asked);
    if (due.length === 0) return came;
    const receipts = await Promise.all(due.map((part) => askFor(deps, part)));
    came += receipts.filter(Boolean).length;
  }
}

// The next time is set before asking: a process that dies asks again then.
async function claimDue({ db, clock }: ReceiptDeps, providers: readonly string[]): Promise<Part[]> {
  const now = clock.nowMs();
  const { rows } = await sql<Part>`
    UPDATE sms_part p SET checks = p.checks + 1,
           next_check_at = ${new Date(now)}::timestamptz + (${receiptChecksMs}::int[])[p.checks + 2] * interval '1 millisecond'
      FROM sms_outbox m
     WHERE m.id = p.message_id AND (p.provider, p.ref) IN (
       SELECT provider, ref FROM sms_part WHERE receipt IS NULL AND message_id IS NOT NULL AND provider = ANY (${providers}) AND next_check_at <= ${new Date(now)}
        ORDER BY next_check_at LIMIT ${checksAtOnceMax} FOR UPDATE SKIP LOCKED)
    RETURNING p.provider, p.ref, m.to_e164, p.created_at, p.checks`.execute(db);
  return rows;
}

async function askFor(deps: ReceiptDeps, part: Part): Promise<boolean> {
  const provider = deps.providers.find(({ name }) => name === part.provider);
  try {
    const receipt = await provider?.receiptOf?.({ ref: part.ref, to: part.to_e164, sentAtMs: part.created_at.getTime() }, AbortSignal.timeout(sendTimeoutMs));
    if (!receipt) return false;
    await recordReceipt(deps, { provider: part.provider, receipt });
    return true;
  } catch (error) {
    deps.log.warn({ err: error, provider: part.provider, check: part.checks }, 'A receipt could not be asked for; it is asked for again later');
    return false;
  }
}
