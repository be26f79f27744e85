// The connections to PostgreSQL. 64-bit integers come back as bigint on every one of them: money must not pass through number.
import pg from 'pg';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

export const poolConnectionsMax = 16;
export const connectTimeoutMs = 10_000;
export const statementTimeoutMs = 30_000;
const int8Oid = 20;

/** `onIdleError` hears of a connection that broke while nobody used it; without it such an error would end the process. */
export function createPool(input: { url: string; connectionsMax?: number; onIdleError?: (error: Error) => void }): Pool {
  const pool = new pg.Pool({
    connectionString: input.url,
    max: input.connectionsMax ?? poolConnectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A killed server process must not keep its locks for longer than this.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // What is asked on one connection before the last answer came is sent at once and answered in order (../books/transaction.ts).
    pipeline: true,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  pool.on('error', (error) => input.onIdleError?.(error));
  // In somebody's hands it fails their query; an error event that nobody hears would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === int8Oid && format !== 'binary') return (value: string) => BigInt(value);
  return pg.types.getTypeParser(oid, format);
}
