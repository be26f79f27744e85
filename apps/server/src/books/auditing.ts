// The auditor at work: each minute what is new, once a day everything. What it finds stops new money movement, is written down
// for whoever runs this installation, is logged as fatal, and is sent to the pager, once for each stop.
import type { AuditState } from '@sonrisa/protocol/back-office-api.ts';
import type { Pager } from '../adapters/pager.ts';
import type { Pool } from '../db/pool.ts';
import type { AuditLog } from './audit-log.ts';
import { auditRound } from './audit-round.ts';
import { auditBooks, stopBooks } from './auditor.ts';

export type Auditor = {
  /** What is new since the last round. Returns the findings in words. */
  round(atMs: number): Promise<string[]>;
  /** Everything. */
  full(atMs: number): Promise<string[]>;
  /** Everything; when it adds up, a stop is lifted and the auditor begins anew. */
  run(atMs: number): Promise<string[]>;
  state(): Promise<AuditState>;
  isStopped(): Promise<boolean>;
};
export type AuditorDeps = {
  readonly pool: Pool;
  readonly auditLog: Pick<AuditLog, 'extend'>;
  readonly pager: Pager;
  readonly log: { fatal(fields: object, message: string): void; warn(fields: object, message: string): void; info(fields: object, message: string): void };
};

/** Batches of one round: a backlog is worked off over several. */
const batchesMax = 40;
const reportsShownMax = 20;

export function createAuditor(deps: AuditorDeps): Auditor {
  const { pool, auditLog } = deps;
  const full = async (atMs: number) => {
    await auditLog.extend(atMs);
    const findings = (await auditBooks(pool)).map(({ sentence }) => sentence);
    await pool.query('UPDATE audit_state SET last_full_at = $1', [new Date(atMs)]);
    await tell(deps, { kind: 'full', atMs, findings });
    return findings;
  };
  return {
    full,
    round: async (atMs) => {
      await auditLog.extend(atMs);
      for (let batch = 0; batch < batchesMax; batch += 1) {
        const result = await auditRound(pool, { atMs });
        const findings = (result?.findings ?? []).map(({ sentence }) => sentence);
        await tell(deps, { kind: 'minute', atMs, findings });
        if (!result || result.isComplete || findings.length > 0) return findings;
      }
      return [];
    },
    run: async (atMs) => {
      const findings = await full(atMs);
      if (findings.length === 0) await beginAnew(deps);
      return findings;
    },
    state: () => stateOf(pool),
    isStopped: async () => (await pool.query('SELECT 1 FROM books_stop')).rows.length > 0,
  };
}

async function tell(deps: AuditorDeps, { kind, atMs, findings }: { kind: 'minute' | 'full'; atMs: number; findings: readonly string[] }): Promise<void> {
  const { pool, log } = deps;
  if (findings.length > 0) {
    for (const finding of findings) log.fatal({ audit: kind, finding }, 'The books do not add up: new money movement is stopped');
    await stopBooks(pool, { atMs, findings });
    // What is found again every minute is written down once.
    await pool.query(
      `INSERT INTO audit_report (at, kind, findings) SELECT $1, $2, $3
        WHERE $3 IS DISTINCT FROM (SELECT findings FROM audit_report ORDER BY id DESC LIMIT 1)`,
      [new Date(atMs), kind, findings],
    );
  }
  await page(deps, atMs);
}

// Until it got through: a pager that did not answer is tried again in the next round.
async function page({ pool, pager, log }: AuditorDeps, atMs: number): Promise<void> {
  const { rows } = await pool.query<{ reason: string; stopped_at: Date }>('SELECT reason, stopped_at FROM books_stop WHERE paged_at IS NULL');
  const stop = rows[0];
  if (!stop) return;
  try {
    const isTold = await pager.page({ atMs: stop.stopped_at.getTime(), text: 'The books of Sonrisa do not add up: new money movement is stopped.', findings: stop.reason.split('\n') });
    // Without a pager nobody was: whoever connects one later is told of the stop that stands.
    if (isTold) await pool.query('UPDATE books_stop SET paged_at = $1 WHERE paged_at IS NULL', [new Date(atMs)]);
  } catch (error) {
    log.warn({ err: error }, 'The pager did not take the message; it is tried again in a minute');
  }
}

async function beginAnew({ pool, log }: AuditorDeps): Promise<void> {
  const { rows } = await pool.query<{ reason: string }>('DELETE FROM books_stop RETURNING reason');
  if (rows.length === 0) return;
  await pool.query('UPDATE audit_state SET audited_seq = 0, reread_seq = 0, event_id = 0; DELETE FROM audited_balance');
  log.info({ was: rows[0]?.reason }, 'The books add up again: money moves');
}

async function stateOf(pool: Pool): Promise<AuditState> {
  const { rows: states } = await pool.query<{ last_at: Date | null; last_full_at: Date | null }>('SELECT last_at, last_full_at FROM audit_state');
  const { rows: stops } = await pool.query<{ stopped_at: Date; reason: string }>('SELECT stopped_at, reason FROM books_stop');
  const { rows: reports } = await pool.query<{ at: Date; kind: 'minute' | 'full'; findings: string[] }>('SELECT at, kind, findings FROM audit_report ORDER BY id DESC LIMIT $1', [reportsShownMax]);
  const stop = stops[0];
  return {
    lastAtMs: states[0]?.last_at?.getTime() ?? null,
    lastFullAtMs: states[0]?.last_full_at?.getTime() ?? null,
    stopped: stop ? { sinceMs: stop.stopped_at.getTime(), reason: stop.reason } : null,
    reports: reports.map(({ at, kind, findings }) => ({ atMs: at.getTime(), kind, findings })),
  };
}
