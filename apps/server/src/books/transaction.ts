// Runs work in one transaction and again when the database says that trying again is the thing to do. A connection that
// breaks at COMMIT leaves the result unknown: the work runs again, finds its idempotency key if the commit took place, and
// answers from it. Nothing is guessed.
import type { Duplex } from 'node:stream';
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

/** `last` asks like `query` and sends COMMIT right behind: one wait for both. Nothing is asked after it, and `keep` is true. */
export type Work<T> = (query: Query, last: Query) => Promise<{ readonly result: T; readonly keep: boolean }>;

export type TransactionOptions = {
  /** How long to wait for a row that somebody else holds; PostgreSQL's statement time-out when absent. */
  readonly lockTimeoutMs?: number;
  /** BEGIN is sent together with the first statement. That one must not write: should BEGIN fail, it would run on its own. */
  readonly beginsByReading?: boolean;
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

async function once<T>(pool: Pool, work: Work<T>, options: TransactionOptions): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    if (options.beginsByReading) inOneWrite(client);
    const begun = begin(client, options);
    if (!options.beginsByReading) await begun;
    let isCommitted = false;
    const query: Query = async <Row>(text: string, values: readonly unknown[], name?: string) => (await Promise.all([client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) }), begun]))[0].rows as Row[];
    const last: Query = async <Row>(text: string, values: readonly unknown[], name?: string) => {
      inOneWrite(client);
      const answer = query<Row>(text, values, name);
      const committed = commit(client);
      // Where the statement failed, its reason is the one to hear.
      committed.catch(() => undefined);
      const rows = await answer;
      await committed;
      isCommitted = true;
      return rows;
    };
    const { result, keep } = await work(query, last);
    if (keep && !isCommitted) await commit(client);
    if (!keep) await client.query('ROLLBACK');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

// What is asked in this turn leaves together: waking PostgreSQL costs more than most of what it is asked (0.13 ms of CPU a write).
function inOneWrite(client: PoolClient): void {
  const { stream } = (client as PoolClient & { readonly connection: { readonly stream: Duplex } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

function begin(client: PoolClient, { lockTimeoutMs }: TransactionOptions): Promise<unknown> {
  const begun = client.query(`BEGIN ISOLATION LEVEL READ COMMITTED${lockTimeoutMs === undefined ? '' : `; SET LOCAL lock_timeout = ${lockTimeoutMs}`}`);
  // Heard with the first statement; when there is none, with what ends the transaction.
  begun.catch(() => undefined);
  return begun;
}

// A transaction in which something failed is rolled back by COMMIT, and PostgreSQL says so instead of failing.
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error(`COMMIT was answered by ${command}`);
}

async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
