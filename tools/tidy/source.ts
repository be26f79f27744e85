// What the rules look at: a list of files with their text, read at the edge, parsed here once each.
import ts from 'typescript';

export type SourceFile = { readonly path: string; readonly text: string };

export type Finding = { readonly path: string; readonly line: number; readonly todo: string };

export type Rule = {
  readonly name: string;
  readonly reason: string;
  readonly check: (tree: Tree) => Finding[];
};

export type Import = {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
};

export type Parsed = {
  readonly imports: readonly Import[];
  /** The text with comments and the contents of strings blanked out; every offset stays. */
  readonly code: string;
  /** The text with everything but comments blanked out. */
  readonly comments: string;
  /** The contents of plain string literals. */
  readonly strings: ReadonlySet<string>;
  readonly syntax: ts.SourceFile;
};

export type Tree = {
  readonly files: readonly SourceFile[];
  /** Files and folders, without a trailing slash. */
  readonly exists: (path: string) => boolean;
  readonly get: (path: string) => SourceFile | undefined;
  readonly parsed: (file: SourceFile) => Parsed;
};

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path);

export function createTree(files: readonly SourceFile[]): Tree {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const folders = new Set(files.flatMap(({ path }) => path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))));
  const parses = new Map<string, Parsed>();
  return {
    files,
    exists: (path) => byPath.has(path) || folders.has(path),
    get: (path) => byPath.get(path),
    parsed: (file) => {
      const known = parses.get(file.path) ?? parse(file);
      parses.set(file.path, known);
      return known;
    },
  };
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function parse({ path, text }: SourceFile): Parsed {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const strings = new Set<string>();
  const code = blank(text);
  const literals = blank(text);
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push({ ...found, line: lineOf(text, node.getStart(syntax)) });
    if (ts.isStringLiteralLike(node)) strings.add(node.text);
    const children = node.getChildren(syntax);
    if (children.length > 0) return children.forEach(visit);
    const target = isLiteral(node) ? literals : code;
    for (let at = node.getStart(syntax); at < node.getEnd(); at++) target[at] = text[at] ?? '';
  };
  visit(syntax);
  const comments = text.split('');
  for (let at = 0; at < text.length; at++) if (code[at] === text[at] || literals[at] === text[at]) comments[at] = text[at] === '\n' ? '\n' : ' ';
  return { imports, strings, syntax, code: code.join(''), comments: comments.join('') };
}

const blank = (text: string): string[] => Array.from({ length: text.length }, (_, at) => (text[at] === '\n' ? '\n' : ' '));

function isLiteral(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isRegularExpressionLiteral(node) || ts.isJsxText(node);
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) return from(node.moduleSpecifier, isTypeImport(node.importClause));
  if (ts.isExportDeclaration(node)) return from(node.moduleSpecifier, node.isTypeOnly || allTypes(node.exportClause));
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? from(node.argument.literal, true) : undefined;
  if (ts.isExternalModuleReference(node)) return from(node.expression, false);
  if (ts.isCallExpression(node)) {
    const called = node.expression;
    const loads = called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require');
    return loads ? from(node.arguments[0], false) : undefined;
  }
  // A worker named beside the file: new URL('./worker.ts', import.meta.url)
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]?.getText() === 'import.meta.url') {
    const worker = from(node.arguments[0], false);
    return worker && isCode(worker.specifier) ? worker : undefined;
  }
  return undefined;
}

function from(specifier: ts.Node | undefined, typeOnly: boolean): Omit<Import, 'line'> | undefined {
  return specifier && ts.isStringLiteralLike(specifier) ? { specifier: specifier.text, typeOnly } : undefined;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  return clause.isTypeOnly || (!clause.name && allTypes(clause.namedBindings));
}

function allTypes(names: ts.Node | undefined): boolean {
  if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false;
  return names.elements.length > 0 && names.elements.every((element: ts.ImportSpecifier | ts.ExportSpecifier) => element.isTypeOnly);
}
