// Runs work in one transaction and again when the database says that trying again is the thing to do. A connection that
// breaks at COMMIT leaves the result unknown: the work runs again, finds its idempotency key if the commit took place, and
// answers from it. Nothing is guessed.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Pool, PoolClient } from '../db/pool.ts';
import type { Query } from './idempotency.ts';

export const transactionTriesMax = 6;
export const retryPauseMs = 20;

// The database as a whole: going away or not yet back, out of connections, its disk full or failing, which may happen at the
// very flush of a COMMIT.
const awayStates = new Set(['57P01', '57P02', '57P03', '53300', '08000', '08003', '08006', '08001', '08004', '53100', '58030']);
const awayCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);
const brokenConnection = /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;
// Two transactions in each other's way: serialization failure, deadlock, lock not available.
const collisionStates = new Set(['40001', '40P01', '55P03']);
// Somebody wrote the same row first: the next try sees it and decides again. One that stays is a mistake of ours, no load.
const uniqueViolation = '23505';

export type Work<T> = (query: Query) => Promise<{ readonly result: T; readonly keep: boolean }>;

export type TransactionOptions = {
  /** How long to wait for a row that somebody else holds; PostgreSQL's statement time-out when absent. */
  readonly lockTimeoutMs?: number;
  /** Thrown on as it is instead of being tried again. */
  readonly givesUpOn?: (error: unknown) => boolean;
};

/** Throws ProblemError `busy` when all tries are used up: the outcome may be unknown, the same request again finds it. */
export async function inTransaction<T>(pool: Pool, work: Work<T>, options: TransactionOptions = {}): Promise<T> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    try {
      return await once(pool, work, options);
    } catch (error) {
      if (options.givesUpOn?.(error)) throw error;
      if (isTimedOut(error)) throw new ProblemError('busy', { cause: error });
      if (!isWorthAnotherTry(error)) throw error;
      if (tryNumber >= transactionTriesMax) throw isPassing(error) ? new ProblemError('busy', { cause: error }) : error;
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs * tryNumber));
    }
  }
}

/** Whether the same transaction may succeed when it runs once more. */
export function isWorthAnotherTry(error: unknown): boolean {
  return isPassing(error) || stateOf(error) === uniqueViolation;
}

/** Whether the trouble is the database's and passes by itself: whoever asked hears `busy` and asks again later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = stateOf(error);
  if (state !== undefined && (awayStates.has(state) || awayCodes.has(state) || collisionStates.has(state))) return true;
  return brokenConnection.test(error.message);
}

function stateOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

// query_canceled: the statement time-out struck. The caller has waited long already; its next request finds the truth.
function isTimedOut(error: unknown): boolean {
  return stateOf(error) === '57014';
}

/** About rows, not about the connection: somebody wrote one first, or the two wait for each other. */
export function isContention(error: unknown): boolean {
  const state = stateOf(error);
  return state === '40001' || state === '40P01' || state === uniqueViolation;
}

export function isLockTimeout(error: unknown): boolean {
  return stateOf(error) === '55P03';
}

async function once<T>(pool: Pool, work: Work<T>, { lockTimeoutMs }: TransactionOptions): Promise<T> {
  const client = await pool.connect();
  // An error event without a listener would end the process; the query that fails reports it anyway.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED${lockTimeoutMs === undefined ? '' : `; SET LOCAL lock_timeout = ${lockTimeoutMs}`}`);
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
