// Lengths of functions and files, with a ratchet: a known overrun is listed with its length, and may only shrink.
import ts from 'typescript';
import { isCode, lineOf } from './source.ts';
import type { Finding, Rule, SourceFile, Tree } from './source.ts';

export const functionLinesMax = 70;
export const fileLinesMax = 400;
export const ratchetPath = 'tools/tidy-ratchet.json';

/** Files that are long because of what they are. */
const exemptFiles: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /^apps\/web\/src\/i18n\/texts\//, reason: 'a table of texts is as long as the screens need' },
  { pattern: /(reference-values|\.generated)\.ts$|^docs\/schema\//, reason: 'written by a program' },
];

type Overrun = { readonly key: string; readonly path: string; readonly line: number; readonly lines: number; readonly max: number };

export const sizeRule: Rule = {
  name: 'size',
  reason: 'what fits on a screen is read; what does not is skimmed',
  check: (tree) => {
    const ratchet = readRatchet(tree);
    const overruns = tree.files.filter(({ path }) => hasLimit(path)).flatMap((file) => overrunsOf(tree, file));
    const measured = new Map(overruns.map((overrun) => [overrun.key, overrun]));
    return [...overruns.flatMap((overrun) => tooLong(overrun, ratchet[overrun.key])), ...slack(ratchet, measured)];
  },
};

function hasLimit(path: string): boolean {
  return (isCode(path) || /\.(sql|css)$/.test(path)) && !exemptFiles.some(({ pattern }) => pattern.test(path));
}

function readRatchet(tree: Tree): Record<string, number> {
  return JSON.parse(tree.get(ratchetPath)?.text ?? '{}') as Record<string, number>;
}

function overrunsOf(tree: Tree, file: SourceFile): Overrun[] {
  const { path, text } = file;
  const lines = text.trimEnd().split('\n').length;
  const whole = lines > fileLinesMax ? [{ key: path, path, line: 1, lines, max: fileLinesMax }] : [];
  return isCode(path) ? [...whole, ...longFunctions(tree, file)] : whole;
}

function longFunctions(tree: Tree, file: SourceFile): Overrun[] {
  const { syntax } = tree.parsed(file);
  const found: Overrun[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isDescribe(node)) {
      const line = lineOf(file.text, node.getStart(syntax));
      const lines = lineOf(file.text, node.getEnd()) - line + 1;
      if (lines > functionLinesMax) found.push({ key: `${file.path}#${nameOf(node, syntax)}`, path: file.path, line, lines, max: functionLinesMax });
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return found;
}

// A group of tests is a heading, not a function someone has to hold in mind.
function isDescribe(node: ts.Node): boolean {
  const call = node.parent;
  return call !== undefined && ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText());
}

function nameOf(node: ts.SignatureDeclaration, syntax: ts.SourceFile): string {
  if (node.name) return node.name.getText(syntax);
  const holder = node.parent;
  if (ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder)) return holder.name.getText(syntax);
  return 'anonymous';
}

function tooLong({ path, line, lines, max, key }: Overrun, known: number | undefined): Finding[] {
  if (known !== undefined && lines <= known) return [];
  const what = key.includes('#') ? `function ${key.split('#')[1]}` : 'file';
  return [{ path, line, todo: `${what} has ${lines} lines, at most ${known ?? max}: split it along what it does` }];
}

function slack(ratchet: Record<string, number>, measured: ReadonlyMap<string, Overrun>): Finding[] {
  return Object.entries(ratchet).flatMap(([key, known]) => {
    const lines = measured.get(key)?.lines;
    if (lines === undefined) return [{ path: ratchetPath, line: 1, todo: `"${key}" is within the limit now: remove its entry` }];
    return lines < known ? [{ path: ratchetPath, line: 1, todo: `"${key}" shrank to ${lines} lines: lower its entry from ${known}` }] : [];
  });
}
