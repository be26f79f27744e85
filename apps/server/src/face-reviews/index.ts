// Faces that the vault found alike, for a person to look into (docs/minors.md). Nothing waits for it: neither of two such faces pays by
// face alone (the vault), a child's is confirmed on its guardian's phone (../payments/phone-need.ts), and nobody who enrols is told.
import type { FaceReview, FaceReviewFinding } from '@sonrisa/protocol/face-reviews-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';

export type ReviewDeps = { db: Database; clock: Clock; ids: Pick<Ids, 'make'>; vault: { lookAlikes(payerRef: string): Promise<{ payerRefs: string[] }> } };

/** More than anybody looks into; the vault names at most as many. */
const lookAlikesMax = 10;

/** Right after a face became active. Safe to repeat: a pair that waits is not filed twice. */
export async function noteLookAlikes({ db, clock, ids, vault }: ReviewDeps, payerId: string): Promise<void> {
  const { payerRefs } = await vault.lookAlikes(payerId);
  const others = payerRefs.slice(0, lookAlikesMax);
  // One statement whether there are any or none.
  await sql`
    INSERT INTO face_review (id, payer_id, other_id, found_at)
    SELECT w.id, ${payerId}, other.id, ${new Date(clock.nowMs())}
      FROM unnest(${others.map(() => ids.make('faceReview'))}::text[], ${others}::text[]) AS w (id, other_id) JOIN payer other ON other.id = w.other_id
    ON CONFLICT DO NOTHING`.execute(db);
}

export type FaceReviews = {
  /** Newest first. */
  list(input: { state: 'open' | 'closed'; limit: number }): Promise<FaceReview[]>;
  /** `same`: the newer face is erased. Throws `not_found`, `review_closed`. */
  close(input: { reviewId: string; finding: FaceReviewFinding; note: string; closedBy: string }): Promise<FaceReview>;
};
export type FaceReviewsDeps = { db: Database; clock: Clock; eraseFace: (payerId: string) => Promise<unknown> };

export function createFaceReviews(deps: FaceReviewsDeps): FaceReviews {
  return {
    list: ({ state, limit }) => read(deps.db, { reviewId: null, state, limit }),
    close: (input) => close(deps, input),
  };
}

async function close({ db, clock, eraseFace }: FaceReviewsDeps, { reviewId, finding, note, closedBy }: Parameters<FaceReviews['close']>[0]): Promise<FaceReview> {
  const [review] = await read(db, { reviewId, state: null, limit: 1 });
  if (!review) throw new ProblemError('not_found');
  if (review.state === 'closed') throw new ProblemError('review_closed');
  // First: whoever dies in between has a review that is still open.
  if (finding === 'same') await eraseFace(review.newer.payerId);
  const closed = await sql`
    UPDATE face_review SET state = 'closed', finding = ${finding}, note = ${note}, closed_by = ${closedBy}, closed_at = ${new Date(clock.nowMs())}
     WHERE id = ${reviewId} AND state = 'open'`.execute(db);
  if (closed.numAffectedRows !== 1n) throw new ProblemError('review_closed');
  const [after] = await read(db, { reviewId, state: null, limit: 1 });
  return after!;
}

type PartyRow = { payerId: string; guardianId: string | null; faceState: 'on' | 'paused' | 'off'; enrolledAtMs: number | null };
type Row = {
  id: string; found_at: Date; state: 'open' | 'closed'; finding: FaceReviewFinding | null; note: string | null; closed_by: string | null; closed_at: Date | null;
  newer: PartyRow; older: PartyRow;
};

async function read(db: Database, { reviewId, state, limit }: { reviewId: string | null; state: string | null; limit: number }): Promise<FaceReview[]> {
  const party = (name: string) => {
    const of = (column: string) => sql.ref(`${name}.${column}`);
    return sql`json_build_object('payerId', ${of('id')}, 'guardianId', ${of('guardian_id')}, 'faceState', ${of('face_state')}, 'enrolledAtMs', floor(extract(epoch FROM ${of('face_enrolled_at')}) * 1000))`;
  };
  const { rows } = await sql<Row>`
    SELECT r.id, r.found_at, r.state, r.finding, r.note, r.closed_by, r.closed_at, ${party('n')} AS newer, ${party('o')} AS older
      FROM face_review r JOIN payer n ON n.id = r.payer_id JOIN payer o ON o.id = r.other_id
     WHERE (${reviewId}::text IS NULL OR r.id = ${reviewId}) AND (${state}::text IS NULL OR r.state = ${state})
     ORDER BY r.found_at DESC, r.id LIMIT ${limit}`.execute(db);
  return rows.map(({ id, newer, older, found_at, state: now, finding, note, closed_by, closed_at }) => ({
    id, newer, older, foundAtMs: found_at.getTime(), state: now, finding, note, closedBy: closed_by, closedAtMs: closed_at?.getTime() ?? null,
  }));
}
