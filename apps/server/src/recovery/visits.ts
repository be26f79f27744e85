// Going to an identity provider and coming back: what the visit was begun with is kept here for its few minutes, for the owner who began it, and good
// once. An answer that somebody else's visit brought is nobody's.
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import type { FinishIdentity } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { IdentityVisit } from '../identity/index.ts';
import { attestByProvider } from './identity.ts';
import type { RecoveryDeps } from './index.ts';
import { checkOwn } from './own.ts';

const visitLifetimeMs = 15 * 60_000;

/** Takes the PIN or a passkey; the newest visit of an owner counts. Throws `identity_provider_missing`, `identity_provider_away`. */
export async function beginVisit(deps: RecoveryDeps, { payerId, proof }: { payerId: string; proof: RaiseProof }): Promise<{ url: string }> {
  const { db, clock, identityProvider: provider } = deps;
  if (provider === null || !('begin' in provider)) throw new ProblemError('identity_provider_missing');
  await checkOwn(deps, { payerId, purpose: 'identity_check', enrolmentId: '', proof });
  const { url, visit } = await provider.begin();
  await sql`
    INSERT INTO identity_visit (payer_id, state, nonce, verifier, expires_at) VALUES (${payerId}, ${visit.state}, ${visit.nonce}, ${visit.verifier}, ${new Date(clock.nowMs() + visitLifetimeMs)})
    ON CONFLICT (payer_id) DO UPDATE SET state = EXCLUDED.state, nonce = EXCLUDED.nonce, verifier = EXCLUDED.verifier, expires_at = EXCLUDED.expires_at`.execute(db);
  return { url };
}

/** Throws `identity_not_confirmed` for every answer that is none of this owner's own visit or confirms nobody, `identity_provider_away`, `document_mismatch`. */
export async function finishVisit(deps: RecoveryDeps, { payerId, answer }: { payerId: string; answer: FinishIdentity }): Promise<void> {
  const { db, clock, identityProvider: provider } = deps;
  if (provider === null || !('begin' in provider)) throw new ProblemError('identity_provider_missing');
  const { rows } = await sql<IdentityVisit & { expires_at: Date }>`DELETE FROM identity_visit WHERE payer_id = ${payerId} AND state = ${answer.state} RETURNING state, nonce, verifier, expires_at`.execute(db);
  const [visit] = rows;
  if (!visit || visit.expires_at.getTime() <= clock.nowMs()) throw new ProblemError('identity_not_confirmed');
  const document = await provider.finish({ visit, answer });
  if (document === null) throw new ProblemError('identity_not_confirmed');
  await attestByProvider(deps, { payerId, provider, document });
}

/** Visits nobody came back from. */
export async function forgetVisits({ db, clock }: Pick<RecoveryDeps, 'db' | 'clock'>): Promise<void> {
  await sql`DELETE FROM identity_visit WHERE expires_at <= ${new Date(clock.nowMs())}`.execute(db);
}
