// What the package.json files and the lock file say, against what the code imports and the docs explain.
import { testFiles } from '../import-table.ts';
import { manifestOf, packageName, resolveImport } from './resolve.ts';
import { isCode, lineOf } from './source.ts';
import type { Finding, Rule, SourceFile, Tree } from './source.ts';

type Manifest = { readonly name: string; readonly dependencies?: Record<string, string>; readonly devDependencies?: Record<string, string>; readonly overrides?: Record<string, string> };

/** Dependencies that no import names, with what uses them. */
const usedOtherwise: Readonly<Record<string, string>> = {
  tsx: 'runs the TypeScript tools',
  typescript: 'the type checker',
  tailwindcss: 'read by its vite plugin',
  '@stryker-mutator/core': 'npm run mutate',
  '@stryker-mutator/vitest-runner': 'loaded by it',
};

const explainedIn = 'docs/dependencies.md';

export const manifestRule: Rule = {
  name: 'manifest',
  reason: 'a package is declared where it is used, and nowhere else',
  check: (tree) => manifests(tree).flatMap((file) => [...unused(tree, file), ...undeclared(tree, file)]),
};

export const pinRule: Rule = {
  name: 'exact pin',
  reason: 'a range installs something else tomorrow, and many latest majors need a newer Node',
  check: (tree) =>
    manifests(tree).flatMap((file) =>
      Object.entries(declared(file)).flatMap(([name, version]) =>
        /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [finding(file, name, `pin "${name}" to one version instead of "${version}"`)],
      ),
    ),
};

export const lockRule: Rule = {
  name: 'lock file',
  reason: 'the lock file names versions and hashes, not the machine they were fetched from',
  check: (tree) => {
    const lock = tree.get('package-lock.json');
    const hosts = [...(lock?.text.matchAll(/"resolved":\s*"[a-z+]+:[^"]*"/g) ?? [])];
    return hosts.map((match) => ({ path: 'package-lock.json', line: lineOf(lock?.text ?? '', match.index), todo: `remove ${match[0]}: npm finds the package by name and checks its hash` }));
  },
};

export const explainedRule: Rule = {
  name: 'explained dependency',
  reason: 'each dependency has a line that says why it and not another',
  check: (tree) => {
    const doc = tree.get(explainedIn);
    const explained = new Set(doc?.text.split('\n').flatMap(namesInRow));
    const all = manifests(tree).flatMap((file) => [...Object.keys(declared(file)), ...overridden(file)].filter((name) => !name.startsWith('@sonrisa/')).map((name) => ({ file, name })));
    const names = new Set(all.map(({ name }) => name));
    const silent = all.filter(({ name }) => !explained.has(name)).map(({ file, name }) => finding(file, name, `explain "${name}" in ${explainedIn}`));
    const gone = [...explained].filter((name) => !names.has(name)).map((name) => ({ path: explainedIn, line: lineOf(doc?.text ?? '', doc?.text.indexOf(`\`${name}\``) ?? 0), todo: `"${name}" is in no package.json: remove its line` }));
    return [...silent, ...gone];
  },
};

function manifests(tree: Tree): SourceFile[] {
  return tree.files.filter(({ path }) => /^((packages|apps)\/[^/]+\/)?package\.json$/.test(path));
}

function declared(file: SourceFile): Record<string, string> {
  const { dependencies, devDependencies } = JSON.parse(file.text) as Manifest;
  return { ...dependencies, ...devDependencies };
}

const overridden = (file: SourceFile): string[] => Object.keys((JSON.parse(file.text) as Manifest).overrides ?? {});

function codeOf(tree: Tree, manifest: SourceFile): SourceFile[] {
  return tree.files.filter(({ path }) => manifestOf(path) === manifest.path);
}

function unused(tree: Tree, manifest: SourceFile): Finding[] {
  const files = codeOf(tree, manifest);
  const mentioned = new Set(files.flatMap((file) => mentions(tree, file)));
  return Object.keys(declared(manifest))
    .filter((name) => !mentioned.has(name.replace(/^@types\//, '')) && !(name in usedOtherwise) && name !== '@types/node')
    .map((name) => finding(manifest, name, `"${name}" is not used in this workspace: remove it`));
}

// An import, or a plain string that names the package or a file in it (require.resolve, a worker, a style sheet).
function mentions(tree: Tree, file: SourceFile): string[] {
  if (isCode(file.path)) return [...tree.parsed(file).strings].map(packageName);
  if (file.path.endsWith('.css')) return [...file.text.matchAll(/@import\s+["']([^"']+)/g)].map((match) => packageName(match[1] ?? ''));
  return [];
}

function undeclared(tree: Tree, manifest: SourceFile): Finding[] {
  const { name: own, dependencies = {} } = JSON.parse(manifest.text) as Manifest;
  const root = tree.get('package.json');
  // What only tests and types use may come from the root, where the tools are.
  const forTests = { ...declared(manifest), ...(root ? declared(root) : {}) };
  return codeOf(tree, manifest).filter(({ path }) => isCode(path)).flatMap((file) =>
    tree.parsed(file).imports.flatMap(({ specifier, line, typeOnly }) => {
      const target = resolveImport(file.path, specifier);
      const name = specifier.startsWith('@sonrisa/') ? packageName(specifier) : target.kind === 'npm' ? target.name : undefined;
      if (name === undefined || name === own || isVirtual(name)) return [];
      // npm links every workspace into the root's node_modules.
      if (manifest.path === 'package.json' && name.startsWith('@sonrisa/')) return [];
      const allowed = testFiles.test(file.path) || typeOnly || isBuildFile(file.path) || manifest.path === 'package.json' ? forTests : dependencies;
      return name in allowed || `@types/${name}` in allowed ? [] : [{ path: file.path, line, todo: `declare "${name}" in ${manifest.path}` }];
    }),
  );
}

const isVirtual = (name: string): boolean => name.startsWith('virtual:');
const isBuildFile = (path: string): boolean => /\.config\.ts$|^apps\/web\/build\//.test(path);

// | `one`, `two` | used by | why | …
function namesInRow(line: string): string[] {
  const cell = /^\|([^|]*)\|/.exec(line)?.[1] ?? '';
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

// At the line that gives the package a version, not at one that merely names it.
function finding(file: SourceFile, name: string, todo: string): Finding {
  const place = [...file.text.matchAll(/"([^"]+)":\s*"[^"]*"/g)].find((match) => match[1] === name);
  return { path: file.path, line: lineOf(file.text, place?.index ?? 0), todo };
}
