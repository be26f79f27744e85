// The vault as a process: its one sentence when it cannot start, and how it starts and stops.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tools/test-database.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { migrationsDir, withDatabase } from './testing/test-vault.ts';
import { startTransitServer } from './testing/transit-server.ts';

const secret = 'a secret that is only used in tests';
const folder = mkdtempSync(join(tmpdir(), 'sonrisa-vault-'));
const emptyMigrations = mkdtempSync(join(tmpdir(), 'sonrisa-none-'));
const running = new Set<ChildProcess>();
let database: TestDatabase;
let other: TestDatabase;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase({ migrationsDir: emptyMigrations, name: 'vault_process' });
  other = await createTestDatabase({ migrationsDir: emptyMigrations, name: 'vault_process_wrapped' });
  settings = {
    SONRISA_VAULT_PORT: '0',
    SONRISA_VAULT_SECRET: secret,
    SONRISA_VAULT_DATABASE_URL: database.url,
    SONRISA_VAULT_MIGRATIONS_DIR: migrationsDir,
    SONRISA_VAULT_KEYS_DIR: join(folder, 'keys'),
    SONRISA_VAULT_CACHE_DIR: join(folder, 'cache'),
    SONRISA_VAULT_THREADS: '1',
    SONRISA_LOG_LEVEL: 'warn',
  };
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await database.drop();
  await other.drop();
  rmSync(folder, { recursive: true });
  rmSync(emptyMigrations, { recursive: true });
});

function start(more: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = fork(main, { execArgv: ['--import', 'tsx'], env: { ...settings, ...more }, silent: true });
  running.add(child);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => void (errors += chunk.toString()));
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    running.delete(child);
    return { code, errors };
  });
  const message = once(child, 'message').then(([first]: unknown[]) => first as { kind: 'ready'; port: number });
  const tooEarly = async (): Promise<never> => {
    throw new Error(`ended before it was ready: ${(await ended).errors}`);
  };
  return { child, ended, ready: () => Promise.race([message, tooEarly()]) };
}
const oneSentence = (text: RegExp) => ({ code: 1, errors: expect.stringMatching(new RegExp(`^${text.source}\\.\\n$`)) as string });

test('starts, answers, and drains when told to stop', async () => {
  const vault = start();
  const { port } = await vault.ready();
  expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toEqual({ status: 'ok', packId: 'embedded-3', waitingForNewLook: 0 });
  const stats = await fetch(`http://127.0.0.1:${port}/v1/stats`, { headers: { authorization: `Bearer ${secret}` } });
  expect(await stats.json()).toMatchObject({ packId: 'embedded-3', faces: 0, budget: 1e-6, workers: 1 });
  vault.child.kill('SIGTERM');
  expect(await vault.ended).toEqual({ code: 0, errors: '' });
});

test('stops when its parent is gone', async () => {
  const vault = start();
  await vault.ready();
  vault.child.disconnect();
  expect(await vault.ended).toEqual({ code: 0, errors: '' });
});

test('a setting that is wrong', async () => {
  expect(await start({ SONRISA_VAULT_THREADS: 'many' }).ended).toEqual(oneSentence(/SONRISA_VAULT_THREADS must be a whole number from 1 to 64/));
});

test('a database that does not answer, without its password in the sentence', async () => {
  const answer = await start({ SONRISA_VAULT_DATABASE_URL: 'postgres://vault:word@127.0.0.1:9/vault' }).ended;
  expect(answer).toEqual(oneSentence(/The vault's database cannot be opened: .*ECONNREFUSED.*/));
  expect(answer.errors).not.toContain('word@');
});

test('a key service that is away when it starts: says so, asks again, and starts when it is there; one that refuses ends it at once', async () => {
  const service = await startTransitServer();
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, service.token);
  const transit = {
    SONRISA_VAULT_KEYS_DIR: join(folder, 'wrapped-keys'),
    SONRISA_VAULT_KEYS_TRANSIT_URL: service.url,
    SONRISA_VAULT_KEYS_TRANSIT_KEY: service.keyName,
    SONRISA_VAULT_KEYS_TRANSIT_TOKEN_FILE: tokenFile,
    SONRISA_VAULT_DATABASE_URL: other.url,
  };
  await service.close();
  const vault = start(transit);
  const [line] = (await once(vault.child.stdout!, 'data')) as [Buffer];
  expect(JSON.parse(line.toString())).toMatchObject({ level: 40, msg: 'the key service is away and will be asked again', reason: expect.stringMatching(/^HashiCorp Vault does not answer at .* \(ECONNREFUSED\)\.$/) as string });
  await service.open();
  await vault.ready();
  vault.child.kill('SIGTERM');
  expect(await vault.ended).toEqual({ code: 0, errors: '' });
  service.allowed = false;
  expect(await start(transit).ended).toEqual(oneSentence(/HashiCorp Vault does not let this vault use the transit key sonrisa-vault: renew the token, .*/));
  await service.close();
});

test('a port in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await start({ SONRISA_VAULT_PORT: String(port) }).ended).toEqual(oneSentence(/The vault cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*/));
  server.close();
});

test('a database that another mode was started on', async () => {
  const sandbox = await withDatabase(database.url, (db) => db.rows('SELECT mode FROM installation'));
  expect(sandbox).toEqual([{ mode: 'sandbox' }]);
  const answer = await start({ SONRISA_MODE: 'production' }).ended;
  expect(answer).toEqual(oneSentence(/The vault's database belongs to sandbox mode and cannot be started in production mode: .*/));
});

test('a database of a newer version', async () => {
  await withDatabase(database.url, (db) => db.rows("INSERT INTO schema_migration (name) VALUES ('0099-later.sql')"));
  expect(await start().ended).toEqual(oneSentence(/The vault's database is newer than this program .*/));
});
