// The other end of a look in tests: a key that signs captures and seals them for a vault.
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { packBurst, webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import type { AssociatedData, CaptureManifest, PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { CameraSettings } from '@sonrisa/protocol/camera.ts';
import { sealCapture } from '@sonrisa/protocol/seal.ts';

export interface LiveTiming {
  readonly capturedAtMs: number;
  readonly framesAtMs: readonly number[];
  readonly shown: NonNullable<CaptureManifest['shown']>;
}

export interface TestTerminal {
  readonly thumbprint: string;
  seal(input: {
    bound: Omit<AssociatedData, 'signerThumbprint'> & { readonly signerThumbprint?: string };
    frames: readonly Uint8Array<ArrayBuffer>[];
    vaultKey: PublicJwk;
    /** As a live terminal signs them; a hundred milliseconds from frame to frame otherwise. */
    timing?: LiveTiming;
    camera?: CameraSettings;
  }): Promise<Uint8Array<ArrayBuffer>>;
}

export async function createTestTerminal(): Promise<TestTerminal> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = publicJwkSchema.parse(await exportJWK(pair.publicKey));
  const thumbprint = await calculateJwkThumbprint(publicJwk);
  const signer = webCryptoSigner({ publicJwk, privateKey: pair.privateKey });
  return {
    thumbprint,
    seal: async ({ bound, frames, vaultKey, timing, camera }) => {
      const associatedData: AssociatedData = { signerThumbprint: thumbprint, ...bound };
      const timed = frames.map((bytes, i) => ({ bytes, atMs: timing?.framesAtMs[i] ?? i * 100 }));
      const stamps = { capturedAtMs: timing?.capturedAtMs ?? 1, promptedAtMs: 0, ...(timing ? { shown: timing.shown } : {}) };
      const burst = await packBurst({ associatedData, frames: timed, ...stamps, camera, signer });
      return sealCapture({ burst, associatedData, vaultKey });
    },
  };
}
