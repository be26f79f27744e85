// One look from the open camera to the recorded burst: guide until the face is well placed, ask for a smile, record.
// Without a detector it counts down instead and says so.
import type { Prompt } from '@sonrisa/face/liveness/challenge.ts';
import { framesByDefault, recordBurst, recordChallenge, smileDelayMs, type Recording } from './burst.ts';
import { isReady, startGuidance, stepGuidance, type Hint } from './hint.ts';
import type { Observer } from './observe.ts';

export type CaptureView =
  | { phase: 'opening' }
  | { phase: 'guiding'; hint: Hint | null; faceSeen: boolean; stuck: boolean }
  | { phase: 'countdown'; seconds: number }
  | { phase: 'rest' }
  | { phase: 'prompt'; prompt: Prompt }
  | { phase: 'smile' }
  | { phase: 'recording' };

/** After this long without a well placed face, other ways are offered. */
export const stuckAfterMs = 20_000;
const observeEveryMs = 80;
const countdownSeconds = 3;

export type GuidedCapture = { takeNow(): void; stop(): void; done: Promise<Recording | null> };

/** `done` is null when stopped; it rejects when a picture cannot be taken. */
export function startGuidedCapture(input: {
  video: HTMLVideoElement;
  observer: Observer | null;
  framesWanted: number;
  /** Of a live terminal: shown one after another, with frames along them. Null: a smile, unchecked. */
  challenge: readonly Prompt[] | null;
  now: () => number;
  pause: (ms: number) => Promise<void>;
  onView: (view: CaptureView) => void;
}): GuidedCapture {
  const control = { stopped: false, now: false };
  const run = async (): Promise<Recording | null> => {
    if (input.observer) await guide(input, input.observer, control);
    else await countDown(input, control);
    if (control.stopped) return null;
    if (input.challenge) return challenged(input, input.challenge, control);
    const promptedAtMs = input.now();
    input.onView({ phase: 'smile' });
    await input.pause(smileDelayMs);
    if (control.stopped) return null;
    input.onView({ phase: 'recording' });
    const recording = await recordBurst({
      video: input.video,
      framesWanted: input.framesWanted || framesByDefault,
      promptedAtMs,
      now: input.now,
      pause: input.pause,
      stopped: () => control.stopped,
    });
    return control.stopped ? null : recording;
  };
  return {
    done: run().catch((error: unknown) => {
      if (control.stopped) return null;
      throw error;
    }),
    takeNow: () => {
      control.now = true;
    },
    stop: () => {
      control.stopped = true;
    },
  };
}

type Control = { stopped: boolean; now: boolean };
type Tools = Pick<Parameters<typeof startGuidedCapture>[0], 'video' | 'now' | 'pause' | 'onView'>;

async function challenged(tools: Tools, prompts: readonly Prompt[], control: Control): Promise<Recording | null> {
  tools.onView({ phase: 'rest' });
  const recording = await recordChallenge({
    ...tools,
    prompts,
    stopped: () => control.stopped,
    onPrompt: (prompt) => tools.onView({ phase: 'prompt', prompt }),
  });
  return control.stopped ? null : recording;
}

async function guide(tools: Tools, observer: Observer, control: Control): Promise<void> {
  const startedAtMs = tools.now();
  let guidance = startGuidance(startedAtMs);
  while (!control.stopped && !control.now) {
    const observation = await observer.observe(tools.video, tools.now());
    guidance = stepGuidance(guidance, observation);
    if (isReady(guidance, observation.atMs)) return;
    tools.onView({
      phase: 'guiding',
      hint: guidance.shown,
      faceSeen: observation.faces.length > 0,
      stuck: observation.atMs - startedAtMs >= stuckAfterMs,
    });
    await tools.pause(observeEveryMs);
  }
}

async function countDown(tools: Tools, control: Control): Promise<void> {
  for (let seconds = countdownSeconds; seconds > 0 && !control.stopped && !control.now; seconds--) {
    tools.onView({ phase: 'countdown', seconds });
    await tools.pause(1_000);
  }
}
