// The built-in PostgreSQL on its own: private files, one port for good, and back after a kill -9.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { removeDataFolder } from './cluster.ts';
import { withConnection } from './connect.ts';
import { canTraverse } from './owner.ts';
import { isAlive } from './postmaster.ts';
import { startPostgres } from './start.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-postgres-'));
afterAll(() => removeDataFolder(dataDir));

const answer = async (url: string) => withConnection(url, (query) => query('SELECT 1 AS one')).catch(() => 'no answer');

test('it comes back on the same port after a kill -9, with what was committed', async () => {
  const lines: string[] = [];
  const postgres = await startPostgres({ dataDir, log: (line) => lines.push(line) });
  await withConnection(postgres.adminUrl, async (query) => {
    await query('CREATE TABLE bun (id int)');
    await query('INSERT INTO bun VALUES (7)');
  });
  const killed = postgres.pid;
  process.kill(killed, 'SIGKILL');
  while (isAlive(killed)) await sleep(20);
  while ((await answer(postgres.adminUrl)) === 'no answer') await sleep(50);
  expect(await withConnection(postgres.adminUrl, (query) => query('SELECT id FROM bun'))).toEqual([{ id: 7 }]);
  expect(lines).toContain('PostgreSQL ended unexpectedly; starting it again.');
  await postgres.stop();
  expect(isAlive(postgres.pid)).toBe(false);
});

test('the next start is on the same port, on the loopback alone, safe against power loss', async () => {
  const before = readFileSync(join(dataDir, 'postgres-port'), 'utf8').trim();
  const postgres = await startPostgres({ dataDir, log: () => undefined });
  expect(postgres.adopted).toBe(false);
  expect(new URL(postgres.adminUrl).port).toBe(before);
  const setting = (name: string) => withConnection(postgres.adminUrl, async (query) => (await query(`SHOW ${name}`))[0]?.[name]);
  expect(await setting('listen_addresses')).toBe('127.0.0.1');
  expect(await setting('unix_socket_directories')).toBe('');
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) expect(await setting(name)).toBe('on');
  await postgres.stop();
});

test('the cluster is for its owner alone and no password file is left', () => {
  const home = join(dataDir, 'postgres');
  expect(statSync(home).mode & 0o077).toBe(0);
  expect(statSync(join(home, 'cluster')).mode & 0o077).toBe(0);
  expect(() => statSync(join(home, 'password'))).toThrow(/ENOENT/);
});

test('a folder another user cannot enter is recognised, and so is a closed parent', () => {
  const open = join(dataDir, 'open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  const stranger = { uid: 65_534, gid: 65_534 };
  expect(canTraverse('/usr/bin', stranger)).toBe(true);
  expect(canTraverse(open, stranger)).toBe(false);
  expect(canTraverse(open, undefined)).toBe(true);
  rmSync(open, { recursive: true });
});
