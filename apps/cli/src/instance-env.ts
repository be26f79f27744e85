// What each process is told: the whole contract between the supervisor and the two programs' config.ts.
// The server never learns the vault's database or key folder, nor the vault the server's.
import { join, resolve } from 'node:path';
import { PlainError } from './plain-error.ts';
import type { InstanceOptions, Mode } from './instance-options.ts';
import type { InstanceSecrets } from './secrets.ts';

export type Wiring = {
  readonly options: InstanceOptions;
  readonly root: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly host: string;
  readonly mode: Mode;
  readonly url: string;
  /** 'embedded', or the absolute path of a profile. */
  readonly pack: string;
  readonly vaultPort: number;
  readonly secrets: InstanceSecrets;
  readonly serverDatabaseUrl: string;
  readonly vaultDatabaseUrl: string;
};

type Environment = Record<string, string>;

export const vaultHost = '127.0.0.1';
/** In the data folder, for commands that speak to the vault of a running instance. */
export const vaultPortFile = 'vault-port';

// Settings that `start` has no option for, passed on as they are, each to the one process that reads it: a key to a payment
// source has no business in the vault.
const serverSettings = ['SONRISA_TRUST_PROXY', 'SONRISA_DISPUTE_BEARER', 'SONRISA_PUSH_HOSTS', 'SONRISA_PUSH_CONTACT', 'SONRISA_STRIPE_SECRET_KEY', 'SONRISA_STRIPE_URL', 'SONRISA_PAGER_URL', 'SONRISA_SMS_FILE', 'SONRISA_SMS_COUNTRIES', 'SONRISA_SMS_PER_HOUR_MAX', 'SONRISA_SMS_PER_DAY_MAX', 'SONRISA_FACE_UNUSED_DAYS', 'SONRISA_ADULT_AGE', 'SONRISA_GUARDIAN_ATTESTED', 'SONRISA_CURRENCY', 'SONRISA_RECOVERY_HOURS', 'SONRISA_IDENTITY_PROVIDER', 'SONRISA_OPENID_ISSUER', 'SONRISA_OPENID_CLIENT_ID', 'SONRISA_OPENID_CLIENT_SECRET', 'SONRISA_OPENID_NAME', 'SONRISA_OPENID_ACR'];
const vaultSettings = ['SONRISA_VAULT_SEARCH_THREADS', 'SONRISA_VAULT_PEOPLE_MAX', 'SONRISA_VAULT_REGULARS', 'SONRISA_VAULT_KEYS_PASSPHRASE', 'SONRISA_VAULT_KEYS_KMS_KEY', 'SONRISA_VAULT_KEYS_KMS_REGION', 'SONRISA_VAULT_KEYS_KMS_URL', 'SONRISA_VAULT_KEYS_TRANSIT_URL', 'SONRISA_VAULT_KEYS_TRANSIT_KEY', 'SONRISA_VAULT_KEYS_TRANSIT_MOUNT', 'SONRISA_VAULT_KEYS_TRANSIT_NAMESPACE', 'SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE'];
// Where AWS's own client looks for credentials and region; for the vault alone, and only when KMS wraps its keys.
const awsSettings = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_REGION', 'AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];

// At most this share of payments may be charged to the wrong person. A sandbox is looser, and its screens say so.
const errorBudgets: Record<Mode, string> = { sandbox: '1e-3', production: '1e-6' };

/** For one run of `migrate`, which alone is told how to become the owner of the tables. */
export function migrationEnvironment({ root, ownerDatabaseUrl, serverDatabaseUrl }: { root: string; ownerDatabaseUrl: string; serverDatabaseUrl: string }): Environment {
  return {
    SONRISA_DATABASE_URL: ownerDatabaseUrl,
    SONRISA_MIGRATIONS_DIR: serverMigrations(root),
    SONRISA_DATABASE_ROLE: decodeURIComponent(new URL(serverDatabaseUrl).username),
  };
}

/** `around`: the environment that `start` was called in. */
export function serverEnvironment(wiring: Wiring, around: Readonly<NodeJS.ProcessEnv> = surroundings(wiring)): Environment {
  const { options, root, dataDir, host, mode, url, vaultPort, secrets } = wiring;
  return {
    ...named(serverSettings, around),
    ...shared(wiring),
    SONRISA_HOST: host,
    SONRISA_PORT: String(options.port),
    SONRISA_PUBLIC_URL: url,
    SONRISA_DATABASE_URL: wiring.serverDatabaseUrl,
    SONRISA_MIGRATIONS_DIR: serverMigrations(root),
    SONRISA_WEB_DIR: join(root, 'apps', 'web', 'dist'),
    SONRISA_VAULT_URL: `http://${vaultHost}:${vaultPort}`,
    SONRISA_SECRET: secrets.serverSecret,
    SONRISA_PIN_PEPPER: secrets.pinPepper,
    SONRISA_KEYS_DIR: join(dataDir, 'keys', 'server'),
    ...(mode === 'sandbox' ? { SONRISA_SANDBOX_ACTIVATION_CODE: secrets.sandboxActivationCode } : {}),
    ...(options.cert === undefined ? {} : { SONRISA_TLS_CERT: resolve(options.cert) }),
    ...(options.key === undefined ? {} : { SONRISA_TLS_KEY: resolve(options.key) }),
  };
}

export function vaultEnvironment(wiring: Wiring, around: Readonly<NodeJS.ProcessEnv> = surroundings(wiring)): Environment {
  const { options, root, dataDir, cacheDir, pack, vaultPort } = wiring;
  return {
    ...named(vaultSettings, around),
    ...(around.SONRISA_VAULT_KEYS_KMS_KEY === undefined ? {} : named(awsSettings, around)),
    ...shared(wiring),
    SONRISA_VAULT_HOST: vaultHost,
    SONRISA_VAULT_PORT: String(vaultPort),
    SONRISA_VAULT_DATABASE_URL: wiring.vaultDatabaseUrl,
    SONRISA_VAULT_MIGRATIONS_DIR: join(root, 'dist', 'vault-migrations'),
    SONRISA_VAULT_KEYS_DIR: join(dataDir, 'keys', 'vault'),
    SONRISA_VAULT_CACHE_DIR: cacheDir,
    SONRISA_VAULT_PACK: pack,
    SONRISA_VAULT_WORKER_FILE: join(root, 'dist', 'face-worker.mjs'),
    SONRISA_VAULT_SCAN_WORKER_FILE: join(root, 'dist', 'scan-worker.mjs'),
    SONRISA_VAULT_THREADS: String(options.vaultThreads ?? defaultThreads),
  };
}

/** The address people open. */
export function publicUrl({ publicUrl: given, cert, port }: InstanceOptions): string {
  if (given !== undefined) {
    if (!URL.canParse(given)) throw new PlainError(`--public-url takes an address like https://pay.example.org, not "${given}".`);
    return given.replace(/\/+$/, '');
  }
  return `${cert === undefined ? 'http' : 'https'}://localhost:${port}`;
}

const surroundings = ({ options }: Wiring): NodeJS.ProcessEnv => ({ ...process.env, ...options.settings });

const defaultThreads = 2;
const serverMigrations = (root: string): string => join(root, 'dist', 'server-migrations');

function named(names: readonly string[], around: Readonly<NodeJS.ProcessEnv>): Environment {
  return Object.fromEntries(names.flatMap((name) => (around[name] === undefined ? [] : [[name, around[name]]])));
}

function shared({ options, mode, secrets }: Wiring): Environment {
  return {
    SONRISA_MODE: mode,
    SONRISA_VAULT_SECRET: secrets.vaultSecret,
    SONRISA_ERROR_BUDGET: options.errorBudget ?? errorBudgets[mode],
    SONRISA_LOG_LEVEL: options.logLevel ?? 'info',
  };
}
