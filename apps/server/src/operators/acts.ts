// Who did what: every write of the operator API and of the command line, written down before it is done. What cannot be written down is
// not done; an act without an outcome is one whose process died, and its subject says how far it came.
import { createHash } from 'node:crypto';
import { operatorActsOfKind } from '@sonrisa/protocol/operator-acts.ts';
import type { OperatorAct, OperatorActsQuery } from '@sonrisa/protocol/set-up-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

export type NewAct = {
  readonly by: OperatorAct['by'];
  readonly personId: string | null;
  /** The route or the command. */
  readonly act: string;
  readonly subject: string | null;
  readonly body: unknown;
};
export type Acts = {
  /** Returns its number, for `end`. */
  begin(act: NewAct): Promise<string>;
  end(number: string, status: number): Promise<void>;
  /** Newest first. */
  list(only: OperatorActsQuery & { limit: number }): Promise<OperatorAct[]>;
};

/** A longer text, like a file of the bank, is kept as its SHA-256. */
const textKeptMax = 500;

export function createActs({ db, clock }: { db: Database; clock: Clock }): Acts {
  return {
    begin: async ({ by, personId, act, subject, body }) => {
      const { rows } = await sql<{ id: bigint }>`
        INSERT INTO operator_act (at, by, person_id, act, subject, body)
        VALUES (${new Date(clock.nowMs())}, ${by}, ${personId}, ${act}, ${subject}, ${body === null || body === undefined ? null : JSON.stringify(shortened(body))}) RETURNING id`.execute(db);
      return String(rows[0]!.id);
    },
    end: async (number, status) => void (await sql`UPDATE operator_act SET status = ${status} WHERE id = ${number} AND status IS NULL`.execute(db)),
    list: async ({ personId, by, kind, subject, fromMs, untilMs, before, limit }) => {
      const moment = (ms: number | undefined) => sql`${ms === undefined ? null : new Date(ms)}::timestamptz`;
      const acts = kind === undefined ? null : operatorActsOfKind(kind);
      const { rows } = await sql<Row>`
        SELECT a.id, a.at, a.by, a.person_id, p.name, a.act, a.subject, a.body, a.status FROM operator_act a LEFT JOIN operator_person p ON p.id = a.person_id
         WHERE (${personId ?? null}::text IS NULL OR a.person_id = ${personId ?? null}) AND (${subject ?? null}::text IS NULL OR a.subject = ${subject ?? null})
           AND (${by ?? null}::text IS NULL OR a.by = ${by ?? null}) AND (${acts}::text[] IS NULL OR a.act = ANY (${acts}::text[]))
           AND (${moment(fromMs)} IS NULL OR a.at >= ${moment(fromMs)}) AND (${moment(untilMs)} IS NULL OR a.at < ${moment(untilMs)})
           AND (${before ?? null}::bigint IS NULL OR a.id < ${before ?? null}::bigint)
         ORDER BY a.id DESC LIMIT ${limit}`.execute(db);
      return rows.map((row) => ({
        number: String(row.id), atMs: row.at.getTime(), by: row.by, personId: row.person_id, personName: row.name, act: row.act, subject: row.subject, body: row.body, status: row.status,
      }));
    },
  };
}

type Row = { id: bigint; at: Date; by: OperatorAct['by']; person_id: string | null; name: string | null; act: string; subject: string | null; body: unknown; status: number | null };

function shortened(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (_key, value: unknown) =>
    typeof value === 'string' && value.length > textKeptMax ? `sha256:${createHash('sha256').update(value).digest('hex')}` : value);
}
