// The trail of the back office in a browser: what somebody did is a sentence with what came of it, found by person, kind and day, page by
// page, in the address, with the keyboard, and in Chinese.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { changeOnce, cut } from './screens/routes.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let page: Page;
let merchantId: string;
let lin: { id: string; token: string };

beforeAll(async () => {
  running = await startTestInstance({ people: 1, logLevel: 'warn' });
  camera = createCamera();
  browser = await launchBrowser(camera);
  page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
  const { keys } = running.stage.offices;
  lin = JSON.parse((await ask(keys.operatorToken, 'POST', 'people', { name: 'Lin' })).text) as typeof lin;
  merchantId = String((await withConnection(running.instance.databaseUrl, (query) => query('SELECT id FROM merchant')))[0]?.['id']);
  await ask(lin.token, 'PUT', `merchants/${merchantId}/fees`, { basisPoints: 61, reason: 'as agreed' });
  await ask(lin.token, 'POST', `disputes/dis_${'0'.repeat(32)}/loss`, { reason: 'nobody pays' });
});
afterAll(() => endWalk({ running, browser, camera }));

async function ask(token: string, method: 'POST' | 'PUT', path: string, json: object): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${running.instance.url}/api/operator/${path}`, {
    method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() }, body: JSON.stringify(json),
  });
  return { status: answer.status, text: await answer.text() };
}
const tap = (testId: string) => page.getByTestId(testId).first().click();
const sentences = () => page.getByTestId('act-sentence').allInnerTexts();
const actOf = (name: string) => page.locator(`[data-testid="act"][data-act="${name}"]`).first();

test('an act is a sentence with what came of it, and leads to the thing itself; what was refused was tried', async () => {
  await page.goto(`${running.instance.url}/operator/`);
  await tap('sign-in-sandbox');
  await tap('to-trail');
  await actOf('fees_set').waitFor();
  expect((await sentences()).slice(0, 2)).toEqual(['Lin tried to propose to book what is left of a payment given back as a loss', 'Lin proposed other fees for a merchant']);
  const lost = await actOf('dispute_lost').innerText();
  expect(lost).toContain('“nobody pays”');
  expect(lost).toContain('Refused (404)');
  await actOf('fees_set').getByTestId('act-subject').click();
  await page.getByTestId('merchant-account').waitFor();
  expect(new URL(page.url()).hash).toBe(`#/merchants/${merchantId}`);
  await page.goBack();
  await actOf('fees_set').waitFor();
});

test('acts are found by person, kind and day; the address keeps what was chosen, and "everything" is one tap away', async () => {
  await page.getByTestId('filter-who').selectOption({ label: 'Lin' });
  await page.locator('[data-testid="act"][data-act="person_added"]').first().waitFor({ state: 'detached' });
  await actOf('fees_set').waitFor();
  expect((await sentences()).every((sentence) => sentence.startsWith('Lin '))).toBe(true);
  await page.getByTestId('filter-kind').selectOption('merchants');
  await page.locator('[data-testid="act"][data-act="dispute_lost"]').waitFor({ state: 'detached' });
  await actOf('fees_set').waitFor();
  expect(await sentences()).toEqual(['Lin proposed other fees for a merchant']);
  expect(new URL(page.url()).hash).toBe(`#/trail?who=${lin.id}&kind=merchants`);
  await page.getByTestId('filter-day').fill('2020-02-29');
  await page.getByTestId('acts-none').waitFor();
  await page.reload();
  await page.getByTestId('acts-none').waitFor();
  expect(await page.getByTestId('filter-day').inputValue()).toBe('2020-02-29');
  // Half a date, as it is while somebody types one, filters nothing.
  await page.getByTestId('filter-day').fill('');
  await actOf('fees_set').waitFor();
  await tap('filter-none');
  await actOf('person_added').waitFor();
  expect(new URL(page.url()).hash).toBe('#/trail');
  expect(await page.getByTestId('filter-who').inputValue()).toBe('');
});

test('fifty acts a page, turned with the keyboard, which is then at the beginning of the next', async () => {
  await withConnection(running.instance.databaseUrl, (query) => query(
    "INSERT INTO operator_act (at, by, person_id, act, subject, status) SELECT now() - make_interval(hours => n), 'machine', NULL, 'sonrisa store code', 'sto_' || md5('store ' || n), 200 FROM generate_series(1, 120) n"));
  await page.getByTestId('filter-who').selectOption('machine');
  await page.locator('[data-act="terminal_code_issued"]').nth(49).waitFor();
  const seen = new Set<string>();
  const readPage = async (rows: number) => {
    await page.locator('[data-testid="act"]').nth(rows - 1).waitFor();
    const subjects = await page.locator('[data-testid="act"] code').allInnerTexts();
    expect(subjects).toHaveLength(rows);
    for (const subject of subjects) seen.add(subject);
  };
  await readPage(50);
  for (const rows of [50, 20]) {
    const hash = new URL(page.url()).hash;
    await page.getByTestId('page-older').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((before) => location.hash !== before && document.activeElement?.tagName === 'SECTION', hash);
    await readPage(rows);
  }
  expect(seen.size).toBe(120);
  expect(await page.getByTestId('page-older').count()).toBe(0);
  await tap('page-newest');
  await page.getByTestId('page-newest').waitFor({ state: 'detached' });
  expect(new URL(page.url()).hash).toBe('#/trail?who=machine');
});

test('an act whose process died, and one of a version to come, are said to be that; without a network it can be asked again; in Chinese', async () => {
  await page.goto('about:blank');
  await changeOnce(page, /\/api\/operator\/acts\?/, (body) => {
    const [first, second, ...rest] = body.acts as Record<string, unknown>[];
    return { acts: [{ ...first, status: null }, { ...second, act: 'POST /api/operator/of-tomorrow' }, ...rest] };
  });
  await page.goto(`${running.instance.url}/operator/#/trail?who=machine`);
  await page.locator('[data-testid="act"][data-outcome="unfinished"]').waitFor();
  expect((await sentences()).slice(0, 2)).toEqual(['The command line tried to issue a code for a new terminal', 'The command line did something this page has no words for']);
  expect(await page.getByTestId('act').nth(1).innerText()).toContain('POST /api/operator/of-tomorrow');
  const network = await cut(page, /\/api\/operator\/acts\?/);
  await page.reload();
  await page.getByTestId('try-again').waitFor();
  await network.release();
  await tap('try-again');
  await page.getByTestId('act').first().waitFor();
  await tap('language');
  await page.getByText('本机命令行 签发了一个新终端的激活码').first().waitFor();
});
