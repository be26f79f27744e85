// A sandbox's two people. What takes two people can be tried there: one proposes, the other approves. Their tokens are told to everybody,
// as all keys of a sandbox are.
import { createHash } from 'node:crypto';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { sql } from 'kysely';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';

export const sandboxPeople = [{ name: 'Mia Chen', use: 'sandbox-first-person' }, { name: 'Cai Lin', use: 'sandbox-second-person' }] as const;
export type SandboxPerson = { readonly name: string; readonly token: string };

/** Safe to run at every start; whoever was switched off stays so. */
export async function seedPeople({ db, tokens, people }: { db: Database; tokens: Pick<Tokens, 'hash'>; people: readonly SandboxPerson[] }): Promise<void> {
  for (const { name, token } of people) {
    const id = makeId('operatorPerson', createHash('sha256').update(`sandbox person\0${name}`).digest().subarray(0, 16));
    await sql`INSERT INTO operator_person (id, name, token_hash, created_at) VALUES (${id}, ${name}, ${tokens.hash(token)}, now()) ON CONFLICT DO NOTHING`.execute(db);
  }
}
