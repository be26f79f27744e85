// The import table, checked: every import, export from, dynamic import and worker address of every file.
import { importTable, testFiles, testHarness, testPackages } from '../import-table.ts';
import type { ImportRow } from '../import-table.ts';
import { resolveImport } from './resolve.ts';
import type { Target } from './resolve.ts';
import { isCode } from './source.ts';
import type { Finding, Import, Rule, SourceFile, Tree } from './source.ts';

export const importRule: Rule = {
  name: 'imports',
  reason: 'the wall between money and faces is this table',
  check: (tree) => tree.files.filter(({ path }) => isCode(path)).flatMap((file) => checkFile(tree, file)),
};

function checkFile(tree: Tree, file: SourceFile): Finding[] {
  const rows = importTable.filter((row) => row.from.test(file.path) && !row.exceptFrom?.test(file.path) && !(row.tests === 'exempt' && testFiles.test(file.path)));
  return tree.parsed(file).imports.flatMap((found) => {
    const target = resolveImport(file.path, found.specifier);
    const missing = target.kind === 'ours' && !tree.exists(target.path) && !isBuilt(target.path) ? [at(file, found, `"${found.specifier}" names no file of this repository`)] : [];
    const refused = rows.flatMap((row) => refusal(row, file, found, target).map((todo) => at(file, found, `${todo}: ${row.reason}`)));
    // The widest row comes first in the table: its reason is the one worth reading.
    return [...missing, ...refused.slice(0, 1)];
  });
}

function refusal(row: ImportRow, file: SourceFile, found: Import, target: Target): string[] {
  const isTest = testFiles.test(file.path);
  if (target.kind !== 'ours') {
    const allowed = row.packages !== 'none' || (isTest && (target.kind === 'node' || testPackages.includes(target.name)));
    return allowed ? [] : [`do not import the package "${target.name}"`];
  }
  const { path } = target;
  if (isTest && testHarness.test(path)) return [];
  const own = row.from.exec(file.path)?.[1] ?? '';
  const among = (patterns: readonly string[] | undefined) => patterns?.some((pattern) => new RegExp(pattern.replace('$1', own)).test(path)) ?? false;
  if (row.only && !among(row.only)) return [`do not import ${path}`];
  if (among(row.never)) return [`do not import ${path}`];
  // A domain's own folder may be an adapter folder's name; what is its own it may import whole.
  if (among(row.typesOnly) && !found.typeOnly) return [`import ${path} as types only (import type)`];
  return [];
}

// Built by a tool from other sources, so not in the list of files.
const isBuilt = (path: string): boolean => /(^|\/)dist\//.test(path);

const at = (file: SourceFile, { line }: Import, todo: string): Finding => ({ path: file.path, line, todo });
