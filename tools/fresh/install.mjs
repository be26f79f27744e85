// Makes node_modules agree with package-lock.json, by `npm ci` when it does not.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, toStandardError } from './root.mjs';

export async function ensureInstalled() {
  if (agrees()) return;
  console.error('Installing packages (only when the lock file has changed) …');
  const npm = process.env.npm_execpath;
  const [program, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // onnxruntime-node carries what we use; its install step would fetch graphics card files from elsewhere.
  const code = await run(program, [...before, 'ci'], { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' }, output: toStandardError });
  if (code === 0) return;
  console.error('The packages could not be installed: the lines above say why. Nothing was started.');
  process.exit(1);
}

// npm writes its own record as the last step of an install, so a broken-off install has none.
function agrees() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed[path];
    return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional || entry.devOptional || entry.peer;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}
