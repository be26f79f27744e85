// The two databases of an instance: the built-in PostgreSQL for those the operator did not name.
import type { InstanceOptions } from './instance-options.ts';
import { PlainError } from './plain-error.ts';
import { withConnection } from './postgres/connect.ts';
import { ensureDatabases } from './postgres/databases.ts';
import type { DatabaseAccount } from './postgres/databases.ts';
import { startPostgres } from './postgres/start.ts';
import type { Postgres } from './postgres/start.ts';
import type { InstanceSecrets } from './secrets.ts';

export type InstanceDatabases = {
  readonly serverUrl: string;
  /** Where the server's migrations are run, as the owner of its tables; undefined: the server runs them itself, if its role may. */
  readonly serverOwnerUrl: string | undefined;
  readonly vaultUrl: string;
  /** Undefined when the operator brought both databases. */
  readonly postgres: Postgres | undefined;
};

export type DatabasesOptions = Pick<InstanceOptions, 'databaseUrl' | 'ownerDatabaseUrl' | 'vaultDatabaseUrl'> & {
  readonly dataDir: string;
  readonly secrets: InstanceSecrets;
  readonly log: (line: string) => void;
};

const serverRole = 'sonrisa_server';

export async function openDatabases({ dataDir, secrets, log, databaseUrl, ownerDatabaseUrl, vaultDatabaseUrl }: DatabasesOptions): Promise<InstanceDatabases> {
  if (databaseUrl !== undefined) await checkAnswers('--database-url', databaseUrl);
  if (ownerDatabaseUrl !== undefined) await checkAnswers('--owner-database-url', ownerDatabaseUrl);
  if (vaultDatabaseUrl !== undefined) await checkAnswers('--vault-database-url', vaultDatabaseUrl);
  if (databaseUrl !== undefined && vaultDatabaseUrl !== undefined) {
    return { serverUrl: databaseUrl, serverOwnerUrl: ownerDatabaseUrl, vaultUrl: vaultDatabaseUrl, postgres: undefined };
  }
  const postgres = await startPostgres({ dataDir, log });
  try {
    const server = { database: 'sonrisa', role: serverRole, owner: 'sonrisa_owner', scopedRole: `${serverRole}_merchant`, password: secrets.serverDatabasePassword };
    const vault = { database: 'sonrisa_vault', role: 'sonrisa_vault', password: secrets.vaultDatabasePassword };
    await ensureDatabases(postgres.adminUrl, [server, vault]);
    const urlOf = ({ database, role, password }: DatabaseAccount) => postgres.urlFor(database, { name: role, password });
    const serverOwnerUrl = databaseUrl === undefined ? postgres.urlAs(server.database, server.owner) : ownerDatabaseUrl;
    return { serverUrl: databaseUrl ?? urlOf(server), serverOwnerUrl, vaultUrl: vaultDatabaseUrl ?? urlOf(vault), postgres };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function checkAnswers(option: string, url: string): Promise<void> {
  try {
    await withConnection(url, (query) => query('SELECT 1'));
  } catch (error) {
    // Node's connection errors over several addresses have an empty message and only a code.
    const { message, code } = error as NodeJS.ErrnoException;
    throw new PlainError(`The database named by ${option} does not answer: ${message || (code ?? 'unknown reason')}.`);
  }
}
