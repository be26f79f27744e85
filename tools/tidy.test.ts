// Every rule of tidy has a small repository that breaks it, and a sound one that breaks none: a rule that
// finds nothing anywhere would look the same as a rule that works.
import { expect, test } from 'vitest';
import { rules, tidy } from './tidy/rules.ts';

type Files = Readonly<Record<string, string>>;

const sound: Files = {
  'package.json': '{"name":"sonrisa","devDependencies":{"vitest":"4.1.12"}}',
  'package-lock.json': '{"packages":{"node_modules/zod":{"resolved":"packages/ledger","link":true}}}',
  'vitest.config.ts': "import { defineConfig } from 'vitest/config';\nexport default defineConfig({});\n",
  'docs/dependencies.md': '| package | why |\n|---|---|\n| `zod` | schemas |\n| `vitest` | tests |\n| `pg` | PostgreSQL |\n',
  'README.md': '# Sonrisa\n\nSee [the layout](ARCHITECTURE.md#who-may-import-whom) and `apps/server/src/main.ts`.\n',
  'ARCHITECTURE.md': '# Architecture\n\n## Who may import whom?\n',
  'packages/ledger/package.json': '{"name":"@sonrisa/ledger"}',
  'packages/ledger/src/money.ts': 'export const minor = 1n;\n',
  'packages/ledger/src/money.test.ts': "import { test } from 'vitest';\nimport { minor } from './money.ts';\ntest('one', () => minor);\n",
  'packages/face/package.json': '{"name":"@sonrisa/face"}',
  'packages/face/src/detect.ts': 'export const detect = 1;\n',
  'packages/protocol/package.json': '{"name":"@sonrisa/protocol","dependencies":{"@sonrisa/ledger":"0.1.0","zod":"4.6.7"}}',
  'packages/protocol/src/amount.ts': "import { z } from 'zod';\nimport { minor } from '@sonrisa/ledger/money.ts';\nexport const amount = z.literal(minor);\n",
  'apps/server/package.json': '{"name":"@sonrisa/server","dependencies":{"@sonrisa/protocol":"0.1.0","pg":"8.23.1"}}',
  'apps/server/src/main.ts': "import { clock } from './adapters/clock.ts';\nimport { port } from './config.ts';\nimport { pay } from './payments/pay.ts';\nimport { routes } from './api/terminal.ts';\npay(clock); routes(port);\n",
  'apps/server/src/config.ts': "export const port = process.env['SONRISA_PORT'];\n",
  'apps/server/src/adapters/clock.ts': "import 'pg';\nexport const clock = { now: () => Date.now() };\nexport type Clock = typeof clock;\n",
  'apps/server/src/payments/pay.ts': "import type { Clock } from '../adapters/clock.ts';\nimport { post } from '../books/index.ts';\nexport const pay = (clock: Clock) => post(clock.now());\n",
  'apps/server/src/payments/index.ts': "export { pay } from './pay.ts';\n",
  'apps/server/src/books/index.ts': "export { post } from './post.ts';\n",
  'apps/server/src/books/post.ts': "import { amount } from '@sonrisa/protocol/amount.ts';\nexport const post = (at: number) => [at, amount];\n",
  'apps/server/src/api/terminal.ts': "import { pay } from '../payments/index.ts';\nexport const routes = (port: unknown) => [port, pay];\n",
  'apps/vault/package.json': '{"name":"@sonrisa/vault","dependencies":{"@sonrisa/face":"0.1.0"}}',
  'apps/vault/src/main.ts': "import { detect } from '@sonrisa/face/detect.ts';\ndetect;\n",
  'apps/cli/package.json': '{"name":"@sonrisa/cli"}',
  'apps/cli/src/main.ts': "console.log('hello');\n",
  'apps/web/package.json': '{"name":"@sonrisa/web","dependencies":{"@sonrisa/face":"0.1.0"}}',
  'apps/web/kiosk/index.html': '<script type="module" src="/src/kiosk/main.tsx"></script>',
  'apps/web/src/kiosk/main.tsx': "import '../ui/theme.css';\nimport { detect } from '@sonrisa/face/detect.ts';\ndetect;\n",
  'apps/web/src/ui/theme.css': ':root {}\n',
};

const found = (change: Files): string[] => tidy(Object.entries({ ...sound, ...change }).map(([path, text]) => ({ path, text })));

const appended = (path: string, text: string): Files => ({ [path]: `${sound[path] ?? ''}${text}` });
const post = 'apps/server/src/books/post.ts';
const asserted = "DO $$\nBEGIN\n  ASSERT 1 = 1, 'so it is';\nEND $$;\n";
const migration = (text: string): Files => ({ 'apps/server/src/db/migrations/0101-x.sql': text });
const many = (count: number, line: string) => `${line}\n`.repeat(count);

/** Rule, what is wrong, the change to the sound repository, the finding it must bring. */
const controls: readonly [rule: string, what: string, change: Files, finding: RegExp][] = [
  ['imports', 'the server sees faces', appended(post, "import '@sonrisa/face/detect.ts';\n"), /post\.ts:3: imports: do not import packages\/face\/src\/detect\.ts: the process that moves money/],
  ['imports', 'the server sees faces by a dynamic import', appended(post, "await import('@sonrisa/face/detect.ts');\n"), /post\.ts:3: imports: .*face/],
  ['imports', 'the server sees faces by re-export', appended(post, "export * from '../../../../packages/face/src/detect.ts';\n"), /post\.ts:3: imports: .*face/],
  ['imports', 'the vault moves money', appended('apps/vault/src/main.ts', "import '@sonrisa/ledger/money.ts';\n"), /imports: .*ledger.*cannot move money/],
  ['imports', 'the ledger uses a package', appended('packages/ledger/src/money.ts', "import 'zod';\n"), /money\.ts:2: imports: do not import the package "zod"/],
  ['imports', 'the ledger uses Node', appended('packages/ledger/src/money.ts', "import 'node:fs';\n"), /imports: do not import the package "node:fs"/],
  ['imports', 'face uses the ledger', appended('packages/face/src/detect.ts', "import '@sonrisa/ledger/money.ts';\n"), /imports: do not import packages\/ledger/],
  ['imports', 'a page without a camera carries face code', { ...appended('apps/web/src/kiosk/main.tsx', "import '../ui/Ring.tsx';\n"), 'apps/web/src/ui/Ring.tsx': "import '@sonrisa/face/detect.ts';\n" }, /Ring\.tsx:1: imports: .*only pages with a camera/],
  ['imports', 'a route reaches an adapter', appended('apps/server/src/api/terminal.ts', "import type { Clock } from '../adapters/clock.ts';\nexport type C = Clock;\n"), /terminal\.ts:3: imports: do not import .*clock\.ts: a route/],
  ['imports', 'a domain takes the value of an adapter', appended(post, "import { clock } from '../adapters/clock.ts';\nclock;\n"), /post\.ts:3: imports: import .*clock\.ts as types only/],
  ['imports', 'a domain reads the configuration', appended(post, "import { port } from '../config.ts';\nport;\n"), /post\.ts:3: imports: .*config\.ts/],
  ['imports', 'an adapter calls a domain', appended('apps/server/src/adapters/clock.ts', "import { pay } from '../payments/index.ts';\npay;\n"), /clock\.ts:4: imports: import .*payments\/index\.ts as types only/],
  ['imports', "a domain reaches into another domain's file", appended(post, "import '../payments/pay.ts';\n"), /post\.ts:3: imports: do not import .*pay\.ts: a domain reaches another/],
  ['imports', 'the product depends on the command line', appended('apps/vault/src/main.ts', "import '../../cli/src/main.ts';\n"), /imports: do not import apps\/cli\/src\/main\.ts/],
  ['imports', 'an import of nothing', appended(post, "import './gone.ts';\n"), /post\.ts:3: imports: "\.\/gone\.ts" names no file/],
  ['process.env', 'outside config.ts', appended(post, 'process.env;\n'), /post\.ts:3: process\.env/],
  ['time and chance', 'the clock', appended(post, 'Date.now();\n'), /post\.ts:3: time and chance: "Date\.now"/],
  ['time and chance', 'a new date', appended(post, 'new Date();\n'), /post\.ts:3: time and chance/],
  ['time and chance', 'chance', appended('packages/face/src/detect.ts', 'Math.random();\n'), /detect\.ts:2: time and chance/],
  ['time and chance', 'an id', appended(post, 'crypto.randomUUID();\n'), /post\.ts:3: time and chance/],
  ['console', 'in the server', appended(post, "console.log('paid');\n"), /post\.ts:3: console/],
  ['any', 'as a cast', appended(post, 'export const x = post as any;\n'), /post\.ts:3: any/],
  ['any', 'as a parameter', appended(post, 'export const y = (z: any) => z;\n'), /post\.ts:3: any/],
  ['type check off', 'for a line', appended(post, '// @ts-ignore\n'), /post\.ts:3: type check off/],
  ['only', 'in a test', appended('packages/ledger/src/money.test.ts', "test.only('two', () => minor);\n"), /money\.test\.ts:4: only/],
  ['enum', 'in a domain', appended(post, 'export enum State { Paid }\n'), /post\.ts:3: enum/],
  ['default export', 'in a domain', appended(post, 'export default post;\n'), /post\.ts:3: default export/],
  ['unfinished', 'without a reason', appended(post, '// TO' + 'DO later\n'), /post\.ts:3: unfinished/],
  ['tool words', 'in a document', appended('README.md', 'Written by Cl' + 'aude.\n'), /README\.md:4: tool words/],
  ['machine paths', 'in a document', appended('README.md', 'Look in /wo' + 'rk/main.\n'), /README\.md:4: machine paths/],
  ['registry hosts', 'in a setting', { '.npmrc': 'registry=https://registry.npm' + 'js.org\n' }, /\.npmrc:1: registry hosts/],
  ['file name', 'a drawer', { 'apps/server/src/books/utils.ts': '', ...appended(post, "import './utils.ts';\n") }, /utils\.ts:1: file name/],
  ['file name', 'a drawer of a folder', { 'apps/server/src/books/common/round.ts': '', ...appended(post, "import './common/round.ts';\n") }, /round\.ts:1: file name/],
  ['images', 'a photo among the tests', { 'e2e/person.jpg': '' }, /person\.jpg:1: images/],
  ['size', 'a long function', appended(post, `export const long = () => {\n${many(70, '  post(1);')}};\n`), /post\.ts:3: size: function long has 72 lines, at most 70/],
  ['size', 'a long file', appended(post, many(400, 'post(1);')), /post\.ts:1: size: file has 402 lines, at most 400/],
  ['size', 'a ratchet that slipped', { ...appended(post, many(400, 'post(1);')), 'tools/tidy-ratchet.json': `{"${post}":401}` }, /post\.ts:1: size: file has 402 lines, at most 401/],
  ['size', 'a ratchet that can tighten', { ...appended(post, many(400, 'post(1);')), 'tools/tidy-ratchet.json': `{"${post}":450}` }, /ratchet\.json:1: size: .*shrank to 402/],
  ['size', 'a ratchet entry no longer needed', { 'tools/tidy-ratchet.json': `{"${post}":450}` }, /ratchet\.json:1: size: .*remove its entry/],
  ['dead file', 'nobody imports it', { 'apps/server/src/books/old.ts': 'export const old = 1;\n' }, /old\.ts:1: dead file: nothing imports it/],
  ['dead file', 'only its test imports it', { 'apps/server/src/books/old.ts': 'export const old = 1;\n', 'apps/server/src/books/old.test.ts': "import './old.ts';\n" }, /old\.ts:1: dead file: only tests/],
  ['manifest', 'declared, not used', { 'apps/vault/package.json': '{"name":"@sonrisa/vault","dependencies":{"@sonrisa/face":"0.1.0","pg":"8.23.1"}}' }, /vault\/package\.json:1: manifest: "pg" is not used/],
  ['manifest', 'used, not declared', appended('apps/vault/src/main.ts', "import 'pg';\n"), /main\.ts:3: manifest: declare "pg" in apps\/vault\/package\.json/],
  ['exact pin', 'a range', { 'apps/server/package.json': '{"name":"@sonrisa/server","dependencies":{"@sonrisa/protocol":"0.1.0","pg":"^8.23.1"}}' }, /exact pin: pin "pg"/],
  ['lock file', 'a host', { 'package-lock.json': '{"resolved": "https://mirror.example/zod.tgz"}' }, /package-lock\.json:1: lock file/],
  ['explained dependency', 'without its line', { 'docs/dependencies.md': '| `zod` |\n| `vitest` |\n' }, /server\/package\.json:1: explained dependency: explain "pg"/],
  ['explained dependency', 'a line without a dependency', appended('docs/dependencies.md', '| `left-pad` | why not |\n'), /dependencies\.md:6: explained dependency: "left-pad"/],
  ['dead link', 'to no file', appended('README.md', '[more](docs/more.md)\n'), /README\.md:4: dead link: .*leads nowhere/],
  ['dead link', 'to no heading', appended('README.md', '[more](ARCHITECTURE.md#nothing)\n'), /README\.md:4: dead link: .*no heading/],
  ['named path', 'of a file that moved', appended('README.md', '`apps/server/src/pay.ts`\n'), /README\.md:4: named path: there is no apps\/server\/src\/pay\.ts/],
  ['migration', 'nothing is asserted', migration('ALTER TABLE store ADD COLUMN x int;\n'), /0101-x\.sql:1: migration: end with/],
  ['migration', 'a comment, and no assertion', migration('-- After: the column is there.\nSELECT 1;\n'), /0101-x\.sql:1: migration: end with/],
  ['migration', 'no reason why there is nothing to assert', migration('-- Nothing to assert: no.\nSELECT 1;\n'), /0101-x\.sql:1: migration: end with/],
  ['migration', 'rows change under the excuse', migration(`-- Before: x\n${asserted}-- Nothing to assert: it is only an update.\nUPDATE store SET x = 1;\n`), /0101-x\.sql:1: migration: end with/],
  ['migration', 'rows change and nothing was asserted before', migration(`ALTER TABLE store ADD COLUMN x int;\nUPDATE store SET x = 1;\n-- After: all have one.\n${asserted}`), /0101-x\.sql:2: migration: rows change hands/],
  ['migration', 'a column goes', migration(`ALTER TABLE store DROP COLUMN x;\n-- After: it is gone.\n${asserted}`), /0101-x\.sql:1: migration: rows change hands/],
];

test('the sound repository has nothing to do', () => {
  expect(found({})).toEqual([]);
});

test.each(controls)('%s: %s', (rule, _what, change, finding) => {
  const findings = found(change);
  expect(findings.filter((line) => finding.test(line))).toHaveLength(1);
  expect(findings.some((line) => line.includes(`: ${rule}: `))).toBe(true);
});

test('every rule has a control', () => {
  expect(new Set(controls.map(([rule]) => rule))).toEqual(new Set(rules.map(({ name }) => name)));
});

test.each<[string, Files]>([
  ['a word in a comment or a string is not code', appended(post, "// Date.now, console.log and any enum {\nexport const text = 'process.env; new Date()';\nexport const more = `Math.random ${text} as any`;\n")],
  ['a date of a given time is no clock', appended(post, 'new Date(0);\n')],
  ['an unfinished place with its reason', appended(post, '// TO' + 'DO(waits for the second model pack)\n')],
  ['a known overrun that did not grow', { ...appended(post, many(400, 'post(1);')), 'tools/tidy-ratchet.json': `{"${post}":402}` }],
  ['a test of a pure package uses its tools', { 'packages/ledger/src/money.test.ts': "import 'vitest';\nimport 'node:fs';\nimport './money.ts';\n" }],
  ['a long group of tests', appended('packages/ledger/src/money.test.ts', `describe('money', () => {\n${many(90, '  minor;')}});\n`)],
  ['a migration that asserts', migration(`-- Before: x\n${asserted}UPDATE store SET x = 1;\n-- After: y\n${asserted}`)],
  ['a migration without rows, with its reason', migration('-- Nothing to assert: an index changes no row.\nCREATE INDEX x ON store (id);\n')],
  ['a function that will write, and the first row of a table', migration(`CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  UPDATE store SET x = 1;\nEND $$;\nINSERT INTO x VALUES (1);\n-- After: y\n${asserted}`)],
  ['a migration from before the rule', { 'apps/vault/src/db/migrations/0050-x.sql': 'UPDATE face SET epoch = 1;\n' }],
  ['links inside code are examples', appended('README.md', '```\n[x](nowhere.md)\n```\n`[y](nowhere.md)`\n')],
])('allowed: %s', (_what, change) => {
  expect(found(change)).toEqual([]);
});
