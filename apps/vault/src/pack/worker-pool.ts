// A pool of worker threads that analyse bursts: bounded queue, time limit a job, broken workers replaced.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BurstJob, BurstReport } from './burst.ts';
import type { WorkerAnswer, WorkerSettings } from './face-worker.ts';
import type { ModelFiles } from './load-pack.ts';

export const jobTimeoutDefaultMs = 15_000;
export const queueDefaultMax = 32;
export const framesPerJobMax = 16;

export type FacePoolFailure = 'queue_full' | 'too_many_frames' | 'timed_out' | 'worker_failed' | 'closed';

export class FacePoolError extends Error {
  readonly failure: FacePoolFailure;
  constructor(failure: FacePoolFailure, detail: string) {
    super(`face pool: ${detail}`);
    this.name = 'FacePoolError';
    this.failure = failure;
  }
}

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
  readonly size: number;
  readonly jobTimeoutMs?: number;
  readonly queueMax?: number;
}

interface PendingJob {
  readonly job: BurstJob;
  readonly resolve: (report: BurstReport) => void;
  readonly reject: (error: FacePoolError) => void;
}

interface Seat {
  worker: Worker | null;
  ready: boolean;
  current: (PendingJob & { timer: NodeJS.Timeout }) | null;
}

/** Resolves when every worker has opened its models. */
export async function createFacePool(options: FacePoolOptions): Promise<FacePool> {
  const { jobTimeoutMs = jobTimeoutDefaultMs, queueMax = queueDefaultMax } = options;
  const queue: PendingJob[] = [];
  const seats: Seat[] = Array.from({ length: options.size }, () => ({ worker: null, ready: false, current: null }));
  let closed = false;

  function settle(seat: Seat, finish: (pending: PendingJob) => void): void {
    const { current } = seat;
    if (!current) return;
    clearTimeout(current.timer);
    seat.current = null;
    finish(current);
  }

  function give(seat: Seat, worker: Worker, pending: PendingJob): void {
    const timer = setTimeout(() => {
      settle(seat, ({ reject }) => reject(new FacePoolError('timed_out', `no answer within ${jobTimeoutMs} ms`)));
      seat.ready = false;
      void worker.terminate();
    }, jobTimeoutMs);
    seat.current = { ...pending, timer };
    // A copy with a buffer of its own can be moved instead of cloned; the original stays ours to wipe.
    const frames = pending.job.frames.map((frame) => Uint8Array.from(frame));
    worker.postMessage({ frames, embedMax: pending.job.embedMax } satisfies BurstJob, frames.map((frame) => frame.buffer));
  }

  function dispatch(): void {
    for (const seat of seats) {
      if (!seat.worker && !closed) void open(seat).catch(() => undefined);
      if (!seat.worker || !seat.ready || seat.current) continue;
      const next = queue.shift();
      if (!next) return;
      give(seat, seat.worker, next);
    }
  }

  function open(seat: Seat): Promise<void> {
    const worker = startWorker(options);
    let started = false;
    seat.worker = worker;
    seat.ready = false;
    return new Promise((resolve, reject) => {
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind === 'ready') {
          started = true;
          seat.ready = true;
          resolve();
        } else if (answer.kind === 'done') settle(seat, (pending) => pending.resolve(answer.report));
        else settle(seat, (pending) => pending.reject(new FacePoolError('worker_failed', answer.message)));
        dispatch();
      });
      worker.on('error', (error) => reject(error));
      worker.on('exit', () => {
        seat.worker = null;
        seat.ready = false;
        reject(new Error('a face worker ended before it was ready'));
        settle(seat, (pending) => pending.reject(new FacePoolError('worker_failed', 'the worker ended')));
        leaveSeat(started);
      });
    });
  }

  // A worker that never got ready would fail again at once: the next job tries anew, and without
  // any worker left the waiting jobs are told.
  function leaveSeat(started: boolean): void {
    if (closed) return;
    if (started || seats.some(({ worker }) => worker)) return dispatch();
    for (const pending of queue.splice(0)) pending.reject(new FacePoolError('worker_failed', 'no worker could start'));
  }

  await Promise.all(seats.map(open)).catch(async (error: unknown) => {
    closed = true;
    await Promise.all(seats.map(({ worker }) => worker?.terminate()));
    throw error;
  });

  return {
    async analyse(job) {
      try {
        if (closed) throw new FacePoolError('closed', 'closed');
        if (job.frames.length > framesPerJobMax) throw new FacePoolError('too_many_frames', `more than ${framesPerJobMax} frames`);
        if (queue.length >= queueMax) throw new FacePoolError('queue_full', `${queueMax} jobs are waiting`);
        return await new Promise<BurstReport>((resolve, reject) => {
          queue.push({ job, resolve, reject });
          dispatch();
        });
      } finally {
        job.frames.forEach((frame) => frame.fill(0));
      }
    },
    get queueLength() {
      return queue.length;
    },
    async close() {
      closed = true;
      for (const pending of queue.splice(0)) pending.reject(new FacePoolError('closed', 'closed'));
      await Promise.all(seats.map(({ worker }) => worker?.terminate()));
    },
  };
}

function startWorker({ workerFile, files }: FacePoolOptions): Worker {
  const workerData: WorkerSettings = { files };
  if (!workerFile.endsWith('.ts')) return new Worker(pathToFileURL(workerFile), { workerData });
  // A worker does not inherit the loader that runs TypeScript source, so it is registered there first: by
  // tsx's ES module, as its CommonJS twin looks for its hooks in the wrong folder.
  const twin = createRequire(import.meta.url).resolve('tsx/esm/api');
  const [loader, entry] = [twin.replace(/\.cjs$/, '.mjs'), workerFile].map((path) => JSON.stringify(pathToFileURL(path).href));
  return new Worker(`import(${loader}).then((tsx) => { tsx.register(); return import(${entry}); });`, { eval: true, workerData });
}
