// Fetching models from a server that does everything wrong: what arrives whole and right is installed, nothing else is.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pull } from '@sonrisa/cli/models/commands.ts';
import { download } from '@sonrisa/cli/models/download.ts';
import type { DownloadOptions } from '@sonrisa/cli/models/download.ts';
import type { RecommendedFile } from '@sonrisa/cli/models/recommended.ts';
import { recommendedFiles } from '@sonrisa/cli/models/recommended.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256));
const file = { name: 'net.onnx', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
type Handler = (request: IncomingMessage, response: ServerResponse, from: number) => void;

let folder: string;
let server: Server;
let url: string;
let handle: Handler;
let asked: (string | undefined)[];
const target = (): string => join(folder, 'models', file.name);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    handle(request, response, Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${file.name}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonrisa-pull-'));
  asked = [];
  handle = honest;
  return () => rmSync(folder, { recursive: true, force: true });
});

const honest: Handler = (_request, response, from) => {
  if (from >= content.length) return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  response.writeHead(from > 0 ? 206 : 200, from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {});
  response.end(content.subarray(from));
};
/** Sends so many bytes more, then breaks the connection, which no later request is to travel on. */
const cutAfter = (count: number): Handler => (request, response, from) => {
  response.writeHead(from > 0 ? 206 : 200, { connection: 'close', 'content-length': content.length - from, ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}) });
  response.write(content.subarray(from, from + count), () => setTimeout(() => request.socket.end(), 50));
};

const fetchIt = (options: Partial<DownloadOptions> = {}) => download({ file, url, target: target(), onProgress: () => undefined, ...options });
const leavePart = (bytes: Uint8Array): void => {
  mkdirSync(join(folder, 'models'));
  writeFileSync(`${target()}.part`, bytes);
};
const isInstalled = (): boolean => existsSync(target()) && readFileSync(target()).equals(content) && !existsSync(`${target()}.part`);

describe('a file arrives whole', () => {
  test('in one go, with its progress', async () => {
    const shares: number[] = [];
    await fetchIt({ onProgress: (share) => shares.push(share) });
    expect(isInstalled()).toBe(true);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  test('although the connection breaks again and again: each try goes on where the last one ended', async () => {
    handle = cutAfter(80_000);
    await fetchIt();
    expect(isInstalled()).toBe(true);
    const starts = asked.map((range) => Number(range?.match(/\d+/)?.[0] ?? 0));
    expect(starts.length).toBeGreaterThanOrEqual(4);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
  });

  test('from a server that knows no ranges: all of it again', async () => {
    leavePart(content.subarray(0, 100_000));
    handle = (request, response) => honest(request, response, 0);
    await fetchIt();
    expect(asked).toEqual(['bytes=100000-']);
    expect(isInstalled()).toBe(true);
  });

  test.each<[string, Uint8Array]>([
    ['is longer than the file', Buffer.alloc(400_000, 1)],
    ['was complete when the process was killed', content],
  ])('over what an earlier run left that %s', async (_what, left) => {
    leavePart(left);
    await fetchIt();
    expect(isInstalled()).toBe(true);
  });

  test('where the server says 416, or answers with another range, to what we have', async () => {
    leavePart(content.subarray(0, 1000));
    handle = (request, response, from) => (from > 0 ? void response.writeHead(416).end() : honest(request, response, 0));
    await fetchIt();
    expect(isInstalled()).toBe(true);
    rmSync(target());
    writeFileSync(`${target()}.part`, content.subarray(0, 1000));
    handle = (request, response, from) => (from > 0 ? void response.writeHead(206, { 'content-range': 'bytes 5-9/300000' }).end('wrong') : honest(request, response, 0));
    await fetchIt();
    expect(isInstalled()).toBe(true);
  });
});

describe('nothing is installed', () => {
  const elsewhere = Buffer.from(content);
  elsewhere[150_000] = (elsewhere[150_000] ?? 0) ^ 1;
  test.each<[string, Handler, string]>([
    ['one wrong byte', (_request, response) => void response.end(elsewhere), 'is not the file it should be'],
    ['404', (_request, response) => void response.writeHead(404).end('no'), 'answered 404'],
    ['a page instead of the file', (_request, response) => void response.end('<html>sign in first</html>'), 'the answer ended after 26 of 300000 bytes'],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), 'sends us elsewhere'],
    ['a body without end', endless, 'sends more than the 300000 bytes'],
    ['a server that falls silent', (_request, response) => void response.write(content.subarray(0, 1000)), 'nothing came for 300 ms'],
  ])('%s', async (_what, given, sentence) => {
    handle = given;
    await expect(fetchIt({ stallMs: 300 })).rejects.toThrow(sentence);
    expect(existsSync(target())).toBe(false);
  });

  test('the earlier file stays when the new one is wrong', async () => {
    mkdirSync(join(folder, 'models'));
    writeFileSync(target(), 'the old one');
    handle = (_request, response) => void response.end(elsewhere);
    await expect(fetchIt()).rejects.toThrow('is not the file it should be');
    expect(readFileSync(target(), 'utf8')).toBe('the old one');
  });
});

function endless(_request: IncomingMessage, response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 1)));
    if (!response.destroyed) response.once('drain', more);
  };
  response.on('error', () => undefined);
  more();
}

test('a process killed half-way leaves no file, and the next one goes on from there', async () => {
  handle = (_request, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 120_000));
  };
  const module = fileURLToPath(new URL('../apps/cli/src/models/download.ts', import.meta.url));
  const options = JSON.stringify({ file, url, target: target() });
  const script = `import(${JSON.stringify(module)}).then(({ download }) => download({ ...${options}, onProgress: () => undefined }));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'ignore' });
  while (!existsSync(`${target()}.part`) || statSync(`${target()}.part`).size < 120_000) await sleep(20);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(existsSync(target())).toBe(false);
  handle = honest;
  await fetchIt();
  expect(asked.at(-1)).toBe('bytes=120000-');
  expect(isInstalled()).toBe(true);
});

describe('pull', () => {
  const made: RecommendedFile[] = [{ ...file, url, origin: 'a test', licence: 'MIT', note: 'training data non-commercial' }];

  test('shows the terms, fetches from --base, and does not ask again for what is here', async () => {
    const lines: string[] = [];
    const flags = { data: folder, base: url.slice(0, url.lastIndexOf('/')) };
    await pull(flags, (line) => lines.push(line), made);
    expect(lines[0]).toBe('net.onnx: MIT. NOTE: training data non-commercial');
    expect(lines.join('\n')).toContain('face calibrate');
    expect(readFileSync(join(folder, 'models/recommended/net.onnx')).equals(content)).toBe(true);
    await pull(flags, () => undefined, made);
    expect(asked).toHaveLength(1);
  });

  test('the spoof net says whose data it was trained on', () => {
    expect(recommendedFiles.find(({ name }) => name.includes('spoof'))?.note).toContain('non-commercial');
  });

  test('an address that is none is refused', async () => {
    await expect(pull({ data: folder, base: 'no address' }, () => undefined, made)).rejects.toThrow('--base takes an address');
  });
});
