// Bundles the programs into dist/ and builds the web pages into apps/web/dist/. The workspaces' own code is
// bundled in; npm packages stay outside, found in node_modules. SQL files are copied beside the programs
// and named to them by environment variable.
import './fresh/node-version.mjs';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { stamped } from './fresh/built.mjs';
import { root, run } from './fresh/root.mjs';

const programs = {
  server: 'apps/server/src/main.ts',
  vault: 'apps/vault/src/main.ts',
  'face-worker': 'apps/vault/src/pack/face-worker.ts',
  'scan-worker': 'apps/vault/src/search/scan-worker.ts',
  'photo-worker': 'apps/vault/src/calibrate/photo-worker.ts',
  'pdf-worker': 'apps/server/src/adapters/pdf-worker.ts',
  cli: 'apps/cli/src/main.ts',
};
const migrations = {
  'server-migrations': 'apps/server/src/db/migrations',
  'vault-migrations': 'apps/vault/src/db/migrations',
};
/** Beside the program that reads them, as they lie beside its source. */
const fonts = 'apps/server/src/adapters/fonts';
const workspaceFolders = { ledger: 'packages', face: 'packages', protocol: 'packages', server: 'apps', vault: 'apps', cli: 'apps' };

// `@sonrisa/<workspace>/<file>` is our source; any other bare name is an npm package or a Node module.
const ownCodeIn = {
  name: 'own code in, packages out',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      const own = /^@sonrisa\/([^/]+)\/(.+)$/.exec(path);
      const parent = own && workspaceFolders[own[1]];
      return parent ? { path: join(root, parent, own[1], 'src', own[2]) } : { path, external: true };
    });
  },
};

const dist = join(root, 'dist');
// Made aside and swapped in whole: a running instance may restart one of its programs at any moment, and a
// migration that was renamed must not linger beside its successor.
const draft = join(root, '.cache', `dist-${process.pid}`);

process.exitCode = await stamped(async () => {
  try {
    copyMigrations();
    cpSync(join(root, fonts), join(draft, 'fonts'), { recursive: true });
    if (!(await bundlePrograms())) return 1;
    rmSync(dist, { recursive: true, force: true });
    renameSync(draft, dist);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return buildWeb();
});

function copyMigrations() {
  mkdirSync(draft, { recursive: true });
  for (const [name, folder] of Object.entries(migrations)) {
    const from = join(root, folder);
    cpSync(from, join(draft, name), { recursive: true, filter: (path) => path === from || path.endsWith('.sql') });
  }
}

async function bundlePrograms() {
  const bundled = await build({
    entryPoints: Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, join(root, file)])),
    outdir: dist,
    write: false,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [ownCodeIn],
    // esbuild has printed each error with its place.
  }).catch(() => undefined);
  for (const { path, contents } of bundled?.outputFiles ?? []) writeFileSync(join(draft, basename(path)), contents);
  return bundled !== undefined;
}

function buildWeb() {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return run(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'apps', 'web') });
}
