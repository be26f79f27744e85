// "That was not me": the shopper has the money back at once, within a cap, their face rests, and a person looks into it. What is kept
// as evidence is image-free: the receipt's scores and bound, the risk decisions, the terminal, the consent; all of it is read where
// it lies. Nothing here decides who pays in the end: that is the dispute's (../disputes).
import type { CaseFinding, FaceCase, MyCase } from '@sonrisa/protocol/cases-api.ts';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql, type Transaction } from 'kysely';
import type { Database, Tables } from '../db/database.ts';
import type { Disputes } from '../disputes/index.ts';
import type { Limits } from '../limits/index.ts';
import { notMeDaysMax } from '../payments/index.ts';
import { caseOf, listCases, readCase } from './views.ts';

const dayMs = 86_400_000;
const roundCasesMax = 100;

export type Cases = {
  /** Safe to repeat. Throws `payment_not_found`, `not_me_impossible`. */
  open(input: { payerId: string; paymentId: string }): Promise<MyCase>;
  /** Newest first. */
  list(input: { state: 'open' | 'closed'; limit: number }): Promise<FaceCase[]>;
  /** Throws `not_found`. */
  read(caseId: string): Promise<FaceCase>;
  /** Throws `not_found`, `case_closed`. */
  close(input: { caseId: string; finding: CaseFinding; note: string; closedBy: string }): Promise<FaceCase>;
  /** Gives back what a process that died had only promised. */
  finish(): Promise<number>;
};
export type CasesDeps = { db: Database; disputes: Pick<Disputes, 'open'>; limits: Pick<Limits, 'settings'>; nowMs: () => number; newId: (kind: IdKind) => string };

export function createCases(deps: CasesDeps): Cases {
  return {
    async open(input) {
      const caseId = await deps.db.transaction().execute((trx) => openIn(deps, trx, input));
      await giveBack(deps, caseId);
      return caseOf(await readCase(deps.db, caseId));
    },
    list: (input) => listCases(deps.db, input),
    read: (caseId) => readCase(deps.db, caseId),
    close: (input) => close(deps, input),
    async finish() {
      const { rows } = await sql<{ id: string }>`SELECT id FROM face_case WHERE refund = 'at_once' AND dispute_id IS NULL ORDER BY id LIMIT ${roundCasesMax}`.execute(deps.db);
      for (const { id } of rows) await giveBack(deps, id);
      return rows.length;
    },
  };
}

type PaidRow = { id: string; way: string; look_nonce: string | null; state: string; amount_minor: bigint; currency: string; paid_at: Date | null };

// Payment, then payer: the order everybody locks in. Under the payer's lock cases at once share the cap.
async function openIn({ limits, nowMs, newId }: CasesDeps, trx: Transaction<Tables>, { payerId, paymentId }: { payerId: string; paymentId: string }): Promise<string> {
  const [payment] = (await sql<PaidRow>`
    SELECT id, way, look_nonce, state, amount_minor, currency, paid_at FROM payment WHERE id = ${paymentId} AND payer_id = ${payerId} FOR UPDATE`.execute(trx)).rows;
  if (!payment || payment.paid_at === null) throw new ProblemError('payment_not_found');
  await sql`SELECT FROM payer WHERE id = ${payerId} FOR NO KEY UPDATE`.execute(trx);
  const [known] = (await sql<{ id: string }>`SELECT id FROM face_case WHERE payment_id = ${paymentId}`.execute(trx)).rows;
  if (known) return known.id;
  const now = new Date(nowMs());
  const isLate = payment.paid_at.getTime() < now.getTime() - notMeDaysMax * dayMs;
  if (payment.way !== 'face' || isLate || (payment.state !== 'captured' && payment.state !== 'partially_refunded')) throw new ProblemError('not_me_impossible', { facts: { state: payment.state } });
  const id = newId('faceCase');
  await sql`
    INSERT INTO face_case (id, payment_id, payer_id, currency, amount_minor, refund, opened_at)
    VALUES (${id}, ${paymentId}, ${payerId}, ${payment.currency}, ${payment.amount_minor}, ${await refundOf(trx, { payerId, payment, cap: (await limits.settings(payment.currency)).notMe, now })}, ${now})`.execute(trx);
  await sql`UPDATE payer SET face_state = 'paused', face_paused_at = ${now} WHERE id = ${payerId} AND face_state = 'on'`.execute(trx);
  return id;
}

type Cap = { readonly countMax: number; readonly sumMaxMinor: string; readonly days: number };

async function refundOf(trx: Transaction<Tables>, input: { payerId: string; payment: PaidRow; cap: Cap; now: Date }): Promise<'at_once' | 'capped' | 'confirmed'> {
  const { payerId, payment, cap, now } = input;
  const [facts] = (await sql<{ confirmed: boolean; count: number; minor: string }>`
    SELECT EXISTS (SELECT FROM phone_request WHERE payment_id = ${payment.id} AND state = 'approved' AND payer_id = ${payerId} AND look_nonce = ${payment.look_nonce}) AS confirmed,
           count(*)::int AS count, COALESCE(sum(amount_minor), 0)::text AS minor
      FROM face_case WHERE payer_id = ${payerId} AND currency = ${payment.currency} AND refund = 'at_once' AND opened_at > ${new Date(now.getTime() - cap.days * dayMs)}`.execute(trx)).rows;
  // Whoever held that phone, with its lock or the PIN, said yes to this very payment, and to this look of it.
  if (facts?.confirmed) return 'confirmed';
  return !facts || facts.count >= cap.countMax || BigInt(facts.minor) + payment.amount_minor > BigInt(cap.sumMaxMinor) ? 'capped' : 'at_once';
}

/** Under a key of the case: whoever comes again moves nothing twice. */
async function giveBack({ db, disputes }: CasesDeps, caseId: string): Promise<void> {
  const [row] = (await sql<{ payment_id: string; refund: string; dispute_id: string | null }>`SELECT payment_id, refund, dispute_id FROM face_case WHERE id = ${caseId}`.execute(db)).rows;
  if (!row || row.refund !== 'at_once' || row.dispute_id !== null) return;
  try {
    const dispute = await disputes.open({ paymentId: row.payment_id, key: caseId, reason: 'the shopper says it was not them' });
    await sql`UPDATE face_case SET dispute_id = ${dispute.id} WHERE id = ${caseId}`.execute(db);
  } catch (error) {
    if (!(error instanceof ProblemError) || !wentBackOtherwise.has(error.code)) throw error;
    // The shop, or an officer, was quicker: the shopper has the money.
    await sql`UPDATE face_case SET refund = 'capped' WHERE id = ${caseId} AND dispute_id IS NULL`.execute(db);
  }
}

const wentBackOtherwise: ReadonlySet<string> = new Set(['payment_state_conflict', 'refund_exceeds_payment', 'dispute_not_open']);

async function close({ db, nowMs }: CasesDeps, { caseId, finding, note, closedBy }: Parameters<Cases['close']>[0]): Promise<FaceCase> {
  const closed = await sql`
    UPDATE face_case SET state = 'closed', finding = ${finding}, note = ${note}, closed_by = ${closedBy}, closed_at = ${new Date(nowMs())}
     WHERE id = ${caseId} AND state = 'open'`.execute(db);
  const now = await readCase(db, caseId);
  if (closed.numAffectedRows !== 1n) throw new ProblemError('case_closed');
  return now;
}
