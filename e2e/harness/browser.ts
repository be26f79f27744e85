// The machine's own Chromium, its camera replaced by a file.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

export function findChromium(): string {
  const found = [process.env.CHROMIUM_PATH, ...places].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('no Chromium here: install one, or name it in CHROMIUM_PATH');
  return found;
}

/** `camera` undefined: this browser has none. */
export function launchBrowser(camera: { file: string } | undefined): Promise<Browser> {
  const fake = camera
    ? ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`]
    : [];
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...fake] });
}
