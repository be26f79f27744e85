// Merchants, and what two people decide: one proposes other fees, another bank account and a payment given back, the other one approves. On a desk and on a
// phone in the hand.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { proposalSchema } from '@sonrisa/protocol/money-api.ts';
import { merchantsSchema } from '@sonrisa/protocol/set-up-api.ts';
import { enrolShopper, payByFace } from '../../apps/cli/src/demo/stage.ts';
import { takeRulesAway } from '../harness/no-rules.ts';
import { desk, inBackOffice, narrow, type OfficeWalk, refuseWaiting } from './back-office.ts';
import type { Set } from './kiosk-walk.ts';
import type { OperatorLook } from './operator-walk.ts';
import { changeOnce } from './routes.ts';

type Walk = OfficeWalk & { fill(fields: Record<string, string>): Promise<void> };

export async function walkTwoPeople(set: Set, { personIndex, ...look }: OperatorLook): Promise<void> {
  const paymentId = await paid(set, personIndex);
  try {
    await inBackOffice(set, { look, hash: '#/merchants' }, async (opened) => {
      const fill = async (fields: Record<string, string>) => {
        for (const [testId, text] of Object.entries(fields)) await opened.page.getByTestId(testId).fill(text);
      };
      const walk: Walk = { ...opened, fill };
      await walk.tap('sign-in-sandbox');
      await merchants(walk);
      await oneMerchant(set, walk);
      await proposeDispute(set, paymentId);
      await oneAlone(walk);
      await theOther(walk);
    });
  } finally {
    await decideRest(set);
  }
}

async function paid({ running }: Set, personIndex: number): Promise<string> {
  const { stage } = running;
  await takeRulesAway(stage.offices);
  const { payment } = await payByFace(stage, { shopper: await enrolShopper(stage, personIndex, 20_000n), amountMinor: 3_650n, seed: 1 });
  if (payment.state !== 'captured') throw new Error(`a payment to be given back ended ${payment.state}`);
  return payment.id;
}

async function merchants({ page, tap, shown, fill, shoot }: Walk): Promise<void> {
  await shown('merchants');
  await shoot('80-merchants');
  await page.getByTestId('new-merchant').scrollIntoViewIfNeeded();
  await fill({ 'merchant-name': 'Dairy on the Quay', 'merchant-name-zh': '码头牛奶铺', 'merchant-category': '5451', 'merchant-fee': '0.55' });
  await shoot('81-merchants-new');
  await tap('add-merchant');
  await shown('stores-none');
  await shoot('82-merchant-empty');
  await page.setViewportSize(narrow);
  await tap('back-merchants');
  await shown('merchants');
  await shoot('83-merchants-narrow');
  await page.setViewportSize(desk);
}

async function oneMerchant({ running }: Set, { page, tap, shown, fill, shoot }: Walk): Promise<void> {
  const { api, keys } = running.stage.offices;
  const { merchants: all } = await api.ask({ path: '/api/operator/merchants', token: keys.operatorToken }, merchantsSchema);
  const bakery = all.find(({ menuItems }) => menuItems > 0);
  await page.goto(`${page.url().split('#')[0]}#/merchants/${bakery?.id}`);
  await shown('stores');
  await tap('issue-code');
  await shown('terminal-code');
  await shoot('84-merchant');
  await page.getByTestId('key-label').fill('till software');
  await tap('add-key');
  await shown('new-key');
  await page.getByTestId('keys').scrollIntoViewIfNeeded();
  await shoot('85-merchant-keys');
  await fill({ 'fees-percent': '1.2', 'fees-fixed': '0.10', 'fees-most': '5', 'fees-reason': 'The contract of December, page 2.' });
  await page.getByTestId('merchant-fees').evaluate((panel) => panel.scrollIntoView());
  await shoot('86-merchant-fees');
  await tap('propose-fees');
  await shown('fees-proposed');
  await fill({ 'account-holder': 'Panadería Sol S.L.', 'account-number': 'DE89 3704 0044 0532 0130 00', 'account-bic': 'COBADEFFXXX' });
  await tap('propose-account');
  await shown('account-proposed');
  await page.getByTestId('merchant-account').scrollIntoViewIfNeeded();
  await shoot('87-merchant-account');
  await page.evaluate(() => scrollTo(0, 0));
  await shown('waiting-here');
  await shoot('88-merchant-waiting');
  await page.setViewportSize(narrow);
  await shoot('89-merchant-narrow');
  await page.getByTestId('merchant-fees').evaluate((panel) => panel.scrollIntoView());
  await shoot('89-merchant-fees-narrow');
  await page.setViewportSize(desk);
}

async function proposeDispute({ running }: Set, paymentId: string): Promise<void> {
  const { api, keys } = running.stage.offices;
  const json = { paymentId, reason: 'They rang: their twin had their phone.' };
  await api.ask({ path: '/api/operator/disputes', token: keys.people[1]?.token ?? '', idempotencyKey: randomUUID(), json }, proposalSchema);
}

const waiting = (page: Page, kind: string) => page.getByTestId('waiting').locator(`[data-kind="${kind}"]`);

async function oneAlone({ page, tap, shown, shoot }: Walk): Promise<void> {
  await tap('to-proposals');
  await waiting(page, 'dispute_open').waitFor();
  await shoot('90-two-people');
  await waiting(page, 'merchant_fees').getByTestId('approve').click();
  await shown('approve-sure');
  await shoot('91-two-people-sure');
  await tap('approve-sure-yes');
  await page.locator('[data-code="same_person"]').waitFor();
  await shoot('92-two-people-same-person');
}

async function theOther({ page, tap, shown, shoot }: Walk): Promise<void> {
  await tap('sign-out');
  await tap('sign-in-sandbox-2');
  await waiting(page, 'merchant_fees').getByTestId('approve').click();
  await tap('approve-sure-yes');
  await waiting(page, 'merchant_fees').waitFor({ state: 'detached' });
  await waiting(page, 'bank_account').getByTestId('refuse').click();
  await waiting(page, 'bank_account').waitFor({ state: 'detached' });
  await page.setViewportSize(narrow);
  await page.reload();
  await waiting(page, 'dispute_open').waitFor();
  await shoot('93-two-people-narrow');
  await page.setViewportSize(desk);
  await page.getByTestId('decided').evaluate((panel) => panel.scrollIntoView());
  await shoot('94-two-people-decided');
  const url = page.url();
  await page.goto('about:blank');
  await changeOnce(page, /\/api\/operator\/proposals\?state=waiting/, () => ({ proposals: [] }));
  await page.goto(url);
  await shown('waiting-none');
  await shoot('95-two-people-none');
}

/** As it was before: the next walk finds nothing that waits, and the fees of the bakery. */
async function decideRest(set: Set): Promise<void> {
  await refuseWaiting(set);
  const { api, keys } = set.running.stage.offices;
  const [mia, cai] = keys.people.map(({ token }) => token);
  const ask = (token: string | undefined, path: string, json: object, method: 'POST' | 'PUT' = 'POST') =>
    api.ask({ method, path: `/api/operator${path}`, token: token ?? '', idempotencyKey: randomUUID(), json }, proposalSchema);
  const { merchants: all } = await api.ask({ path: '/api/operator/merchants', token: mia ?? '' }, merchantsSchema);
  for (const { id, menuItems } of all) {
    if (menuItems === 0) continue;
    const { id: proposalId } = await ask(mia, `/merchants/${id}/fees`, { basisPoints: 60, reason: 'as before' }, 'PUT');
    await ask(cai, `/proposals/${proposalId}/approve`, {});
  }
}
