// The people who run an installation, each with a token of their own. They are added and switched off on its machine
// (`sonrisa person`), so that nobody who holds a token can make the second person that money asks for.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PersonSeen } from '@sonrisa/protocol/set-up-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';

export type People = {
  /** The token is told once; only its hash stays. */
  add(name: string): Promise<{ id: string; name: string; token: string }>;
  /** Oldest first; who was switched off stays, since what they did names them. */
  list(): Promise<PersonSeen[]>;
  /** Their next request is refused; said again, the answer is the same. Throws `not_found`. */
  switchOff(personId: string): Promise<PersonSeen>;
  /** Undefined for a token that is nobody's, or of somebody who was switched off. */
  byToken(token: string): Promise<string | undefined>;
};
export type PeopleDeps = { db: Database; ids: Pick<Ids, 'make'>; clock: Clock; tokens: Tokens };

export function createPeople({ db, ids, clock, tokens }: PeopleDeps): People {
  return {
    add: async (name) => {
      const [id, { token, hash }] = [ids.make('operatorPerson'), tokens.mint()];
      await sql`INSERT INTO operator_person (id, name, token_hash, created_at) VALUES (${id}, ${name}, ${hash}, ${new Date(clock.nowMs())})`.execute(db);
      return { id, name, token };
    },
    list: () => read(db, null),
    switchOff: async (personId) => {
      await sql`UPDATE operator_person SET revoked_at = ${new Date(clock.nowMs())} WHERE id = ${personId} AND revoked_at IS NULL`.execute(db);
      const [person] = await read(db, personId);
      if (!person) throw new ProblemError('not_found');
      return person;
    },
    byToken: async (token) => {
      const { rows } = await sql<{ id: string }>`SELECT id FROM operator_person WHERE token_hash = ${tokens.hash(token)} AND revoked_at IS NULL`.execute(db);
      return rows[0]?.id;
    },
  };
}

async function read(db: Database, personId: string | null): Promise<PersonSeen[]> {
  const { rows } = await sql<{ id: string; name: string; created_at: Date; revoked_at: Date | null }>`
    SELECT id, name, created_at, revoked_at FROM operator_person WHERE ${personId}::text IS NULL OR id = ${personId} ORDER BY created_at, id`.execute(db);
  return rows.map((row) => ({ id: row.id, name: row.name, addedAtMs: row.created_at.getTime(), switchedOffAtMs: row.revoked_at?.getTime() ?? null }));
}
