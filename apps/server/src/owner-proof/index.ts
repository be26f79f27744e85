// Whether the owner has just proved, on their own phone, that they mean this very thing: the PIN, or a passkey that signs it with a fresh
// nonce. Whatever wants that of somebody who is signed in asks here.
import { ownerChallenge, type OwnerAct, type OwnerProof } from '@sonrisa/protocol/owner-proof.ts';

export type OwnProofs = {
  /** One guess at the PIN on the payer's own phone. Throws when it is wrong. */
  readonly checkPin: (input: { payerId: string; sealedPin: string }) => Promise<void>;
  readonly checkPasskey: (input: { payerId: string; challenge: string; answer: OwnerPasskey }) => Promise<{ passkeyId: string }>;
  /** Once each. Throws `passkey_invalid`. */
  readonly takeNonce: (input: { payerId: string; nonce: string }) => Promise<void>;
};
type OwnerPasskey = Extract<OwnerProof, { passkey: unknown }>['passkey'];

/** `challenge`: what a passkey signs for this very thing, with that nonce. */
export type Proving = { readonly payerId: string; readonly proof: OwnerProof; readonly challenge: (nonce: string) => Promise<string> };
export type Proved = { readonly by: 'pin' } | { readonly by: 'passkey'; readonly passkeyId: string };

/** Throws ProblemError of whatever is wrong with the proof. */
export async function checkProof({ checkPin, checkPasskey, takeNonce }: OwnProofs, { payerId, proof, challenge }: Proving): Promise<Proved> {
  if ('pin' in proof) {
    await checkPin({ payerId, sealedPin: proof.pin });
    return { by: 'pin' };
  }
  await takeNonce({ payerId, nonce: proof.nonce });
  const { passkeyId } = await checkPasskey({ payerId, challenge: await challenge(proof.nonce), answer: proof.passkey });
  return { by: 'passkey', passkeyId };
}

/** Of an act on the account itself. Throws as `checkProof` does. */
export async function proveOwner(proofs: OwnProofs, { act, payerId, subject, proof }: OwnerAct & { proof: OwnerProof }): Promise<void> {
  await checkProof(proofs, { payerId, proof, challenge: (nonce) => ownerChallenge({ act, payerId, subject, nonce }) });
}
