// The back office in a browser: a bad rule is tested on what happened, tried in shadow and in one store, put in charge, and taken back
// with one click, while a terminal goes on asking for payments; a case of "not me" paid for in parts;
// and the overview, with its warning of many faces.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleSetSchema } from '@sonrisa/protocol/risk-api.ts';
import { enrolShopper, payByFace } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { takeRulesAway } from './harness/no-rules.ts';
import { recordDecisions } from './harness/recorded-decisions.ts';
import { hold } from './screens/routes.ts';

/** Three pages and a bit. */
const decisions = 6_100;
let running: TestInstance;
let camera: Camera;
let browser: Browser;
let page: Page;
let shopper: Shopper;

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0, 100_000n);
  await takeRulesAway(running.stage.offices);
  camera = createCamera();
  browser = await launchBrowser(camera);
  page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
  await page.goto(`${running.instance.url}/operator/`);
  await tap('sign-in-sandbox');
});
afterAll(() => endWalk({ running, browser, camera }));

const tap = (testId: string) => page.getByTestId(testId).first().click();
const attribute = (testId: string, name: string) => page.getByTestId(testId).first().getAttribute(name);

async function addVersion(when: string): Promise<number> {
  const { api, keys } = running.stage.offices;
  const rules = [{ id: 'all-large', when, outcome: 'refuse', reason: { en: 'A large amount.', zh: '金额大。' } }];
  return (await api.ask({ token: keys.operatorToken, idempotencyKey: crypto.randomUUID(), path: '/api/operator/risk/rule-sets', json: { rules, note: 'a bad rule' } }, ruleSetSchema)).version;
}

let seed = 0;
async function payOnce(amountMinor = 25_000n): Promise<string> {
  const { payment, refusal } = await payByFace(running.stage, { shopper, amountMinor, kind: 'enrolment', seed: (seed += 1) });
  return refusal ?? payment.state;
}

async function takeStep(step: 'shadow' | 'stores' | 'everywhere', more: () => Promise<void> = async () => {}): Promise<void> {
  await tap(`step-${step}`);
  await more();
  await page.getByTestId('why').fill('the test says so');
  await tap('go');
  if (step !== 'shadow') await tap('go-sure-yes');
}

test('a bad rule: tested with a bar that moves, its changes said; tried in shadow and in a store; in charge it refuses, and one click takes it back', async () => {
  await recordDecisions(running.instance, decisions);
  const version = await addVersion('payment.amountMinor >= 20000');
  await tap('to-risk');
  await page.getByTestId(`version-${version}`).click();
  await page.locator('[data-testid="rule"][data-rule="all-large"][data-kind="added"]').waitFor();

  // The second page waits: the bar stands where the first one brought it.
  const rest = await hold(page, /\/back-test\?.*before=/);
  await tap('back-test-start');
  await page.locator('[data-testid="back-test-state"][data-decisions="2000"]').waitFor();
  expect(await attribute('back-test-progress', 'aria-valuenow')).toBe(String(Math.floor((2_000 / decisions) * 100)));
  await rest.release();
  await page.locator('[data-testid="back-test-state"][data-state="done"]').waitFor();
  expect([await attribute('back-test-state', 'data-decisions'), await attribute('back-test-progress', 'aria-valuenow')]).toEqual([String(decisions), '100']);

  const [row] = await withConnection(running.instance.databaseUrl, (query) =>
    query("SELECT count(*)::int AS large, sum(amount_minor)::text AS value FROM payment WHERE receipt_number LIKE 'recorded %' AND amount_minor >= 20000"));
  const large = Number(row?.['large']);
  expect(await page.getByTestId('change').count()).toBe(1);
  expect(await page.locator('[data-testid="change"][data-from="allow"][data-to="refuse"]').getAttribute('data-decisions')).toBe(String(large));
  const figures = await page.getByTestId('diff').innerText();
  expect(figures).toContain(`${Number(((large / decisions) * 100).toFixed(1))}% of all`);
  expect(figures).toContain((Number(row?.['value']) / 100).toLocaleString('en', { minimumFractionDigits: 2 }));
  await tap('examples');
  expect(await page.locator('[data-testid="examples-table"] tbody tr').count()).toBe(5);
  expect(await page.getByTestId('examples-table').innerText()).toContain('now: A large amount.');

  await takeStep('shadow');
  await page.locator('[data-testid="stage"][data-stage="Shadow"]').waitFor();
  expect(await payOnce()).toBe('captured');
  await tap('candidate-start');
  await page.locator('[data-testid="candidate-state"][data-state="done"][data-decisions="1"]').waitFor();
  await page.locator('[data-testid="candidate"] [data-testid="change"][data-from="allow"][data-to="refuse"][data-decisions="1"]').waitFor();

  // A store that is not the terminal's: here the old rules go on.
  const { store } = running.stage.terminal.profile;
  await takeStep('stores', () => page.getByTestId('stores').locator('label').filter({ hasNotText: store.name }).first().locator('input').check());
  await page.locator('[data-testid="stage"][data-stage="Stores"]').waitFor();
  expect(await payOnce()).toBe('captured');

  await takeStep('everywhere');
  await page.locator('[data-testid="stage"][data-stage="Active"]').waitFor();
  expect(await payOnce()).toBe('risk_refused');
  await tap('roll-back');
  await page.getByTestId('rolled-back').waitFor();
  expect(await attribute('roll-out', 'data-stage')).toBe('stores');
  expect(await payOnce()).toBe('captured');
});

test('a comparison can be stopped, and says of how many decisions it speaks', async () => {
  const version = await addVersion('payment.amountMinor >= 29000');
  await page.goto(`${running.instance.url}/operator/#/risk/${version}`);
  const rest = await hold(page, /\/back-test\?.*before=/);
  await tap('back-test-start');
  await page.locator('[data-testid="back-test-state"][data-decisions="2000"]').waitFor();
  await tap('back-test-stop');
  await rest.release();
  await page.locator('[data-testid="back-test-state"][data-state="stopped"][data-decisions="2000"]').waitFor();
});

test('"not me": part of the amount is recovered from the shop, the rest is booked as a loss, each by two people, and no amount that does not fit is taken', async () => {
  const { databaseUrl } = running.instance;
  const { payment } = await payByFace(running.stage, { shopper, amountMinor: 1_280n, kind: 'enrolment', seed: (seed += 1) });
  expect(payment.state).toBe('captured');
  const path = `/api/phone/me/payments/${payment.id}/not-me`;
  expect((await running.stage.phone.api.raw({ method: 'POST', path, token: shopper.session, idempotencyKey: crypto.randomUUID() })).status).toBe(201);
  const dispute = async () => (await withConnection(databaseUrl, (query) => query('SELECT state, recovered_minor::text AS recovered FROM dispute WHERE hold_id = $1', [payment.id])))[0];
  const recover = async (payer: string, amount: string) => {
    await tap(`payer-${payer}`);
    await page.getByTestId('recover-amount').fill(amount);
  };

  const { people } = running.stage.offices.keys;
  /** Another person than the one who proposed it: on the page of all proposals. */
  const secondPerson = async () => {
    const second = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
    await second.goto(`${running.instance.url}/operator/#/proposals`);
    await second.getByTestId('token').fill(people[1]?.token ?? '');
    await second.getByTestId('sign-in-token').click();
    await second.getByTestId('approve').click();
    await second.getByTestId('approve-sure-yes').click();
    await second.getByTestId('waiting-none').waitFor();
    await second.close();
  };
  const proposed = async () => {
    await tap('settle-sure-yes');
    await page.locator('[data-testid="money-text"][data-money="proposed"]').waitFor();
    const before = await dispute();
    await tap('approve');
    await tap('approve-sure-yes');
    await page.locator('[data-code="same_person"]').waitFor();
    expect(await dispute()).toEqual(before);
    await secondPerson();
    await page.reload();
  };

  await tap('to-cases');
  await tap('open-case');
  await tap('payer-insurer');
  expect(await page.getByTestId('recover-amount').inputValue()).toBe('12.80');
  for (const wrong of ['', '0', '-1', '5.001', '12.81', 'five']) {
    await recover('insurer', wrong);
    expect([wrong, await page.getByTestId('settle').isDisabled(), await attribute('recover-amount', 'aria-invalid')]).toEqual([wrong, true, 'true']);
  }
  await recover('insurer', '3.80');
  await tap('settle');
  await proposed();
  await page.locator('[data-testid="money-text"][data-money="carried"]', { hasText: '¥3.80 of it is recovered' }).waitFor();
  expect(await dispute()).toEqual({ state: 'open', recovered: '380' });

  await recover('merchant', '9.01');
  expect(await page.getByTestId('settle').isDisabled()).toBe(true);
  await recover('merchant', '5');
  await page.getByTestId('lose-rest').check();
  await tap('settle');
  expect(await page.getByTestId('settle-sure').innerText()).toContain('¥4.00');
  await proposed();
  await page.locator('[data-testid="money-text"][data-money="lost"]', { hasText: '¥8.80 is recovered, ¥4.00 is booked as a loss' }).waitFor();
  expect(await dispute()).toEqual({ state: 'lost', recovered: '880' });
});

test('the overview: no warning below 80,000 faces, from there on one on every page, with what to do; how many paid without a face', async () => {
  const { databaseUrl, url } = running.instance;
  const addFaces = (from: number, to: number) =>
    withConnection(databaseUrl, (query) => query(
      "INSERT INTO payer (id, name, face_state, face_enrolled_at) SELECT 'pyr_' || md5('somebody ' || n), 'somebody', 'on', now() FROM generate_series($1::int, $2::int) n", [from, to]));
  const shown = async (level: string, enrolled: string) => {
    await page.goto('about:blank');
    await page.goto(`${url}/operator/#/overview`);
    await page.locator(`[data-testid="face-level"][data-level="${level}"]`).waitFor();
    expect(await page.getByTestId('faces-enrolled').innerText()).toBe(enrolled);
  };
  // The shopper is enrolled.
  await addFaces(2, 79_999);
  await shown('ok', '79,999');
  expect(await page.getByTestId('face-todo').count()).toBe(0);
  await tap('to-cases');
  await page.getByTestId('cases-open').waitFor();
  expect(await page.getByTestId('face-warning').count()).toBe(0);
  await addFaces(80_000, 80_000);
  await shown('near_filing', '80,000');
  expect(await page.getByTestId('face-todo').locator('li').count()).toBe(3);
  await tap('to-cases');
  await page.locator('[data-testid="face-warning"][data-level="near_filing"]').waitFor();
  await addFaces(80_001, 100_000);
  await shown('filing', '100,000');

  // As the code of a phone leaves it; the page and the API say what the table says.
  await withConnection(databaseUrl, (query) => query("UPDATE payment SET way = 'code' WHERE id = (SELECT id FROM payment WHERE state = 'captured' ORDER BY id LIMIT 1)"));
  const [row] = await withConnection(databaseUrl, (query) => query("SELECT avg((way = 'code')::int)::float AS share FROM payment WHERE paid_at IS NOT NULL"));
  await tap('to-overview');
  await tap('ways-7');
  await page.locator('[data-testid="ways-read"][data-days="7"]').waitFor();
  expect(Number(row?.['share'])).toBeGreaterThan(0);
  expect(Number(await attribute('other-share', 'data-share'))).toBeCloseTo(Number(row?.['share']), 12);
});
