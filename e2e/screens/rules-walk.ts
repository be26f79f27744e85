// Writing risk rules in the back office, on a desk and on a narrow screen.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { riskRollOutSchema, ruleSetSchema } from '@sonrisa/protocol/risk-api.ts';
import { builtInRules } from '../../apps/server/src/risk/built-in-rules.ts';
import { recordDecisions } from '../harness/recorded-decisions.ts';
import { desk, inBackOffice, narrow, type OfficeLook } from './back-office.ts';
import type { Set } from './kiosk-walk.ts';
import { hold } from './routes.ts';

export type RulesLook = OfficeLook & { readonly isNarrow: boolean };

const recorded = 6_000;

export async function walkRules(set: Set, { isNarrow, ...look }: RulesLook): Promise<void> {
  const { running } = set;
  const { api, keys } = running.stage.offices;
  const asked = () => ({ token: keys.operatorToken, idempotencyKey: randomUUID() });
  await recordDecisions(running.instance, recorded);
  const { version } = await api.ask({ ...asked(), path: '/api/operator/risk/rule-sets', json: { ...builtInRules, note: 'built in' } }, ruleSetSchema);
  await api.ask({ ...asked(), path: '/api/operator/risk/roll-out', method: 'PUT', json: { active: version, candidate: null, reason: 'a new season' } }, riskRollOutSchema);
  await inBackOffice(set, { look, viewport: isNarrow ? narrow : desk }, async ({ page, tap, shoot }) => {
    await tap('sign-in-sandbox');
    await tap('to-risk');
    await walkDraft(page, (name) => shoot(`risk-draft-${isNarrow ? 'narrow-' : ''}${name}`));
  });
}

async function walkDraft(page: Page, shoot: (name: string) => Promise<void>): Promise<void> {
  const tap = (testId: string) => page.getByTestId(testId).first().click();
  const inRule = (id: string, testId: string) => page.locator(`[data-testid="draft-rule"][data-rule="${id}"]`).getByTestId(testId);
  const top = (testId: string) => page.getByTestId(testId).first().evaluate((found) => found.scrollIntoView());
  const sets = await hold(page, /\/risk\/rule-sets\/[0-9]+$/);
  await tap('write-rules');
  await page.getByRole('status').first().waitFor();
  await shoot('loading');
  await sets.release();
  await page.getByTestId('draft-rule').first().waitFor();
  await shoot('begin');
  await inRule('new-face', 'edit').click();
  await inRule('new-face', 'value').first().fill('72');
  await inRule('unusual-amount', 'edit').click();
  await inRule('unusual-amount', 'value').last().fill('3');
  await inRule('unusual-amount', 'outcome').selectOption('confirm_on_phone');
  await inRule('dim-light', 'switch').uncheck();
  await inRule('watched', 'remove').click();
  await page.locator('[data-testid="draft-rule"][data-rule="unusual-amount"]').evaluate((card) => card.scrollIntoView({ block: 'center' }));
  await shoot('rule-open');
  await tap('add-rule');
  const added = page.getByTestId('draft-rule').last();
  await added.getByTestId('signal').selectOption('payment.amountMinor');
  await added.getByTestId('value').fill('two hundred');
  await added.getByTestId('add-condition').click();
  await added.getByTestId('reason-en').fill('A large amount late at night.');
  await tap('save');
  await added.getByTestId('fault').first().waitFor();
  await added.evaluate((card) => card.scrollIntoView({ block: 'center' }));
  await shoot('faults');
  await added.getByTestId('value').first().fill('200');
  await added.getByTestId('signal').last().selectOption('payment.hour');
  await added.getByTestId('compare').last().selectOption('>=');
  await added.getByTestId('value').last().fill('23');
  await added.getByTestId('reason-zh').fill('深夜大额付款。');
  await added.getByTestId('edit').click();
  await page.getByTestId('back-test').waitFor();
  await top('rules-change');
  await shoot('difference');
  await tap('back-test-start');
  await page.locator('[data-testid="back-test-state"][data-state="done"]').waitFor();
  await top('back-test');
  await shoot('back-test');
  await inRule('camera-changed', 'edit').click();
  await inRule('camera-changed', 'as-expression').click();
  await inRule('camera-changed', 'expression').fill('terminal.cameraSwapped || capture.looks > 3');
  await page.getByTestId('note').fill('Large amounts at night; three times the usual amount on the phone.');
  await tap('save');
  await inRule('camera-changed', 'fault').waitFor();
  await page.locator('[data-testid="draft-rule"][data-rule="camera-changed"]').evaluate((card) => card.scrollIntoView({ block: 'center' }));
  await shoot('server-says');
  await tap('start-over');
  await page.getByTestId('start-over-sure').waitFor();
  await shoot('begin-anew');
  await page.getByTestId('start-over-with').selectOption('empty');
  await tap('start-over-yes');
  await page.getByTestId('rules-none').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await shoot('no-rules');
  await page.getByTestId('signal-book').locator('summary').click();
  await top('signal-book');
  await shoot('signals');
  await page.goto(`${page.url().split('#')[0]}#/risk/1`);
  await tap('write-rules');
  await page.getByTestId('draft-found').waitFor();
  await shoot('found');
  await tap('draft-anew');
  await page.getByTestId('draft-rules').waitFor();
}
