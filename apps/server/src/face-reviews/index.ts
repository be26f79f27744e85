// Faces that the vault found alike, for a person to look into (docs/minors.md). Nothing waits for it: until then neither of two such faces
// pays by face alone (the vault), a child's is confirmed on its guardian's phone (../payments/phone-need.ts), and nobody who enrols is told.
import type { CloseFaceReview, FaceReview } from '@sonrisa/protocol/face-reviews-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { LookAlikes, ToldApart } from '@sonrisa/protocol/vault-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';
import { readReviews } from './read.ts';

export type ReviewDeps = { db: Database; clock: Clock; ids: Pick<Ids, 'make'>; vault: { lookAlikes(payerRef: string): Promise<LookAlikes> } };

/** More than anybody looks into; the vault names at most as many. */
const lookAlikesMax = 10;

/** Right after a face became active. Safe to repeat: a pair that waits is not filed twice. */
export async function noteLookAlikes({ db, clock, ids, vault }: ReviewDeps, payerId: string): Promise<void> {
  const { alikes } = await vault.lookAlikes(payerId);
  const others = alikes.slice(0, lookAlikesMax);
  // One statement whether there are any or none.
  await sql`
    INSERT INTO face_review (id, payer_id, other_id, found_at, score, score_min)
    SELECT w.id, ${payerId}, other.id, ${new Date(clock.nowMs())}, w.score, w.score_min
      FROM unnest(${others.map(() => ids.make('faceReview'))}::text[], ${others.map(({ payerRef }) => payerRef)}::text[], ${others.map(({ score }) => score)}::float8[], ${others.map(({ scoreMin }) => scoreMin)}::float8[])
             AS w (id, other_id, score, score_min) JOIN payer other ON other.id = w.other_id
    ON CONFLICT DO NOTHING`.execute(db);
}

export type FaceReviews = {
  /** Newest first, and how many are open. */
  list(input: { state: 'open' | 'closed'; limit: number }): Promise<{ reviews: FaceReview[]; open: number }>;
  /**
   * `same`: the face of that party is erased and its owner told; `new_look`: its owner is asked for another one; `different`: the vault lifts
   * its mark, now or at the next round. Throws `not_found`, `review_closed`.
   */
  close(input: CloseFaceReview & { reviewId: string; closedBy: string }): Promise<FaceReview>;
  /** Tells the vault who was found to be two people, where it has not heard yet. */
  sweep(): Promise<void>;
};
export type FaceReviewsDeps = {
  db: Database;
  clock: Clock;
  vault: { tellApart(payerRef: string, otherRef: string): Promise<ToldApart> };
  onVaultAway: (error: unknown) => void;
  eraseFace: (payerId: string) => Promise<void>;
  /** In the caller's transaction. */
  askForNewLook: (trx: Database, payerId: string) => Promise<void>;
};

export function createFaceReviews(deps: FaceReviewsDeps): FaceReviews {
  return {
    list: async ({ state, limit }) => ({ reviews: await readReviews(deps.db, { reviewId: null, state, limit }), open: await countOpen(deps.db) }),
    close: async (input) => {
      const review = await close(deps, input);
      // The decision holds without the vault, which hears of it when it is back.
      if (review.finding === 'different') await tellVault(deps).catch(deps.onVaultAway);
      return review;
    },
    sweep: () => tellVault(deps),
  };
}

async function close(deps: FaceReviewsDeps, input: Parameters<FaceReviews['close']>[0]): Promise<FaceReview> {
  const { db, clock, eraseFace, askForNewLook } = deps;
  const { reviewId, finding, note, closedBy } = input;
  const party = input.finding === 'different' ? null : input.party;
  const [review] = await readReviews(db, { reviewId, state: null, limit: 1 });
  if (!review) throw new ProblemError('not_found');
  if (review.state === 'closed') throw new ProblemError('review_closed');
  if (finding === 'same' && party !== null) {
    // Of two officers who name one face each only one is erased; whoever dies in between has a review that is still open, for the same face.
    const mine = await sql`UPDATE face_review SET party = ${party} WHERE id = ${reviewId} AND state = 'open' AND (party IS NULL OR party = ${party})`.execute(db);
    if (mine.numAffectedRows !== 1n) throw new ProblemError('review_closed');
    await eraseFace(review[party].payerId);
  }
  await db.transaction().execute(async (trx) => {
    const closed = await sql`
      UPDATE face_review SET state = 'closed', finding = ${finding}, party = ${party}, note = ${note}, closed_by = ${closedBy}, closed_at = ${new Date(clock.nowMs())}
       WHERE id = ${reviewId} AND state = 'open' AND (party IS NULL OR party = ${party})`.execute(trx);
    if (closed.numAffectedRows !== 1n) throw new ProblemError('review_closed');
    if (finding === 'new_look' && party !== null) await askForNewLook(trx, review[party].payerId);
  });
  const [after] = await readReviews(db, { reviewId, state: null, limit: 1 });
  return after!;
}

const toldAtOnceMax = 100;

// Of a pair that was found again since, the newer review speaks.
async function tellVault({ db, clock, vault }: FaceReviewsDeps): Promise<void> {
  const { rows } = await sql<{ id: string; payer_id: string; other_id: string; is_last: boolean }>`
    SELECT r.id, r.payer_id, r.other_id, NOT EXISTS (
             SELECT FROM face_review l WHERE l.found_at > r.found_at AND least(l.payer_id, l.other_id) = least(r.payer_id, r.other_id) AND greatest(l.payer_id, l.other_id) = greatest(r.payer_id, r.other_id)) AS is_last
      FROM face_review r WHERE r.finding = 'different' AND r.vault_told_at IS NULL ORDER BY r.closed_at LIMIT ${toldAtOnceMax}`.execute(db);
  for (const { id, payer_id, other_id, is_last } of rows) {
    if (is_last) await vault.tellApart(payer_id, other_id);
    await sql`UPDATE face_review SET vault_told_at = ${new Date(clock.nowMs())} WHERE id = ${id}`.execute(db);
  }
}

async function countOpen(db: Database): Promise<number> {
  const { rows } = await sql<{ open: number }>`SELECT count(*)::int AS open FROM face_review WHERE state = 'open'`.execute(db);
  return rows[0]?.open ?? 0;
}
