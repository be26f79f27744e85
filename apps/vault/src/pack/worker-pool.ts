// A pool of worker threads that analyse bursts: bounded queue, time limit a job, broken workers replaced.
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { BurstJob, BurstReport } from './burst.ts';
import type { ModelFiles } from './load-pack.ts';
import { createSeat, FacePoolError } from './worker-seat.ts';
import type { PendingJob, Seat } from './worker-seat.ts';

export { FacePoolError };
export type { FacePoolFailure } from './worker-seat.ts';

export const jobTimeoutDefaultMs = 15_000;
export const queueDefaultMax = 32;
export const framesPerJobMax = 16;

export interface FacePool {
  /**
   * Takes the frames over: their bytes are overwritten with zeros when the job ends, however it ends.
   * Throws FacePoolError; bad frames are no error but refusals in the report.
   */
  analyse(job: BurstJob): Promise<BurstReport>;
  /** Jobs waiting, not counting those being worked on. */
  readonly queueLength: number;
  close(): Promise<void>;
}

export interface FacePoolOptions {
  /** Absolute path of face-worker, as .ts source (run by tsx) or bundled .js. */
  readonly workerFile: string;
  readonly files: ModelFiles;
  /** How a custom pack wants its pictures; default: the embedded pack. */
  readonly profile?: CustomProfile | null;
  readonly size: number;
  readonly jobTimeoutMs?: number;
  readonly queueMax?: number;
}

/** Resolves when every worker has opened its models. */
export async function createFacePool(options: FacePoolOptions): Promise<FacePool> {
  const { workerFile, files, profile = null, size, jobTimeoutMs = jobTimeoutDefaultMs, queueMax = queueDefaultMax } = options;
  const queue: PendingJob[] = [];
  let closed = false;
  const seats: Seat[] = Array.from({ length: size }, () =>
    createSeat({ workerFile, files, profile, jobTimeoutMs, onFree: dispatch, onLeft }),
  );

  function dispatch(): void {
    for (const seat of seats) {
      // How it went is told to onFree or onLeft.
      if (seat.state === 'empty' && !closed) seat.open().catch(() => undefined);
      if (seat.state !== 'free') continue;
      const next = queue.shift();
      if (next) seat.give(next);
    }
  }

  // A worker that never got ready would fail again at once: the next job tries anew, and without
  // any worker left the waiting jobs are told.
  function onLeft(started: boolean): void {
    if (closed) return;
    if (started || seats.some(({ state }) => state !== 'empty')) dispatch();
    else rejectWaiting('worker_failed', 'no worker could start');
  }

  function rejectWaiting(failure: 'worker_failed' | 'closed', detail: string): void {
    for (const { reject } of queue.splice(0)) reject(new FacePoolError(failure, detail));
  }

  async function close(): Promise<void> {
    closed = true;
    rejectWaiting('closed', 'closed');
    await Promise.all(seats.map((seat) => seat.close()));
  }

  function submit(job: BurstJob): Promise<BurstReport> {
    if (closed) throw new FacePoolError('closed', 'closed');
    if (job.frames.length > framesPerJobMax) throw new FacePoolError('too_many_frames', `more than ${framesPerJobMax} frames`);
    if (queue.length >= queueMax) throw new FacePoolError('queue_full', `${queueMax} jobs are waiting`);
    return new Promise((resolve, reject) => {
      queue.push({ job, resolve, reject });
      dispatch();
    });
  }

  try {
    await Promise.all(seats.map((seat) => seat.open()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async analyse(job) {
      try {
        return await submit(job);
      } finally {
        job.frames.forEach((frame) => frame.fill(0));
      }
    },
    get queueLength() {
      return queue.length;
    },
    close,
  };
}
