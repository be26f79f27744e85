// Enrolling on the phone page and paying at the kiosk page, both in a real Chromium with a fake camera.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import type { Person } from '../apps/cli/src/demo/people.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { openKiosk } from './harness/kiosk-page.ts';
import { putGroupInView, putInView } from './harness/person-in-view.ts';
import { openPhone } from './harness/phone-page.ts';
import type { PhonePage } from './harness/phone-page.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let opened: PhonePage[] = [];

beforeAll(async () => {
  running = await startTestInstance({ people: 5, logLevel: 'warn' });
  camera = createCamera();
  await putInView(camera, person(0), 'enrolment');
  browser = await launchBrowser(camera);
});
afterAll(() => endWalk({ running, browser, camera }));
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  opened = [];
});

function person(index: number): Person {
  const found = running.stage.people.shoppers[index];
  if (!found) throw new Error(`there is no person ${index}`);
  return found;
}

async function phonePage(url?: string): Promise<PhonePage> {
  const phone = await openPhone(browser, running.instance, url === undefined ? {} : { url });
  opened.push(phone);
  return phone;
}

const countOf = async (table: 'payer' | 'enrolment' | 'consent_record'): Promise<number> => {
  const [row] = await withConnection(running.instance.databaseUrl, (query) => query(`SELECT count(*)::int AS rows FROM ${table}`));
  return Number(row?.rows);
};

test('enrol on the phone, pay at the kiosk: the balance on the phone is less by exactly the amount', async () => {
  await putInView(camera, person(0), 'enrolment');
  const phone = await phonePage();
  await phone.enrol({ phone: '+8613900000001', name: person(0).name, pin: '271828', topUp: 100 });
  expect(await phone.balanceMinor()).toBe(10_000n);
  await phone.tap('to-wallet');
  await phone.state('home');

  await putInView(camera, person(0), 'till');
  const kiosk = await openKiosk(browser, running.instance);
  try {
    const [item] = (await running.stage.terminal.menu()).items;
    await kiosk.order(item?.id ?? '');
    expect(await kiosk.look()).toBe('confirm');
    await kiosk.tap('pay');
    await kiosk.state('paid');
    await phone.page.reload();
    await phone.state('home');
    await phone.page.getByTestId('payment').first().waitFor();
    expect(await phone.balanceMinor()).toBe(10_000n - BigInt(item?.unitAmountMinor ?? 0));
  } finally {
    await kiosk.close();
  }
});

test('a stranger is invited by QR, enrols on the own phone, and the till goes on with the same payment', async () => {
  await putInView(camera, person(1), 'till');
  const kiosk = await openKiosk(browser, running.instance);
  try {
    const items = (await running.stage.terminal.menu()).items;
    await kiosk.order(items[1]?.id ?? '');
    expect(await kiosk.look()).toBe('not_recognised');
    await kiosk.tap('first-time');
    await kiosk.state('first_time');
    await kiosk.page.locator('[data-invite="open"]').waitFor();
    const url = await inviteUrl();
    await putInView(camera, person(1), 'enrolment');
    const phone = await phonePage(url);
    await phone.enrol({ phone: '+8613900000002', name: person(1).name, pin: '314159', topUp: 50 });
    // The till has seen it: welcome, and the tap before the camera.
    await kiosk.state('start');
    await putInView(camera, person(1), 'till');
    expect(await kiosk.look()).toBe('confirm');
    await kiosk.tap('pay');
    await kiosk.state('paid');
    expect(await paymentsOfInvites()).toEqual([{ state: 'captured' }]);
    await phone.page.reload();
    await phone.state('home');
    expect(await phone.balanceMinor()).toBe(5_000n - BigInt(items[1]?.unitAmountMinor ?? 0));
  } finally {
    await kiosk.close();
  }
});

async function inviteUrl(): Promise<string> {
  const [row] = await withConnection(running.instance.databaseUrl, (query) => query("SELECT id FROM invite WHERE state = 'open' ORDER BY created_at DESC LIMIT 1"));
  return `${running.instance.url}/phone/?invite=${String(row?.id)}`;
}

const paymentsOfInvites = () =>
  withConnection(running.instance.databaseUrl, (query) => query("SELECT p.state FROM invite i JOIN payment p ON p.id = i.payment_id WHERE i.state = 'enrolled'"));

describe('refused on the phone', () => {
  test('a wrong code three times: no account, and a new code is needed', async () => {
    const before = await countOf('payer');
    const phone = await phonePage();
    await phone.start({ phone: '+8613900000003', name: 'Lin' });
    await phone.state('code');
    const right = await phone.codeFromOutboxPage('+8613900000003');
    const wrong = right === '123456' ? '654321' : '123456';
    const codes: (string | null)[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const answered = phone.page.waitForResponse(/\/code$/);
      await phone.enterCode(wrong);
      await answered;
      await phone.page.getByTestId('problem').waitFor();
      codes.push(await phone.problem());
    }
    expect(codes.slice(0, 2)).toEqual(['code_wrong', 'code_wrong']);
    // The right one comes too late.
    const answered = phone.page.waitForResponse(/\/code$/);
    await phone.enterCode(right);
    expect((await answered).status()).toBe(429);
    expect(await countOf('payer')).toBe(before);
  });

  test('a number that is none', async () => {
    const before = await countOf('enrolment');
    const phone = await phonePage();
    await phone.start({ phone: '12', name: 'Lin' });
    await phone.page.getByTestId('problem').waitFor();
    expect(await phone.problem()).toBe('phone_invalid');
    expect(await countOf('enrolment')).toBe(before);
  });

  test('consent: one tick is not enough', async () => {
    const phone = await phonePage();
    await phone.start({ phone: '+8613900000004', name: 'Lin' });
    await phone.state('code');
    await phone.enterCode(await phone.codeFromOutboxPage('+8613900000004'));
    await phone.state('consent');
    await phone.tap('age-adult');
    await phone.page.getByTestId('consent-service').check({ force: true });
    expect(await phone.page.getByTestId('continue').isDisabled()).toBe(true);
  });

  test('whoever says they are younger is told of a guardian and cannot go on', async () => {
    const before = await countOf('consent_record');
    const phone = await phonePage();
    await phone.start({ phone: '+8613900000014', name: 'Lin' });
    await phone.state('code');
    await phone.enterCode(await phone.codeFromOutboxPage('+8613900000014'));
    await phone.state('consent');
    expect(await phone.page.getByTestId('consent-face').count()).toBe(0);
    await phone.tap('age-younger');
    await phone.page.getByTestId('guardian-needed').waitFor();
    expect(await phone.page.getByTestId('consent-face').count()).toBe(0);
    expect(await countOf('consent_record')).toBe(before);
    // Reloaded, the question is there again; nobody got past it.
    await phone.page.reload();
    await phone.page.getByTestId('age-adult').waitFor();
    expect(await phone.page.getByTestId('consent-face').count()).toBe(0);
  });

  test('two faces in view: nobody is enrolled', async () => {
    const before = await countOf('payer');
    const phone = await phonePage();
    await phone.start({ phone: '+8613900000005', name: 'Lin' });
    await phone.state('code');
    await phone.enterCode(await phone.codeFromOutboxPage('+8613900000005'));
    await phone.state('consent');
    await phone.agree();
    await phone.state('look');
    await putGroupInView(camera, running.stage.people);
    await phone.tap('start-capture');
    await phone.state('framing');
    await phone.page.getByTestId('take-anyway').click({ timeout: 60_000 });
    await phone.page.getByTestId('problem').waitFor({ timeout: 60_000 });
    expect(await phone.problem()).toBe('face_several');
    expect(await countOf('payer')).toBe(before);
  });
});
