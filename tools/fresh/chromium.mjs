// The browser of the end-to-end tests: Debian's Chromium, installed when that is possible without asking.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './root.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const packages = ['chromium', 'fonts-noto-cjk'];

/** The program's path. Ends the process with one sentence where there is none and none can be installed. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  console.log('Installing Chromium for the browser tests …');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = async (...args) => {
    const [program, ...rest] = [...sudo, 'apt-get', ...args];
    return (await run(program, rest, { env: { DEBIAN_FRONTEND: 'noninteractive' } })) === 0;
  };
  const installed = (await apt('update')) && (await apt('install', '-y', '--no-install-recommends', ...packages));
  const path = installed ? findChromium() : undefined;
  if (path) return path;
  console.error(`The browser tests need Chromium: run "sudo apt-get install ${packages.join(' ')}", or name one in CHROMIUM_PATH.`);
  process.exit(1);
}

function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  const candidates = named ? [named] : (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
