// What was refused and why. Counted in memory and written now and then: an attack must not cost a write for each of its requests.
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Refusal } from './decide.ts';
import { countsKeptMs, sliceMs, watchedMs } from './policy.ts';

export type Refused = { readonly why: Refusal; readonly hour: number; readonly day: number };

export type Refusals = {
  note(why: Refusal): void;
  /** What this process has counted since the last time. */
  write(): Promise<void>;
  /** Of the last hour and day, most first. */
  read(): Promise<Refused[]>;
  forgetOld(): Promise<void>;
};

export function createRefusals({ db, nowMs }: { db: Database; nowMs: () => number }): Refusals {
  let counted = new Map<Refusal, number>();
  const add = (why: Refusal, count: number) => counted.set(why, (counted.get(why) ?? 0) + count);
  return {
    note: (why) => void add(why, 1),
    write: async () => {
      if (counted.size === 0) return;
      const writing = [...counted].sort();
      counted = new Map();
      try {
        await sql`
          INSERT INTO sms_refusal AS r (why, slice, count)
          SELECT why, ${sliceAt(nowMs())}, count FROM unnest(${writing.map(([why]) => why)}::text[], ${writing.map(([, count]) => count)}::int[]) AS w (why, count)
              ON CONFLICT (why, slice) DO UPDATE SET count = r.count + excluded.count`.execute(db);
      } catch (error) {
        for (const [why, count] of writing) add(why, count);
        throw error;
      }
    },
    read: async () => {
      const [hour, day] = [sliceAt(nowMs() - watchedMs.hour + 1), sliceAt(nowMs() - watchedMs.day + 1)];
      const { rows } = await sql<Refused>`
        SELECT why, COALESCE(sum(count) FILTER (WHERE slice >= ${hour}), 0)::int AS hour, sum(count)::int AS day
          FROM sms_refusal WHERE slice >= ${day} GROUP BY why ORDER BY 3 DESC, 1`.execute(db);
      return rows;
    },
    forgetOld: async () => {
      await sql`DELETE FROM sms_refusal WHERE slice < ${new Date(nowMs() - countsKeptMs)}`.execute(db);
    },
  };
}

const sliceAt = (atMs: number): Date => new Date(atMs - (atMs % sliceMs.installation));
