// A till and the shopper's own phone side by side: what each shows while the other is asked, and the payment code.
import type { Shopper } from '../../apps/cli/src/demo/stage.ts';
import { openKiosk, portrait } from '../harness/kiosk-page.ts';
import type { KioskPage } from '../harness/kiosk-page.ts';
import { openOwnPhone } from '../harness/own-phone.ts';
import type { OwnPhone } from '../harness/own-phone.ts';
import { putInView } from '../harness/person-in-view.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';

export type OwnPhoneLook = Look & { readonly locale: 'en' | 'zh-CN'; readonly dark: boolean };

type Walk = { readonly kiosk: KioskPage; readonly phone: OwnPhone; readonly shopper: Shopper; readonly itemId: string; till(name: string): Promise<void>; own(name: string): Promise<void> };

/** Once for a shopper, before the walks. */
export async function askEveryTime(set: Set, shopper: Shopper): Promise<void> {
  const phone = await openOwnPhone(set.browser, set.running.instance, shopper.session);
  await phone.askForEveryPayment();
  await phone.page.context().close();
}

export async function walkOwnPhone(set: Set, { shopper, ...look }: OwnPhoneLook & { readonly shopper: Shopper }): Promise<void> {
  const { browser, running, gallery } = set;
  await putInView(set.camera, shopper.person);
  const kiosk = await openKiosk(browser, running.instance, { ...look, size: portrait });
  const phone = await openOwnPhone(browser, running.instance, shopper.session, look);
  // Each context has an authenticator of its own.
  await phone.addPasskey();
  const [item] = (await running.stage.terminal.menu()).items;
  if (!item) throw new Error('the menu is empty');
  const shoot = (page: typeof phone.page, surface: string) => (name: string) => gallery.shoot({ page, surface, name, look });
  const walk: Walk = { kiosk, phone, shopper, itemId: item.id, till: shoot(kiosk.page, 'kiosk'), own: shoot(phone.page, 'phone') };
  try {
    for (const part of [settings, limits, yes, no, pinInstead, code]) await part(walk);
  } finally {
    await kiosk.close();
    await phone.page.context().close();
  }
}

async function settings({ phone, own }: Walk): Promise<void> {
  await phone.tap('my-phone');
  await phone.page.getByTestId('passkey').first().waitFor();
  await own('40-my-phone');
  await phone.tap('to-wallet');
}

async function limits({ phone, own, shopper }: Walk): Promise<void> {
  const { page } = phone;
  await phone.tap('my-phone');
  await phone.tap('limits');
  await page.getByTestId('limit-day').waitFor();
  await own('48-limits');
  await phone.setLimit('month', '1200');
  await phone.tap('change-month');
  await page.getByTestId('limit-amount').fill('2500');
  await own('49-limit-change');
  await phone.tap('save-limit');
  await page.getByTestId('raise-pin').waitFor();
  await own('50-limit-proof');
  await phone.digits(shopper.pin);
  await page.getByTestId('raise-month').waitFor();
  await own('51-limit-raise');
  await phone.tap('cancel-raise-month');
  await page.getByTestId('raise-month').waitFor({ state: 'detached' });
  await phone.tap('back-my-phone');
  await phone.tap('to-wallet');
}

async function ask({ kiosk, phone, itemId }: Walk): Promise<void> {
  await kiosk.page.bringToFront();
  await kiosk.order(itemId);
  if ((await kiosk.look()) !== 'confirm') throw new Error('the shopper was not known');
  await kiosk.tap('pay');
  await kiosk.state('phone_wait');
  await phone.outcome('asked');
}

async function yes(walk: Walk): Promise<void> {
  const { kiosk, phone, till, own } = walk;
  await ask(walk);
  await till('40-phone-wait');
  await phone.page.bringToFront();
  await own('41-asked');
  await phone.tap('approve-passkey');
  await phone.outcome('paid');
  await own('42-asked-paid');
  await phone.tap('request-close');
  await phone.page.getByTestId('notice').first().waitFor();
  await own('43-notice');
  await kiosk.state('paid');
  await kiosk.tap('done');
  await kiosk.state('idle');
}

async function no(walk: Walk): Promise<void> {
  const { kiosk, phone, till, own } = walk;
  await ask(walk);
  await phone.page.bringToFront();
  await phone.tap('request-deny');
  await phone.outcome('denied');
  await own('44-asked-denied');
  await phone.tap('request-close');
  await kiosk.page.bringToFront();
  await kiosk.state('refused');
  await till('41-phone-denied');
  await kiosk.page.reload();
  await kiosk.state('idle');
}

async function pinInstead(walk: Walk): Promise<void> {
  const { kiosk, phone, shopper, till, own } = walk;
  await ask(walk);
  await kiosk.tap('no-phone');
  await kiosk.state('phone_pin');
  await till('42-phone-pin');
  await kiosk.digits(shopper.pin);
  await kiosk.state('paid');
  await phone.page.bringToFront();
  await phone.outcome('over');
  await own('45-asked-over');
  await phone.tap('request-close');
  await kiosk.page.bringToFront();
  await kiosk.tap('done');
  await kiosk.state('idle');
}

async function code({ kiosk, phone, itemId, till, own }: Walk): Promise<void> {
  await phone.page.bringToFront();
  const digits = await phone.paymentCode();
  await own('46-pay-code');
  await kiosk.page.bringToFront();
  await kiosk.tap('begin');
  await kiosk.tap(`item-${itemId}`);
  await kiosk.tap('other-way');
  await till('43-other-way');
  await kiosk.tap('show-code');
  await kiosk.state('code');
  await kiosk.page.keyboard.type(digits.slice(0, 10));
  await till('44-code');
  await kiosk.page.keyboard.type(digits.slice(10));
  await kiosk.page.keyboard.press('Enter');
  await kiosk.state('paid');
  await phone.page.bringToFront();
  await phone.page.getByTestId('code-paid').waitFor();
  await own('47-pay-code-paid');
}
