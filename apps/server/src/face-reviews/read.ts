// What an officer sees of two faces found alike: figures, dates and whether what is attested of both is the same. No picture, no name, no whole number.
import type { FaceReview } from '@sonrisa/protocol/face-reviews-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { maskPhone } from '../enrolment/index.ts';

type Compared = FaceReview['names'];
type PartyRow = Omit<FaceReview['newer'], 'phoneMasked'> & { phone: string | null };
type Row = {
  id: string; found_at: Date; state: 'open' | 'closed'; finding: FaceReview['finding']; party: FaceReview['party']; note: string | null; closed_by: string | null; closed_at: Date | null;
  score: number | null; score_min: number | null; names: Compared; birth_dates: Compared; same_guardian: boolean; newer: PartyRow; older: PartyRow;
};

/** Newest first. `reviewId` null: any. */
export async function readReviews(db: Database, { reviewId, state, limit }: { reviewId: string | null; state: string | null; limit: number }): Promise<FaceReview[]> {
  const { rows } = await sql<Row>`
    SELECT r.id, r.found_at, r.state, r.finding, r.party, r.note, r.closed_by, r.closed_at, r.score, r.score_min, n.facts AS newer, o.facts AS older,
           COALESCE(n.guardian_id = o.guardian_id, false) AS same_guardian, ${compared('name')} AS names, ${compared('born_on')} AS birth_dates
      FROM face_review r, LATERAL ${party('payer_id')} n, LATERAL ${party('other_id')} o
     WHERE (${reviewId}::text IS NULL OR r.id = ${reviewId}) AND (${state}::text IS NULL OR r.state = ${state})
     ORDER BY r.found_at DESC, r.id LIMIT ${limit}`.execute(db);
  return rows.map(({ id, newer, older, found_at, score_min, birth_dates, same_guardian, closed_by, closed_at, ...rest }) => ({
    ...rest, id, newer: partyOf(newer), older: partyOf(older), scoreMin: score_min, birthDates: birth_dates, sameGuardian: same_guardian, foundAtMs: found_at.getTime(), closedBy: closed_by, closedAtMs: closed_at?.getTime() ?? null,
  }));
}

const partyOf = ({ phone, ...facts }: PartyRow): FaceReview['newer'] => ({ ...facts, phoneMasked: phone === null ? null : maskPhone(phone) });

const compared = (column: 'name' | 'born_on') => {
  const [newer, older] = [sql.ref(`n.${column}`), sql.ref(`o.${column}`)];
  return sql`CASE WHEN ${newer} IS NULL OR ${older} IS NULL THEN 'unknown' WHEN ${newer} = ${older} THEN 'equal' ELSE 'different' END`;
};

const ms = (moment: ReturnType<typeof sql>) => sql`floor(extract(epoch FROM ${moment}) * 1000)`;

// Names compare without case and spaces, as documents write them differently.
function party(column: 'payer_id' | 'other_id') {
  return sql`(
    SELECT p.guardian_id, lower(regexp_replace(a.name, '\\s', '', 'g')) AS name, COALESCE(a.born_on, p.born_on) AS born_on,
           json_build_object('payerId', p.id, 'guardianId', p.guardian_id, 'phone', CASE WHEN reader.closed_at IS NULL THEN reader.phone_e164 END, 'faceState', p.face_state,
             'openedAtMs', ${ms(sql`p.created_at`)}, 'enrolledAtMs', ${ms(sql`p.face_enrolled_at`)}, 'lastLookAtMs', ${ms(sql`(SELECT max(at) FROM face_look WHERE payer_id = p.id)`)},
             'enrolledBy', CASE WHEN p.guardian_id IS NOT NULL THEN 'guardian' WHEN EXISTS (
               SELECT FROM consent_record c JOIN enrolment e ON e.id = c.enrolment_id JOIN invite i ON i.id = e.invite_id WHERE c.payer_id = p.id AND i.terminal_id IS NOT NULL) THEN 'till' ELSE 'own_phone' END,
             'payments', (SELECT count(*)::int FROM payment WHERE payer_id = p.id AND paid_at IS NOT NULL)) AS facts
      FROM payer p JOIN payer reader ON reader.id = COALESCE(p.guardian_id, p.id)
      LEFT JOIN LATERAL (SELECT name, born_on FROM identity_attestation WHERE payer_id = p.id ORDER BY id DESC LIMIT 1) a ON true
     WHERE p.id = ${sql.ref(`r.${column}`)})`;
}
