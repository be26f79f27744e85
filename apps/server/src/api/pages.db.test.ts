// The built web pages as a browser gets them: types, how long they may be kept, and nothing from outside the folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'sonrisa-pages-'));
const files = ['dist/index.html', 'dist/kiosk/index.html', 'dist/assets/kiosk-AbCd12_9.js', 'dist/assets/ort-AbCd12_9.wasm', 'dist/assets/run-AbCd12_9.mjs', 'dist/models/face.onnx', 'secret.txt'];

beforeAll(async () => {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `content of ${file}`);
  }
  server = await startTestServer({ name: 'pages', webDir: join(folder, 'dist') });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('a page', () => {
  const forGood = 'public, max-age=31536000, immutable';
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/kiosk/', 'text/html; charset=utf-8', 'no-cache'],
    ['/kiosk/?x=1', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/kiosk-AbCd12_9.js', 'application/javascript; charset=utf-8', forGood],
    ['/assets/run-AbCd12_9.mjs', 'application/javascript; charset=utf-8', forGood],
    ['/assets/ort-AbCd12_9.wasm', 'application/wasm', forGood],
    ['/models/face.onnx', 'application/octet-stream', 'no-cache'],
  ])('%s is %s, %s', async (path, type, caching) => {
    const answer = await server.ask('GET', path);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': type, 'cache-control': caching } });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('without its slash leads to the one with it', async () => {
    expect(await server.ask('GET', '/kiosk')).toMatchObject({ status: 301, headers: { location: '/kiosk/' } });
  });

  it.each(['/secret.txt', '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%5c..%5csecret.txt', '/kiosk/none.js'])('%s is not there', async (path) => {
    const answer = await server.ask('GET', path);
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('content of secret');
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
