// From a recorded burst to the bytes that leave the device: signed, bound to one look, sealed for the vault alone.
import { packBurst, type CaptureSigner } from '@sonrisa/protocol/burst.ts';
import type { LookPurpose, PublicJwk } from '@sonrisa/protocol/capture.ts';
import { sealCapture } from '@sonrisa/protocol/seal.ts';
import { calculateJwkThumbprint } from 'jose';
import type { Recording } from './burst.ts';

export type KnownKey = { jwk: PublicJwk; thumbprint: string };

/** Clears the recorded frames once they are packed. */
export async function sealLook(input: {
  recording: Recording;
  nonce: string;
  purpose: LookPurpose;
  subjectId: string;
  signer: CaptureSigner;
  vaultKey: KnownKey;
}): Promise<Uint8Array<ArrayBuffer>> {
  const associatedData = {
    nonce: input.nonce,
    purpose: input.purpose,
    subjectId: input.subjectId,
    signerThumbprint: await calculateJwkThumbprint(input.signer.publicJwk),
  };
  const { frames, capturedAtMs, promptedAtMs, shown, camera } = input.recording;
  const burst = await packBurst({ associatedData, frames, capturedAtMs, promptedAtMs, camera, signer: input.signer, ...(shown ? { shown } : {}) });
  for (const frame of frames) frame.bytes.fill(0);
  const sealed = await sealCapture({ burst, associatedData, vaultKey: input.vaultKey.jwk });
  burst.fill(0);
  return sealed;
}

/** True when the key is the one its thumbprint names and, if one was pinned, the pinned one. */
export async function isKnownKey(key: KnownKey, pinnedThumbprint: string | null): Promise<boolean> {
  const thumbprint = await calculateJwkThumbprint(key.jwk);
  return thumbprint === key.thumbprint && (pinnedThumbprint === null || pinnedThumbprint === thumbprint);
}
