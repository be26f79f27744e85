// Records the burst one look consists of: a few JPEG frames while the shopper smiles, or frames along the prompts of a live
// terminal's challenge. Frames stay in memory only.
import { planChallenge, type Prompt } from '@sonrisa/face/liveness/challenge.ts';
import type { CameraSettings } from '@sonrisa/protocol/camera.ts';
import { captureLimits } from '@sonrisa/protocol/capture.ts';

export type Recording = {
  capturedAtMs: number;
  promptedAtMs: number;
  /** `atMs` counts from `capturedAtMs`. */
  frames: { bytes: Uint8Array<ArrayBuffer>; atMs: number }[];
  /** What was shown when, counted like `atMs`; of a challenge only. */
  shown?: { prompt: Prompt; atMs: number }[];
  camera?: CameraSettings;
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

/** Shows each prompt at its time and takes each frame at its own; the times written down are those that came about. */
export async function recordChallenge(input: {
  video: HTMLVideoElement;
  prompts: readonly Prompt[];
  now: () => number;
  pause: (ms: number) => Promise<void>;
  stopped: () => boolean;
  onPrompt: (prompt: Prompt) => void;
}): Promise<Recording> {
  const { video, now, pause, stopped, onPrompt } = input;
  const plan = planChallenge(input.prompts);
  const capturedAtMs = Math.round(now());
  const since = (): number => Math.max(0, Math.round(now() - capturedAtMs));
  const frames: Recording['frames'] = [];
  const shown: NonNullable<Recording['shown']> = [];
  const moments = [
    ...plan.framesAtMs.map((atMs) => ({ atMs, prompt: null })),
    ...plan.shown.map(({ atMs, prompt }) => ({ atMs, prompt })),
  ].sort((a, b) => a.atMs - b.atMs);
  // A slow frame moves everything after it: no colour may stand shorter than planned.
  let lateMs = 0;
  for (const { atMs, prompt } of moments) {
    await pause(Math.max(0, atMs + lateMs - since()));
    if (stopped()) break;
    lateMs = Math.max(lateMs, since() - atMs);
    if (prompt) {
      onPrompt(prompt);
      shown.push({ prompt, atMs: since() });
    } else {
      const takenAtMs = since();
      frames.push({ bytes: await grabJpeg(video), atMs: takenAtMs });
    }
  }
  return { capturedAtMs, promptedAtMs: capturedAtMs + (shown[0]?.atMs ?? 0), frames, shown };
}

async function grabJpeg(video: HTMLVideoElement): Promise<Uint8Array<ArrayBuffer>> {
  if (video.videoWidth === 0) throw new Error('the camera gives no picture');
  // An offscreen canvas encodes at once; toBlob of one in the page waits for an idle moment a busy page may never have.
  const canvas = new OffscreenCanvas(frameWidthPx, Math.round((video.videoHeight * frameWidthPx) / video.videoWidth));
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: frameQuality });
  return new Uint8Array(await blob.arrayBuffer());
}
