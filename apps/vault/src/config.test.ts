// Settings: each wrong value is one sentence that names it, and never repeats a secret.
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const least = {
  SONRISA_VAULT_PORT: '8081',
  SONRISA_VAULT_SECRET: 'sixteen letters and more',
  SONRISA_VAULT_DATABASE_URL: 'postgres://vault:word@127.0.0.1:5432/vault',
  SONRISA_VAULT_MIGRATIONS_DIR: 'migrations',
  SONRISA_VAULT_KEYS_DIR: 'keys',
  SONRISA_VAULT_CACHE_DIR: 'cache',
};

test('what is not set has a default', () => {
  expect(readConfig(least)).toMatchObject({
    mode: 'sandbox',
    host: '127.0.0.1',
    port: 8081,
    threads: 2,
    errorBudget: 1e-6,
    logLevel: 'info',
    workerFile: undefined,
  });
});

test.each([
  ['SONRISA_MODE', 'test', /^SONRISA_MODE must be "sandbox" or "production"\.$/],
  ['SONRISA_VAULT_PORT', 'http', /^SONRISA_VAULT_PORT must be a whole number from 0 to 65535\.$/],
  ['SONRISA_VAULT_PORT', '70000', /whole number from 0 to 65535/],
  ['SONRISA_VAULT_PORT', undefined, /^SONRISA_VAULT_PORT must be set\.$/],
  ['SONRISA_VAULT_SECRET', 'short', /^SONRISA_VAULT_SECRET must have at least 16 characters\.$/],
  ['SONRISA_VAULT_DATABASE_URL', 'mysql://x:word@y', /^SONRISA_VAULT_DATABASE_URL must be an address/],
  ['SONRISA_VAULT_KEYS_DIR', '', /^SONRISA_VAULT_KEYS_DIR must be set\.$/],
  ['SONRISA_VAULT_THREADS', '0', /^SONRISA_VAULT_THREADS must be a whole number from 1 to 64\.$/],
  ['SONRISA_VAULT_THREADS', '1.5', /whole number/],
  ['SONRISA_ERROR_BUDGET', '0', /^SONRISA_ERROR_BUDGET must be above 0 and at most 0\.01\.$/],
  ['SONRISA_ERROR_BUDGET', 'NaN', /must be above 0/],
  ['SONRISA_VAULT_KEYS_KMS_URL', 'http://kms.example.org', /^SONRISA_VAULT_KEYS_KMS_URL must begin with https:\/\/ \(http:\/\/ on this machine alone\)\.$/],
  ['SONRISA_VAULT_KEYS_TRANSIT_URL', 'http://127.0.0.1.example.org', /^SONRISA_VAULT_KEYS_TRANSIT_URL must begin with https/],
  ['SONRISA_VAULT_KEYS_TRANSIT_KEY', '../../sys/seal', /^SONRISA_VAULT_KEYS_TRANSIT_KEY must be the name of a transit key\.$/],
  ['SONRISA_VAULT_KEYS_TRANSIT_URL', 'https://vault.example.org', /^SONRISA_VAULT_KEYS_TRANSIT_KEY must be set beside SONRISA_VAULT_KEYS_TRANSIT_URL\.$/],
  ['SONRISA_LOG_LEVEL', 'loud', /^SONRISA_LOG_LEVEL must be a level/],
])('%s=%s', (name, value, sentence) => {
  const read = () => readConfig({ ...least, [name]: value });
  expect(read).toThrow(sentence);
  expect(read).not.toThrow(/short|word/);
});

test('a key service: one of the two, with all it needs', () => {
  const kms = { SONRISA_VAULT_KEYS_KMS_KEY: 'alias/sonrisa', SONRISA_VAULT_KEYS_KMS_REGION: 'eu-central-1' };
  const transit = { SONRISA_VAULT_KEYS_TRANSIT_URL: 'http://127.0.0.1:8200', SONRISA_VAULT_KEYS_TRANSIT_KEY: 'sonrisa', SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE: 'token' };
  expect(readConfig(least)).toMatchObject({ kms: undefined, transit: undefined });
  expect(readConfig({ ...least, ...kms })).toMatchObject({ kms: { keyId: 'alias/sonrisa', region: 'eu-central-1', url: undefined }, transit: undefined });
  expect(readConfig({ ...least, ...transit })).toMatchObject({ kms: undefined, transit: { url: 'http://127.0.0.1:8200', keyName: 'sonrisa', mount: 'transit', namespace: undefined, tokenFile: 'token' } });
  expect(() => readConfig({ ...least, ...kms, ...transit })).toThrow(/cannot both be set/);
});
