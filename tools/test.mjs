// `npm test` from a fresh clone: installs what is missing, then runs every check there is, in order, and
// ends with one line of totals. Plain JavaScript without dependencies, like tools/start.mjs.
import './fresh/node-version.mjs';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './fresh/chromium.mjs';
import { ensureInstalled } from './fresh/install.mjs';
import { root, run } from './fresh/root.mjs';

const results = join(root, '.cache', 'test-results');
const tool = (path, ...args) => [join(root, 'node_modules', path), ...args];
const vitest = (project) => tool('vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${join(results, `${project}.json`)}`);

const parts = [
  { title: 'tidy', command: tool('tsx/dist/cli.mjs', join(root, 'tools', 'tidy.ts')) },
  { title: 'types', command: tool('typescript/bin/tsc', '-b', '.', 'apps/web', 'e2e') },
  { title: 'build', command: [join(root, 'tools', 'build.mjs')] },
  { title: 'unit tests', command: vitest('unit'), report: 'unit' },
  { title: 'database tests', command: vitest('db'), report: 'db' },
  { title: 'end-to-end tests', command: vitest('e2e'), report: 'e2e' },
];

await ensureInstalled();
const chromium = await ensureChromium();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const totals = { passed: 0, failed: 0 };
for (const part of parts) {
  console.log(`\n── ${part.title}`);
  const begin = performance.now();
  const code = await run(process.execPath, part.command, { env: { CHROMIUM_PATH: chromium } });
  const { passed, failed } = counts(part.report);
  totals.passed += passed;
  // A part that fails without a failing test (a type error, a crash while collecting) still counts as one.
  totals.failed += code === 0 ? failed : Math.max(failed, 1);
  console.log(`── ${part.title}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

function counts(report) {
  const file = join(results, `${report}.json`);
  if (!report || !existsSync(file)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests };
}
