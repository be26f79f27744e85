// Corrections of the books by two people: one proposes with a reason, another approves, then the books move.
import type { AccountRef } from '@sonrisa/ledger/account.ts';
import { adjustableClasses } from '@sonrisa/ledger/adjustment.ts';
import { type Currency, isCurrency, money } from '@sonrisa/ledger/money.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';

type AdjustableClass = (typeof adjustableClasses)[number];
export type AdjustedAccount = { accountClass: AdjustableClass; ownerId: string };
export type Adjustment = {
  id: string;
  from: AdjustedAccount;
  to: AdjustedAccount;
  amount: WireAmount;
  explanation: string;
  makerId: string;
  checkerId: string | null;
  state: 'proposed' | 'approved' | 'posted' | 'refused' | 'failed';
  problem: string | null;
  transferId: string | null;
};
export type Adjustments = {
  propose(input: { makerId: string; key: string; from: AdjustedAccount; to: AdjustedAccount; amount: WireAmount; explanation: string }): Promise<Adjustment>;
  /** Throws `same_person` for whoever proposed it. */
  approve(input: { adjustmentId: string; checkerId: string }): Promise<Adjustment>;
  /** Whoever proposed it may take it back this way too. */
  refuse(input: { adjustmentId: string; checkerId: string }): Promise<Adjustment>;
  list(limit: number): Promise<Adjustment[]>;
};
export type AdjustmentDeps = { db: Database; books: Pick<Books, 'post'>; nowMs: () => number; idFrom: (kind: IdKind, text: string) => string };

export function createAdjustments(deps: AdjustmentDeps): Adjustments {
  return {
    propose: (input) => propose(deps, input),
    approve: (input) => approve(deps, input),
    refuse: (input) => refuse(deps, input),
    list: (limit) => read(deps.db, { limit }),
  };
}

async function propose(deps: AdjustmentDeps, input: Parameters<Adjustments['propose']>[0]): Promise<Adjustment> {
  const { makerId, key, from, to, amount, explanation } = input;
  if (explanation.trim() === '') throw new ProblemError('reason_missing');
  if (!isCurrency(amount.currency)) throw new ProblemError('currency_mismatch');
  for (const account of [from, to]) await requireAccount(deps.db, account);
  if (from.accountClass === to.accountClass && from.ownerId === to.ownerId) throw new ProblemError('account_not_adjustable');
  const id = deps.idFrom('adjustment', `adjustment\0${makerId}\0${key}`);
  await sql`
    INSERT INTO adjustment (id, from_class, from_owner_id, to_class, to_owner_id, currency, amount_minor, explanation, maker_id, state, proposed_at)
    VALUES (${id}, ${from.accountClass}, ${from.ownerId}, ${to.accountClass}, ${to.ownerId}, ${amount.currency}, ${amount.amountMinor}, ${explanation}, ${makerId}, 'proposed', ${new Date(deps.nowMs())})
    ON CONFLICT (id) DO NOTHING`.execute(deps.db);
  return one(deps.db, id);
}

// Money must not go to an account that nobody owns.
async function requireAccount(db: Database, { accountClass, ownerId }: AdjustedAccount): Promise<void> {
  if (!adjustableClasses.includes(accountClass)) throw new ProblemError('account_not_adjustable');
  const owned =
    accountClass === 'payer_wallet'
      ? await db.selectFrom('payer').select('id').where('id', '=', ownerId).executeTakeFirst()
      : accountClass.startsWith('merchant_')
        ? await db.selectFrom('merchant').select('id').where('id', '=', ownerId).executeTakeFirst()
        : ownerId === 'platform';
  if (!owned) throw new ProblemError('account_unknown');
}

// Claimed first, so that two who approve at once are one approval; posted under one key, so that a crash between is one too.
async function approve(deps: AdjustmentDeps, { adjustmentId, checkerId }: { adjustmentId: string; checkerId: string }): Promise<Adjustment> {
  const known = await one(deps.db, adjustmentId);
  if (known.makerId === checkerId) throw new ProblemError('same_person');
  // The books forget the key after a month; an approval that was carried out is not carried out again.
  if (known.state === 'posted' && known.checkerId === checkerId) return known;
  await sql`
    UPDATE adjustment SET state = 'approved', checker_id = ${checkerId}, decided_at = ${new Date(deps.nowMs())}
     WHERE id = ${adjustmentId} AND state = 'proposed'`.execute(deps.db);
  const adjustment = await one(deps.db, adjustmentId);
  if (adjustment.checkerId !== checkerId || (adjustment.state !== 'approved' && adjustment.state !== 'posted')) throw new ProblemError('adjustment_state_conflict');
  const { amountMinor, currency } = adjustment.amount;
  const result = await deps.books.post({
    idempotency: { principal: `adjustment:${adjustmentId}`, key: 'post' },
    command: {
      kind: 'adjust',
      adjustmentId,
      from: refOf(adjustment.from, currency),
      to: refOf(adjustment.to, currency),
      amount: money(BigInt(amountMinor), currency as Currency),
      makerId: adjustment.makerId,
      checkerId,
      explanation: adjustment.explanation,
    },
    atMs: deps.nowMs(),
    reason: adjustment.explanation,
  });
  if (!result.ok && result.code === 'books_stopped') throw new ProblemError(result.code);
  const [state, transferId, problem] = result.ok ? ['posted', result.transferId, null] : ['failed', null, result.code];
  await sql`UPDATE adjustment SET state = ${state}, transfer_id = ${transferId}, problem = ${problem} WHERE id = ${adjustmentId}`.execute(deps.db);
  if (!result.ok) throw new ProblemError(result.code);
  return one(deps.db, adjustmentId);
}

async function refuse(deps: AdjustmentDeps, { adjustmentId, checkerId }: { adjustmentId: string; checkerId: string }): Promise<Adjustment> {
  const { rows } = await sql`
    UPDATE adjustment SET state = 'refused', checker_id = ${checkerId}, decided_at = ${new Date(deps.nowMs())}
     WHERE id = ${adjustmentId} AND state = 'proposed' RETURNING 1`.execute(deps.db);
  const adjustment = await one(deps.db, adjustmentId);
  if (rows.length === 0 && !(adjustment.state === 'refused' && adjustment.checkerId === checkerId)) throw new ProblemError('adjustment_state_conflict');
  return adjustment;
}

function refOf({ accountClass, ownerId }: AdjustedAccount, currency: string): AccountRef {
  return { class: accountClass, ownerId, currency: currency as Currency };
}

async function one(db: Database, adjustmentId: string): Promise<Adjustment> {
  const [adjustment] = await read(db, { adjustmentId, limit: 1 });
  if (!adjustment) throw new ProblemError('not_found');
  return adjustment;
}

type AdjustmentRow = {
  id: string; from_class: AdjustableClass; from_owner_id: string; to_class: AdjustableClass; to_owner_id: string; currency: string; amount_minor: bigint;
  explanation: string; maker_id: string; checker_id: string | null; state: Adjustment['state']; problem: string | null; transfer_id: string | null;
};

async function read(db: Database, { adjustmentId, limit }: { adjustmentId?: string; limit: number }): Promise<Adjustment[]> {
  const { rows } = await sql<AdjustmentRow>`
    SELECT * FROM adjustment WHERE ${adjustmentId ?? null}::text IS NULL OR id = ${adjustmentId ?? null} ORDER BY proposed_at DESC, id LIMIT ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    from: { accountClass: row.from_class, ownerId: row.from_owner_id },
    to: { accountClass: row.to_class, ownerId: row.to_owner_id },
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    explanation: row.explanation,
    makerId: row.maker_id,
    checkerId: row.checker_id,
    state: row.state,
    problem: row.problem,
    transferId: row.transfer_id,
  }));
}
