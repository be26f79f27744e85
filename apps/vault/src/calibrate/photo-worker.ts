// Worker thread: opens a pack's models once, then turns one photo after the other into an embedding.
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { customSteps } from '@sonrisa/face/models/custom/steps.ts';
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { embeddedSteps } from '@sonrisa/face/pack-steps.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline, PickFace } from '@sonrisa/face/pipeline.ts';
import type { QualityProblem } from '@sonrisa/face/quality.ts';
import { decodeFrame } from '../pack/decode.ts';
import type { ImageRefusal } from '../pack/decode.ts';
import type { ModelFiles } from '../pack/load-pack.ts';
import { createGuard } from '../pack/native-guard.ts';
import type { Guard } from '../pack/native-guard.ts';
import { createPackRunner } from '../pack/pack-runner.ts';

export interface PhotoWorkerSettings {
  readonly files: ModelFiles;
  readonly profile: CustomProfile | null;
  readonly guardCells: SharedArrayBuffer;
}

export interface PhotoJob {
  readonly index: number;
  readonly path: string;
}

export type PhotoOutcome =
  | { readonly ok: true; readonly embedding: Embedding; /** What the gate of an enrolment would say. */ readonly gate: QualityProblem | null }
  | { readonly ok: false; readonly reason: ImageRefusal | 'no_face' | 'unreadable' };

export type PhotoAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly index: number; readonly outcome: PhotoOutcome }
  | { readonly kind: 'failed'; readonly message: string };

async function work(settings: PhotoWorkerSettings): Promise<void> {
  if (!parentPort) throw new Error('this file runs as a worker thread only');
  const port = parentPort;
  sharp.concurrency(1);
  // Decoded pictures must not stay behind in the library's cache.
  sharp.cache(false);
  const guard = createGuard(settings.guardCells);
  const runner = await guard(() => createPackRunner(settings.files));
  const steps = settings.profile ? customSteps(settings.profile) : embeddedSteps;
  const pipeline = createFacePipeline({ steps, runner: { run: (model, input) => guard(() => runner.run(model, input)) } });
  const answer = (message: PhotoAnswer): void => port.postMessage(message);
  // One after the other: two photos at once in one thread would share its one core anyway.
  let queue = Promise.resolve();
  port.on('message', ({ index, path }: PhotoJob) => {
    queue = queue
      .then(async () => answer({ kind: 'done', index, outcome: await embedPhoto(pipeline, path, guard) }))
      .catch((error: unknown) => answer({ kind: 'failed', message: error instanceof Error ? error.message : 'unknown' }));
  });
  answer({ kind: 'ready' });
}

async function embedPhoto(pipeline: FacePipeline, path: string, guard: Guard): Promise<PhotoOutcome> {
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return { ok: false, reason: 'unreadable' };
  const decoded = await guard(() => decodeFrame(bytes));
  if (!decoded.ok) return { ok: false, reason: decoded.refusal };
  const view = await pipeline.look(decoded.image, { pick: middleFace });
  decoded.image.data.fill(0);
  if (!view.primary) return { ok: false, reason: 'no_face' };
  return { ok: true, embedding: await pipeline.embed(view.primary), gate: view.problem };
}

// A labelled photo is about the person in its middle; somebody behind them may be nearer to the camera.
const middleFace: PickFace = (faces, image) => {
  const away = faces.map((box) => Math.hypot(box.x + (box.width - image.width) / 2, box.y + (box.height - image.height) / 2));
  return faces[away.indexOf(Math.min(...away))];
};

await work(workerData as PhotoWorkerSettings);
