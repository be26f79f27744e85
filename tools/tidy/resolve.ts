// From what an import says to what it means: one of our files, or an npm package, or a module of Node.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';

export type Target = { readonly kind: 'ours'; readonly path: string } | { readonly kind: 'npm'; readonly name: string } | { readonly kind: 'node'; readonly name: string };

const workspaceFolders: Readonly<Record<string, string>> = {
  ledger: 'packages/ledger', face: 'packages/face', protocol: 'packages/protocol',
  server: 'apps/server', vault: 'apps/vault', web: 'apps/web', cli: 'apps/cli',
};

export function resolveImport(from: string, specifier: string): Target {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('.')) return { kind: 'ours', path: posix.join(posix.dirname(from), bare) };
  const own = /^@sonrisa\/([^/]+)(?:\/(.*))?$/.exec(bare);
  const folder = own?.[1] === undefined ? undefined : workspaceFolders[own[1]];
  if (folder !== undefined) return { kind: 'ours', path: `${folder}/src/${own?.[2] ?? ''}` };
  const first = packageName(bare);
  if (bare.startsWith('node:') || builtinModules.includes(first)) return { kind: 'node', name: bare };
  return { kind: 'npm', name: first };
}

/** The package a bare specifier or a path into a package belongs to. */
export function packageName(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The manifest a file's npm imports must be declared in. */
export function manifestOf(path: string): string {
  const workspace = /^(packages|apps)\/[^/]+\//.exec(path);
  return `${workspace?.[0] ?? ''}package.json`;
}
