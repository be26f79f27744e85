// What the second person says: approved, and then it happens, or refused.
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import { isTransient, type ProblemCode, ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Disputes } from '../disputes/index.ts';
import { setFees } from '../merchants/index.ts';
import { type Payouts, setBankAccount } from '../payouts/index.ts';
import { one } from './read.ts';

type Decision = { proposalId: string; checkerId: string };
type DecideDeps = { db: Database; nowMs: () => number; payouts: Pick<Payouts, 'takeBack'>; disputes: Pick<Disputes, 'open' | 'recover' | 'lose'> };

/**
 * Claimed first, so that two who approve at once are one approval; carried out under its own key, so that a crash between is one too:
 * anybody but the maker has it carried out then. Throws `same_person`, `proposal_state_conflict`, `not_found`, and what the books refuse.
 */
export async function approve(deps: DecideDeps, { proposalId, checkerId }: Decision): Promise<Proposal> {
  const { db, nowMs } = deps;
  const known = await one(db, proposalId);
  if (known.makerId === checkerId) throw new ProblemError('same_person');
  await sql`UPDATE proposal SET state = 'approved', checker_id = ${checkerId}, decided_at = ${new Date(nowMs())} WHERE id = ${proposalId} AND state = 'proposed'`.execute(db);
  const claimed = await one(db, proposalId);
  if (claimed.state === 'approved') await carryOut(deps, claimed);
  else if (claimed.state !== 'done' || claimed.checkerId !== checkerId) throw new ProblemError('proposal_state_conflict');
  return one(db, proposalId);
}

function carryOut(deps: DecideDeps, proposal: Proposal): Promise<void> {
  const { db, nowMs, payouts } = deps;
  const { id, kind, owner, ownerId, currency, account, fees, payoutId, dispute, reason } = proposal;
  switch (kind) {
    case 'bank_account':
      return inOneTransaction(db, id, async (trx) => void (await setBankAccount(trx, { owner, ownerId, currency, ...said(id, account), atMs: nowMs() })));
    case 'merchant_fees':
      return inOneTransaction(db, id, (trx) => setFees(trx, { merchantId: ownerId, fees: said(id, fees) }));
    case 'payout_return':
      return byTheBooks(db, id, () => payouts.takeBack({ payoutId: said(id, payoutId), reason }));
    case 'dispute_open':
    case 'dispute_recover':
    case 'dispute_lose':
      return byTheBooks(db, id, () => settle(deps, { id, reason, ...said(id, dispute) }));
  }
}

async function inOneTransaction(db: Database, id: string, change: (trx: Database) => Promise<void>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql`UPDATE proposal SET state = 'done' WHERE id = ${id} AND state = 'approved' RETURNING 1`.execute(trx);
    // Somebody who approved at the same moment has done it.
    if (rows.length > 0) await change(trx);
  });
}

/** `post`: the same however often it is said. */
async function byTheBooks(db: Database, id: string, post: () => Promise<unknown>): Promise<void> {
  const end = (state: 'done' | 'failed', problem: ProblemCode | null) => sql`UPDATE proposal SET state = ${state}, problem = ${problem} WHERE id = ${id} AND state = 'approved'`.execute(db);
  try {
    await post();
  } catch (error) {
    if (error instanceof ProblemError && !isTransient(error.code)) await end('failed', error.code);
    throw error;
  }
  await end('done', null);
}

/** As it was agreed, whatever the settings say since. */
async function settle({ disputes }: DecideDeps, input: NonNullable<Proposal['dispute']> & { id: string; reason: string }): Promise<void> {
  const { id, paymentId, disputeId, amount, bearer, from, loseRest, reason } = input;
  if (disputeId === null) await disputes.open({ paymentId, key: id, amount, bearer, reason });
  else {
    if (from !== null) await disputes.recover({ disputeId, key: id, from, amount, reason });
    if (from === null || loseRest) await disputes.lose({ disputeId, reason });
  }
}

function said<Said>(id: string, value: Said | null): Said {
  if (value === null) throw new Error(`${id} does not say what it is about`);
  return value;
}

/** Whoever proposed it may take it back this way too. Throws `proposal_state_conflict` and `not_found`. */
export async function refuse({ db, nowMs }: Pick<DecideDeps, 'db' | 'nowMs'>, { proposalId, checkerId }: Decision): Promise<Proposal> {
  const { rows } = await sql`
    UPDATE proposal SET state = 'refused', checker_id = ${checkerId}, decided_at = ${new Date(nowMs())} WHERE id = ${proposalId} AND state = 'proposed' RETURNING 1`.execute(db);
  const proposal = await one(db, proposalId);
  if (rows.length === 0 && !(proposal.state === 'refused' && proposal.checkerId === checkerId)) throw new ProblemError('proposal_state_conflict');
  return proposal;
}
