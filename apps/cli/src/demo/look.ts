// Turns frames into the sealed bytes of one look, exactly as a terminal or a phone does.
import { packBurst } from '@sonrisa/protocol/burst.ts';
import type { AssociatedData, PublicJwk } from '@sonrisa/protocol/capture.ts';
import { sealCapture } from '@sonrisa/protocol/seal.ts';
import type { DeviceKey } from './device-key.ts';

export type SealedLook = Uint8Array<ArrayBuffer>;

const frameIntervalMs = 150;
/** What Chromium calls the camera it makes up: pictures from files are no camera, and only a sandbox takes them. */
const camera = { label: 'fake_device_0', deviceIdHash: null, width: 640, height: 480, frameRate: 30, facingMode: null } as const;

export async function sealLook(input: {
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
  readonly nonce: string;
  readonly purpose: AssociatedData['purpose'];
  readonly subjectId: string;
  readonly device: DeviceKey;
  readonly vaultKey: PublicJwk;
  readonly nowMs: number;
}): Promise<SealedLook> {
  const { frames, nonce, purpose, subjectId, device, vaultKey, nowMs } = input;
  const associatedData: AssociatedData = { nonce, purpose, subjectId, signerThumbprint: device.thumbprint };
  const burst = await packBurst({
    associatedData,
    frames: frames.map((bytes, index) => ({ bytes, atMs: index * frameIntervalMs })),
    capturedAtMs: nowMs,
    promptedAtMs: nowMs,
    camera,
    signer: device.signer,
  });
  return sealCapture({ burst, associatedData, vaultKey });
}
