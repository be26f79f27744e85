// What an officer and the shopper see of a case.
import type { FaceCase, MyCase } from '@sonrisa/protocol/cases-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { disputesOf } from '../disputes/index.ts';
import { waitingAbout } from '../proposals/index.ts';

type Row = {
  id: string; payment_id: string; payer_id: string; currency: string; amount_minor: bigint; refund: FaceCase['refund']; dispute_id: string | null;
  state: FaceCase['state']; finding: FaceCase['finding']; note: string | null; closed_by: string | null; opened_at: Date; closed_at: Date | null;
  payment_state: FaceCase['paymentState']; paid_at: Date | null; store_id: string; store_name: string; store_name_zh: string;
  terminal_id: string; thumbprint: string; kind: string; mode: 'sandbox' | 'live'; terminal_state: 'active' | 'revoked'; activated_at: Date;
  claims: Record<string, unknown> | null; strong: boolean | null; consent: string | null; face_state: FaceCase['faceState'];
};

export async function listCases(db: Database, { state, limit }: { state: 'open' | 'closed'; limit: number }): Promise<FaceCase[]> {
  return read(db, { caseId: null, state, limit });
}

export async function readCase(db: Database, caseId: string): Promise<FaceCase> {
  const [found] = await read(db, { caseId, state: null, limit: 1 });
  if (!found) throw new ProblemError('not_found');
  return found;
}

export function caseOf({ id, paymentId, state, refund, amount, openedAtMs }: FaceCase): MyCase {
  return { id, paymentId, state, refund, amount, openedAtMs };
}

async function read(db: Database, { caseId, state, limit }: { caseId: string | null; state: string | null; limit: number }): Promise<FaceCase[]> {
  const { rows } = await sql<Row>`
    SELECT c.*, p.state AS payment_state, p.paid_at, p.store_id, s.name AS store_name, s.name_zh AS store_name_zh,
           p.terminal_id, t.key_thumbprint AS thumbprint, t.kind, t.mode, t.state AS terminal_state, t.activated_at, p.receipt_claims AS claims, u.strong, payer.face_state,
           (SELECT r.version || ' ' || r.text_sha256 FROM consent_record r WHERE r.payer_id = c.payer_id AND r.agreed_to_face ORDER BY r.id DESC LIMIT 1) AS consent
      FROM face_case c JOIN payment p ON p.id = c.payment_id JOIN terminal t ON t.id = p.terminal_id JOIN store s ON s.id = p.store_id JOIN payer ON payer.id = c.payer_id
      LEFT JOIN limit_use u ON u.payment_id = c.payment_id
     WHERE (${caseId}::text IS NULL OR c.id = ${caseId}) AND (${state}::text IS NULL OR c.state = ${state})
     ORDER BY c.opened_at DESC, c.id LIMIT ${limit}`.execute(db);
  const paymentIds = rows.map(({ payment_id }) => payment_id);
  const [disputes, proposals] = [await disputesOf(db, paymentIds), await waitingAbout(db, paymentIds)];
  return rows.map((row) => ({
    id: row.id,
    paymentId: row.payment_id,
    payerId: row.payer_id,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    refund: row.refund,
    disputeId: row.dispute_id,
    dispute: disputes.find(({ paymentId }) => paymentId === row.payment_id) ?? null,
    proposal: proposals.find(({ dispute }) => dispute?.paymentId === row.payment_id) ?? null,
    paymentState: row.payment_state,
    paidAtMs: row.paid_at?.getTime() ?? null,
    state: row.state,
    finding: row.finding,
    note: row.note,
    closedBy: row.closed_by,
    openedAtMs: row.opened_at.getTime(),
    closedAtMs: row.closed_at?.getTime() ?? null,
    faceState: row.face_state,
    evidence: {
      storeId: row.store_id,
      store: { name: row.store_name, nameZh: row.store_name_zh },
      terminalId: row.terminal_id,
      terminalThumbprint: row.thumbprint,
      terminal: { kind: row.kind, mode: row.mode, state: row.terminal_state, activatedAtMs: row.activated_at.getTime() },
      secondFactor: row.strong,
      claims: row.claims,
      consent: row.consent,
      story: `/api/operator/payments/${row.payment_id}`,
      risk: `/api/operator/payments/${row.payment_id}/risk`,
    },
  }));
}
