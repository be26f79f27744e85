// The counts in the database: exact across processes and restarts. Subjects are keyed hashes; after a week rows are gone.
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { sinceOf, type SmsCounts } from './counts.ts';
import type { Count } from './decide.ts';
import { countsKeptMs, watchedMs } from './policy.ts';

export function databaseCounts(transaction: Database): SmsCounts {
  return {
    read: async (reads) => {
      const { rows } = await sql<{ sent: number; entered: number }>`
        SELECT COALESCE(sum(c.sent), 0)::int AS sent, COALESCE(sum(c.entered), 0)::int AS entered
          FROM unnest(${reads.map(({ scope }) => scope)}::text[], ${reads.map(({ subject }) => subject)}::text[], ${reads.map(({ sinceMs }) => new Date(sinceMs))}::timestamptz[])
               WITH ORDINALITY AS r (scope, subject, since, ord)
          LEFT JOIN sms_count c ON c.scope = r.scope AND c.subject = r.subject AND c.slice >= r.since
         GROUP BY ord ORDER BY ord`.execute(transaction);
      return rows;
    },
    lock: async () => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended('sms_count', 0))`.execute(transaction);
    },
    add: async (slices, { sent = 0, entered = 0 }) => {
      await sql`
        INSERT INTO sms_count AS c (scope, subject, slice, sent, entered)
        SELECT s.scope, s.subject, s.slice, ${sent}, ${entered}
          FROM unnest(${slices.map(({ scope }) => scope)}::text[], ${slices.map(({ subject }) => subject)}::text[], ${slices.map(({ sliceMs }) => new Date(sliceMs))}::timestamptz[]) AS s (scope, subject, slice)
         ORDER BY 1, 2, 3
            ON CONFLICT (scope, subject, slice) DO UPDATE SET sent = c.sent + excluded.sent, entered = c.entered + excluded.entered`.execute(transaction);
    },
  };
}

export type CountryCounts = { readonly country: string; readonly hour: Count; readonly day: Count };

/** Of the last hour and day, most first. */
export async function readCountries(db: Database, { nowMs, countriesMax }: { nowMs: number; countriesMax: number }): Promise<CountryCounts[]> {
  const since = (windowMs: number) => new Date(sinceOf({ scope: 'country', windowMs, nowMs }));
  const { rows } = await sql<CountryCounts>`
    SELECT subject AS country,
           json_build_object('sent', COALESCE(sum(sent) FILTER (WHERE slice >= ${since(watchedMs.hour)}), 0), 'entered', COALESCE(sum(entered) FILTER (WHERE slice >= ${since(watchedMs.hour)}), 0)) AS hour,
           json_build_object('sent', sum(sent), 'entered', sum(entered)) AS day
      FROM sms_count WHERE scope = 'country' AND slice >= ${since(watchedMs.day)}
     GROUP BY subject ORDER BY sum(sent) DESC, subject LIMIT ${countriesMax}`.execute(db);
  return rows;
}

export async function forgetOldCounts({ db, clock }: { db: Database; clock: Clock }): Promise<void> {
  await sql`DELETE FROM sms_count WHERE slice < ${new Date(clock.nowMs() - countsKeptMs)}`.execute(db);
}
