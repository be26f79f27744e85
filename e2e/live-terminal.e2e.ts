// A live terminal at the real kiosk page: what a sandbox terminal takes, a photo held still and a clip played in a loop, it
// does not; what it asks for is shown, and there is always a way on.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { openKiosk } from './harness/kiosk-page.ts';
import type { KioskPage } from './harness/kiosk-page.ts';
import { liveActivationCode } from './harness/live-code.ts';
import { putInView } from './harness/person-in-view.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let shopper: Shopper;
let itemId: string;

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0, 200_000n);
  itemId = (await running.stage.terminal.menu()).items[0]?.id ?? '';
  camera = createCamera();
  await putInView(camera, shopper.person);
  browser = await launchBrowser(camera);
});
afterAll(() => endWalk({ running, browser, camera }));

/** Every prompt that was on the screen during one look. */
async function watchPrompts(kiosk: KioskPage): Promise<string[]> {
  await kiosk.page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seenPrompts: seen });
    const note = () => {
      const hint = document.querySelector('[data-phase="prompt"] [data-testid="hint"]')?.getAttribute('data-hint');
      if (hint && seen.at(-1) !== hint) seen.push(hint);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  expect(await kiosk.look()).toBe('retake');
  return kiosk.page.evaluate(() => (globalThis as unknown as { seenPrompts: string[] }).seenPrompts);
}

test('the same clip pays on a sandbox terminal', async () => {
  const kiosk = await openKiosk(browser, running.instance);
  await kiosk.order(itemId);
  expect(await kiosk.look()).toBe('confirm');
  await kiosk.close();
});

test('on a live terminal it does not: prompts are shown, the answer names no check, and other ways are there', async () => {
  const kiosk = await openKiosk(browser, running.instance, { activationCode: await liveActivationCode(running), motion: 'no-preference' });
  await kiosk.order(itemId);
  const prompts = await watchPrompts(kiosk);
  expect(prompts).toContain('smile');
  expect(prompts.length).toBeGreaterThanOrEqual(3);
  expect(await kiosk.problem()).toBe('liveness_failed');
  expect(await kiosk.page.getByTestId('other-way-here').isVisible()).toBe(true);
  await kiosk.tap('other-proof');
  await kiosk.tap('avoid-smile');
  expect(await kiosk.state('retake')).toBe('retake');
  await kiosk.close();
});

test('who asks the system for less motion is shown no flashes', async () => {
  const kiosk = await openKiosk(browser, running.instance, { activationCode: await liveActivationCode(running) });
  await kiosk.order(itemId);
  const prompts = await watchPrompts(kiosk);
  expect(prompts).toContain('smile');
  expect(prompts.filter((prompt) => prompt.startsWith('flash'))).toEqual([]);
  await kiosk.close();
});
