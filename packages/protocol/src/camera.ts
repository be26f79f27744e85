// The camera of a capture: what the browser says of it, signed with the capture, and which of them are none. Whoever controls the
// machine can make up all of it; what it stops is a virtual camera installed beside an honest page (docs/terminals.md).
import { z } from 'zod';
import { sha256, toBase64Url } from './bytes.ts';

/** Of MediaTrackSettings; null: the browser does not say. */
export const cameraSettingsSchema = z.strictObject({
  /** As the browser names it. */
  label: z.string().max(256),
  /** base64url SHA-256 of the browser's id of the device, which is another one for every site. */
  deviceIdHash: z.string().regex(/^[A-Za-z0-9_-]{43}$/).nullable(),
  /** Pixels. */
  width: z.number().int().positive().max(32_768).nullable(),
  height: z.number().int().positive().max(32_768).nullable(),
  /** Frames a second. */
  frameRate: z.number().positive().max(1_000).nullable(),
  facingMode: z.enum(['user', 'environment', 'left', 'right']).nullable(),
});
export type CameraSettings = z.infer<typeof cameraSettingsSchema>;

/** `fake`: the camera that browsers make up for tests, which a sandbox takes; `virtual`: a program's picture, which nobody takes. */
export type CameraKind = 'real' | 'fake' | 'virtual';

/** By its name: there is nothing else by which a browser tells them apart. */
export function kindOfCamera(label: string): CameraKind {
  if (virtualCameras.some((name) => name.test(label))) return 'virtual';
  return fakeCameras.some((name) => name.test(label)) ? 'fake' : 'real';
}

/** Virtual cameras as they name themselves on Windows, macOS and Linux, and phones or screens that stand in for one. */
const virtualCameras: readonly RegExp[] = [
  /virtual/i, /虚拟/, /\bobs\b/i, /obs-camera/i, /v4l2 ?loopback/i, /dummy video device/i, /\bloopback\b/i, /manycam/i, /xsplit/i, /snap camera/i, /camtwist/i, /splitcam/i, /youcam/i, /webcammax/i, /altercam/i,
  /sparkocam/i, /\bv-?cam\b/i, /e2esoft/i, /mmhmm/i, /chromacam/i, /fakewebcam/i, /webcamoid/i, /akvcam/i, /nvidia broadcast/i, /xsplit/i, /logi capture/i, /wirecast/i, /vmix/i, /\bndi\b/i, /newtek/i, /prism live/i,
  /unity video capture/i, /screen-?capture/i, /\bscreencam\b/i, /droidcam/i, /epoccam/i, /\bivcam\b/i, /iriun/i, /\bcamo\b/i, /deepfacelive/i, /deep-live-cam/i, /avatarify/i, /facerig/i, /animaze/i, /vtube/i, /finecam/i, /perfect corp/i,
];
// Chromium's: a pattern, or a file by its path.
const fakeCameras: readonly RegExp[] = [/^fake_device_\d+$/, /\.(y4m|mjpe?g)$/i, /^fake (video|camera)/i];

/** One camera of one terminal, as others than the vault may know it: says whether it is still the same, and nothing else. */
export async function cameraRef({ label, deviceIdHash, facingMode }: CameraSettings): Promise<string> {
  return toBase64Url(await sha256(new TextEncoder().encode(JSON.stringify(['sonrisa-camera-v1', label, deviceIdHash, facingMode]))));
}
