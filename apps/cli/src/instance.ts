// A whole running Sonrisa: data folder, databases, vault, server; stopped in the reverse order. The
// `start` command is a thin layer over this; the demo and the end-to-end tests use it directly.
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from './data-folder.ts';
import { openDatabases } from './instance-databases.ts';
import type { InstanceDatabases } from './instance-databases.ts';
import { migrationEnvironment, publicUrl, serverEnvironment, vaultEnvironment, vaultHost, vaultPortFile } from './instance-env.ts';
import type { Wiring } from './instance-env.ts';
import { builtPrograms, checkOptions, checkPort, defaultHost } from './instance-options.ts';
import type { InstanceOptions, Programs } from './instance-options.ts';
import { chosenPack, resolvePack } from './models/store.ts';
import { freePort } from './postgres/port.ts';
import { repositoryRoot } from './repository.ts';
import { loadSecrets } from './secrets.ts';
import { createSupervised, runOnce } from './supervised.ts';
import type { Supervised } from './supervised.ts';

export type Instance = {
  readonly url: string;
  readonly vaultUrl: string;
  readonly vaultSecret: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly vaultDatabaseUrl: string;
  /** Undefined in production: there a terminal is activated by an operator. */
  readonly activationCode: string | undefined;
  readonly server: Supervised;
  readonly vault: Supervised;
  /** Files that hold what each process printed. */
  readonly logFiles: { readonly server: string; readonly vault: string; readonly postgres: string };
  /** True when the database was left running by a killed run and was taken over. */
  readonly adopted: boolean;
  /** Drains the server, then the vault, then stops PostgreSQL. */
  stop(): Promise<void>;
  /** Ends the processes at once; committed money is on disk all the same. */
  forceStop(): Promise<void>;
};

// Longer than the server's own drain, so that a killed run's port is worth waiting for.
const portPatienceAfterKillMs = 35_000;

export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const log = options.log ?? (() => undefined);
  const step = options.step ?? ((_title, work) => work());
  const host = options.host ?? defaultHost;
  checkOptions(options);
  const url = publicUrl(options);
  const programs = options.programs ?? builtPrograms();
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const folder = openDataFolder(options.dataDir);
    undo.push(() => folder.release());
    await checkPort(options.port, host, folder.leftByKilledRun ? portPatienceAfterKillMs : 0);
    const dataDir = folder.path;
    const pack = resolvePack(dataDir, options.pack ?? chosenPack(dataDir));
    const secrets = loadSecrets(dataDir);

    const databases = await step('Databases', () => openDatabases({ ...options, dataDir, secrets, log }));
    undo.push(() => databases.postgres?.stop());
    const root = repositoryRoot();
    const wiring: Wiring = {
      options, root, dataDir, host, url, secrets, pack,
      mode: options.mode ?? 'sandbox',
      cacheDir: options.cacheDir ?? defaultCacheDir(root, dataDir),
      vaultPort: await freePort(),
      serverDatabaseUrl: databases.serverUrl,
      vaultDatabaseUrl: databases.vaultUrl,
    };
    makeFolders(wiring);
    writeFileSync(join(dataDir, vaultPortFile), `${wiring.vaultPort}\n`);

    await step('Migrations', () => migrateAsOwner(wiring, programs, databases));
    const { vault, server } = superviseBoth(wiring, programs, log);
    undo.push(() => vault.stop());
    await step('Vault (the first start prepares the face models)', () => vault.start());
    undo.push(() => server.stop());
    await step('Server', () => server.start());
    return describe({ wiring, vault, server, adopted: databases.postgres?.adopted ?? false, undo });
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

async function migrateAsOwner({ root, dataDir }: Wiring, programs: Programs, { serverUrl, serverOwnerUrl }: InstanceDatabases): Promise<void> {
  if (serverOwnerUrl === undefined) return;
  const env = migrationEnvironment({ root, ownerDatabaseUrl: serverOwnerUrl, serverDatabaseUrl: serverUrl });
  await runOnce({ name: 'server', program: programs.server, argument: 'migrate', env, logFile: logFilesOf(dataDir).server });
}

function superviseBoth(wiring: Wiring, programs: Programs, log: (line: string) => void) {
  const logs = logFilesOf(wiring.dataDir);
  const vault = createSupervised({
    name: 'vault',
    program: programs.vault,
    env: vaultEnvironment(wiring),
    logFile: logs.vault,
    healthUrl: `http://${vaultHost}:${wiring.vaultPort}/health`,
    healthHeaders: { authorization: `Bearer ${wiring.secrets.vaultSecret}` },
    log,
  });
  const server = createSupervised({
    name: 'server',
    program: programs.server,
    env: serverEnvironment(wiring),
    logFile: logs.server,
    healthUrl: `${localUrl(wiring)}/health`,
    log,
  });
  return { vault, server };
}

function describe(parts: { wiring: Wiring; vault: Supervised; server: Supervised; adopted: boolean; undo: (() => Promise<void> | void)[] }): Instance {
  const { wiring, vault, server, adopted, undo } = parts;
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= undoAll(undo));
  return {
    url: wiring.url,
    vaultUrl: `http://${vaultHost}:${wiring.vaultPort}`,
    vaultSecret: wiring.secrets.vaultSecret,
    dataDir: wiring.dataDir,
    databaseUrl: wiring.serverDatabaseUrl,
    vaultDatabaseUrl: wiring.vaultDatabaseUrl,
    activationCode: wiring.mode === 'sandbox' ? wiring.secrets.sandboxActivationCode : undefined,
    server,
    vault,
    logFiles: logFilesOf(wiring.dataDir),
    adopted,
    stop,
    forceStop: async () => {
      await Promise.all([server.kill(), vault.kill()]);
      await stop();
    },
  };
}

// Each step is undone even when an earlier one failed to be; the first failure is told at the end.
async function undoAll(undo: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let step = undo.pop(); step; step = undo.pop()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function logFilesOf(dataDir: string): Instance['logFiles'] {
  const at = (name: string) => join(dataDir, 'logs', `${name}.log`);
  return { server: at('server'), vault: at('vault'), postgres: at('postgres') };
}

// The supervisor asks by the loopback, whatever name the outside world uses.
function localUrl({ options, host }: Wiring): string {
  const everyAddress = host === '0.0.0.0' || host === '::';
  const name = everyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${options.cert === undefined ? 'http' : 'https'}://${name}:${options.port}`;
}

function makeFolders({ dataDir, cacheDir }: Wiring): void {
  for (const name of ['logs', 'keys/server', 'keys/vault']) mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
  mkdirSync(cacheDir, { recursive: true });
}

function defaultCacheDir(root: string, dataDir: string): string {
  try {
    const shared = join(root, '.cache', 'packs');
    mkdirSync(shared, { recursive: true });
    accessSync(shared, constants.W_OK);
    return shared;
  } catch {
    return join(dataDir, 'cache');
  }
}
