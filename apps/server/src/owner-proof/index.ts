// Whether the owner has just proved, on their own phone, that they mean this very act.
import { ownerChallenge, type OwnerAct, type OwnerProof } from '@sonrisa/protocol/owner-proof.ts';

export type OwnProofs = {
  /** One guess at the PIN on the payer's own phone. Throws when it is wrong. */
  readonly checkPin: (input: { payerId: string; sealedPin: string }) => Promise<void>;
  readonly checkPasskey: (input: { payerId: string; challenge: string; answer: OwnerPasskey }) => Promise<{ passkeyId: string }>;
  /** Once each. Throws `passkey_invalid`. */
  readonly takeNonce: (input: { payerId: string; nonce: string }) => Promise<void>;
};
type OwnerPasskey = Extract<OwnerProof, { passkey: unknown }>['passkey'];

/** Throws ProblemError of whatever is wrong with the proof. */
export async function proveOwner({ checkPin, checkPasskey, takeNonce }: OwnProofs, { act, payerId, subject, proof }: OwnerAct & { proof: OwnerProof }): Promise<void> {
  if ('pin' in proof) return checkPin({ payerId, sealedPin: proof.pin });
  await takeNonce({ payerId, nonce: proof.nonce });
  await checkPasskey({ payerId, challenge: await ownerChallenge({ act, payerId, subject, nonce: proof.nonce }), answer: proof.passkey });
}
