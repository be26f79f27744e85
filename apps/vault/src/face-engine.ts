// The face pipeline as the vault sees it: encoded frames in, measures and embeddings out.
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { BurstJob, BurstReport } from './pack/burst.ts';
import type { PadRule } from './passive-pad.ts';
import { FacePoolError } from './pack/worker-pool.ts';
import type { FacePool } from './pack/worker-pool.ts';

export interface FaceEngine {
  readonly packId: string;
  readonly curve: ErrorCurve;
  /** Length of an embedding. */
  readonly dimensions: number;
  /** Score that two frames of one burst must reach to count as one person. */
  readonly sameBurstScoreMin: number;
  /** null: the pack has no nets that tell a face from its picture. */
  readonly pad: PadRule | null;
  readonly workers: number;
  /** Clears the frames when done. Throws ProblemError `busy` or `vault_unavailable`. */
  analyse(job: BurstJob): Promise<BurstReport>;
  close(): Promise<void>;
}

const retryAfterS = 1;

export function createFaceEngine(input: { pool: FacePool } & Omit<FaceEngine, 'analyse' | 'close'>): FaceEngine {
  const { pool, ...facts } = input;
  return {
    ...facts,
    analyse: (job) =>
      pool.analyse(job).catch((error: unknown) => {
        throw error instanceof FacePoolError ? asProblem(error) : error;
      }),
    close: () => pool.close(),
  };
}

function asProblem(error: FacePoolError): ProblemError {
  if (error.failure === 'queue_full') return new ProblemError('busy', { facts: { retryAfterS }, cause: error });
  if (error.failure === 'too_many_frames') return new ProblemError('capture_malformed', { cause: error });
  return new ProblemError('vault_unavailable', { facts: { retryAfterS }, cause: error });
}
