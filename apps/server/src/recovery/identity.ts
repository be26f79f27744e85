// Saying who one is, from a phone that is signed in: a reference for staff, or an identity provider. Takes the PIN or a passkey, since
// whoever held a phone for a minute could otherwise put their own document on somebody's account.
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { attestIdentity, type Document, type IdentityProvider } from '../identity/index.ts';
import { referenceLifetimeMs } from './cool-downs.ts';
import type { RecoveryDeps } from './index.ts';
import { checkOwn } from './own.ts';
import { insertRecovery, lockPayer } from './record.ts';
import { newReference } from './reference.ts';

/** The newest one counts. */
export async function askReference(deps: RecoveryDeps, { payerId, proof }: { payerId: string; proof: RaiseProof }): Promise<{ reference: string; expiresAtMs: number }> {
  const proved = await checkOwn(deps, { payerId, purpose: 'identity', enrolmentId: '', proof });
  const { reference, hmac } = newReference(deps);
  const nowMs = deps.clock.nowMs();
  await deps.db.transaction().execute(async (trx) => {
    await lockPayer(trx, payerId);
    await sql`UPDATE recovery SET state = 'cancelled', ended_at = ${new Date(nowMs)}, ended_by = 'newer' WHERE payer_id = ${payerId} AND kind = 'identity' AND state = 'asked'`.execute(trx);
    await insertRecovery(trx, { id: deps.ids.make('recovery'), payer_id: payerId, kind: 'identity', proofs: ['session', proved], reference_hmac: hmac, nowMs, lifetimeMs: referenceLifetimeMs });
  });
  return { reference, expiresAtMs: nowMs + referenceLifetimeMs };
}

export type CheckIdentity = { readonly payerId: string; readonly proof: RaiseProof; readonly document: Document; readonly documentNumber: string };

/** Throws `identity_provider_missing`, `identity_not_confirmed`, `document_mismatch`, `name_invalid`. The number of the document is passed on and not kept. */
export async function checkByProvider(deps: RecoveryDeps, { payerId, proof, document, documentNumber }: CheckIdentity): Promise<void> {
  const { identityProvider: provider } = deps;
  if (provider === null || !('check' in provider)) throw new ProblemError('identity_provider_missing');
  await checkOwn(deps, { payerId, purpose: 'identity_check', enrolmentId: '', proof });
  if ((await provider.check({ ...document, documentNumber })) !== 'confirmed') throw new ProblemError('identity_not_confirmed');
  await attestByProvider(deps, { payerId, provider, document });
}

/** What a provider confirmed. Throws `document_mismatch`, `name_invalid`. */
export async function attestByProvider(deps: RecoveryDeps, { payerId, provider, document }: { payerId: string; provider: IdentityProvider; document: Document }): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    await lockPayer(trx, payerId);
    const attested = await attestIdentity(trx, { payerId, document, source: provider.name, documentKind: 'provider', setBy: provider.name, nowMs: deps.clock.nowMs() });
    if (!attested) throw new ProblemError('document_mismatch');
    await deps.events.tell(trx, { payerId, kind: 'identity_attested' });
  });
}
