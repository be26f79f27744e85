// The dependency-free scripts, run as real processes in a made-up clone with a made-up npm, build and
// test runner: what they install, build and run, when, and what they say when it fails.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const tools = dirname(fileURLToPath(import.meta.url));
let clone: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
};
const lockOf = (version: string): string => JSON.stringify({ packages: { '': {}, 'apps/cli': { link: true }, 'node_modules/zod': { version }, 'node_modules/other-system': { version: '1.0.0', optional: true } } });
const calls = (): string[] => (existsSync(join(clone, 'calls')) ? readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n') : []);
const note = (what: string): string => `require('node:fs').appendFileSync(${JSON.stringify(join(clone, 'calls'))}, ${JSON.stringify(`${what}\n`)});`;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'sonrisa-fresh-'));
  for (const name of ['fresh', 'start.mjs', 'test.mjs']) cpSync(join(tools, name), join(clone, 'tools', name), { recursive: true });
  write('package.json', '{"name":"sonrisa"}');
  write('package-lock.json', lockOf('4.0.0'));
  write('apps/server/src/main.ts', 'one');
  write('packages/ledger/src/money.ts', 'one');
  write('npm.js', `${note('install')}const fs = require('node:fs');
fs.mkdirSync('node_modules', { recursive: true });
const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
delete packages['node_modules/other-system'];
if (process.env.BREAK === 'npm') process.exit(1);
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
console.log('added 1 package');`);
  write('tools/build.mjs', `import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { stamped } from './fresh/built.mjs';
const require = createRequire(import.meta.url);
${note('build')}
process.exitCode = await stamped(async () => {
  if (process.env.BREAK === 'build') return 1;
  for (const folder of ['dist', 'apps/web/dist']) mkdirSync(folder, { recursive: true });
  for (const file of ['dist/server.mjs', 'dist/vault.mjs', 'dist/face-worker.mjs', 'apps/web/dist/index.html']) writeFileSync(file, '');
  writeFileSync('dist/cli.mjs', 'console.log(JSON.stringify({ arguments: process.argv.slice(2), folder: process.cwd() }))');
  return 0;
});`);
});
afterEach(() => rmSync(clone, { recursive: true }));

function run(script: string, args: string[], env: Record<string, string> = {}) {
  const outcome = spawnSync(process.execPath, [join(clone, 'tools', script), ...args], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], npm_execpath: join(clone, 'npm.js'), ...env },
  });
  return { code: outcome.status, out: outcome.stdout, errors: outcome.stderr };
}

test('a fresh clone is installed and built once, then only what changed', () => {
  expect(run('start.mjs', ['--port', '1']).code).toBe(0);
  expect(calls()).toEqual(['install', 'build']);
  run('start.mjs', []);
  expect(calls()).toEqual(['install', 'build']);
  write('packages/ledger/src/money.ts', 'two');
  run('start.mjs', []);
  expect(calls()).toEqual(['install', 'build', 'build']);
  write('packages/ledger/src/money.test.ts', 'a test changes nothing that runs');
  run('start.mjs', []);
  expect(calls()).toHaveLength(3);
  write('package-lock.json', lockOf('4.0.1'));
  run('start.mjs', []);
  expect(calls()).toEqual(['install', 'build', 'build', 'install', 'build']);
  rmSync(join(clone, 'dist/vault.mjs'));
  run('start.mjs', []);
  expect(calls()).toHaveLength(6);
});

test('a broken-off install is done again', () => {
  expect(run('start.mjs', [], { BREAK: 'npm' })).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/could not be installed: .* Nothing was started\.\n$/) as string });
  expect(calls()).toEqual(['install']);
  expect(run('start.mjs', []).code).toBe(0);
  expect(calls()).toEqual(['install', 'install', 'build']);
});

test('a failed build starts nothing and is tried again', () => {
  expect(run('start.mjs', [], { BREAK: 'build' })).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/The build failed: .* Nothing was started\.\n$/) as string });
  expect(run('start.mjs', []).code).toBe(0);
  expect(calls()).toEqual(['install', 'build', 'build']);
});

test('the command gets its arguments, the caller’s folder, and standard output for itself', () => {
  const fresh = run('start.mjs', ['demo', '--json'], { INIT_CWD: tmpdir() });
  expect(JSON.parse(fresh.out)).toEqual({ arguments: ['demo', '--json'], folder: tmpdir() });
  expect(JSON.parse(run('start.mjs', ['--port', '1']).out)).toMatchObject({ arguments: ['start', '--port', '1'] });
  expect(JSON.parse(run('start.mjs', []).out)).toMatchObject({ arguments: ['start'] });
});

const part = (name: string, extra = ''): string => `${note(name)}${extra}`;
const report = `const file = process.argv.find((word) => word.startsWith('--outputFile'))?.split('=')[1];
const failing = process.env.BREAK === process.argv[4] ? 1 : 0;
if (process.env.BREAK !== 'crash') require('node:fs').writeFileSync(file, JSON.stringify({ numPassedTests: 10, numFailedTests: failing }));
process.exitCode = failing || process.env.BREAK === 'crash' ? 1 : 0;`;

function writeTestTools(): Record<string, string> {
  write('node_modules/tsx/dist/cli.mjs', `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${part('tidy', "process.exitCode = process.env.BREAK === 'tidy' ? 1 : 0;")}`);
  write('node_modules/typescript/bin/tsc', part('types'));
  write('node_modules/vitest/vitest.mjs', `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${part('tests', report)}`);
  write('bin/chromium', '');
  chmodSync(join(clone, 'bin/chromium'), 0o755);
  return { CHROMIUM_PATH: join(clone, 'bin/chromium') };
}

test('npm test runs every part and ends with the sum', () => {
  const browser = writeTestTools();
  const { code, out } = run('test.mjs', [], browser);
  expect(calls()).toEqual(['install', 'tidy', 'types', 'build', 'tests', 'tests', 'tests']);
  expect(out.trimEnd().split('\n').at(-1)).toBe('30 passed, 0 failed');
  expect(code).toBe(0);
});

test.each([
  ['a failing test', 'db', '30 passed, 1 failed'],
  ['untidiness', 'tidy', '30 passed, 1 failed'],
  ['a failing build', 'build', '30 passed, 1 failed'],
  ['a runner that crashes', 'crash', '0 passed, 3 failed'],
])('npm test goes on after %s, and fails', (_what, broken, lastLine) => {
  const browser = writeTestTools();
  const { code, out } = run('test.mjs', [], { ...browser, BREAK: broken });
  expect(calls()).toHaveLength(7);
  expect(out.trimEnd().split('\n').at(-1)).toBe(lastLine);
  expect(code).toBe(1);
});
