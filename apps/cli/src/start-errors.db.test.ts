// Every way a start can fail for a reason a person can mend: one sentence, exit code 1, no stack trace.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { startInstance } from './instance.ts';
import { PlainError } from './plain-error.ts';
import { freePort } from './postgres/port.ts';
import { runCommandLine } from './program.ts';
import { writeStandIns } from './testing/stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-start-'));
const programs = writeStandIns(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const failure = (options: { dataDir: string; port: number }): Promise<unknown> => startInstance({ ...options, programs }).then(() => 'it started', (error: unknown) => error);

async function expectSentence(options: { dataDir: string; port: number }, sentence: RegExp): Promise<void> {
  const error = await failure(options);
  expect(error).toBeInstanceOf(PlainError);
  expect((error as PlainError).message).toMatch(sentence);
  expect((error as PlainError).message).not.toContain('\n');
}

test('a port in use is named, together with the option, before anything is started', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const dataDir = join(folder, 'port');
  await expectSentence({ dataDir, port }, new RegExp(`Port ${port} is already in use.*--port`));
  expect(readdirSync(dataDir)).toEqual(['sonrisa-data.json']);
  taken.close();
});

test('a newer data folder is left alone', async () => {
  const dataDir = join(folder, 'newer');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'sonrisa-data.json'), '{"product":"sonrisa","version":99}');
  await expectSentence({ dataDir, port: await freePort() }, /written by a newer Sonrisa \(layout 99/);
});

test('a damaged version file is not overwritten', async () => {
  const dataDir = join(folder, 'damaged');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'sonrisa-data.json'), '{"vers');
  await expectSentence({ dataDir, port: await freePort() }, /sonrisa-data\.json cannot be read/);
});

test('a file where the folder should be', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expectSentence({ dataDir: join(folder, 'file'), port: await freePort() }, /is a file: --data needs a folder/);
  await expectSentence({ dataDir: join(folder, 'file', 'below'), port: await freePort() }, /is a file: --data needs a folder/);
});

test('no permission to write', () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  // Root may write anywhere: become an ordinary user for the moment of the call.
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o755);
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(() => openDataFolder(join(closed, 'data'))).toThrow(/^No permission to write in the data folder .*--data/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a data folder in use by a running instance; one left by a killed run is taken', () => {
  const dataDir = join(folder, 'held');
  const held = openDataFolder(dataDir);
  expect(() => openDataFolder(dataDir)).toThrow(new RegExp(`in use by a running Sonrisa \\(process ${process.pid}\\)`));
  held.release();
  expect(openDataFolder(dataDir).leftByKilledRun).toBe(false);
  writeFileSync(join(dataDir, 'instance.pid'), `${process.pid} 12345\n`);
  expect(openDataFolder(dataDir).leftByKilledRun).toBe(true);
});

test.each<[string, string[], RegExp]>([
  ['a missing certificate', ['--cert', '/no/cert.pem', '--key', '/no/key.pem'], /^--cert: there is no file \/no\/cert\.pem\.$/],
  ['a port that is no number', ['--port', 'eighty'], /^--port takes a number/],
  ['an option there is not', ['--prot', '80'], /^error: unknown option '--prot'/],
  ['a mode there is not', ['--mode', 'test'], /Allowed choices are sandbox, production/],
])('on the command line, %s is one sentence and exit code 1', async (_what, flags, sentence) => {
  const errors: string[] = [];
  const code = await runCommandLine(['start', '--data', join(folder, 'cli'), ...flags], () => undefined, (line) => errors.push(line));
  expect(code).toBe(1);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(sentence);
  expect(errors[0]).not.toMatch(/\n\s+at /);
});
