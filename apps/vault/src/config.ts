// The settings of the vault process: the only reader of process.env. A wrong value is one sentence naming it.
import { z } from 'zod';
import { PlainError } from './plain-error.ts';

const secretCharactersMin = 16;
const passphraseCharactersMin = 16;
const threadsMax = 64;
const peopleDefault = 10_000_000;
/** What the memory's roster can name: see `peopleMax` in roster.ts. */
const peopleMax = 16_000_000;
/** A budget looser than one wrong payer in a hundred is a typing error. */
const chanceMax = 0.01;

const text = z.string('must be set').min(1, 'must be set');
const wholeNumber = ({ min, max }: { min: number; max: number }) =>
  z
    .string()
    .transform(Number)
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
const chance = z
  .string()
  .transform(Number)
  .refine((value) => value > 0 && value <= chanceMax, `must be above 0 and at most ${chanceMax}`);
/** Tokens and data keys travel there: in the clear on this machine at most. */
const safeUrl = text.regex(/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$))/, 'must begin with https:// (http:// on this machine alone)');

const environmentSchema = z.object({
  SONRISA_MODE: z.enum(['sandbox', 'production'], 'must be "sandbox" or "production"').default('sandbox'),
  SONRISA_VAULT_HOST: text.default('127.0.0.1'),
  /** 0 takes any free port; the parent process is told which. */
  SONRISA_VAULT_PORT: text.pipe(wholeNumber({ min: 0, max: 65_535 })),
  SONRISA_VAULT_SECRET: text.min(secretCharactersMin, `must have at least ${secretCharactersMin} characters`),
  SONRISA_VAULT_DATABASE_URL: text.regex(/^postgres(ql)?:\/\//, 'must be an address that begins with postgres://'),
  SONRISA_VAULT_MIGRATIONS_DIR: text,
  SONRISA_VAULT_KEYS_DIR: text,
  /** Wraps the key files. Absent: they are readable to their owner. */
  SONRISA_VAULT_KEYS_PASSPHRASE: text.min(passphraseCharactersMin, `must have at least ${passphraseCharactersMin} characters`).optional(),
  /** AWS KMS wraps the key files with this key: id, ARN or alias. Credentials come from where AWS's client looks for them. */
  SONRISA_VAULT_KEYS_KMS_KEY: text.optional(),
  SONRISA_VAULT_KEYS_KMS_REGION: text.optional(),
  /** Another host than AWS's own. */
  SONRISA_VAULT_KEYS_KMS_URL: safeUrl.optional(),
  /** HashiCorp Vault wraps them with a key of its transit engine. */
  SONRISA_VAULT_KEYS_TRANSIT_URL: safeUrl.optional(),
  SONRISA_VAULT_KEYS_TRANSIT_KEY: text.regex(/^[\w.-]+$/, 'must be the name of a transit key').optional(),
  SONRISA_VAULT_KEYS_TRANSIT_MOUNT: text.regex(/^[\w./-]+$/, 'must be the path of a transit engine').default('transit'),
  SONRISA_VAULT_KEYS_TRANSIT_NAMESPACE: text.optional(),
  /** Holds the token and nothing else; read at every call. */
  SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE: text.optional(),
  SONRISA_VAULT_CACHE_DIR: text,
  /** 'embedded', or the path of a pack's profile. */
  SONRISA_VAULT_PACK: text.default('embedded'),
  /** The module the inference threads run; absent: the one beside the source. */
  SONRISA_VAULT_WORKER_FILE: text.optional(),
  SONRISA_VAULT_THREADS: text.default('2').pipe(wholeNumber({ min: 1, max: threadsMax })),
  /** The module the scanning threads run; absent: the one beside the source. */
  SONRISA_VAULT_SCAN_WORKER_FILE: text.optional(),
  /** Threads among which the people are divided for searching; more when one memory does not hold them. */
  SONRISA_VAULT_SEARCH_THREADS: text.default('1').pipe(wholeNumber({ min: 1, max: threadsMax })),
  /** Room in memory is reserved for so many people, and taken as they come. */
  SONRISA_VAULT_PEOPLE_MAX: text.default(String(peopleDefault)).pipe(wholeNumber({ min: 1, max: peopleMax })),
  /** Whether the vault keeps who was recognised at which store, and compares with them first. */
  SONRISA_VAULT_REGULARS: z.enum(['on', 'off'], 'must be "on" or "off"').default('on'),
  SONRISA_ERROR_BUDGET: text.default('1e-6').pipe(chance),
  SONRISA_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a level: fatal, error, warn, info, debug, trace or silent')
    .default('info'),
});

export type VaultConfig = ReturnType<typeof readConfig>;

/** Throws PlainError on the first wrong value; never repeats a value, since some are secrets. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new PlainError(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  const value = parsed.data;
  return {
    mode: value.SONRISA_MODE,
    host: value.SONRISA_VAULT_HOST,
    port: value.SONRISA_VAULT_PORT,
    secret: value.SONRISA_VAULT_SECRET,
    databaseUrl: value.SONRISA_VAULT_DATABASE_URL,
    migrationsDir: value.SONRISA_VAULT_MIGRATIONS_DIR,
    keysDir: value.SONRISA_VAULT_KEYS_DIR,
    keysPassphrase: value.SONRISA_VAULT_KEYS_PASSPHRASE,
    ...keyServiceOf(value),
    cacheDir: value.SONRISA_VAULT_CACHE_DIR,
    pack: value.SONRISA_VAULT_PACK,
    workerFile: value.SONRISA_VAULT_WORKER_FILE,
    threads: value.SONRISA_VAULT_THREADS,
    scanWorkerFile: value.SONRISA_VAULT_SCAN_WORKER_FILE,
    searchThreads: value.SONRISA_VAULT_SEARCH_THREADS,
    peopleMax: value.SONRISA_VAULT_PEOPLE_MAX,
    keepsRegulars: value.SONRISA_VAULT_REGULARS === 'on',
    errorBudget: value.SONRISA_ERROR_BUDGET,
    logLevel: value.SONRISA_LOG_LEVEL,
  };
}

type Values = z.infer<typeof environmentSchema>;

function keyServiceOf(value: Values) {
  const { SONRISA_VAULT_KEYS_KMS_KEY: keyId, SONRISA_VAULT_KEYS_TRANSIT_URL: url } = value;
  if (keyId !== undefined && url !== undefined) throw new PlainError('SONRISA_VAULT_KEYS_KMS_KEY and SONRISA_VAULT_KEYS_TRANSIT_URL cannot both be set: one key service wraps the keys.');
  const kms = keyId === undefined ? undefined : { keyId, region: value.SONRISA_VAULT_KEYS_KMS_REGION, url: value.SONRISA_VAULT_KEYS_KMS_URL };
  if (url === undefined) return { kms, transit: undefined };
  const transit = {
    url,
    keyName: needed(value, 'SONRISA_VAULT_KEYS_TRANSIT_KEY'),
    mount: value.SONRISA_VAULT_KEYS_TRANSIT_MOUNT.replace(/^\/+|\/+$/g, ''),
    namespace: value.SONRISA_VAULT_KEYS_TRANSIT_NAMESPACE,
    tokenFile: needed(value, 'SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE'),
  };
  return { kms, transit };
}

function needed(value: Values, name: 'SONRISA_VAULT_KEYS_TRANSIT_KEY' | 'SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE'): string {
  const set = value[name];
  if (set === undefined) throw new PlainError(`${name} must be set beside SONRISA_VAULT_KEYS_TRANSIT_URL.`);
  return set;
}
