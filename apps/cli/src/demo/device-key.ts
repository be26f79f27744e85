// The signing key of a terminal or a phone: made here, never leaves the process.
import { calculateJwkThumbprint } from 'jose';
import { webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import type { PublicJwk } from '@sonrisa/protocol/capture.ts';

export type DeviceKey = { readonly publicJwk: PublicJwk; readonly thumbprint: string; readonly signer: CaptureSigner };

export async function createDeviceKey(): Promise<DeviceKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const publicJwk = publicJwkSchema.parse(await crypto.subtle.exportKey('jwk', publicKey));
  return { publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk), signer: webCryptoSigner({ publicJwk, privateKey }) };
}
