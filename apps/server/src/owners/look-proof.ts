// Before a camera opens for a face that is to pay from an account which is there already: its owner's passkey or PIN, on this phone,
// for this face, a moment ago. Who finds a phone unlocked must not put a face of their own to its wallet. A look that goes wrong is taken
// again without another proof; the face that comes of it uses the proof up.
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { type OwnProofs, proveOwner } from '../owner-proof/index.ts';

/** From the proof to the last look that is opened by it. */
export const lookProofLifetimeMs = 10 * 60_000;

export type LookProofDeps = { db: Database; clock: Clock; proofs: OwnProofs };
/** `faceOf`: whose face it is to be, the owner's own or that of a child of theirs. */
export type ProvedLook = { readonly sessionHash: string; readonly faceOf: string };

/** `payerId`: whose phone it is. Throws ProblemError `look_needs_proof`, and of whatever is wrong with a proof. */
export async function requireLookProof(deps: LookProofDeps, input: ProvedLook & { payerId: string; proof: OwnerProof | undefined }): Promise<void> {
  const { db, clock, proofs } = deps;
  const { payerId, sessionHash, faceOf, proof } = input;
  if (proof) {
    await proveOwner(proofs, { act: 'new_look', payerId, subject: faceOf, proof });
    return keepLookProof(db, { sessionHash, faceOf, nowMs: clock.nowMs() });
  }
  const proved = await db
    .selectFrom('session')
    .select('token_hash')
    .where('token_hash', '=', sessionHash)
    .where('look_proved_for', '=', faceOf)
    .where('look_proved_at', '>', new Date(clock.nowMs() - lookProofLifetimeMs))
    .executeTakeFirst();
  if (!proved) throw new ProblemError('look_needs_proof');
}

/** Also where something else was proved that a look follows: a consent, a child that was added. */
export async function keepLookProof(db: Database, { sessionHash, faceOf, nowMs }: ProvedLook & { nowMs: number }): Promise<void> {
  await db.updateTable('session').set({ look_proved_for: faceOf, look_proved_at: new Date(nowMs) }).where('token_hash', '=', sessionHash).execute();
}

/** On every phone. */
export async function endLookProofs(db: Database, { payerId, faceOf }: { payerId: string; faceOf: string }): Promise<void> {
  await db.updateTable('session').set({ look_proved_for: null, look_proved_at: null }).where('payer_id', '=', payerId).where('look_proved_for', '=', faceOf).execute();
}
