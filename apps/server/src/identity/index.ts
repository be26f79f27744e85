// How well it is known who somebody is: a phone number and no more, or a name and a date of birth that staff read off a document or
// an identity provider confirmed. Limits and recovery rest on it (docs/recovery.md).
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { readName } from '../enrolment/index.ts';
import { setIdentityLevel } from '../limits/index.ts';
import { fitOf, type Document, type KnownIdentity } from './document.ts';

export { fitOf, type Document, type Fit } from './document.ts';

type Named = { readonly name: string; readonly isSandbox: boolean };
/** Somebody who knows documents. It learns what is to be confirmed and says yes or no. Throws when nobody answered. */
export type AskedProvider = Named & { check(input: Document & { readonly documentNumber: string }): Promise<'confirmed' | 'refused'> };
/** What binds a provider's answer to the visit it is for. */
export type IdentityVisit = { readonly state: string; readonly nonce: string; readonly verifier: string };
/** Somebody the owner goes to and signs in at, who says then who that was. Throws `identity_provider_away`. */
export type RedirectingProvider = Named & {
  begin(): Promise<{ readonly url: string; readonly visit: IdentityVisit }>;
  /** `answer`: the parameters that came back. Null: nobody is confirmed. Throws `identity_not_confirmed` for an answer that is not for this visit. */
  finish(input: { readonly visit: IdentityVisit; readonly answer: Readonly<Record<string, string | undefined>> }): Promise<Document | null>;
};
export type IdentityProvider = AskedProvider | RedirectingProvider;

export type Attestation = { readonly payerId: string; readonly document: Document; /** 'staff', or the provider's name. */ readonly source: string; readonly documentKind: string; readonly setBy: string; readonly nowMs: number };

/**
 * Under the payer's lock. False where another person was attested before: an account does not change hands. The account takes the
 * document's name, so that tills show the one that was attested. Throws `name_invalid`.
 */
export async function attestIdentity(trx: Database, input: Attestation): Promise<boolean> {
  const { payerId, document, source, documentKind, setBy, nowMs } = input;
  const name = readName(document.name);
  if (name === undefined) throw new ProblemError('name_invalid');
  const known = await knownIdentityOf(trx, payerId);
  if (known.attested !== null && fitOf(document, known) !== 'attested') return false;
  await sql`
    INSERT INTO identity_attestation (payer_id, name, born_on, source, document, set_by, at)
    VALUES (${payerId}, ${name}, ${document.bornOn}, ${source}, ${documentKind}, ${setBy}, ${new Date(nowMs)})`.execute(trx);
  await trx.updateTable('payer').set({ name }).where('id', '=', payerId).execute();
  await setIdentityLevel(trx, { payerId, level: 'attested', note: `${documentKind}, ${source}`, setBy, nowMs });
  return true;
}

export async function knownIdentityOf(db: Database, payerId: string): Promise<KnownIdentity> {
  const { rows } = await sql<{ name: string; attested_name: string | null; born_on: string | null }>`
    SELECT p.name, a.name AS attested_name, a.born_on::text AS born_on
      FROM payer p LEFT JOIN LATERAL (SELECT name, born_on FROM identity_attestation WHERE payer_id = p.id ORDER BY id DESC LIMIT 1) a ON true
     WHERE p.id = ${payerId}`.execute(db);
  const [row] = rows;
  if (!row) throw new ProblemError('not_found');
  return { name: row.name, attested: row.attested_name === null || row.born_on === null ? null : { name: row.attested_name, bornOn: row.born_on } };
}
