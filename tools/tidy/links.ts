// Links that lead nowhere: relative links and #anchors in every document, and the paths named in the two
// documents that describe the layout.
import { posix } from 'node:path';
import { lineOf } from './source.ts';
import type { Finding, Rule, SourceFile, Tree } from './source.ts';

export const linkRule: Rule = {
  name: 'dead link',
  reason: 'a reader who follows one dead link trusts no other',
  check: (tree) => documents(tree).flatMap((file) => links(file).flatMap((link) => checkLink(tree, file, link))),
};

export const namedPathRule: Rule = {
  name: 'named path',
  reason: 'the description of the layout is the first thing a stranger checks',
  check: (tree) =>
    documents(tree)
      .filter(({ path }) => /^(ARCHITECTURE|README|SECURITY|CONTRIBUTING)\.md$/.test(path))
      .flatMap((file) =>
        [...file.text.matchAll(/`((?:packages|apps|tools|e2e|bench|sim|docs|\.ci)\/[\w./-]+)`/g)]
          .filter(([, path = '']) => !tree.exists(path.replace(/\/$/, '')) && !/(^|\/)dist(\/|$)/.test(path))
          .map((match) => ({ path: file.path, line: lineOf(file.text, match.index), todo: `there is no ${match[1]}: name what is there` })),
      ),
};

type Link = { readonly target: string; readonly line: number };

const documents = (tree: Tree): SourceFile[] => tree.files.filter(({ path }) => path.endsWith('.md'));

function links(file: SourceFile): Link[] {
  const text = withoutCode(file.text);
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
  const references = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...text.matchAll(/<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...references, ...html].map((match) => ({ target: match[1] ?? '', line: lineOf(text, match.index) }));
}

function checkLink(tree: Tree, file: SourceFile, { target, line }: Link): Finding[] {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
  const [address = '', anchor] = decodeURIComponent(target).split('#');
  const path = address === '' ? file.path : posix.join(posix.dirname(file.path), address).replace(/\/$/, '');
  if (!tree.exists(path)) return [{ path: file.path, line, todo: `the link to "${target}" leads nowhere` }];
  const page = tree.get(path);
  if (anchor === undefined || !page?.path.endsWith('.md') || anchors(page).has(anchor)) return [];
  return [{ path: file.path, line, todo: `"${target}": ${path} has no heading for #${anchor}` }];
}

// As the common hosts make them: lower case, punctuation dropped, spaces to dashes, repeats numbered.
function anchors({ text }: SourceFile): Set<string> {
  const found = new Set([...text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''));
  for (const [, heading = ''] of withoutCode(text, 'fences').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let unique = slug;
    for (let repeat = 1; found.has(unique); repeat++) unique = `${slug}-${repeat}`;
    found.add(unique);
  }
  return found;
}

function withoutCode(text: string, what: 'all' | 'fences' = 'all'): string {
  const hide = (match: string) => match.replace(/[^\n]/g, ' ');
  const open = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, hide);
  return what === 'all' ? open.replace(/`[^`\n]*`/g, hide) : open;
}
