// Runs work in one transaction and again when the database says that trying again is the thing to do. A connection that
// breaks at COMMIT leaves the result unknown: the work runs again, finds its idempotency key if the commit took place, and
// answers from it. Nothing is guessed.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Pool, PoolClient } from '../db/pool.ts';
import type { Query } from './idempotency.ts';

export const transactionTriesMax = 6;
export const retryPauseMs = 20;

// Serialization failure, deadlock, lock not available; somebody wrote the same row first (the next try sees it and decides
// again); the server going away or not yet back; its disk full or failing, which may happen at the very flush of a COMMIT.
const retryableStates = new Set(['40001', '40P01', '55P03', '23505', '57P01', '57P02', '57P03', '53300', '08000', '08003', '08006', '08001', '08004', '53100', '58030']);
const retryableCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);
const brokenConnection = /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;

export type Work<T> = (query: Query) => Promise<{ readonly result: T; readonly keep: boolean }>;

/** Throws ProblemError `busy` when all tries are used up: the outcome may be unknown, the same request again finds it. */
export async function inTransaction<T>(pool: Pool, work: Work<T>): Promise<T> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    try {
      return await once(pool, work);
    } catch (error) {
      const hasWaitedEnough = isTimedOut(error);
      if (!hasWaitedEnough && !isRetryable(error)) throw error;
      if (hasWaitedEnough || tryNumber >= transactionTriesMax) throw new ProblemError('busy', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs * tryNumber));
    }
  }
}

export function isRetryable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (retryableStates.has(code) || retryableCodes.has(code))) return true;
  return brokenConnection.test(error.message);
}

// query_canceled: the statement time-out struck. The caller has waited long already; its next request finds the truth.
function isTimedOut(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: unknown }).code === '57014';
}

async function once<T>(pool: Pool, work: Work<T>): Promise<T> {
  const client = await pool.connect();
  // An error event without a listener would end the process; the query that fails reports it anyway.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const { result, keep } = await work(queryOf(client));
    await client.query(keep ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    client.removeListener('error', ignore);
    client.release(broken);
  }
}

function queryOf(client: PoolClient): Query {
  return async <Row>(text: string, values: readonly unknown[]) => (await client.query(text, [...values])).rows as Row[];
}

async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
