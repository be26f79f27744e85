// What is refused before anything is started, and what each process is and is not told.
import { expect, test } from 'vitest';
import { publicUrl, serverEnvironment, vaultEnvironment } from './instance-env.ts';
import type { Wiring } from './instance-env.ts';
import { checkOptions } from './instance-options.ts';
import type { InstanceOptions } from './instance-options.ts';
import { banner } from './start-command.ts';

const base: InstanceOptions = { dataDir: '/data', port: 8787 };
const database = 'postgres://role:pw@db.example:5432/one';

test.each<[string, Partial<InstanceOptions>, RegExp]>([
  ['a port that is no number', { port: Number.NaN }, /--port takes a number/],
  ['a port out of range', { port: 70_000 }, /--port takes a number/],
  ['a certificate without its key', { cert: '/cert.pem' }, /belong together/],
  ['a certificate that is not there', { cert: '/no/cert.pem', key: '/no/key.pem' }, /--cert: there is no file \/no\/cert\.pem/],
  ['a database address of another kind', { databaseUrl: 'mysql://x/y' }, /--database-url takes an address like postgres:/],
  ['a database address that is none', { vaultDatabaseUrl: 'db' }, /--vault-database-url takes an address/],
  ['an error budget of none', { errorBudget: '0' }, /--error-budget takes a chance/],
  ['an error budget that is a typing error', { errorBudget: '1' }, /--error-budget takes a chance/],
  ['an owner of no database', { ownerDatabaseUrl: database }, /--owner-database-url goes with --database-url/],
  ['one database for both worlds', { databaseUrl: database, vaultDatabaseUrl: database }, /same database/],
])('%s is refused with a sentence', (_what, wrong, sentence) => {
  expect(() => checkOptions({ ...base, ...wrong })).toThrow(sentence);
});

test('sound options pass', () => {
  expect(() => checkOptions({ ...base, databaseUrl: database, vaultDatabaseUrl: `${database}_vault` })).not.toThrow();
});

const secrets = {
  vaultSecret: 'shared-secret', serverSecret: 'server-secret', pinPepper: 'pepper', sandboxActivationCode: 'CODE2345',
  serverDatabasePassword: 'server-db', vaultDatabasePassword: 'vault-db',
};
const wiring = (mode: Wiring['mode']): Wiring => ({
  options: base, root: '/clone', dataDir: '/data', cacheDir: '/cache', host: '127.0.0.1', mode, url: 'http://localhost:8787', vaultPort: 20_001, secrets, pack: 'embedded',
  serverDatabaseUrl: 'postgres://sonrisa_server@db/sonrisa', vaultDatabaseUrl: 'postgres://sonrisa_vault@db/sonrisa_vault',
});

test('both processes are told one error budget: the one asked for, or that of the mode', () => {
  const told = (errorBudget?: string) => {
    const asked: Wiring = { ...wiring('sandbox'), options: { ...base, errorBudget } };
    return [serverEnvironment(asked)['SONRISA_ERROR_BUDGET'], vaultEnvironment(asked)['SONRISA_ERROR_BUDGET']];
  };
  expect(told('1e-5')).toEqual(['1e-5', '1e-5']);
  expect(told()).toEqual(['1e-3', '1e-3']);
});

test('neither process is told what belongs to the other', () => {
  const server = JSON.stringify(serverEnvironment(wiring('sandbox')));
  const vault = JSON.stringify(vaultEnvironment(wiring('sandbox')));
  expect(server).not.toMatch(/sonrisa_vault|keys\/vault/);
  expect(vault).not.toMatch(/sonrisa_server|keys\/server|server-secret|pepper|CODE2345/);
  expect(server).toContain('shared-secret');
  expect(vault).toContain('shared-secret');
});

test('production has the strict error budget and no sandbox activation code', () => {
  expect(serverEnvironment(wiring('production'))).toMatchObject({ SONRISA_ERROR_BUDGET: '1e-6', SONRISA_MODE: 'production' });
  expect(serverEnvironment(wiring('production'))).not.toHaveProperty('SONRISA_SANDBOX_ACTIVATION_CODE');
  expect(serverEnvironment(wiring('sandbox'))).toMatchObject({ SONRISA_ERROR_BUDGET: '1e-3', SONRISA_SANDBOX_ACTIVATION_CODE: 'CODE2345' });
});

test('the public address follows the certificate, the port, and the operator', () => {
  expect(publicUrl(base)).toBe('http://localhost:8787');
  expect(publicUrl({ ...base, cert: 'c', key: 'k' })).toBe('https://localhost:8787');
  expect(publicUrl({ ...base, publicUrl: 'https://pay.example/' })).toBe('https://pay.example');
  expect(() => publicUrl({ ...base, publicUrl: 'pay' })).toThrow(/--public-url/);
});

test('the banner names every page, and the sandbox only where there is one', () => {
  const shown = { url: 'http://localhost:8787', activationCode: 'CODE2345', dataDir: '/data', logFiles: { server: '/data/logs/server.log', vault: '', postgres: '' }, adopted: false };
  const sandbox = banner(shown);
  for (const part of ['/kiosk/#activate=CODE2345', '/phone/', '/operator/', '/sandbox/outbox/', '/docs', '/health', '/data/logs/', 'SANDBOX']) expect(sandbox).toContain(part);
  expect(banner({ ...shown, activationCode: undefined })).not.toMatch(/SANDBOX|outbox|activate/);
});

test('settings without an option reach the one process that reads them, and nothing else of a shell does', () => {
  const around = { SONRISA_STRIPE_SECRET_KEY: 'sk_test_x', SONRISA_PAGER_URL: 'https://pager.example', SONRISA_VAULT_REGULARS: 'off', SONRISA_SECRET: 'of another', EDITOR: 'vi' };
  const server = serverEnvironment(wiring('sandbox'), around);
  const vault = vaultEnvironment(wiring('sandbox'), around);
  expect(server).toMatchObject({ SONRISA_STRIPE_SECRET_KEY: 'sk_test_x', SONRISA_PAGER_URL: 'https://pager.example', SONRISA_SECRET: 'server-secret' });
  expect(vault).toMatchObject({ SONRISA_VAULT_REGULARS: 'off' });
  const told = wiring('sandbox');
  expect(vaultEnvironment({ ...told, options: { ...told.options, settings: { SONRISA_VAULT_REGULARS: 'off', EDITOR: 'vi' } } })).toEqual({ ...vaultEnvironment(told), SONRISA_VAULT_REGULARS: 'off' });
  for (const name of ['SONRISA_VAULT_REGULARS', 'EDITOR']) expect(server).not.toHaveProperty(name);
  for (const name of ['SONRISA_STRIPE_SECRET_KEY', 'SONRISA_PAGER_URL', 'EDITOR']) expect(vault).not.toHaveProperty(name);
});
