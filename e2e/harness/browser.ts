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

/** `grantsCamera` false: there is a camera, and whoever sits there says no to it. */
export function launchBrowser(camera: { file: string }, options: { grantsCamera?: boolean } = {}): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`];
  if (options.grantsCamera ?? true) args.push('--use-fake-ui-for-media-stream');
  return chromium.launch({ executablePath: findChromium(), args });
}
