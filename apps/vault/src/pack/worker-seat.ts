// One seat of the pool: a worker thread, the job it works on, and the time limit of that job.
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { BurstJob, BurstReport } from './burst.ts';
import type { WorkerAnswer } from './face-worker.ts';
import type { ModelFiles } from './load-pack.ts';
import { endThread, startThread } from './model-thread.ts';
import type { ModelThread } from './model-thread.ts';

export type FacePoolFailure = 'queue_full' | 'too_many_frames' | 'timed_out' | 'worker_failed' | 'closed';

export class FacePoolError extends Error {
  readonly failure: FacePoolFailure;
  constructor(failure: FacePoolFailure, detail: string) {
    super(`face pool: ${detail}`);
    this.name = 'FacePoolError';
    this.failure = failure;
  }
}

export interface PendingJob {
  readonly job: BurstJob;
  readonly resolve: (report: BurstReport) => void;
  readonly reject: (error: FacePoolError) => void;
}

export interface SeatOptions {
  readonly workerFile: string;
  readonly files: ModelFiles;
  readonly profile: CustomProfile | null;
  readonly jobTimeoutMs: number;
  /** Ready for a job: just started, or done with the last one. */
  readonly onFree: () => void;
  /** The thread ended; `started`: it had opened its models before. */
  readonly onLeft: (started: boolean) => void;
}

export interface Seat {
  /** Starts a thread; resolves when its models are open, rejects when it ends before that. */
  open(): Promise<void>;
  readonly state: 'empty' | 'starting' | 'free' | 'busy';
  give(pending: PendingJob): void;
  close(): Promise<void>;
}

export function createSeat(options: SeatOptions): Seat {
  const { jobTimeoutMs, onFree, onLeft } = options;
  let thread: ModelThread | null = null;
  let state: Seat['state'] = 'empty';
  let current: { readonly pending: PendingJob; readonly timer: NodeJS.Timeout } | null = null;

  function settle(finish: (pending: PendingJob) => void): void {
    if (!current) return;
    const { pending, timer } = current;
    clearTimeout(timer);
    current = null;
    finish(pending);
  }

  function hear(answer: WorkerAnswer): void {
    // A thread told to end may still have an answer under way.
    if (answer.kind !== 'ready' && !current) return;
    state = 'free';
    if (answer.kind === 'done') settle(({ resolve }) => resolve(answer.report));
    if (answer.kind === 'failed') settle(({ reject }) => reject(new FacePoolError('worker_failed', answer.message)));
    onFree();
  }

  function open(): Promise<void> {
    const opened = startThread(options.workerFile, { files: options.files, profile: options.profile });
    let started = false;
    thread = opened;
    state = 'starting';
    return new Promise((resolve, reject) => {
      opened.worker.on('message', (answer: WorkerAnswer) => {
        started = true;
        resolve();
        hear(answer);
      });
      opened.worker.on('error', reject);
      opened.worker.on('exit', () => {
        thread = null;
        state = 'empty';
        reject(new Error('a face worker ended before it was ready'));
        settle((pending) => pending.reject(new FacePoolError('worker_failed', 'the worker ended')));
        onLeft(started);
      });
    });
  }

  function give(pending: PendingJob): void {
    if (!thread || state !== 'free') throw new Error('only a free worker takes a job');
    const busy = thread;
    const timer = setTimeout(() => {
      settle(({ reject }) => reject(new FacePoolError('timed_out', `no answer within ${jobTimeoutMs} ms`)));
      void endThread(busy);
    }, jobTimeoutMs);
    state = 'busy';
    current = { pending, timer };
    // A copy with a buffer of its own can be moved instead of cloned; the original stays ours to wipe.
    const frames = pending.job.frames.map((frame) => Uint8Array.from(frame));
    busy.worker.postMessage({ ...pending.job, frames } satisfies BurstJob, frames.map((frame) => frame.buffer));
  }

  return {
    open,
    give,
    get state() {
      return state;
    },
    async close() {
      if (thread) await endThread(thread);
    },
  };
}
