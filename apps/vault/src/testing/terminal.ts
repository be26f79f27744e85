// The other end of a look in tests: a key that signs captures and seals them for a vault.
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { packBurst, webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import type { AssociatedData, PublicJwk } from '@sonrisa/protocol/capture.ts';
import { sealCapture } from '@sonrisa/protocol/seal.ts';

export interface TestTerminal {
  readonly thumbprint: string;
  seal(input: {
    bound: Omit<AssociatedData, 'signerThumbprint'> & { readonly signerThumbprint?: string };
    frames: readonly Uint8Array<ArrayBuffer>[];
    vaultKey: PublicJwk;
  }): Promise<Uint8Array<ArrayBuffer>>;
}

export async function createTestTerminal(): Promise<TestTerminal> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = publicJwkSchema.parse(await exportJWK(pair.publicKey));
  const thumbprint = await calculateJwkThumbprint(publicJwk);
  const signer = webCryptoSigner({ publicJwk, privateKey: pair.privateKey });
  return {
    thumbprint,
    seal: async ({ bound, frames, vaultKey }) => {
      const associatedData: AssociatedData = { signerThumbprint: thumbprint, ...bound };
      const timed = frames.map((bytes, i) => ({ bytes, atMs: i * 100 }));
      const burst = await packBurst({ associatedData, frames: timed, capturedAtMs: 1, promptedAtMs: 0, signer });
      return sealCapture({ burst, associatedData, vaultKey });
    },
  };
}
