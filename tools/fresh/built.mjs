// Builds when the sources differ from those of the last build, by content: a checkout changes dates, not text.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, toStandardError } from './root.mjs';

const sources = ['packages', 'apps', 'tools/build.mjs', 'package-lock.json'];
const skippedFolders = new Set(['node_modules', 'dist']);
const outputs = ['dist/cli.mjs', 'dist/server.mjs', 'dist/vault.mjs', 'dist/face-worker.mjs', 'apps/web/dist/index.html'];
const stampFile = join(root, '.cache', 'build-stamp');

export async function ensureBuilt() {
  const last = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (last === sourcesHash() && outputs.every((file) => existsSync(join(root, file)))) return;
  console.error('Building (only when the sources have changed) …');
  if ((await run(process.execPath, [join(root, 'tools', 'build.mjs')], { output: toStandardError })) !== 0) {
    console.error('The build failed: the lines above say why. Nothing was started.');
    process.exit(1);
  }
}

/** Runs the build; only a complete one, of sources that did not change meanwhile, counts as done. */
export async function stamped(build) {
  rmSync(stampFile, { force: true });
  const before = sourcesHash();
  const code = await build();
  if (code !== 0 || sourcesHash() !== before) return code;
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile, before);
  return code;
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesUnder).sort()) hash.update(`${path}\0`).update(readFileSync(join(root, path))).update('\0');
  return hash.digest('hex');
}

function filesUnder(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const at = `${path}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesUnder(at);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [at];
  });
}
