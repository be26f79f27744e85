// Worker thread: opens the models once, then answers one burst at a time.
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { customSteps } from '@sonrisa/face/models/custom/steps.ts';
import { embeddedSteps } from '@sonrisa/face/pack-steps.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import { analyseJob } from './burst.ts';
import type { BurstJob, BurstReport } from './burst.ts';
import { handOver } from './hand-over.ts';
import type { ModelFiles } from './load-pack.ts';
import { createGuard } from './native-guard.ts';
import { createPackRunner } from './pack-runner.ts';

export interface WorkerSettings {
  readonly files: ModelFiles;
  /** null: the embedded pack. */
  readonly profile: CustomProfile | null;
  /** See native-guard.ts. */
  readonly guardCells: SharedArrayBuffer;
}

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly report: BurstReport }
  | { readonly kind: 'failed'; readonly message: string };

async function work(settings: WorkerSettings): Promise<void> {
  if (!parentPort) throw new Error('this file runs as a worker thread only');
  const port = parentPort;
  sharp.concurrency(1);
  // Decoded pictures must not stay behind in the library's cache.
  sharp.cache(false);
  const guard = createGuard(settings.guardCells);
  const runner = await guard(() => createPackRunner(settings.files));
  const steps = settings.profile ? customSteps(settings.profile) : embeddedSteps;
  const pipeline = createFacePipeline({ steps, runner: { pictures: runner.pictures, run: (model, input) => guard(() => runner.run(model, input)) } });
  const answer = (message: WorkerAnswer): void => handOver(port, message);
  port.on('message', (job: BurstJob) => {
    analyseJob(pipeline, job, guard)
      .then((report) => answer({ kind: 'done', report }))
      .catch((error: unknown) => answer({ kind: 'failed', message: error instanceof Error ? error.message : 'unknown' }))
      .finally(() => job.frames.forEach((frame) => frame.fill(0)));
  });
  answer({ kind: 'ready' });
}

await work(workerData as WorkerSettings);
