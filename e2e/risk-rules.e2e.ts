// Risk rules written in the back office by somebody who is no programmer: from a changed threshold to the rollback, in a real browser
// against a running instance, with payments by face in between; and what happens to values that are none.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { riskRollOutSchema, ruleSetSchema, ruleSetsSchema, type RiskRule } from '@sonrisa/protocol/risk-api.ts';
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

const decisions = 2_100;
const rules: RiskRule[] = [
  { id: 'too-large', when: 'payment.amountMinor >= 28000', outcome: 'refuse', reason: { en: 'A large amount.', zh: '金额大。' } },
  { id: 'late', when: 'payment.hour >= 23 && payment.amountMinor > 5 * person.usualMinor', outcome: 'ask_pin', reason: { en: 'Late at night.', zh: '深夜。' } },
  { id: 'dim', when: 'capture.light == "dim"', outcome: 'ask_pin', reason: { en: 'Too dark.', zh: '太暗。' } },
];
let running: TestInstance;
let camera: Camera;
let browser: Browser;
let page: Page;
let shopper: Shopper;
let first: number;
/** Rules that were sent to be kept. */
let sent = 0;

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0, 200_000n);
  await takeRulesAway(running.stage.offices);
  first = await putInCharge();
  await recordDecisions(running.instance, decisions);
  camera = createCamera();
  browser = await launchBrowser(camera);
  page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/risk/rule-sets')) sent += 1;
  });
  await page.goto(`${running.instance.url}/operator/`);
  await tap('sign-in-sandbox');
});
beforeEach(async () => {
  await page.goto(`${running.instance.url}/operator/#/risk`);
  await page.evaluate(() => localStorage.removeItem('sonrisa.operator.rules-draft'));
  sent = 0;
});
afterAll(() => endWalk({ running, browser, camera }));

async function putInCharge(): Promise<number> {
  const { api, keys } = running.stage.offices;
  const asked = () => ({ token: keys.operatorToken, idempotencyKey: crypto.randomUUID() });
  const { version } = await api.ask({ ...asked(), path: '/api/operator/risk/rule-sets', json: { rules, note: 'three rules' } }, ruleSetSchema);
  await api.ask({ ...asked(), path: '/api/operator/risk/roll-out', method: 'PUT', json: { active: version, candidate: null, reason: 'a test' } }, riskRollOutSchema);
  return version;
}
const versions = async () => (await running.stage.offices.api.ask({ token: running.stage.offices.keys.operatorToken, path: '/api/operator/risk/rule-sets' }, ruleSetsSchema)).ruleSets.length;
const tap = (testId: string) => page.getByTestId(testId).first().click();
const rule = (id: string) => page.locator(`[data-testid="draft-rule"][data-rule="${id}"]`);
const inRule = (id: string, testId: string) => rule(id).getByTestId(testId);
const orderNow = () => page.getByTestId('draft-rule').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-rule')).join(' '));

let seed = 0;
async function pay(amountMinor: bigint): Promise<string> {
  const { payment, refusal } = await payByFace(running.stage, { shopper, amountMinor, kind: 'enrolment', seed: (seed += 1) });
  return refusal ?? payment.state;
}

test('a threshold is changed: seen as a difference and in a back-test, kept over a reload, saved, rolled out and taken back', async () => {
  expect(await pay(25_000n)).toBe('captured');
  await tap('write-rules');
  expect(await inRule('too-large', 'sentence').innerText()).toBe('When the amount of this payment is at least ¥280.00: refuse to pay by face.');
  expect(await page.getByTestId('save').isDisabled()).toBe(true);
  await inRule('too-large', 'edit').click();
  await inRule('too-large', 'value').fill('200');
  expect(await inRule('too-large', 'sentence').innerText()).toContain('at least ¥200.00');

  await page.reload();
  await rule('too-large').and(page.locator('[data-state="changed"]')).waitFor();
  const changed = page.locator('[data-testid="rule"][data-rule="too-large"][data-kind="changed"]');
  expect(await changed.innerText()).toMatch(/at least ¥200\.00[\s\S]*was[\s\S]*at least ¥280\.00/);
  await tap('back-test-start');
  // The payment of before is among them.
  await page.locator(`[data-testid="back-test-state"][data-state="done"][data-decisions="${decisions + 1}"]`).waitFor();
  const [row] = await withConnection(running.instance.databaseUrl, (query) =>
    query("SELECT count(*)::int AS more FROM payment p JOIN risk_decision d ON d.payment_id = p.id WHERE amount_minor BETWEEN 20000 AND 27999"));
  const moved = await page.locator('[data-testid="change"][data-to="refuse"]').evaluateAll((all) => all.reduce((sum, each) => sum + Number(each.getAttribute('data-decisions')), 0));
  expect(moved).toBe(Number(row?.['more']));
  expect(moved).toBeGreaterThan(100);

  const before = await versions();
  await page.getByTestId('note').fill('200 is enough');
  await tap('save');
  await page.getByTestId('roll-out-steps').waitFor();
  const version = first + 1;
  expect([page.url().endsWith(`#/risk/${version}`), await versions(), sent]).toEqual([true, before + 1, 1]);
  expect(await page.evaluate(() => localStorage.getItem('sonrisa.operator.rules-draft'))).toBeNull();
  expect(await pay(25_000n)).toBe('captured');

  await tap('step-everywhere');
  await page.getByTestId('why').fill('the back-test looks right');
  await tap('go');
  await tap('go-sure-yes');
  await page.locator('[data-testid="stage"][data-stage="Active"]').waitFor();
  expect(await pay(25_000n)).toBe('risk_refused');
  await tap('roll-back');
  await page.getByTestId('rolled-back').waitFor();
  expect(await pay(25_000n)).toBe('captured');
});

test('a value that is none is named at its field and not sent; what only the server can tell is said at the rule it is about', async () => {
  await tap('write-rules');
  await inRule('too-large', 'edit').click();
  const value = inRule('too-large', 'value');
  // Whoever presses a button right from a wrong value presses that button, though what is wrong is said above it.
  await value.fill('a lot');
  await inRule('too-large', 'add-condition').click({ delay: 80, position: { x: 40, y: 4 } });
  expect(await inRule('too-large', 'condition').count()).toBe(2);
  await inRule('too-large', 'remove-condition').last().click();
  expect(await inRule('too-large', 'condition').count()).toBe(1);
  for (const [typed, says] of [['a lot', 'Write an amount, like 200.50.'], ['200.005', 'Write an amount, like 200.50.'], ['', 'A value is missing.']] as const) {
    await value.fill(typed);
    await value.blur();
    await inRule('too-large', 'fault').and(page.getByText(says, { exact: true })).waitFor();
    expect([typed, await value.getAttribute('aria-invalid'), await inRule('too-large', 'fault').innerText()]).toEqual([typed, 'true', says]);
  }
  await page.getByTestId('note').fill('x');
  await inRule('too-large', 'edit').click();
  await tap('save');
  // It leads to the field, in a rule that was closed.
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'value');
  expect([await value.isVisible(), await page.getByTestId('back-test').count(), sent]).toEqual([true, 0, 0]);
  await value.fill('270.5');
  await page.getByTestId('back-test').waitFor();
  expect([await value.getAttribute('aria-invalid'), await inRule('too-large', 'fault').count()]).toEqual(['false', 0]);

  await inRule('dim', 'edit').click();
  await inRule('dim', 'as-expression').click();
  await inRule('dim', 'expression').fill('capture.lightness == "dim"');
  const versionsBefore = await versions();
  await tap('save');
  await inRule('dim', 'fault').waitFor();
  expect(await inRule('dim', 'fault').innerText()).toMatch(/^The server says: .*lightness/);
  expect([await inRule('too-large', 'fault').count(), await versions(), sent]).toEqual([0, versionsBefore, 1]);
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'expression');
  await inRule('dim', 'expression').fill('capture.light == "dim" ');
  expect(await inRule('dim', 'fault').count()).toBe(0);
  await inRule('dim', 'as-sentence').click();
  expect(await inRule('dim', 'sentence').innerText()).toBe('When the light is too dark: ask for the PIN.');
});

test('rules are added, switched off, moved by the keyboard and deleted, and each is undone; what is saved is what was written', async () => {
  await tap('write-rules');
  await inRule('too-large', 'move-down').press('Enter');
  expect(await orderNow()).toBe('late too-large dim');
  expect(await page.evaluate(() => [document.activeElement?.getAttribute('data-testid'), document.activeElement?.closest('[data-rule]')?.getAttribute('data-rule')])).toEqual(['move-down', 'too-large']);
  await inRule('late', 'switch').press('Space');
  await inRule('dim', 'remove').press('Enter');
  expect(await orderNow()).toBe('late too-large');
  await page.keyboard.press('Enter');
  expect([await orderNow(), await rule('late').getAttribute('data-off')]).toEqual(['late too-large dim', 'true']);
  await tap('undo');
  expect(await rule('late').getAttribute('data-off')).toBe('false');
  await tap('undo');
  expect([await orderNow(), await page.getByTestId('undo').isDisabled()]).toEqual(['too-large late dim', true]);

  await inRule('late', 'switch').press('Space');
  await tap('add-rule');
  const added = page.getByTestId('draft-rule').last();
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'signal');
  await added.getByTestId('signal').selectOption('terminal.failedLastHour');
  await added.getByTestId('compare').selectOption('>');
  await added.getByTestId('unit').selectOption('terminal.looksLastHour');
  await added.getByTestId('value').fill('62.5');
  await added.getByTestId('add-condition').click();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="signal"]')[1] === document.activeElement);
  await added.getByTestId('signal').last().selectOption('terminal.newNetwork');
  await added.getByTestId('outcome').selectOption('confirm_on_phone');
  await added.getByTestId('reason-en').fill('Most looks here fail, and the network is new.');
  await added.getByTestId('reason-zh').fill('识别大多失败，且网络是新的。');
  await page.getByTestId('note').fill('failing terminals');
  await tap('save');
  await page.getByTestId('roll-out-steps').waitFor();
  const version = Number(page.url().split('/').at(-1));
  const saved = await running.stage.offices.api.ask({ token: running.stage.offices.keys.operatorToken, path: `/api/operator/risk/rule-sets/${version}` }, ruleSetSchema);
  expect(saved.rules).toEqual([rules[0], { ...rules[1], off: true }, rules[2], {
    id: 'most-looks-here-fail-and', when: 'terminal.failedLastHour * 8 > terminal.looksLastHour * 5 && terminal.newNetwork', outcome: 'confirm_on_phone',
    reason: { en: 'Most looks here fail, and the network is new.', zh: '识别大多失败，且网络是新的。' },
  }]);
  expect(await page.locator('[data-testid="rule"][data-rule="late"][data-kind="changed"]').innerText()).toContain('Off');
});
