// Books tampered with behind everybody's back, as whoever owns the database can: no trigger in the way.
import type { Pool } from '../db/pool.ts';

export type Tampering<Found> = { readonly pool: Pool; readonly tables: readonly string[]; readonly sql: string; look(): Promise<Found> };

/** What `look` finds after `sql`; then the tables hold what they held before. */
export async function lookAfterTampering<Found>({ pool, tables, sql, look }: Tampering<Found>): Promise<Found> {
  const triggers = (what: string) => tables.map((table) => `ALTER TABLE ${table} ${what} TRIGGER USER`);
  await pool.query(tables.map((table) => `CREATE TABLE kept_${table} AS TABLE ${table}`).join(';'));
  try {
    await pool.query([...triggers('DISABLE'), sql, ...triggers('ENABLE')].join(';'));
    return await look();
  } finally {
    const emptied = [...tables].reverse().map((table) => `DELETE FROM ${table}`);
    const back = tables.map((table) => `INSERT INTO ${table} SELECT * FROM kept_${table}; DROP TABLE kept_${table}`);
    await pool.query([...triggers('DISABLE'), ...emptied, ...back, ...triggers('ENABLE')].join(';'));
  }
}

/** The leg of one account, to be written to. */
export const legOf = (account: string): string => `leg_amounts[array_position(leg_accounts, ${account})]`;
/** Whose leg it is, to be written to. */
export const legAccountOf = (account: string): string => `leg_accounts[array_position(leg_accounts, ${account})]`;
