// The vault's own PostgreSQL: a pool, transactions, and nothing else.
import { Pool } from 'pg';
import type { PoolClient, QueryResultRow } from 'pg';

export interface Queries {
  rows<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queries {
  /** READ COMMITTED; rolled back when `work` throws. */
  transaction<Result>(work: (tx: Queries) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const connectionsMax = 10;
const connectTimeoutMs = 10_000;
const statementTimeoutMs = 30_000;

export function openDatabase(input: { url: string; onIdleError: (error: Error) => void }): Database {
  const pool = new Pool({
    connectionString: input.url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: 'sonrisa-vault',
  });
  pool.on('error', input.onIdleError);
  // In somebody's hands it fails their query; an error event that nobody hears would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function transaction<Result>(work: (tx: Queries) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    let failed: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(queriesOf(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      failed = await rollBack(client);
      throw error;
    } finally {
      client.release(failed);
    }
  }

  return { ...queriesOf(pool), transaction, close: () => pool.end() };
}

function queriesOf(source: Pool | PoolClient): Queries {
  return {
    rows: async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await source.query<Row>(sql, [...values])).rows,
  };
}

// A connection that cannot even roll back is thrown away instead of going back to the pool.
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
