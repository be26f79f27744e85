// A whole instance on the built-in PostgreSQL: first start, restart, the wall between the two databases,
// and what is left when the supervisor is killed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isHealthy } from './health.ts';
import { startInstance } from './instance.ts';
import { removeDataFolder } from './postgres/cluster.ts';
import { withConnection } from './postgres/connect.ts';
import { isAlive } from './postgres/postmaster.ts';
import { freePort } from './postgres/port.ts';
import { repositoryRoot } from './repository.ts';
import { writeStandIns } from './testing/stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-instance-'));
const programs = writeStandIns(folder);
const dataDir = join(folder, 'data');
afterAll(() => {
  removeDataFolder(dataDir);
  removeDataFolder(folder);
});

const start = async () => startInstance({ dataDir, port: await freePort(), programs });

test('first start, restart: rows, secrets and the activation code are kept', async () => {
  const first = await start();
  expect(await isHealthy(`${first.url}/health`)).toBe(true);
  await withConnection(first.vaultDatabaseUrl, async (query) => {
    await query('CREATE TABLE bun (id int8)');
    await query('INSERT INTO bun VALUES (7)');
  });
  const pids = [first.server.pid ?? 0, first.vault.pid ?? 0];
  await first.stop();
  expect(pids.map(isAlive)).toEqual([false, false]);
  await expect(withConnection(first.databaseUrl, (query) => query('SELECT 1'))).rejects.toThrow();

  const second = await start();
  expect(await withConnection(second.vaultDatabaseUrl, (query) => query('SELECT id FROM bun'))).toEqual([{ id: '7' }]);
  expect([second.activationCode, second.vaultSecret]).toEqual([first.activationCode, first.vaultSecret]);
  await second.stop();
});

test('neither role can connect to the other database, nor to the maintenance ones', async () => {
  const instance = await start();
  const server = new URL(instance.databaseUrl);
  const vault = new URL(instance.vaultDatabaseUrl);
  const connect = (from: URL, database: string) => withConnection(Object.assign(new URL(from), { pathname: database }).href, (query) => query('SELECT 1'));
  await expect(connect(server, server.pathname)).resolves.toHaveLength(1);
  await expect(connect(vault, vault.pathname)).resolves.toHaveLength(1);
  await expect(connect(server, vault.pathname)).rejects.toThrow(/permission denied for database "sonrisa_vault"/);
  await expect(connect(vault, server.pathname)).rejects.toThrow(/permission denied for database "sonrisa"/);
  await expect(connect(server, '/postgres')).rejects.toThrow(/permission denied/);
  await expect(connect(vault, '/template1')).rejects.toThrow(/permission denied/);
  await instance.stop();
});

test('nothing under the data folder is readable by others', async () => {
  expect(statSync(dataDir).mode & 0o007).toBe(0);
  for (const name of ['keys/instance.json', 'keys/postgres-admin', 'logs/postgres.log']) expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
  const log = readFileSync(join(dataDir, 'logs/postgres.log'), 'utf8');
  expect(log).toContain('ready to accept connections');
});

test('after kill -9 of the supervisor the processes end, and the database is adopted', async () => {
  const port = await freePort();
  const script = join(folder, 'supervisor.mjs');
  const modulePath = JSON.stringify(pathToFileURL(join(repositoryRoot(), 'apps/cli/src/instance.ts')).href);
  writeFileSync(script, `const { startInstance } = await import(${modulePath});
const i = await startInstance(${JSON.stringify({ dataDir, port, programs })});
console.log(JSON.stringify({ server: i.server.pid, vault: i.vault.pid, databaseUrl: i.databaseUrl }));`);
  const supervisor = spawn(process.execPath, ['--import', pathToFileURL(join(repositoryRoot(), 'node_modules/tsx/dist/loader.mjs')).href, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = JSON.parse(String(await new Promise((resolve) => supervisor.stdout.once('data', resolve)))) as { server: number; vault: number; databaseUrl: string };
  supervisor.kill('SIGKILL');
  while (isAlive(printed.server) || isAlive(printed.vault)) await sleep(20);
  await expect(withConnection(printed.databaseUrl, (query) => query('SELECT 1'))).resolves.toHaveLength(1);

  const heir = await startInstance({ dataDir, port, programs });
  expect(heir.adopted).toBe(true);
  expect(heir.databaseUrl).toBe(printed.databaseUrl);
  await heir.stop();
  await expect(withConnection(printed.databaseUrl, (query) => query('SELECT 1'))).rejects.toThrow();
});
