// A terminal that asks from another network, as the back office sees it: what changed and since when, confirmed there with the keyboard, and
// another time switched off, after which it takes no payment; all of it in the trail.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { elsewhereNetwork, homeNetwork, moveTerminal } from './harness/moved-terminal.ts';
import { cut, refuseOnce } from './screens/routes.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let page: Page;
let terminalId: string;

beforeAll(async () => {
  running = await startTestInstance({ people: 1, logLevel: 'warn' });
  ({ terminalId } = running.stage.terminal.profile);
  camera = createCamera();
  browser = await launchBrowser(camera);
  page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
});
afterAll(() => endWalk({ running, browser, camera }));

const tap = (testId: string) => page.getByTestId(testId).first().click();
const sql = (statement: string) => withConnection(running.instance.databaseUrl, (query) => query(statement, [terminalId]));

test('where every terminal is at home that is said; one that was moved is shown with both networks, and is confirmed with the keyboard', async () => {
  await page.goto(`${running.instance.url}/operator/`);
  await tap('sign-in-sandbox');
  await tap('to-terminals');
  await page.getByTestId('moved-none').waitFor();
  await moveTerminal(running.instance.databaseUrl, terminalId);
  await page.reload();
  const card = page.locator(`[data-testid="moved"][data-terminal="${terminalId}"]`);
  await card.waitFor();
  const shown = await card.innerText();
  for (const told of [homeNetwork, elsewhereNetwork, running.stage.terminal.profile.store.name, 'the same as always']) expect(shown).toContain(told);

  await page.getByTestId('confirm-network').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('confirm-sure-yes').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('moved-none').waitFor();
  // Whoever cannot see it hears it, and the keyboard is where it is said.
  expect(await page.getByTestId('terminal-done').innerText()).toContain(`belongs on ${elsewhereNetwork} now`);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('terminal-done');
  expect(await sql(`SELECT known_by FROM terminal_network WHERE terminal_id = $1 AND network = '${elsewhereNetwork}'`)).toEqual([{ known_by: expect.stringMatching(/^opp_[0-9a-f]{32}$/) }]);
});

test('what cannot be done is said and changes nothing; without a network it can be asked again', async () => {
  await sql(`UPDATE terminal_network SET known_at = NULL, known_by = NULL WHERE terminal_id = $1 AND network = '${elsewhereNetwork}'`);
  const network = await cut(page, /\/terminals\/moved/);
  await page.reload();
  await page.getByTestId('try-again').waitFor();
  await network.release();
  await tap('try-again');
  await page.getByTestId('moved').waitFor();
  await refuseOnce(page, /\/confirm-network$/, 'not_found');
  await tap('confirm-network');
  await tap('confirm-sure-yes');
  await page.locator('[data-testid="moved"] [role="alert"]').waitFor();
  expect(await page.getByTestId('moved').count()).toBe(1);
});

test('switched off after somebody was sure, not before; it takes no payment any more, and the trail knows', async () => {
  await tap('revoke-terminal');
  await tap('revoke-sure-no');
  expect((await running.stage.terminal.createPayment({ amountMinor: '100' })).state).toBe('created');
  await tap('revoke-terminal');
  await tap('revoke-sure-yes');
  await page.getByTestId('moved-none').waitFor();
  await expect(running.stage.terminal.createPayment({ amountMinor: '100' })).rejects.toMatchObject({ code: 'terminal_revoked' });
  await tap('to-trail');
  await page.locator('[data-testid="act"][data-act="terminal_revoked"][data-outcome="done"]').waitFor();
  await page.locator('[data-testid="act"][data-act="network_confirmed"][data-outcome="done"]').waitFor();
});
