// What an instance can be told, and every check that can be made before anything is started.
import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from './plain-error.ts';
import { isPortFree } from './postgres/port.ts';
import { repositoryRoot } from './repository.ts';

export type Mode = 'sandbox' | 'production';

export type InstanceOptions = {
  readonly dataDir: string;
  readonly port: number;
  readonly host?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly databaseUrl?: string | undefined;
  /** The same database as its owner: migrations are run with it, and the server is never told. */
  readonly ownerDatabaseUrl?: string | undefined;
  readonly vaultDatabaseUrl?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The address browsers use, when it is not http(s)://localhost:port. */
  readonly publicUrl?: string | undefined;
  /** At most this share of payments may be charged to the wrong person by accident, e.g. `1e-6`. */
  readonly errorBudget?: string | undefined;
  /** `embedded`, `recommended` or a profile file; default: what the data folder was told to use. */
  readonly pack?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly vaultThreads?: number | undefined;
  /** Settings that have no option of their own, before those of the environment. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Where converted face models are kept; shared by all instances of a clone unless said otherwise. */
  readonly cacheDir?: string | undefined;
  /** Other programs than the built ones. */
  readonly programs?: Programs | undefined;
  readonly log?: ((line: string) => void) | undefined;
  /** Told of each step of the start, for a progress display. */
  readonly step?: Step | undefined;
};

export type Programs = { readonly server: string; readonly vault: string };
export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>;

export const defaultHost = '127.0.0.1';
export const defaultPort = 8787;

export function builtPrograms(): Programs {
  const dist = join(repositoryRoot(), 'dist');
  const programs = { server: join(dist, 'server.mjs'), vault: join(dist, 'vault.mjs') };
  const missing = Object.values(programs).find((file) => !existsSync(file));
  if (missing) throw new PlainError(`${missing} is missing: run "npm run build" first.`);
  return programs;
}

export function checkOptions({ port, cert, key, databaseUrl, ownerDatabaseUrl, vaultDatabaseUrl, errorBudget }: InstanceOptions): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new PlainError(`--port takes a number from 1 to 65535, not "${port}".`);
  checkErrorBudget(errorBudget);
  if ((cert === undefined) !== (key === undefined)) throw new PlainError('--cert and --key belong together: name both or neither.');
  if (cert !== undefined) checkReadable('--cert', cert);
  if (key !== undefined) checkReadable('--key', key);
  checkDatabaseUrl('--database-url', databaseUrl);
  checkDatabaseUrl('--owner-database-url', ownerDatabaseUrl);
  checkDatabaseUrl('--vault-database-url', vaultDatabaseUrl);
  if (ownerDatabaseUrl !== undefined && databaseUrl === undefined) throw new PlainError('--owner-database-url goes with --database-url: it names the same database, as the owner of its tables.');
  if (databaseUrl !== undefined && databaseUrl === vaultDatabaseUrl) {
    throw new PlainError('--database-url and --vault-database-url name the same database: money and faces are kept in two, with a role each.');
  }
}

/** Waits a little when a killed run's server may still be draining on the port. */
export async function checkPort(port: number, host: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await mayListen(port, host))) {
    if (performance.now() >= deadline) throw new PlainError(`Port ${port} is already in use: stop what is using it, or choose another with --port.`);
    await sleep(portPollIntervalMs);
  }
}

const portPollIntervalMs = 200;
/** Looser than one wrong payer in a hundred is a typing error; the vault says the same. */
const errorBudgetMax = 0.01;

async function mayListen(port: number, host: string): Promise<boolean> {
  try {
    return await isPortFree(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') throw new PlainError(`No permission to listen on port ${port}: choose one above 1023 with --port.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new PlainError(`This machine has no address "${host}": choose another with --host.`);
    throw error;
  }
}

function checkErrorBudget(errorBudget: string | undefined): void {
  if (errorBudget === undefined) return;
  const chance = Number(errorBudget);
  if (!(chance > 0 && chance <= errorBudgetMax)) throw new PlainError(`--error-budget takes a chance above 0 and up to ${errorBudgetMax}, such as 1e-6, not "${errorBudget}".`);
}

function checkReadable(option: string, file: string): void {
  const path = resolve(file);
  if (!existsSync(path)) throw new PlainError(`${option}: there is no file ${path}.`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new PlainError(`${option}: no permission to read ${path}.`);
  }
}

function checkDatabaseUrl(option: string, url: string | undefined): void {
  if (url === undefined) return;
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return;
  throw new PlainError(`${option} takes an address like postgres://role:password@host:5432/database.`);
}
