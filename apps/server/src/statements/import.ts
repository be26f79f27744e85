// The bank's word comes in: statements are kept line by line, status reports confirm payouts or propose that they came back. A file counts
// once, and as a whole.
import { createHash } from 'node:crypto';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { type BankStatement, endToEndIdOf, readCamt053, readCsvStatement, readPain002, StatementUnreadable } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';
import type { Payouts } from '../payouts/index.ts';
import type { Proposals } from '../proposals/index.ts';
import type { StatementHolder } from './reconcile.ts';

export type ImportInput = {
  readonly format: 'camt.053' | 'csv' | 'pain.002';
  readonly content: string;
  /** Whose account a CSV speaks of. */
  readonly account?: string | undefined;
  /** Who holds the money that it speaks of; a bank unless said otherwise. */
  readonly holder?: StatementHolder | undefined;
  /** Null: a sandbox's token. */
  readonly importedBy: string | null;
};
export type Imported = { statements: number; lines: number; payoutsConfirmed: number; returnsProposed: number };
export type ImportDeps = { db: Database; payouts: Pick<Payouts, 'confirm'>; proposals: Pick<Proposals, 'proposeReturn'>; nowMs: () => number; newId: (kind: IdKind) => string };

/** Throws `statement_unreadable` with the reason, and `statement_known`. */
export async function importFile(deps: ImportDeps, input: ImportInput): Promise<Imported> {
  if (input.format === 'pain.002') return importStatuses(deps, { statuses: readOrRefuse(() => readPain002(input.content)), importedBy: input.importedBy });
  const sha256 = createHash('sha256').update(input.content).digest('hex');
  const csv = () => [readCsvStatement(input.content, { id: sha256.slice(0, 32), account: input.account ?? '' })];
  const statements = readOrRefuse(() => (input.format === 'csv' ? csv() : readCamt053(input.content)));
  await deps.db.transaction().execute(async (trx) => {
    for (const statement of statements) await keep(trx, { statement, sha256 });
  });
  return { statements: statements.length, lines: statements.reduce((sum, statement) => sum + statement.lines.length, 0), payoutsConfirmed: 0, returnsProposed: 0 };

  async function keep(trx: Database, { statement }: { statement: BankStatement; sha256: string }): Promise<void> {
    const id = deps.newId('bankStatement');
    const { rows } = await sql`
      INSERT INTO bank_statement (id, format, statement_id, account, currency, content_sha256, holder, imported_at, imported_by)
      VALUES (${id}, ${input.format}, ${statement.id}, ${statement.account}, ${statement.currency}, ${sha256}, ${input.holder ?? 'bank'}, ${new Date(deps.nowMs())}, ${input.importedBy})
      ON CONFLICT (account, currency, statement_id) DO NOTHING RETURNING 1`.execute(trx);
    if (rows.length === 0) throw new ProblemError('statement_known');
    const { lines } = statement;
    await sql`
      INSERT INTO bank_statement_line (id, bank_statement_id, number, reference, amount_minor, booked_on, text, is_return)
      SELECT given.id, ${id}, given.number, given.reference, given.amount_minor, given.booked_on, given.text, given.is_return
        FROM unnest(${lines.map(() => deps.newId('statementLine'))}::text[], ${lines.map((_, index) => index + 1)}::int[], ${lines.map((line) => line.reference)}::text[],
                    ${lines.map((line) => String(line.amountMinor))}::bigint[], ${lines.map((line) => line.bookedOn)}::date[], ${lines.map((line) => line.text)}::text[],
                    ${lines.map((line) => line.isReturn)}::boolean[]) AS given (id, number, reference, amount_minor, booked_on, text, is_return)`.execute(trx);
  }
}

async function importStatuses({ db, payouts, proposals }: ImportDeps, { statuses, importedBy }: { statuses: ReturnType<typeof readPain002>; importedBy: string | null }): Promise<Imported> {
  const { rows } = await sql<{ id: string; state: string }>`SELECT id, state FROM payout WHERE substr(id, 5) = ANY (${statuses.map((status) => status.reference)})`.execute(db);
  const byReference = new Map(rows.map(({ id }) => [endToEndIdOf(id), id] as const));
  const returned = new Set(rows.filter(({ state }) => state === 'returned').map(({ id }) => id));
  const imported: Imported = { statements: 0, lines: statuses.length, payoutsConfirmed: 0, returnsProposed: 0 };
  const strangers = statuses.filter((status) => !byReference.has(status.reference));
  if (strangers.length > 0) throw new ProblemError('statement_unreadable', { facts: { reason: `${strangers.length} of its payments are not ours, the first is ${strangers[0]!.reference}` } });
  for (const status of statuses) {
    const payoutId = byReference.get(status.reference)!;
    if (status.is === 'executed' && (await payouts.confirm({ payoutId, reason: 'confirmed by the bank' }))) imported.payoutsConfirmed += 1;
    // Came back by another way already.
    if (status.is !== 'refused' || returned.has(payoutId)) continue;
    const { state } = await proposals.proposeReturn({ payoutId, reason: `refused by the bank: ${status.reason}`, makerId: importedBy, key: null });
    if (state === 'proposed') imported.returnsProposed += 1;
  }
  return imported;
}

function readOrRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StatementUnreadable)) throw error;
    throw new ProblemError('statement_unreadable', { facts: { reason: error.message }, cause: error });
  }
}
