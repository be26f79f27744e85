// Proposals as two people and the merchant see them.
import type { Fees, Proposal } from '@sonrisa/protocol/money-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { BankAccount } from '../bank-files/index.ts';
import type { Database, FeeTermsRow } from '../db/database.ts';
import type { DisputeBearer, DisputeSource } from '../disputes/index.ts';

export async function one(db: Database, proposalId: string): Promise<Proposal> {
  const [proposal] = await read(db, { proposalId, limit: 1 });
  if (!proposal) throw new ProblemError('not_found');
  return proposal;
}

type Row = {
  id: string; kind: Proposal['kind']; owner: Proposal['owner']; owner_id: string; currency: string; holder: string | null; number: string | null; bic: string | null;
  payout_id: string | null; payment_id: string | null; dispute_id: string | null; case_id: string | null; amount_minor: bigint | null; bearer: DisputeBearer; recover_from: DisputeSource | null; lose_rest: boolean; fees: Fees | null; reason: string; maker_id: string | null; checker_id: string | null; state: Proposal['state']; problem: string | null; proposed_at: Date; decided_at: Date | null;
  now_holder: string | null; now_number: string | null; now_bic: string | null; now_basis_points: number | null; now_terms: FeeTermsRow | null;
};
type Only = { proposalId?: string; waiting?: boolean; ofMerchant?: { id: string; kinds: readonly Proposal['kind'][] }; ofPayments?: readonly string[]; limit: number };

/** One at most for each payment. */
export const waitingAbout = (db: Database, paymentIds: readonly string[]): Promise<Proposal[]> => read(db, { waiting: true, ofPayments: paymentIds, limit: paymentIds.length });

/** Newest first. Approved and not carried out waits too. */
export async function read(db: Database, only: Only): Promise<Proposal[]> {
  // Cases are none of a merchant's.
  const caseOf = only.ofMerchant ? sql`NULL` : sql`(SELECT c.id FROM face_case c WHERE c.payment_id = p.payment_id)`;
  const { rows } = await sql<Row>`
    SELECT p.*, b.holder AS now_holder, b.number AS now_number, b.bic AS now_bic, m.fee_basis_points AS now_basis_points, m.fee_terms AS now_terms, ${caseOf} AS case_id
      FROM proposal p LEFT JOIN bank_account b ON p.kind = 'bank_account' AND b.owner = p.owner AND b.owner_id = p.owner_id AND b.currency = p.currency
           LEFT JOIN merchant m ON p.kind = 'merchant_fees' AND m.id = p.owner_id
     WHERE (${only.proposalId ?? null}::text IS NULL OR p.id = ${only.proposalId ?? null})
       AND (${only.waiting ?? null}::boolean IS NULL OR (p.state IN ('proposed', 'approved')) = ${only.waiting ?? null})
       AND (${only.ofMerchant?.id ?? null}::text IS NULL OR (p.kind = ANY (${only.ofMerchant?.kinds ?? null}) AND p.owner = 'merchant' AND p.owner_id = ${only.ofMerchant?.id ?? null}))
       AND (${only.ofPayments ?? null}::text[] IS NULL OR p.payment_id = ANY (${only.ofPayments ?? null}))
     ORDER BY p.proposed_at DESC, p.id LIMIT ${only.limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id, kind: row.kind, owner: row.owner, ownerId: row.owner_id, currency: row.currency,
    account: accountOf(row.holder, row.number, row.bic),
    currentAccount: accountOf(row.now_holder, row.now_number, row.now_bic),
    payoutId: row.payout_id,
    fees: row.fees,
    currentFees: row.now_basis_points === null ? null : { basisPoints: row.now_basis_points, ...row.now_terms },
    dispute: row.payment_id === null ? null : {
      paymentId: row.payment_id, disputeId: row.dispute_id, caseId: row.case_id, amount: { amountMinor: String(row.amount_minor), currency: row.currency }, bearer: row.bearer, from: row.recover_from, loseRest: row.lose_rest,
    },
    reason: row.reason, makerId: row.maker_id, checkerId: row.checker_id, state: row.state, problem: row.problem,
    proposedAtMs: row.proposed_at.getTime(), decidedAtMs: row.decided_at?.getTime() ?? null,
  }));
}

const accountOf = (holder: string | null, number: string | null, bic: string | null): BankAccount | null => (holder === null || number === null ? null : { holder, number, bic });
