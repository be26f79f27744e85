// Real child processes: healthy before start() resolves, restarted after a crash, left alone after kill().
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { isHealthy } from './health.ts';
import { isAlive } from './postgres/postmaster.ts';
import { freePort } from './postgres/port.ts';
import { createSupervised } from './supervised.ts';
import { writeBroken, writeStandIns } from './testing/stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-supervised-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function standIn(name: string, program = writeStandIns(folder).server) {
  const port = await freePort();
  const lines: string[] = [];
  const logFile = join(folder, `${name}.log`);
  const healthUrl = `http://127.0.0.1:${port}/health`;
  const env = { SONRISA_PORT: String(port) };
  const child = createSupervised({ name, program, env, logFile, healthUrl, log: (line) => lines.push(line), firstPauseMs: 10 });
  return { child, lines, logFile, healthUrl };
}

test('a crash is told and repaired; stop lets it drain', async () => {
  const { child, lines, logFile } = await standIn('till');
  await child.start();
  const first = child.pid;
  await child.crash();
  await child.healthy();
  expect(child.pid).not.toBe(first);
  expect(lines).toEqual([expect.stringMatching(/^The till ended \(SIGKILL\); starting it again/)]);
  const second = child.pid ?? 0;
  await child.stop();
  expect(isAlive(second)).toBe(false);
  expect(readFileSync(logFile, 'utf8')).toBe('ended by SIGTERM\n');
});

test('killed on purpose it stays down until it is started again', async () => {
  const { child, lines, healthUrl } = await standIn('oven');
  await child.start();
  await child.kill();
  await sleep(200);
  expect(child.pid).toBeUndefined();
  expect(await isHealthy(healthUrl)).toBe(false);
  await child.start();
  expect(await isHealthy(healthUrl)).toBe(true);
  expect(lines).toEqual([]);
  await child.stop();
});

test('a program that ends at once is reported with its last words', async () => {
  const { child } = await standIn('broken', writeBroken(folder));
  await expect(child.start()).rejects.toThrow(/The broken did not start: .*the oven is cold/);
});
