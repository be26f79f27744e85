// A till and the shopper's own phone side by side, in two browser contexts: the till has a fake camera, the phone a virtual
// authenticator. Yes by passkey, no, silence, the PIN in place of the phone, the payment code, limits, "that was not me", and
// an account closed by passkey.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCheckpointsSchema } from '@sonrisa/protocol/back-office-api.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { verifyErasureReceipt } from '../apps/cli/src/audit/verify-erasure.ts';
import { balanceOf, enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { defaultSettings } from '../apps/server/src/limits/defaults.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { openKiosk } from './harness/kiosk-page.ts';
import type { KioskPage } from './harness/kiosk-page.ts';
import { openOwnPhone } from './harness/own-phone.ts';
import type { OwnPhone } from './harness/own-phone.ts';
import { putInView, putWithCompany } from './harness/person-in-view.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let shopper: Shopper;
let phone: OwnPhone;
let kiosk: KioskPage;
let item: { id: string; unitAmountMinor: string };

beforeAll(async () => {
  running = await startTestInstance({ people: 4, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0, 100_000n);
  const [first] = (await running.stage.terminal.menu()).items;
  if (!first) throw new Error('the menu is empty');
  item = first;
  camera = createCamera();
  await putInView(camera, shopper.person);
  browser = await launchBrowser(camera);
  phone = await openOwnPhone(browser, running.instance, shopper.session);
  await phone.addPasskey();
  await phone.askForEveryPayment();
});
afterAll(() => endWalk({ running, browser, camera }));
beforeEach(async () => {
  kiosk = await openKiosk(browser, running.instance);
});
afterEach(() => kiosk.close());

/** What left the wallet meanwhile. */
async function spent(act: () => Promise<void>): Promise<bigint> {
  const before = await balanceOf(running.stage, shopper);
  await act();
  return before - (await balanceOf(running.stage, shopper));
}

async function payAndWait(): Promise<void> {
  await kiosk.order(item.id);
  expect(await kiosk.look()).toBe('confirm');
  await kiosk.tap('pay');
  await kiosk.state('phone_wait');
  expect(await phone.outcome('asked')).toContain((Number(item.unitAmountMinor) / 100).toFixed(2));
}

test('the till waits, the phone says yes by passkey, and the till shows paid', async () => {
  const amount = await spent(async () => {
    await payAndWait();
    await phone.page.bringToFront();
    await phone.tap('approve-passkey');
    await phone.outcome('paid');
    await kiosk.state('paid');
  });
  expect(amount).toBe(BigInt(item.unitAmountMinor));
  await phone.tap('request-close');
  await phone.page.getByTestId('notice').first().waitFor();
});

test('a risky capture, somebody close beside the payer: a till that would not have asked waits for the phone, and its yes by passkey pays', async () => {
  const payer = await enrolShopper(running.stage, 3, 100_000n);
  const own = await openOwnPhone(browser, running.instance, payer.session);
  try {
    await own.addPasskey();
    // The control: alone before the same till nobody is asked.
    await putInView(camera, payer.person);
    await kiosk.order(item.id);
    expect(await kiosk.look()).toBe('confirm');
    await kiosk.tap('pay');
    await kiosk.state('paid');
    const before = await balanceOf(running.stage, payer);
    await putWithCompany(camera, payer.person, shopper.person);
    await kiosk.order(item.id);
    expect(await kiosk.look()).toBe('confirm');
    await kiosk.tap('pay');
    await kiosk.state('phone_wait');
    await own.outcome('asked');
    expect(await balanceOf(running.stage, payer)).toBe(before);
    await own.page.bringToFront();
    await own.tap('approve-passkey');
    await own.outcome('paid');
    await kiosk.state('paid');
    expect(before - (await balanceOf(running.stage, payer))).toBe(BigInt(item.unitAmountMinor));
    const [decision] = await withConnection(running.instance.databaseUrl, (query) => query('SELECT outcome, fired FROM risk_decision ORDER BY id DESC LIMIT 1'));
    expect(decision).toMatchObject({ outcome: 'confirm_on_phone' });
    expect(JSON.stringify(decision)).toContain('two-faces-near');
  } finally {
    await putInView(camera, shopper.person);
    await own.page.context().close();
  }
});

test('no on the phone: the till says so, and nobody is charged', async () => {
  expect(await spent(async () => {
    await payAndWait();
    await phone.tap('request-deny');
    await phone.outcome('denied');
    await kiosk.state('refused');
    expect(await kiosk.problem()).toBe('phone_denied');
  })).toBe(0n);
  await phone.tap('request-close');
});

test('silence: both sides say that it is over, and the till may look again', async () => {
  expect(await spent(async () => {
    await payAndWait();
    await withConnection(running.instance.databaseUrl, (query) => query("UPDATE phone_request SET expires_at = now() WHERE state = 'waiting'"));
    await kiosk.state('retake');
    expect(await kiosk.problem()).toBe('phone_timed_out');
    await phone.outcome('over');
  })).toBe(0n);
  await phone.tap('request-close');
});

test('no phone at hand: the PIN at the till, and the phone is asked no more', async () => {
  expect(await spent(async () => {
    await payAndWait();
    await kiosk.tap('no-phone');
    await kiosk.state('phone_pin');
    await kiosk.digits(shopper.pin);
    await kiosk.state('paid');
    await phone.outcome('over');
  })).toBe(BigInt(item.unitAmountMinor));
  await phone.tap('request-close');
});

test('no phone page and no PIN: after a while the till offers a text message, and its code pays this order alone', async () => {
  const other = await enrolShopper(running.stage, 1, 100_000n);
  // Their number is not new, and this is not their first payment.
  await withConnection(running.instance.databaseUrl, async (query) => {
    await query("UPDATE payer SET created_at = now() - interval '30 days', ask_phone_from_minor = 0 WHERE phone_e164 = $1", [other.phone]);
    const settings = { ...defaultSettings('CNY'), first: { payments: 0, maxMinor: '0', undoMs: 0 } };
    await query("INSERT INTO limit_setting (currency, settings, reason, set_by, at) VALUES ('CNY', $1, 'a test', 'a test', now())", [JSON.stringify(settings)]);
  });
  await putInView(camera, other.person);
  const before = await balanceOf(running.stage, other);
  await kiosk.order(item.id);
  expect(await kiosk.look()).toBe('confirm');
  await kiosk.tap('pay');
  await kiosk.state('phone_wait');
  await kiosk.tap('sms-instead');
  await kiosk.state('sms_code');
  const code = await running.stage.phone.readCode(other.phone);
  const texts = await kiosk.page.locator('main').innerText();
  expect(texts).not.toContain(other.phone.slice(-4));
  await kiosk.digits(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  expect(await kiosk.problem()).toBe('sms_code_wrong');
  await kiosk.digits(code);
  await kiosk.state('paid');
  expect(before - (await balanceOf(running.stage, other))).toBe(BigInt(item.unitAmountMinor));
  await putInView(camera, shopper.person);
});

test('the payment code of the phone, as a scanner types it, pays without a face; a second time it does not', async () => {
  const code = await phone.paymentCode();
  const scan = async (): Promise<void> => {
    await kiosk.tap('begin');
    await kiosk.tap(`item-${item.id}`);
    await kiosk.tap('other-way');
    await kiosk.tap('show-code');
    await kiosk.state('code');
    await kiosk.page.bringToFront();
    await kiosk.page.keyboard.type(code);
    await kiosk.page.keyboard.press('Enter');
  };
  expect(await spent(async () => {
    await scan();
    await kiosk.state('paid');
  })).toBe(BigInt(item.unitAmountMinor));
  await phone.page.getByTestId('code-paid').waitFor();
  await kiosk.tap('done');
  await kiosk.state('idle');
  expect(await spent(async () => {
    await scan();
    await kiosk.page.getByTestId('problem').waitFor();
    expect(await kiosk.problem()).toBe('payment_code_used');
  })).toBe(0n);
});

test('limits: lowered on the phone the till says so and charges nobody; a raise by passkey waits, and can be thought better of', async () => {
  await phone.page.bringToFront();
  await phone.page.goto(`${running.instance.url}/phone/`);
  await phone.tap('my-phone');
  await phone.tap('limits');
  await phone.setLimit('payment', '1');
  await phone.page.locator('[data-testid="limit-payment"][data-max="100"]').waitFor();
  expect(await spent(async () => {
    await kiosk.page.bringToFront();
    await kiosk.order(item.id);
    expect(await kiosk.look()).toBe('confirm');
    await kiosk.tap('pay');
    await kiosk.state('refused');
    expect(await kiosk.problem()).toBe('limit_payment');
  })).toBe(0n);
  await phone.page.bringToFront();
  await phone.tap('change-payment');
  await phone.page.getByTestId('limit-amount').fill('500');
  await phone.tap('save-limit');
  await phone.tap('raise-passkey');
  await phone.page.getByTestId('raise-payment').waitFor();
  await phone.tap('cancel-raise-payment');
  await phone.page.getByTestId('raise-payment').waitFor({ state: 'detached' });
});

test('"that was not me" of a payment brings the money back and rests the face; a notice of the server is shown by the closed page', async () => {
  const { page } = phone;
  await page.goto(`${running.instance.url}/phone/`);
  const before = await balanceOf(running.stage, shopper);
  // The newest but one was made by face, with the PIN at the till; the newest by code.
  await page.getByTestId('open-payment').nth(1).click();
  await phone.tap('not-me-paid');
  await phone.tap('not-me-yes');
  await page.locator('[data-testid="taken-back"][data-how="at_once"]').waitFor();
  expect((await balanceOf(running.stage, shopper)) - before).toBe(BigInt(item.unitAmountMinor));
  await page.locator('[data-testid="face-state"][data-face="paused"]').waitFor();

  const origin = running.instance.url;
  await page.context().grantPermissions(['notifications'], { origin });
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId));
  });
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/phone/push-worker.js', { scope: '/phone/' });
    await navigator.serviceWorker.ready;
  });
  const data = JSON.stringify({ title: 'paid by face', body: 'the bakery', tag: 'pay_1', lang: 'en' });
  const registrationId = await registered;
  // Again while nothing is shown: a busy machine drops one that comes before its worker has started. The tag keeps it one notice.
  const shown = async () => {
    await cdp.send('ServiceWorker.deliverPushMessage', { origin: new URL(origin).origin, registrationId, data });
    return page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body }) => `${title}: ${body}`));
  };
  await expect.poll(shown, { timeout: 30_000, interval: 1_000 }).toEqual(['paid by face: the bakery']);
});

test('an account is closed by passkey: not by somebody else’s finger, then for good, with a receipt that is genuine', async () => {
  const leaving = await enrolShopper(running.stage, 2, 0n);
  const { payerId } = await running.stage.phone.me(leaving.session);
  const own = await openOwnPhone(browser, running.instance, leaving.session);
  const { page } = own;
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-receipt-'));
  const payer = async () => (await withConnection(running.instance.databaseUrl, (query) => query('SELECT name, phone_e164, closed_at IS NOT NULL AS closed FROM payer WHERE id = $1', [payerId])))[0];
  try {
    await own.addPasskey();
    await own.tap('my-face');
    await own.tap('close-account-wanted');
    await own.tap('close-account');
    await own.ownerIsThere(false);
    await own.tap('prove-passkey');
    await page.locator('[data-testid="problem"][data-code="passkey_invalid"]').waitFor();
    expect(await payer()).toMatchObject({ closed: false, phone_e164: leaving.phone });

    await own.ownerIsThere(true);
    const sent = page.waitForRequest(/\/me\/close$/);
    await own.tap('prove-passkey');
    // The passkey alone: no PIN goes along.
    expect(Object.keys(((await sent).postDataJSON() as { proof: object }).proof).sort()).toEqual(['nonce', 'passkey']);
    await page.locator('main[data-state="closed"]').waitFor();
    expect(await payer()).toEqual({ closed: true, name: '', phone_e164: `${payerId}.closed` });
    const [left] = await withConnection(running.instance.databaseUrl, (query) => query(
      'SELECT (SELECT count(*)::int FROM passkey WHERE payer_id = $1) AS passkeys, (SELECT count(*)::int FROM session WHERE payer_id = $1) AS sessions', [payerId]));
    expect(left).toEqual({ passkeys: 0, sessions: 0 });
    expect((await running.stage.phone.api.raw({ path: '/api/phone/me', token: leaving.session })).status).toBe(401);

    const [download] = await Promise.all([page.waitForEvent('download'), own.tap('save-receipt')]);
    const file = join(folder, 'receipt.txt');
    await download.saveAs(file);
    const { api, keys } = running.stage.offices;
    const { publicKey } = await api.ask({ path: '/api/operator/audit/checkpoints', token: keys.operatorToken }, auditCheckpointsSchema);
    const { isGenuine, receipt } = verifyErasureReceipt({ file, publicKey });
    expect(isGenuine).toBe(true);
    expect(receipt).toMatchObject({ payerId });
  } finally {
    await page.context().close();
    rmSync(folder, { recursive: true });
  }
});
