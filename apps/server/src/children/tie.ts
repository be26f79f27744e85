// When a guardianship ends: at the first moment of the day the child comes of age, where the days of its currency begin, or when its wallet
// is closed before. From then on the face rests, and nobody is shown who looked, or what is paid.
import { sql } from 'kysely';
import type { ChildRecord, RecordDeps } from './record.ts';

/** Whether nobody is this child's guardian any more. */
export const isOver = ({ state }: Pick<ChildRecord, 'state'>): boolean => state === 'of_age' || state === 'closed';

/** Works out every end anew: the age and the time zone are settings. */
export async function settleTies({ db, adultAgeYears, timeZoneOf }: RecordDeps): Promise<void> {
  const { rows: currencies } = await sql<{ currency: string }>`SELECT DISTINCT currency FROM payer WHERE guardian_id IS NOT NULL`.execute(db);
  for (const { currency } of currencies) {
    const years = sql`make_interval(years => ${adultAgeYears})`;
    // PostgreSQL puts the birthdays of 29 February on the 28th of other years; they are on 1 March (`dayOfAge`).
    await sql`
      UPDATE payer SET guardian_until = tie.until
        FROM (SELECT id, LEAST(child_closed_at, ((born_on + ${years})::date + (extract(day FROM born_on) <> extract(day FROM born_on + ${years}))::int)::timestamp AT TIME ZONE ${await timeZoneOf(currency)}) AS until
                FROM payer WHERE guardian_id IS NOT NULL AND currency = ${currency}) AS tie
       WHERE payer.id = tie.id AND payer.guardian_until IS DISTINCT FROM tie.until`.execute(db);
  }
}

/** How many faces rest from now on. */
export async function restGrownFaces({ db, clock }: RecordDeps): Promise<number> {
  const now = new Date(clock.nowMs());
  const done = await sql`UPDATE payer SET face_state = 'paused', face_paused_at = ${now} WHERE guardian_id IS NOT NULL AND face_state = 'on' AND guardian_until <= ${now}`.execute(db);
  return Number(done.numAffectedRows ?? 0n);
}
