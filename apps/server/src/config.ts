// The only reader of the environment. Every wrong value is told in one sentence before anything starts.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Currency, isCurrency } from '@sonrisa/ledger/money.ts';
import { z } from 'zod';
import type { SmsProviderConfig } from './adapters/sms/open.ts';
import { type IdentityConfig, readIdentity } from './config-identity.ts';
import { readCoolDowns } from './config-recovery.ts';
import { readCountries, readSmsFile } from './config-sms.ts';
import type { CoolDowns } from './recovery/index.ts';

export type Config = {
  mode: 'sandbox' | 'production';
  host: string;
  port: number;
  /** Without a slash at its end. */
  publicUrl: string;
  databaseUrl: string;
  migrationsDir: string;
  webDir: string | undefined;
  vaultUrl: string;
  vaultSecret: string;
  secret: Uint8Array;
  pinPepper: Uint8Array;
  sandboxActivationCode: string | undefined;
  tls: { cert: Buffer; key: Buffer } | undefined;
  keysDir: string;
  /** Most acceptable probability of charging the wrong person with one payment. */
  errorBudget: number;
  /** Whose `X-Forwarded-For` is believed. Off: limits count the address that connects. */
  trustProxy: number | string[] | false;
  /** Text messages to all numbers together; past it nobody can start to enrol for a while. */
  smsPerHourMax: number;
  smsPerDayMax: number;
  /** ISO 3166 country → its messages a day. */
  smsCountries: ReadonlyMap<string, number>;
  /** Undefined: the outbox of a sandbox, and nobody in production. */
  smsProviders: readonly SmsProviderConfig[] | undefined;
  /** A face that no look has named for so many days is erased. */
  faceUnusedDaysMax: number;
  /** From this age on nobody is anybody's child here. */
  adultAgeYears: number;
  /** Whether a guardian needs an attested date of birth. */
  guardianAttested: boolean;
  /** Of the wallets that are opened from now on. */
  currency: Currency;
  /** Who is called when the books do not add up. */
  pagerUrl: string | undefined;
  /** Cards on file; undefined: no cards here. */
  stripe: { secretKey: string; url: URL | undefined } | undefined;
  /** Push services beside those of the usual browsers: hosts with a port. */
  pushHosts: string[];
  /** Whom a push service writes to when something is wrong. */
  pushContact: string;
  /** Who pays for disputes unless somebody else turns out to. */
  disputeBearer: 'platform' | 'merchant' | 'insurer';
  /** How long changes of PIN, number and phone wait. */
  coolDowns: CoolDowns;
  /** `none`: only staff attest names and dates of birth. */
  identityProvider: IdentityConfig;
  logLevel: string;
};

/** What `migrate` is told: the owner's address of the database, and the role the server will log in with. */
export type MigrationConfig = { databaseUrl: string; migrationsDir: string; serverRole: string };

/** A sentence for the person who starts the server. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export const configFromEnvironment = (): Config => readConfig(process.env);
export const migrationConfigFromEnvironment = (): MigrationConfig => readMigrationConfig(process.env);

export function readMigrationConfig(environment: Record<string, string | undefined>): MigrationConfig {
  const env = parse(migrationSchema, environment);
  return { databaseUrl: env.SONRISA_DATABASE_URL, migrationsDir: env.SONRISA_MIGRATIONS_DIR, serverRole: env.SONRISA_DATABASE_ROLE };
}

export function readConfig(environment: Record<string, string | undefined>): Config {
  const env = parse(environmentSchema, environment);
  if (env.SONRISA_MODE === 'sandbox' && env.SONRISA_SANDBOX_ACTIVATION_CODE === undefined) {
    throw new ConfigError('SONRISA_SANDBOX_ACTIVATION_CODE must be set in sandbox mode: terminals are activated with it.');
  }
  if (env.SONRISA_MODE === 'production' && env.SONRISA_SANDBOX_ACTIVATION_CODE !== undefined) {
    throw new ConfigError('SONRISA_SANDBOX_ACTIVATION_CODE must not be set in production mode: its terminals are sandbox terminals.');
  }
  if (env.SONRISA_STRIPE_SECRET_KEY !== undefined && /_live_/.test(env.SONRISA_STRIPE_SECRET_KEY) !== (env.SONRISA_MODE === 'production')) {
    throw new ConfigError('SONRISA_STRIPE_SECRET_KEY must be a test key in sandbox mode and a live key in production mode.');
  }
  return {
    mode: env.SONRISA_MODE,
    host: env.SONRISA_HOST,
    port: env.SONRISA_PORT,
    publicUrl: env.SONRISA_PUBLIC_URL.replace(/\/+$/, ''),
    databaseUrl: env.SONRISA_DATABASE_URL,
    migrationsDir: env.SONRISA_MIGRATIONS_DIR,
    webDir: env.SONRISA_WEB_DIR,
    vaultUrl: env.SONRISA_VAULT_URL.replace(/\/+$/, ''),
    vaultSecret: env.SONRISA_VAULT_SECRET,
    secret: env.SONRISA_SECRET,
    pinPepper: env.SONRISA_PIN_PEPPER,
    sandboxActivationCode: env.SONRISA_SANDBOX_ACTIVATION_CODE,
    tls: readTls(env.SONRISA_TLS_CERT, env.SONRISA_TLS_KEY),
    keysDir: env.SONRISA_KEYS_DIR,
    errorBudget: env.SONRISA_ERROR_BUDGET,
    trustProxy: env.SONRISA_TRUST_PROXY,
    smsPerHourMax: env.SONRISA_SMS_PER_HOUR_MAX,
    smsPerDayMax: env.SONRISA_SMS_PER_DAY_MAX,
    smsCountries: countriesOf(env.SONRISA_SMS_COUNTRIES, env.SONRISA_SMS_PER_DAY_MAX),
    smsProviders: env.SONRISA_SMS_FILE === undefined ? undefined : providersOf(env.SONRISA_SMS_FILE, env.SONRISA_MODE),
    faceUnusedDaysMax: env.SONRISA_FACE_UNUSED_DAYS,
    adultAgeYears: env.SONRISA_ADULT_AGE,
    guardianAttested: (env.SONRISA_GUARDIAN_ATTESTED ?? (env.SONRISA_MODE === 'production' ? 'required' : 'optional')) === 'required',
    currency: env.SONRISA_CURRENCY,
    pagerUrl: env.SONRISA_PAGER_URL,
    stripe: env.SONRISA_STRIPE_SECRET_KEY === undefined ? undefined : { secretKey: env.SONRISA_STRIPE_SECRET_KEY, url: env.SONRISA_STRIPE_URL ? new URL(env.SONRISA_STRIPE_URL) : undefined },
    pushHosts: env.SONRISA_PUSH_HOSTS,
    pushContact: env.SONRISA_PUSH_CONTACT ?? (env.SONRISA_PUBLIC_URL.startsWith('https:') ? env.SONRISA_PUBLIC_URL : 'mailto:operator@example.invalid'),
    disputeBearer: env.SONRISA_DISPUTE_BEARER,
    coolDowns: coolDownsOf(env.SONRISA_RECOVERY_HOURS),
    identityProvider: identityOf(env),
    logLevel: env.SONRISA_LOG_LEVEL,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, environment: Record<string, string | undefined>): z.infer<Schema> {
  const present = Object.fromEntries(Object.entries(environment).filter(([name, value]) => name.startsWith('SONRISA_') && value !== ''));
  const parsed = schema.safeParse(present);
  if (!parsed.success) throw new ConfigError(firstSentence(parsed.error));
  return parsed.data;
}

const secretBytes = 32;
const smsDefaults = { perHour: 1_000, perDay: 10_000, countries: 'CN' };
const wholeNumber = (standard: number) => z.coerce.number({ error: 'must be a whole number from 1' }).int('must be a whole number from 1').min(1, 'must be a whole number from 1').default(standard);
const faceUnusedDays = { least: 30, most: 3_650, standard: 730 };
/** Years: least and most that a country has, 14 being where consent to face payment stops being a guardian's in China. */
const adultAge = { least: 14, most: 21, standard: 18 };
const path = z.string({ error: 'must be set to a path' }).min(1);
const address = (protocols: RegExp, example: string) => z.url({ protocol: protocols, error: `must be an address like ${example}` });
const secret = z
  .string({ error: 'must be set to 32 random bytes in base64url' })
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 random bytes in base64url')
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
  .refine((bytes) => bytes.length === secretBytes, 'must be 32 random bytes in base64url');

const environmentSchema = z.object({
  SONRISA_MODE: z.enum(['sandbox', 'production'], { error: 'must be "sandbox" or "production"' }),
  SONRISA_HOST: z.string().default('127.0.0.1'),
  SONRISA_PORT: z.coerce
    .number({ error: 'must be a port number from 0 to 65535' })
    .int('must be a port number from 0 to 65535')
    .min(0, 'must be a port number from 0 to 65535')
    .max(65_535, 'must be a port number from 0 to 65535')
    .default(8080),
  SONRISA_PUBLIC_URL: address(/^https?$/, 'https://pay.example.org'),
  SONRISA_DATABASE_URL: address(/^postgres(ql)?$/, 'postgresql://user:password@127.0.0.1:5432/sonrisa'),
  SONRISA_MIGRATIONS_DIR: path,
  SONRISA_WEB_DIR: path.optional(),
  SONRISA_VAULT_URL: address(/^https?$/, 'http://127.0.0.1:8081'),
  SONRISA_VAULT_SECRET: z.string({ error: 'must be set to the secret the vault knows' }).min(16, 'must be at least 16 characters long'),
  SONRISA_SECRET: secret,
  SONRISA_PIN_PEPPER: secret,
  SONRISA_SANDBOX_ACTIVATION_CODE: z.string().min(4, 'must be at least 4 characters long').max(64, 'must be at most 64 characters long').optional(),
  SONRISA_TLS_CERT: path.optional(),
  SONRISA_TLS_KEY: path.optional(),
  SONRISA_KEYS_DIR: path,
  SONRISA_ERROR_BUDGET: z.coerce
    .number({ error: 'must be a probability like 1e-6' })
    .positive('must be a probability above 0')
    .max(0.01, 'must be at most 0.01: one wrong payment in a hundred')
    .default(1e-6),
  SONRISA_TRUST_PROXY: z
    .string()
    .default('off')
    .transform(readProxies)
    .refine((proxies) => proxies !== undefined, 'must be "off", a number of proxies from 1 to 9, or their addresses, separated by commas'),
  SONRISA_FACE_UNUSED_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .min(faceUnusedDays.least, `must be at least ${faceUnusedDays.least}`)
    .max(faceUnusedDays.most, `must be at most ${faceUnusedDays.most}`)
    .default(faceUnusedDays.standard),
  SONRISA_ADULT_AGE: z.coerce
    .number({ error: 'must be a number of years' })
    .int('must be a whole number of years')
    .min(adultAge.least, `must be at least ${adultAge.least}`)
    .max(adultAge.most, `must be at most ${adultAge.most}`)
    .default(adultAge.standard),
  SONRISA_CURRENCY: z.string().default('CNY').refine(isCurrency, 'must be the ISO 4217 code of a currency that Sonrisa knows, like CNY, EUR or JPY'),
  SONRISA_GUARDIAN_ATTESTED: z.enum(['required', 'optional'], { error: 'must be "required" or "optional"' }).optional(),
  SONRISA_SMS_PER_HOUR_MAX: wholeNumber(smsDefaults.perHour),
  SONRISA_SMS_PER_DAY_MAX: wholeNumber(smsDefaults.perDay),
  SONRISA_SMS_COUNTRIES: z.string().default(smsDefaults.countries),
  SONRISA_SMS_FILE: path.optional(),
  SONRISA_PAGER_URL: address(/^https?$/, 'https://pager.example.org/sonrisa').optional(),
  SONRISA_STRIPE_SECRET_KEY: z.string().regex(/^[rs]k_(test|live)_\S+$/, 'must be a secret key of Stripe, like sk_test_…').optional(),
  SONRISA_STRIPE_URL: address(/^https?$/, 'https://api.stripe.com').optional(),
  SONRISA_PUSH_HOSTS: z.string().regex(/^[A-Za-z0-9.\-:,[\]]*$/, 'must be hosts with their ports, comma between').transform((text) => text.split(',').filter((host) => host !== '')).prefault(''),
  SONRISA_PUSH_CONTACT: z.string().regex(/^(https:\/\/|mailto:)\S+$/, 'must be an https: or mailto: address').optional(),
  SONRISA_DISPUTE_BEARER: z.enum(['platform', 'merchant', 'insurer'], { error: 'must be "platform", "merchant" or "insurer"' }).default('platform'),
  SONRISA_RECOVERY_HOURS: z.string().default(''),
  SONRISA_IDENTITY_PROVIDER: z.enum(['sandbox', 'none', 'openid'], { error: 'must be "sandbox", "openid" or "none"' }).optional(),
  SONRISA_OPENID_ISSUER: address(/^https?$/, 'https://id.example.org').optional(),
  SONRISA_OPENID_CLIENT_ID: z.string().optional(),
  SONRISA_OPENID_CLIENT_SECRET: z.string().optional(),
  SONRISA_OPENID_NAME: z.string().max(40, 'must be at most 40 characters long').optional(),
  SONRISA_OPENID_ACR: z.string().optional(),
  SONRISA_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'must be fatal, error, warn, info, debug, trace or silent' })
    .default('info'),
});

const migrationSchema = environmentSchema.pick({ SONRISA_DATABASE_URL: true, SONRISA_MIGRATIONS_DIR: true }).extend({
  SONRISA_DATABASE_ROLE: z.string().min(1).default('sonrisa_server'),
});

// Never "everybody": whoever connects could then name any address as their own.
function readProxies(text: string): number | string[] | false | undefined {
  if (text === 'off') return false;
  if (/^[1-9]$/.test(text)) return Number(text);
  const addresses = text.split(',').map((part) => part.trim());
  const known = addresses.every((each) => /^(loopback|linklocal|uniquelocal)$/.test(each) || isIP(each.split('/')[0] ?? '') !== 0);
  return known ? addresses : undefined;
}

function firstSentence(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? 'The configuration'} ${issue?.message ?? 'is wrong'}.`;
}

function countriesOf(text: string, perDayMax: number): ReadonlyMap<string, number> {
  const countries = readCountries(text, perDayMax);
  if (!countries) throw new ConfigError('SONRISA_SMS_COUNTRIES must be countries like "CN, HK:500", each with its messages a day if they are fewer.');
  return countries;
}

function identityOf(env: Parameters<typeof readIdentity>[0]): IdentityConfig {
  try {
    return readIdentity(env);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function coolDownsOf(text: string): CoolDowns {
  const coolDowns = readCoolDowns(text);
  if (!coolDowns) throw new ConfigError('SONRISA_RECOVERY_HOURS must be hours from 1 to 720 like "sms:24, staff:48", of passkey, sms, number, staff, claim or watch.');
  return coolDowns;
}

function providersOf(file: string, mode: Config['mode']): SmsProviderConfig[] {
  try {
    return readSmsFile(file, mode);
  } catch (error) {
    throw new ConfigError(`SONRISA_SMS_FILE ${(error as Error).message}`);
  }
}

function readTls(cert: string | undefined, key: string | undefined): Config['tls'] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new ConfigError('SONRISA_TLS_CERT and SONRISA_TLS_KEY must be set together.');
  return { cert: readNamed('SONRISA_TLS_CERT', cert), key: readNamed('SONRISA_TLS_KEY', key) };
}

function readNamed(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError(`${name} names ${file}, which cannot be read: ${(error as Error).message}.`);
  }
}
