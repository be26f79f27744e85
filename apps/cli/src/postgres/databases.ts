// The two sealed worlds as PostgreSQL sees them: a database and a role each, and no way across.
import { quoteName, quoteText, withConnection } from './connect.ts';
import type { Query } from './connect.ts';

export type DatabaseAccount = { readonly database: string; readonly role: string; readonly password: string };

/** Makes roles and databases that are missing, and sets what may have been lost in a killed run. */
export async function ensureDatabases(adminUrl: string, accounts: readonly DatabaseAccount[]): Promise<void> {
  await withConnection(adminUrl, async (query) => {
    // By default every role may connect to every database, the maintenance ones included.
    for (const shared of ['postgres', 'template1']) await closeToOthers(query, shared);
    for (const account of accounts) await ensureAccount(query, account);
  });
}

async function ensureAccount(query: Query, { database, role, password }: DatabaseAccount): Promise<void> {
  const known = await query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = known.length > 0 ? 'ALTER' : 'CREATE';
  await query(
    `${verb} ROLE ${quoteName(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${quoteText(password)}`,
  );
  const made = await query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (made.length === 0) await query(`CREATE DATABASE ${quoteName(database)} OWNER ${quoteName(role)} TEMPLATE template0`);
  await closeToOthers(query, database);
}

async function closeToOthers(query: Query, database: string): Promise<void> {
  await query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${quoteName(database)} FROM PUBLIC`);
}
