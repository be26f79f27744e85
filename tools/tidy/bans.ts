// Things that may not be written, each with the places where it may and the reason. The patterns look at
// code without comments and strings, at comments alone, or at the whole text.
import { isCode, lineOf } from './source.ts';
import type { Finding, Rule, SourceFile, Tree } from './source.ts';
import { testFiles } from '../import-table.ts';

type Ban = {
  readonly name: string;
  readonly pattern: RegExp;
  readonly look: 'code' | 'comments' | 'text';
  readonly where?: RegExp;
  readonly except?: RegExp;
  readonly tests: 'too' | 'exempt' | 'only';
  readonly todo: string;
};

// Letters in brackets keep a pattern from finding itself.
const bans: readonly Ban[] = [
  {
    name: 'process.env', look: 'code', tests: 'exempt', pattern: /\bprocess\s*\.\s*env\b/g,
    except: /(^|\/)config\.ts$|^tools\/|^e2e\/|^bench\/|^sim\/|^apps\/cli\/|\.config\.ts$/,
    todo: 'read it in config.ts and pass the value: one file says what can be configured',
  },
  {
    name: 'time and chance', look: 'code', tests: 'exempt', pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandom(UUID|Bytes|Int)\b/g,
    where: /^packages\/|^apps\/(server|vault)\/src\//, except: /\/adapters\//,
    todo: 'take the clock, the random source or the id as an argument: only adapters have them, so every test can replay',
  },
  {
    name: 'console', look: 'code', tests: 'exempt', pattern: /\bconsole\s*\.\s*(log|info|debug)\b/g, except: /^(apps\/cli|tools|bench|e2e|torture|sim)\//,
    todo: 'use the logger that was passed in: it redacts',
  },
  { name: 'any', look: 'code', tests: 'too', pattern: /(\bas|[:<,|&(=])\s*any\b(?!\s*[.(:'])/g, todo: 'say the type, or unknown and a check' },
  { name: 'type check off', look: 'comments', tests: 'too', pattern: /@ts-(ignore|nocheck|expect-error)\b/g, todo: 'make the types agree' },
  { name: 'only', look: 'code', tests: 'only', pattern: /\b(test|it|describe|suite)(\.\w+)*\.only\b/g, todo: 'remove .only: it silences every other test of the file' },
  { name: 'enum', look: 'code', tests: 'too', pattern: /\benum\s+\w+\s*\{/g, todo: 'use a union of literals: enums are code that types alone should be' },
  {
    name: 'default export', look: 'code', tests: 'too', pattern: /\bexport\s+default\b|\bas\s+default\b/g,
    // The second is vitest's own convention for a global set-up.
    except: /\.config\.ts$|^(tools\/db-global-setup|e2e\/harness\/built-once)\.ts$/, todo: 'export by name: one thing has one name everywhere',
  },
  {
    name: 'unfinished', look: 'comments', tests: 'too', pattern: /\b(TO[D]O|FIX[M]E|X[X]X)\b(?!\([^)]{5,}\))/g,
    todo: 'finish it, or say why not: TO' + 'DO(the reason)',
  },
  {
    name: 'tool words', look: 'text', tests: 'too',
    pattern: /\b(cl[a]ude|anthr[o]pic|open[a]i|chatg[p]t|gpt-\d|cop[i]lot|sub-?ag[e]nts?|language m[o]del|ai[- ](generated|assist(ed|ant))|as an a[i]\b)/gi,
    todo: 'the repository speaks of the product, not of the tools it was written with',
  },
  {
    name: 'machine paths', look: 'text', tests: 'too', pattern: /(?<![\w.*}~-])\/(w[o]rk|ro[o]t)\/[\w.]/g, except: /^package-lock\.json$/,
    todo: 'no path of one machine: use a relative path or an example like /srv/sonrisa',
  },
  {
    name: 'registry hosts', look: 'text', tests: 'too', pattern: /\b(registry\.(npm[j]s|npmm[i]rror|yarnp[k]g)|npm\.pkg\.g[i]thub|artif[a]ctory|verd[a]ccio)/gi,
    todo: 'no registry host: npm is configured by whoever installs',
  },
];

export const banRules: readonly Rule[] = bans.map((ban) => ({
  name: ban.name,
  reason: ban.todo,
  check: (tree) => tree.files.filter((file) => applies(ban, file)).flatMap((file) => violations(ban, tree, file)),
}));

export const fileNameRule: Rule = {
  name: 'file name',
  reason: 'a helper lives with its one user or earns a noun',
  check: (tree) =>
    tree.files
      .filter(({ path }) => /(^|\/)(utils?|helpers?|common|types|misc)(\/|\.[a-z.]+$)/.test(path))
      .map(({ path }) => ({ path, line: 1, todo: 'name it after what it holds, or move it to its one user' })),
};

export const imageRule: Rule = {
  name: 'images',
  reason: 'no photo of a person is kept here; tests make theirs from packages at test time',
  check: (tree) =>
    tree.files
      .filter(({ path }) => /\.(jpe?g|png|webp|gif|avif|heic|bmp|tiff?|mp4|webm|y4m|mjpeg)$/i.test(path) && !/^(docs\/screens|apps\/web\/public)\//.test(path))
      .map(({ path }) => ({ path, line: 1, todo: 'remove it: pictures live in docs/screens (faces blurred) and apps/web/public' })),
};

function applies(ban: Ban, { path }: SourceFile): boolean {
  if (ban.look !== 'text' && !isCode(path)) return false;
  const isTest = testFiles.test(path);
  if ((ban.tests === 'exempt' && isTest) || (ban.tests === 'only' && !isTest)) return false;
  return (ban.where?.test(path) ?? true) && !(ban.except?.test(path) ?? false);
}

function violations(ban: Ban, tree: Tree, file: SourceFile): Finding[] {
  const text = ban.look === 'text' ? file.text : tree.parsed(file)[ban.look];
  return [...text.matchAll(ban.pattern)].map((match) => ({ path: file.path, line: lineOf(text, match.index), todo: `"${match[0].trim()}": ${ban.todo}` }));
}
