// Paying at the kiosk page in a real Chromium with a fake camera: who is known pays, who is not is invited, and whatever
// goes wrong is said, with nothing charged.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { balanceOf, enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { assertBooksCoherent, endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { openKiosk } from './harness/kiosk-page.ts';
import type { KioskPage } from './harness/kiosk-page.ts';
import { putGroupInView, putInView } from './harness/person-in-view.ts';

let running: TestInstance;
let camera: Camera;
let browser: Browser;
let kiosk: KioskPage;
let rich: Shopper;
let poor: Shopper;
let menu: { id: string; unitAmountMinor: string }[];

beforeAll(async () => {
  running = await startTestInstance({ people: 4, logLevel: 'warn' });
  rich = await enrolShopper(running.stage, 0, 200_000n);
  poor = await enrolShopper(running.stage, 1, 100n);
  menu = (await running.stage.terminal.menu()).items;
  camera = createCamera();
  await putInView(camera, rich.person);
  browser = await launchBrowser(camera);
});
afterAll(() => endWalk({ running, browser, camera }));
beforeEach(async () => {
  kiosk = await openKiosk(browser, running.instance);
});
afterEach(() => kiosk.close());

const item = (index: number) => {
  const found = menu[index];
  if (!found) throw new Error(`the menu has no item ${index}`);
  return found;
};

async function expectCharged(shopper: Shopper, amountMinor: bigint, act: () => Promise<void>): Promise<void> {
  const before = await balanceOf(running.stage, shopper);
  await act();
  expect(before - (await balanceOf(running.stage, shopper))).toBe(amountMinor);
}

describe('somebody who has enrolled', () => {
  test('pays by looking and tapping Pay; exactly the amount shown leaves the wallet', async () => {
    await putInView(camera, rich.person);
    const amountMinor = BigInt(item(0).unitAmountMinor) + BigInt(item(1).unitAmountMinor);
    await expectCharged(rich, amountMinor, async () => {
      await kiosk.order(item(0).id, item(1).id);
      expect(await kiosk.look()).toBe('confirm');
      // A name that is masked, and never a digit of the phone.
      expect(await kiosk.page.getByTestId('masked-name').textContent()).toMatch(/\*/);
      expect(await kiosk.page.locator('body').innerText()).not.toContain(rich.phone.slice(-4));
      await kiosk.tap('pay');
      expect(await kiosk.state('paid', 'refused')).toBe('paid');
      expect(await kiosk.page.getByTestId('receipt-number').textContent()).toBeTruthy();
    });
  });

  test('is asked for the PIN from the store limit on: a wrong one pays nothing, the right one pays', async () => {
    await putInView(camera, rich.person);
    const dear = [...menu].sort((a, b) => Number(b.unitAmountMinor) - Number(a.unitAmountMinor))[0] ?? item(0);
    const limitMinor = BigInt(running.stage.terminal.profile.pinFrom.amountMinor);
    const count = Number((limitMinor + BigInt(dear.unitAmountMinor) - 1n) / BigInt(dear.unitAmountMinor));
    const amountMinor = BigInt(count) * BigInt(dear.unitAmountMinor);
    await kiosk.order(...Array.from({ length: count }, () => dear.id));
    expect(await kiosk.look()).toBe('confirm');
    await expectCharged(rich, 0n, async () => {
      await kiosk.digits('918273');
      await kiosk.page.getByTestId('problem').waitFor();
      expect(await kiosk.problem()).toBe('pin_wrong');
    });
    await expectCharged(rich, amountMinor, async () => {
      await kiosk.state('confirm');
      await kiosk.digits(rich.pin);
      expect(await kiosk.state('paid', 'refused')).toBe('paid');
    });
  });

  test('says "Not me": nobody is charged, and the till asks again', async () => {
    await putInView(camera, rich.person);
    await expectCharged(rich, 0n, async () => {
      await kiosk.order(item(0).id);
      expect(await kiosk.look()).toBe('confirm');
      await kiosk.tap('not-me');
      expect(await kiosk.state('start', 'refused')).toBe('start');
    });
  });

  test('has not enough money: told so, not charged', async () => {
    await putInView(camera, poor.person);
    await expectCharged(poor, 0n, async () => {
      await kiosk.order(item(0).id, item(1).id);
      expect(await kiosk.look()).toBe('confirm');
      await kiosk.tap('pay');
      expect(await kiosk.state('refused', 'paid')).toBe('refused');
      expect(await kiosk.problem()).toBe('balance_insufficient');
    });
  });
});

describe('nobody to charge', () => {
  test('a stranger is not recognised, sees no name, and is invited', async () => {
    const [stranger] = running.stage.people.strangers;
    if (!stranger) throw new Error('no stranger');
    await putInView(camera, stranger);
    await expectCharged(rich, 0n, async () => {
      await kiosk.order(item(0).id);
      expect(await kiosk.look()).toBe('not_recognised');
      expect(await kiosk.page.getByTestId('masked-name').count()).toBe(0);
      await kiosk.tap('first-time');
      await kiosk.state('first_time');
      await kiosk.page.locator('[data-invite="open"]').waitFor();
      expect(await kiosk.page.getByTestId('qr').count()).toBe(1);
    });
  });

  test('two faces in view: one person is asked for, nobody is picked', async () => {
    await putGroupInView(camera, running.stage.people);
    await expectCharged(rich, 0n, async () => {
      await kiosk.order(item(0).id);
      await kiosk.tap('start-look');
      await kiosk.state('framing');
      await kiosk.page.locator('[data-hint="one_person"]').waitFor({ timeout: 60_000 });
      // Even one who insists gets no further.
      await kiosk.page.getByTestId('take-anyway').click({ timeout: 60_000 });
      expect(await kiosk.state('retake', 'confirm')).toBe('retake');
      expect(await kiosk.problem()).toBe('face_several');
    });
  });

  test('camera denied: the screen says so, and another way is offered', async () => {
    const strict = await launchBrowser(camera, { grantsCamera: false });
    try {
      const denied = await openKiosk(strict, running.instance, { camera: 'denied' });
      await denied.order(item(0).id);
      expect(await denied.look()).toBe('camera_problem');
      expect(await denied.page.getByTestId('camera-problem').getAttribute('data-problem')).toBe('denied');
      await denied.tap('other-way');
      await denied.state('other_way');
    } finally {
      await strict.close();
    }
  });

  test('a virtual camera is not looked through: the screen says so, and another way is offered', async () => {
    const program = createCamera('OBS Virtual Camera');
    await putInView(program, rich.person);
    const pretending = await launchBrowser(program);
    try {
      const till = await openKiosk(pretending, running.instance);
      await till.order(item(0).id);
      expect(await till.look()).toBe('camera_problem');
      expect(await till.page.getByTestId('camera-problem').getAttribute('data-problem')).toBe('virtual');
      await till.tap('other-way');
      await till.state('other_way');
      await till.page.context().close();
    } finally {
      await pretending.close();
      program.remove();
    }
  });
});

describe('a process dies', () => {
  test('the server, in the middle of paying: the kiosk says which, and the shopper is charged once or not at all', async () => {
    await putInView(camera, rich.person);
    const amountMinor = BigInt(item(0).unitAmountMinor);
    const before = await balanceOf(running.stage, rich);
    await kiosk.order(item(0).id);
    expect(await kiosk.look()).toBe('confirm');
    const sent = kiosk.page.waitForRequest(/\/confirm$/);
    await kiosk.tap('pay');
    await sent;
    await running.instance.server.kill();
    await kiosk.state('checking', 'paying', 'confirm', 'paid');
    await running.instance.server.start();
    const end = await kiosk.state('paid', 'refused', 'confirm', 'interrupted', 'start');
    const spent = before - (await balanceOf(running.stage, rich));
    expect(spent).toBe(end === 'paid' ? amountMinor : 0n);
    await assertBooksCoherent(running);
  });

  test('the vault, before the look: the basket is kept, nothing is charged, and paying works once it is back', async () => {
    await putInView(camera, rich.person);
    await kiosk.order(item(0).id);
    await running.instance.vault.kill();
    await expectCharged(rich, 0n, async () => {
      expect(await kiosk.look()).toBe('interrupted');
    });
    await running.instance.vault.start();
    await expectCharged(rich, BigInt(item(0).unitAmountMinor), async () => {
      expect(await kiosk.look()).toBe('confirm');
      await kiosk.tap('pay');
      await kiosk.state('paid');
    });
  });
});
