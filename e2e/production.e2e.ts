// A real instance in production mode on an empty data folder, set up as docs/production.md says: the command line on the machine, then
// a live terminal, and a merchant who reads its own payments. Nothing of a sandbox is anywhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { merchantPaymentsSchema } from '@sonrisa/protocol/back-office-api.ts';
import { createApi } from '../apps/cli/src/demo/api.ts';
import { activateTerminal } from '../apps/cli/src/demo/terminal-client.ts';
import { startInstance, type Instance } from '../apps/cli/src/instance.ts';
import { freePort } from '../apps/cli/src/postgres/port.ts';
import { runCommandLine } from '../apps/cli/src/program.ts';
import type { Page } from 'playwright-core';
import { launchBrowser } from './harness/browser.ts';
import { ensureBuilt } from './harness/instance.ts';

let instance: Instance;
const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-e2e-production-'));

beforeAll(async () => {
  ensureBuilt();
  instance = await startInstance({ dataDir, port: await freePort(), mode: 'production', logLevel: 'warn', vaultThreads: 1 });
});
afterAll(async () => {
  await instance?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function sonrisa(...argv: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const code = await runCommandLine([...argv, '--data', dataDir], (line) => lines.push(line), (line) => lines.push(line));
  return { code, said: lines.join('\n') };
}
/** What a command told under this name, e.g. `id     mer_…`. */
async function told(name: string, ...argv: string[]): Promise<string> {
  const { code, said } = await sonrisa(...argv);
  const found = new RegExp(`^${name} +(\\S+)$`, 'm').exec(said)?.[1];
  if (code !== 0 || found === undefined) throw new Error(`sonrisa ${argv.join(' ')}: ${said}`);
  return found;
}
const asked = async (path: string, token: string) => (await fetch(`${instance.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

test('from nothing to a merchant who reads the payments of its own terminal', async () => {
  expect(instance.activationCode).toBeUndefined();
  expect((await sonrisa('merchant', 'list')).said).toContain('None yet');
  const merchantId = await told('id', 'merchant', 'add', 'Dairy', '--name-zh', '牛奶铺', '--category', '5451', '--fee-percent', '0.55');
  const storeId = await told('id', 'store', 'add', merchantId, 'Harbour', '--address', 'Pier 3', '--place', '31.23,121.47');
  const menu = join(dataDir, 'menu.json');
  writeFileSync(menu, JSON.stringify({ items: [{ id: 'milk', name: 'Milk', nameZh: '牛奶', unitAmountMinor: '900', picture: '', category: 'drink' }] }));
  expect((await sonrisa('merchant', 'menu', merchantId, menu)).said).toContain('1 items');
  const key = await told('key', 'merchant', 'key-add', merchantId, 'tills');
  const otherKey = await told('key', 'merchant', 'key-add', await told('id', 'merchant', 'add', 'Creamery'), 'tills');

  const terminal = await activateTerminal({ url: instance.url, activationCode: await told('code', 'store', 'code', storeId) });
  expect(terminal.profile).toMatchObject({ mode: 'live', installation: 'production', store: { id: storeId, name: 'Harbour' } });
  expect((await terminal.menu()).items.map(({ id }) => id)).toEqual(['milk']);
  const payment = await terminal.createPayment({ amountMinor: '900' });

  const api = createApi({ url: instance.url });
  const paymentsOf = async (token: string) => (await api.ask({ path: '/api/merchant/payments', token }, merchantPaymentsSchema)).payments;
  expect(await paymentsOf(key)).toMatchObject([{ id: payment.id, storeId, amount: { amountMinor: '900', currency: 'CNY' } }]);
  expect(await paymentsOf(otherKey)).toEqual([]);

  const shown = (await sonrisa('merchant', 'show', merchantId)).said;
  expect(shown).toContain('0.55 %');
  expect(shown).not.toContain(key);
  const keyId = /mky_[0-9a-f]{32}/.exec(shown)?.[0] ?? '';
  expect((await sonrisa('merchant', 'key-off', merchantId, keyId)).code).toBe(0);
  expect(await asked('/api/merchant/payments', key)).toBe(401);
});

test('a person is added, opens the back office, and is switched off', async () => {
  const { said } = await sonrisa('person', 'add', 'Mia');
  const [id, token] = [/^id +(\S+)$/m.exec(said)?.[1] ?? '', /^token +(\S+)$/m.exec(said)?.[1] ?? ''];
  expect(await asked('/api/operator/trial-balance', token)).toBe(200);
  expect((await sonrisa('person', 'list')).said).toContain('Mia');
  expect((await sonrisa('person', 'list')).said).not.toContain(token);
  expect((await sonrisa('person', 'off', id)).code).toBe(0);
  expect(await asked('/api/operator/trial-balance', token)).toBe(401);
});

const tokenOf = async (name: string): Promise<string> => told('token', 'person', 'add', name);

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByTestId('token').fill(token);
  await page.getByTestId('sign-in-token').click();
  await page.getByTestId('sign-out').waitFor();
}
const fillIn = async (page: Page, fields: Record<string, string>): Promise<void> => {
  for (const [testId, text] of Object.entries(fields)) await page.getByTestId(testId).fill(text);
};

test('the same in the back office: a merchant, a store, a code, a key, and a bank account and fees that take two people', async () => {
  const [eve, cai] = [await tokenOf('Eve'), await tokenOf('Cai')];
  const browser = await launchBrowser({ file: '/dev/null' });
  try {
    const page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 } });
    await page.goto(`${instance.url}/operator/#/merchants`);
    await page.getByTestId('sign-in').waitFor();
    expect(await page.getByTestId('sign-in-sandbox').count()).toBe(0);
    await signIn(page, eve);
    await fillIn(page, { 'merchant-name': 'Bakehouse', 'merchant-name-zh': '烘焙坊', 'merchant-category': '5462', 'merchant-fee': '0.55' });
    await page.getByTestId('add-merchant').click();
    await page.getByTestId('stores-none').waitFor();
    await fillIn(page, { 'store-name': 'Hill', 'store-name-zh': '山上店', 'store-address': '1 Hill Road', 'store-place': '31.23, 121.47' });
    await page.getByTestId('add-store').click();
    await page.getByTestId('issue-code').click();
    const code = await page.getByTestId('terminal-code').innerText();
    const terminal = await activateTerminal({ url: instance.url, activationCode: code });
    expect(terminal.profile.store).toMatchObject({ name: 'Hill', nameZh: '山上店' });
    await page.getByTestId('key-label').fill('tills');
    await page.getByTestId('add-key').click();
    const key = await page.getByTestId('new-key').innerText();
    expect(await asked('/api/merchant/payments', key)).toBe(200);

    await fillIn(page, { 'account-holder': 'Bakehouse', 'account-number': 'DE89 3704 0044 0532 0130 00' });
    await page.getByTestId('propose-account').click();
    await page.getByTestId('account-proposed').waitFor();
    const merchantPage = page.url();
    const approve = async () => {
      await page.getByTestId('to-proposals').click();
      await page.getByTestId('approve').click();
      await page.getByTestId('approve-sure-yes').click();
    };
    await approve();
    await page.locator('[data-code="same_person"]').waitFor();
    await page.getByTestId('sign-out').click();
    await signIn(page, cai);
    await approve();
    await page.getByTestId('waiting-none').waitFor();
    expect(await page.locator('[data-testid="proposal"][data-state="done"]').count()).toBe(1);
    const account = await fetch(`${instance.url}/api/merchant/bank-account`, { headers: { authorization: `Bearer ${key}` } });
    expect(await account.json()).toMatchObject({ account: { holder: 'Bakehouse', numberEnds: '3000' }, changes: [{ state: 'changed' }] });

    // Other fees: the one who proposes sees them wait, the other one who approves sees what holds now.
    await page.goto(merchantPage);
    await fillIn(page, { 'fees-percent': '1.2', 'fees-fixed': '0.10', 'fees-most': '5', 'fees-reason': 'the contract of December' });
    await page.getByTestId('propose-fees').click();
    await page.getByTestId('waiting-here').getByText('1.2% + ¥0.10, at most ¥5.00').waitFor();
    expect(await page.getByTestId('current').innerText()).toBe('Now: 0.55%');
    await page.getByTestId('sign-out').click();
    await signIn(page, eve);
    await approve();
    await page.getByTestId('waiting-none').waitFor();
    await page.goto(merchantPage);
    await page.getByText('fee 1.2% + ¥0.10, at most ¥5.00').waitFor();
    const charged = await fetch(`${instance.url}/api/merchant/fees`, { headers: { authorization: `Bearer ${key}` } });
    expect(await charged.json()).toMatchObject({ fees: { basisPoints: 120, fixedMinor: '10', maxMinor: '500' }, changes: [{ state: 'changed', reason: 'the contract of December' }] });
  } finally {
    await browser.close();
  }
});

test.each([
  ['a name that is none', ['person', 'add', ' '], 'name: a name'],
  ['a fee that is none', ['merchant', 'add', 'Dairy', '--fee-percent', '0.555'], 'at most two decimals'],
  ['a currency nobody counts in', ['merchant', 'add', 'Dairy', '--currency', 'XXX'], 'currency_mismatch'],
  ['a store of nobody', ['store', 'add', `mer_${'0'.repeat(32)}`, 'Harbour'], 'not_found'],
  ['a store in no time zone', ['store', 'add', `mer_${'0'.repeat(32)}`, 'Harbour', '--time-zone', 'Mars/Olympus'], 'timeZone: a time zone'],
  ['a code for what is no store', ['store', 'code', 'harbour'], 'not a store id'],
  ['a menu that is no file', ['merchant', 'menu', `mer_${'0'.repeat(32)}`, '/nowhere.json'], 'cannot be read as JSON'],
])('%s is refused in a sentence', async (_name, argv, sentence) => {
  const { code, said } = await sonrisa(...argv);
  expect([code, said]).toEqual([1, expect.stringContaining(sentence)]);
  expect(said).not.toMatch(/\n {4}at /);
});
