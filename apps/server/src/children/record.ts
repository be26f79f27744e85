// A child as its guardian reaches it. To anybody else there is no such child.
import type { ChildState } from '@sonrisa/protocol/child-state.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import type { Ward } from '../owners/index.ts';
import { ageOn, type ChildAct, childStateOf, refusalOf } from './decide.ts';

export type RecordDeps = { db: Database; clock: Clock; adultAgeYears: number; /** Where days begin. */ timeZoneOf: (currency: string) => Promise<string> };
export type OfChild = { readonly guardianId: string; readonly childId: string };

type Row = {
  id: string; name: string; guardian_id: string; born_on: string; currency: string; face_state: 'on' | 'paused' | 'off'; face_epoch: number; face_enrolled_at: Date | null;
  child_closed_at: Date | null; has_consent: boolean;
};
export type ChildRecord = Row & { readonly ageYears: number; readonly state: ChildState };

/** Oldest first; `childId`: that one alone. */
export async function childrenOf(deps: RecordDeps, { guardianId, childId, at = deps.db }: { guardianId: string; childId?: string; at?: Database }): Promise<ChildRecord[]> {
  const { rows } = await sql<Row>`
    SELECT p.id, p.name, p.guardian_id, p.born_on::text AS born_on, p.currency, p.face_state, p.face_epoch, p.face_enrolled_at, p.child_closed_at,
           EXISTS (SELECT FROM consent_record c WHERE c.payer_id = p.id AND c.guardian_id = p.guardian_id AND c.agreed_to_face AND c.face_withdrawn_at IS NULL) AS has_consent
      FROM payer p WHERE p.guardian_id = ${guardianId} AND (${childId ?? null}::text IS NULL OR p.id = ${childId ?? null})
     ORDER BY p.born_on, p.id`.execute(at);
  return Promise.all(rows.map(async (row) => recordOf(row, { today: await todayFor(deps, row.currency), adultAgeYears: deps.adultAgeYears })));
}

/** For their guardian's export. */
export async function wardsOf(deps: RecordDeps, guardianId: string): Promise<Ward[]> {
  const children = await childrenOf(deps, { guardianId });
  return children.map(({ id, name, born_on: bornOn, state, ageYears }) => ({ id, name, bornOn, state, isOfAge: ageYears >= deps.adultAgeYears }));
}

/** Throws `child_not_found`, and whatever stands against the act. */
export async function childFor(deps: RecordDeps, { guardianId, childId }: OfChild, act: ChildAct | null): Promise<ChildRecord> {
  const [child] = await childrenOf(deps, { guardianId, childId });
  if (!child) throw new ProblemError('child_not_found');
  const code = act === null ? null : refusalOf(act, child.state);
  if (code !== null) throw new ProblemError(code);
  return child;
}

/** Today there, YYYY-MM-DD. */
export async function todayFor({ clock, timeZoneOf }: RecordDeps, currency: string): Promise<string> {
  return new Intl.DateTimeFormat('en-CA', { timeZone: await timeZoneOf(currency), year: 'numeric', month: '2-digit', day: '2-digit' }).format(clock.nowMs());
}

function recordOf(row: Row, { today, adultAgeYears }: { today: string; adultAgeYears: number }): ChildRecord {
  const ageYears = ageOn(row.born_on, today);
  return { ...row, ageYears, state: childStateOf({ closed: row.child_closed_at !== null, ageYears, adultAgeYears, faceState: row.face_state, hasConsent: row.has_consent }) };
}
