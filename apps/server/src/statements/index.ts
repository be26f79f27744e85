// Statements: what merchants and bookkeepers are given, what banks send, and whether the two agree with the books.
import type { Currency } from '@sonrisa/ledger/money.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';
import { assignBreak, type Break, readBreaks, resolveBreak } from './breaks.ts';
import { importFile, type ImportDeps, type Imported, type ImportInput } from './import.ts';
import { settlementCsv, statementCamt053, statementCsv, type StatementPeriod } from './merchant-files.ts';
import { merchantLines } from './merchant-lines.ts';
import { type PastBalance, trialBalanceAt, writeMoment } from './moments.ts';
import { noticesOf } from './notices.ts';
import { reconcile, type Reconciled } from './reconcile.ts';

export type { Break } from './breaks.ts';
export type { Imported, ImportInput } from './import.ts';
export type { PastBalance } from './moments.ts';

export type Statements = {
  /** Of a period in the days of the merchant's stores, both ends within. */
  merchantStatement(input: StatementPeriod & { format: 'csv' | 'camt.053' }): Promise<string>;
  /** Throws `not_found` for another merchant's. */
  settlementFile(input: { settlementId: string; merchantId?: string }): Promise<string>;
  /** Keeps a file of the bank and reconciles. Throws `statement_unreadable` and `statement_known`. */
  importFile(input: ImportInput): Promise<Imported & Reconciled>;
  reconcile(): Promise<Reconciled>;
  breaks(input: { state: 'open' | 'resolved'; limit: number }): Promise<Break[]>;
  assignBreak(input: { breakId: string; personId: string }): Promise<Break>;
  resolveBreak(input: { breakId: string; personId: string; note: string }): Promise<Break>;
  trialBalanceAt(atMs: number): Promise<PastBalance>;
  writeMoment(): Promise<void>;
};

export function createStatements(deps: ImportDeps): Statements {
  const { db, nowMs } = deps;
  const oneBreak = async (breakId: string) => (await readBreaks(db, { nowMs: nowMs(), state: 'open', breakId, limit: 1 }))[0]!;
  return {
    async merchantStatement({ format, ...period }) {
      const { lines, notices } = await asMerchant(db, period.merchantId, async (scoped) => ({ lines: await merchantLines(scoped, period), notices: await noticesOf(scoped, period) }));
      if (format === 'csv') return statementCsv(period, { lines, notices });
      return statementCamt053(period, { lines, notices }, { id: deps.newId('bankStatement').slice(4), madeAtMs: nowMs() });
    },
    settlementFile: (input) => (input.merchantId === undefined ? settlementFile(db, input) : asMerchant(db, input.merchantId, (scoped) => settlementFile(scoped, input))),
    async importFile(input) {
      const imported = await importFile(deps, input);
      return { ...imported, ...(await reconcile(deps)) };
    },
    reconcile: () => reconcile(deps),
    breaks: (input) => readBreaks(db, { ...input, nowMs: nowMs() }),
    async assignBreak(input) {
      await assignBreak(db, input);
      return oneBreak(input.breakId);
    },
    async resolveBreak(input) {
      await resolveBreak(db, { ...input, nowMs: nowMs() });
      return oneBreak(input.breakId);
    },
    trialBalanceAt: (atMs) => trialBalanceAt(db, atMs),
    writeMoment: () => writeMoment(db, nowMs()),
  };
}

async function settlementFile(db: Database, { settlementId, merchantId }: { settlementId: string; merchantId?: string }): Promise<string> {
  const { rows } = await sql<{ id: string; merchant_id: string; currency: Currency; day: string }>`
    SELECT id, merchant_id, currency, day::text AS day FROM settlement WHERE id = ${settlementId}`.execute(db);
  const [settlement] = rows;
  if (!settlement || (merchantId !== undefined && settlement.merchant_id !== merchantId)) throw new ProblemError('not_found');
  const lines = await merchantLines(db, { merchantId: settlement.merchant_id, currency: settlement.currency }, { settlementId });
  return settlementCsv(settlement, lines);
}
