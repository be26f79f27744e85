// One short connection to PostgreSQL: opened, used, always closed.
import { Client } from 'pg';

export type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

const connectTimeoutMs = 5_000;

export async function withConnection<T>(url: string, use: (query: Query) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  // A server that goes away between two queries reports it here; the pending query rejects on its own.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(async (sql, values) => (await client.query(sql, values)).rows as Record<string, unknown>[]);
  } finally {
    await client.end();
  }
}

/** A name or text as SQL source, for statements that take no parameters (CREATE ROLE, CREATE DATABASE). */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
