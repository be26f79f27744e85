// Files nobody reaches. Every source file hangs on one of the entry points below, or is a test, or is
// there for tests and says so by its folder.
import { testFiles, testHarness } from '../import-table.ts';
import { resolveImport } from './resolve.ts';
import { isCode } from './source.ts';
import type { Rule, SourceFile, Tree } from './source.ts';

const entryPoints: readonly RegExp[] = [
  /^apps\/(server|vault|cli)\/src\/main\.ts$/,
  /^apps\/vault\/src\/(pack\/face|calibrate\/photo)-worker\.ts$/,
  /^apps\/server\/src\/adapters\/pdf-worker\.ts$/,
  /^apps\/web\/.*\.html$/,
  /\.config\.ts$/,
  /^e2e\/harness\/built-once\.ts$/,
  /^tools\/(tidy\.ts|start\.mjs|build\.mjs|test\.mjs|db-global-setup\.ts|build-kernel\.ts|schema\.ts)$/,
  /^(bench\/main|sim\/main|e2e\/(screens|liveness-page)|torture\/main|torture\/worker)\.ts$/,
];

const lookedAt = /^(packages|apps|tools|e2e|bench|torture|sim|fuzz)\/.*\.(ts|tsx|mjs|css)$/;
const forTests = /\/testing\/|\.fixture\.tsx?$|^(e2e|fuzz)\//;

export const deadFileRule: Rule = {
  name: 'dead file',
  reason: 'code that nothing runs is read, trusted and wrong',
  check: (tree) => {
    const isTest = (path: string) => testFiles.test(path) && !/\/testing\/|\.fixture\.tsx?$/.test(path);
    const used = reach(tree, tree.files.filter(({ path }) => entryPoints.some((entry) => entry.test(path))));
    const tested = reach(tree, tree.files.filter(({ path }) => isTest(path)));
    return tree.files
      .map(({ path }) => path)
      .filter((path) => lookedAt.test(path) && !isTest(path) && !used.has(path))
      .filter((path) => !(tested.has(path) && (forTests.test(path) || testHarness.test(path))))
      .map((path) => ({ path, line: 1, todo: tested.has(path) ? 'only tests import it: use it, move it to a testing folder, or remove it' : 'nothing imports it: use it or remove it' }));
  },
};

function reach(tree: Tree, roots: readonly SourceFile[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...roots];
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (seen.has(file.path)) continue;
    seen.add(file.path);
    for (const path of edges(tree, file)) {
      const next = tree.get(path);
      if (next) queue.push(next);
    }
  }
  return seen;
}

function edges(tree: Tree, file: SourceFile): string[] {
  if (isCode(file.path)) return ownTargets(file.path, tree.parsed(file).imports.map(({ specifier }) => specifier));
  if (file.path.endsWith('.css')) return ownTargets(file.path, [...file.text.matchAll(/@import\s+(?:url\()?["']([^"']+)/g)].map((match) => match[1] ?? ''));
  // Addresses in a page start at the folder of the web app.
  return [...file.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => (address.startsWith('/') ? `apps/web${address}` : `${file.path.replace(/[^/]+$/, '')}${address}`));
}

function ownTargets(from: string, specifiers: readonly string[]): string[] {
  return specifiers.flatMap((specifier) => {
    const target = resolveImport(from, specifier);
    return target.kind === 'ours' ? [target.path] : [];
  });
}
