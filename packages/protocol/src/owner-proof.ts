// What proves on the shopper's own phone that its owner means this very act: a passkey that signs it, or the PIN. A session alone does
// not: a phone may lie about unlocked.
import { z } from 'zod';
import { sha256, toBase64Url } from './bytes.ts';
import { passkeyAnswerSchema } from './phone-request-api.ts';

/** `pin`: sealed for the server's key, bound to the payer's id. `nonce`: from POST phone/me/limits/nonce, taken once. */
export const ownerProofSchema = z.union([
  z.strictObject({ pin: z.string().max(4096) }),
  z.strictObject({ nonce: z.string().min(22).max(64), passkey: passkeyAnswerSchema }),
]);
export type OwnerProof = z.infer<typeof ownerProofSchema>;

/**
 * `subject`: of closing the id of its receipt, of a consent the SHA-256 of its text, of a guardian's whom it is for as well (children-api.ts), of a
 * new look the id of the payer whose face it is to be: the owner, or a child of theirs; of a passkey that goes its id.
 */
export type OwnerAct = { readonly act: 'close_account' | 'face_consent' | 'guardian_consent' | 'new_look' | 'remove_passkey'; readonly payerId: string; readonly subject: string };

/** By the PIN or another passkey: the one that goes proves nothing about the others. */
export const removePasskeySchema = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]+$/).max(1366), proof: ownerProofSchema });
export type RemovePasskey = z.infer<typeof removePasskeySchema>;

/** What a passkey signs for it: SHA-256 of the named fields in this order, base64url. */
export async function ownerChallenge({ act, payerId, subject, nonce }: OwnerAct & { nonce: string }): Promise<string> {
  const text = JSON.stringify(['sonrisa/owner/v1', act, payerId, subject, nonce]);
  return toBase64Url(await sha256(new TextEncoder().encode(text)));
}
