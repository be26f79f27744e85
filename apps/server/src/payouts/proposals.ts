// What two people say about money on its way out: which bank account a merchant or the platform has, and that a payout came back. One
// proposes, or a file of the bank does that one imported; another approves, then it happens. A single person could send money to
// themselves, or have a payout paid again that had arrived.
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { type ProblemCode, ProblemError, isTransient } from '@sonrisa/protocol/problem.ts';
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import { sql } from 'kysely';
import type { BankAccount } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';
import { type BankAccountOwner, checkedAccount, setBankAccount } from './bank-accounts.ts';

type Deps = { db: Database; nowMs: () => number; idFrom: (kind: IdKind, text: string) => string };
/** Null: the command line on the machine, or a sandbox's token. */
type Maker = { makerId: string | null };

export type BankAccountToPropose = Omit<BankAccountOwner, 'owner'> & BankAccount & Maker & { owner: 'platform' | 'merchant'; key: string };

/** Nothing changes yet. Throws `bank_account_invalid`, and `not_found` for a merchant that is not there. */
export async function proposeBankAccount({ db, nowMs, idFrom }: Deps, input: BankAccountToPropose): Promise<Proposal> {
  const { owner, ownerId, currency, holder, bic, makerId, key } = input;
  const number = checkedAccount(input.number);
  if (owner === 'merchant' && !(await db.selectFrom('merchant').select('id').where('id', '=', ownerId).executeTakeFirst())) throw new ProblemError('not_found');
  const id = idFrom('proposal', `bank account\0${makerId ?? ''}\0${owner}\0${ownerId}\0${key}`);
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, holder, number, bic, maker_id, state, proposed_at)
    VALUES (${id}, 'bank_account', ${owner}, ${ownerId}, ${currency}, ${holder}, ${number}, ${bic}, ${makerId}, 'proposed', ${new Date(nowMs())}) ON CONFLICT (id) DO NOTHING`.execute(db);
  return one(db, id);
}

/** `key` null: said by a file of the bank, once for each payout. Throws `not_found`, and `payout_not_open` for one that came back already. */
export async function proposeReturn({ db, nowMs, idFrom }: Deps, input: Maker & { payoutId: string; reason: string; key: string | null }): Promise<Proposal> {
  const { payoutId, reason, makerId, key } = input;
  const { rows: payouts } = await sql<{ state: string }>`SELECT state FROM payout WHERE id = ${payoutId}`.execute(db);
  if (!payouts[0]) throw new ProblemError('not_found');
  const id = idFrom('proposal', key === null ? `return\0${payoutId}` : `return\0${payoutId}\0${makerId ?? ''}\0${key}`);
  // Made before and carried out: whoever asks again hears so.
  if (payouts[0].state === 'returned' && (await read(db, { proposalId: id, limit: 1 })).length === 0) throw new ProblemError('payout_not_open');
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, payout_id, reason, maker_id, state, proposed_at)
    SELECT ${id}, 'payout_return', beneficiary, beneficiary_id, currency, id, ${reason}, ${makerId}, 'proposed', ${new Date(nowMs())} FROM payout WHERE id = ${payoutId}
    ON CONFLICT (id) DO NOTHING`.execute(db);
  return one(db, id);
}

type Decision = { proposalId: string; checkerId: string };

/**
 * Claimed first, so that two who approve at once are one approval; carried out under its own key, so that a crash between is one too.
 * Throws `same_person`, `proposal_state_conflict`, `not_found`, and what the books refuse.
 */
export async function approve(deps: Deps & { postReturn: (input: { payoutId: string; reason: string }) => Promise<unknown> }, { proposalId, checkerId }: Decision): Promise<Proposal> {
  const { db, nowMs } = deps;
  const known = await one(db, proposalId);
  if (known.makerId === checkerId) throw new ProblemError('same_person');
  await sql`UPDATE proposal SET state = 'approved', checker_id = ${checkerId}, decided_at = ${new Date(nowMs())} WHERE id = ${proposalId} AND state = 'proposed'`.execute(db);
  const claimed = await one(db, proposalId);
  if (claimed.checkerId !== checkerId || (claimed.state !== 'approved' && claimed.state !== 'done')) throw new ProblemError('proposal_state_conflict');
  if (claimed.payoutId === null) await setApproved(deps, claimed);
  else await returnApproved(deps, claimed, claimed.payoutId);
  return one(db, proposalId);
}

async function setApproved({ db, nowMs }: Deps, { id, owner, ownerId, currency, account }: Proposal): Promise<void> {
  if (account === null) throw new Error(`${id} names no account`);
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql`UPDATE proposal SET state = 'done' WHERE id = ${id} AND state = 'approved' RETURNING 1`.execute(trx);
    // Somebody who approved at the same moment has done it.
    if (rows.length > 0) await setBankAccount(trx, { owner, ownerId, currency, ...account, atMs: nowMs() });
  });
}

async function returnApproved({ db, postReturn }: Parameters<typeof approve>[0], { id, reason }: Proposal, payoutId: string): Promise<void> {
  const end = (state: 'done' | 'failed', problem: ProblemCode | null) => sql`UPDATE proposal SET state = ${state}, problem = ${problem} WHERE id = ${id} AND state = 'approved'`.execute(db);
  try {
    await postReturn({ payoutId, reason });
  } catch (error) {
    if (error instanceof ProblemError && !isTransient(error.code)) await end('failed', error.code);
    throw error;
  }
  await end('done', null);
}

/** Whoever proposed it may take it back this way too. Throws `proposal_state_conflict` and `not_found`. */
export async function refuse({ db, nowMs }: Deps, { proposalId, checkerId }: Decision): Promise<Proposal> {
  const { rows } = await sql`
    UPDATE proposal SET state = 'refused', checker_id = ${checkerId}, decided_at = ${new Date(nowMs())} WHERE id = ${proposalId} AND state = 'proposed' RETURNING 1`.execute(db);
  const proposal = await one(db, proposalId);
  if (rows.length === 0 && !(proposal.state === 'refused' && proposal.checkerId === checkerId)) throw new ProblemError('proposal_state_conflict');
  return proposal;
}

async function one(db: Database, proposalId: string): Promise<Proposal> {
  const [proposal] = await read(db, { proposalId, limit: 1 });
  if (!proposal) throw new ProblemError('not_found');
  return proposal;
}

type Row = {
  id: string; kind: Proposal['kind']; owner: Proposal['owner']; owner_id: string; currency: string; holder: string | null; number: string | null; bic: string | null;
  payout_id: string | null; reason: string; maker_id: string | null; checker_id: string | null; state: Proposal['state']; problem: string | null; proposed_at: Date; decided_at: Date | null;
  now_holder: string | null; now_number: string | null; now_bic: string | null;
};

/** Newest first. */
export async function read(db: Database, only: { proposalId?: string; waiting?: boolean; accountOf?: string; limit: number }): Promise<Proposal[]> {
  const { rows } = await sql<Row>`
    SELECT p.*, b.holder AS now_holder, b.number AS now_number, b.bic AS now_bic
      FROM proposal p LEFT JOIN bank_account b ON p.kind = 'bank_account' AND b.owner = p.owner AND b.owner_id = p.owner_id AND b.currency = p.currency
     WHERE (${only.proposalId ?? null}::text IS NULL OR p.id = ${only.proposalId ?? null})
       AND (${only.waiting ?? null}::boolean IS NULL OR (p.state = 'proposed') = ${only.waiting ?? null})
       AND (${only.accountOf ?? null}::text IS NULL OR (p.kind = 'bank_account' AND p.owner = 'merchant' AND p.owner_id = ${only.accountOf ?? null}))
     ORDER BY p.proposed_at DESC, p.id LIMIT ${only.limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id, kind: row.kind, owner: row.owner, ownerId: row.owner_id, currency: row.currency,
    account: accountOf(row.holder, row.number, row.bic),
    currentAccount: accountOf(row.now_holder, row.now_number, row.now_bic),
    payoutId: row.payout_id, reason: row.reason, makerId: row.maker_id, checkerId: row.checker_id, state: row.state, problem: row.problem,
    proposedAtMs: row.proposed_at.getTime(), decidedAtMs: row.decided_at?.getTime() ?? null,
  }));
}

const accountOf = (holder: string | null, number: string | null, bic: string | null): BankAccount | null => (holder === null || number === null ? null : { holder, number, bic });
