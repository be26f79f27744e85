// Records the burst one look consists of: a few JPEG frames while the shopper smiles. Frames stay in memory only.
import { captureLimits } from '@sonrisa/protocol/capture.ts';

export type Recording = {
  capturedAtMs: number;
  promptedAtMs: number;
  /** `atMs` counts from `capturedAtMs`. */
  frames: { bytes: Uint8Array<ArrayBuffer>; atMs: number }[];
};

export const frameWidthPx = 640;
export const frameQuality = 0.9;
export const burstLengthMs = 1_200;
/** Between the word "smile" and the first frame: nobody smiles at once. */
export const smileDelayMs = 500;
export const framesByDefault = 6;

export async function recordBurst(input: {
  video: HTMLVideoElement;
  framesWanted: number;
  promptedAtMs: number;
  now: () => number;
  pause: (ms: number) => Promise<void>;
  stopped: () => boolean;
}): Promise<Recording> {
  const count = Math.min(Math.max(input.framesWanted, captureLimits.framesMin), captureLimits.framesMax);
  const stepMs = count > 1 ? burstLengthMs / (count - 1) : 0;
  const capturedAtMs = Math.round(input.now());
  const frames: Recording['frames'] = [];
  for (let i = 0; i < count && !input.stopped(); i++) {
    await input.pause(Math.max(0, capturedAtMs + i * stepMs - input.now()));
    const atMs = Math.max(0, Math.round(input.now() - capturedAtMs));
    frames.push({ bytes: await grabJpeg(input.video), atMs });
  }
  return { capturedAtMs, promptedAtMs: Math.round(input.promptedAtMs), frames };
}

async function grabJpeg(video: HTMLVideoElement): Promise<Uint8Array<ArrayBuffer>> {
  if (video.videoWidth === 0) throw new Error('the camera gives no picture');
  // An offscreen canvas encodes at once; toBlob of one in the page waits for an idle moment a busy page may never have.
  const canvas = new OffscreenCanvas(frameWidthPx, Math.round((video.videoHeight * frameWidthPx) / video.videoWidth));
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: frameQuality });
  return new Uint8Array(await blob.arrayBuffer());
}
