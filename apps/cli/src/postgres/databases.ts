// The two sealed worlds as PostgreSQL sees them: a database and a role each, and no way across.
import { quoteName, quoteText, withConnection } from './connect.ts';
import type { Query } from './connect.ts';

export type DatabaseAccount = {
  readonly database: string;
  /** Logs in. */
  readonly role: string;
  readonly password: string;
  /** Owns database and tables and cannot log in; undefined: the role that logs in owns them. */
  readonly owner?: string;
  /** Cannot log in; the role that does may take it for a transaction. */
  readonly scopedRole?: string;
};

/** Makes roles and databases that are missing, and sets what may have been lost in a killed run. */
export async function ensureDatabases(adminUrl: string, accounts: readonly DatabaseAccount[]): Promise<void> {
  await withConnection(adminUrl, async (query) => {
    // By default every role may connect to every database, the maintenance ones included.
    for (const shared of ['postgres', 'template1']) await closeToOthers(query, shared);
    for (const account of accounts) await ensureAccount(query, account);
  });
  for (const { database, role, owner } of accounts) {
    // A database from before its owner was another role: everything in it changes hands.
    if (owner === undefined) continue;
    await withConnection(Object.assign(new URL(adminUrl), { pathname: `/${database}` }).href, async (query) => {
      await query(`REASSIGN OWNED BY ${quoteName(role)} TO ${quoteName(owner)}`);
      await query(`GRANT CONNECT ON DATABASE ${quoteName(database)} TO ${quoteName(role)}`);
    });
  }
}

async function ensureAccount(query: Query, { database, role, password, owner, scopedRole }: DatabaseAccount): Promise<void> {
  // What the scoped role may do, this one may only while it has taken that role. An owner inherits what owning a database brings.
  await ensureRole(query, role, `LOGIN ${scopedRole === undefined ? 'INHERIT' : 'NOINHERIT'} PASSWORD ${quoteText(password)}`);
  if (owner !== undefined) await ensureRole(query, owner, 'NOLOGIN');
  if (scopedRole !== undefined) {
    await ensureRole(query, scopedRole, 'NOLOGIN');
    await query(`GRANT ${quoteName(scopedRole)} TO ${quoteName(role)}`);
  }
  const made = await query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (made.length === 0) await query(`CREATE DATABASE ${quoteName(database)} OWNER ${quoteName(owner ?? role)} TEMPLATE template0`);
  await closeToOthers(query, database);
}

async function ensureRole(query: Query, role: string, login: string): Promise<void> {
  const known = await query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  await query(`${known.length > 0 ? 'ALTER' : 'CREATE'} ROLE ${quoteName(role)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ${login}`);
}

async function closeToOthers(query: Query, database: string): Promise<void> {
  await query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${quoteName(database)} FROM PUBLIC`);
}
