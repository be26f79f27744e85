// A till and the shopper's own phone side by side: what each shows while the other is asked, and the payment code.
import type { Shopper } from '../../apps/cli/src/demo/stage.ts';
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import { openKiosk } from '../harness/kiosk-page.ts';
import type { KioskPage } from '../harness/kiosk-page.ts';
import { openOwnPhone } from '../harness/own-phone.ts';
import type { OwnPhone } from '../harness/own-phone.ts';
import { putInView } from '../harness/person-in-view.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';
import { cut, refuseOnce } from './routes.ts';

export type OwnPhoneLook = Look & { readonly locale: 'en' | 'zh-CN'; readonly dark: boolean; readonly surface: 'kiosk' | 'mini'; readonly size: { width: number; height: number } };

type Walk = { readonly kiosk: KioskPage; readonly phone: OwnPhone; readonly shopper: Shopper; readonly itemId: string; till(name: string): Promise<void>; own(name: string, hurried?: boolean): Promise<void>; readCode(phone: string): Promise<string> };

/** The key of a payment code is fetched anew so often. */
const codeRenewalTimeoutMs = 90_000;

/** A phone has so long to answer before a text message is offered, and a busy machine longer. */
const smsOfferTimeoutMs = 60_000;

/** Once for a shopper, before the walks: a phone that is asked every time, and a number that is not new. */
export async function askEveryTime(set: Set, shopper: Shopper): Promise<void> {
  await withConnection(set.running.instance.databaseUrl, (query) => query("UPDATE payer SET created_at = now() - interval '30 days' WHERE phone_e164 = $1", [shopper.phone]));
  const phone = await openOwnPhone(set.browser, set.running.instance, shopper.session);
  await phone.askForEveryPayment();
  await phone.page.context().close();
}

export async function walkOwnPhone(set: Set, { shopper, ...look }: OwnPhoneLook & { readonly shopper: Shopper }): Promise<void> {
  const { browser, running, gallery } = set;
  await putInView(set.camera, shopper.person);
  const kiosk = await openKiosk(browser, running.instance, look);
  const phone = await openOwnPhone(browser, running.instance, shopper.session, look);
  const [item] = (await running.stage.terminal.menu()).items;
  if (!item) throw new Error('the menu is empty');
  const till = (name: string) => gallery.shoot({ page: kiosk.page, surface: look.surface, name, look });
  // The phone looks the same whatever till asks.
  const own = (name: string, hurried = false) => (look.surface === 'mini' ? Promise.resolve() : gallery.shoot({ page: phone.page, surface: 'phone', name, look, hurried }));
  const walk: Walk = { kiosk, phone, shopper, itemId: item.id, till, own, readCode: (to) => running.stage.phone.readCode(to) };
  try {
    const isSmall = look.surface === 'mini';
    for (const part of [settings, ...(isSmall ? [] : [limits]), yes, no, notMe, pinInstead, smsInstead, code, ...(isSmall ? [] : [withoutNetwork, payment(look)])]) await part(walk);
  } finally {
    await kiosk.close();
    await phone.page.context().close();
  }
}

async function settings({ phone, own }: Walk): Promise<void> {
  const { page } = phone;
  await page.bringToFront();
  await phone.tap('my-phone');
  await page.getByTestId('ask-from-0').waitFor();
  await own('40-my-phone-no-passkey');
  await refuseOnce(page, /\/passkeys\/options$/, 'pin_required');
  await phone.tap('add-passkey');
  await page.getByTestId('passkey-pin').waitFor();
  await own('40-my-phone-passkey-pin');
  // Each context has an authenticator of its own.
  await page.reload();
  await phone.addPasskey();
  await phone.tap('my-phone');
  await page.getByTestId('passkey').first().waitFor();
  await own('40-my-phone');
  await phone.tap('remove-passkey');
  await page.getByTestId('passkey-remove').waitFor();
  await own('40-my-phone-passkey-remove');
  await page.getByTestId('passkey-remove').getByTestId('close').click();
  await phone.tap('to-wallet');
  // A browser that knows no passkeys.
  await page.evaluate(() => Object.defineProperty(window, 'PublicKeyCredential', { value: undefined, configurable: true }));
  await phone.tap('my-phone');
  await page.getByTestId('passkey').first().waitFor();
  await own('40-my-phone-passkeys-unknown');
  await page.reload();
  await page.getByTestId('my-phone').waitFor();
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
  await phone.tap('approve-pin');
  await phone.page.getByTestId('request-pin').waitFor();
  await own('41-asked-pin');
  await refuseOnce(phone.page, /\/approve$/, 'pin_wrong');
  for (const digit of '918273') await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
  await phone.page.getByTestId('problem').waitFor();
  await own('41-asked-pin-wrong');
  await phone.page.reload();
  await phone.outcome('asked');
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

async function notMe(walk: Walk): Promise<void> {
  const { kiosk, phone, own } = walk;
  await ask(walk);
  await phone.page.bringToFront();
  await phone.tap('request-not-me');
  await phone.outcome('not_me');
  await own('44-asked-not-me');
  await phone.tap('request-close');
  await kiosk.page.bringToFront();
  await kiosk.state('refused');
  await kiosk.page.reload();
  await kiosk.state('idle');
}

async function pinInstead(walk: Walk): Promise<void> {
  const { kiosk, phone, shopper, till, own } = walk;
  await ask(walk);
  await kiosk.tap('no-phone');
  await kiosk.state('phone_pin');
  await till('42-phone-pin');
  await refuseOnce(kiosk.page, /\/phone-pin$/, 'pin_wrong');
  await kiosk.digits('918273');
  await kiosk.page.getByTestId('problem').waitFor();
  await till('42-phone-pin-wrong');
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

async function smsInstead({ kiosk, phone, shopper, itemId, till, readCode }: Walk): Promise<void> {
  // No page of theirs is open anywhere.
  await phone.page.goto('about:blank');
  await kiosk.page.bringToFront();
  await kiosk.order(itemId);
  if ((await kiosk.look()) !== 'confirm') throw new Error('the shopper was not known');
  await kiosk.tap('pay');
  await kiosk.state('phone_wait');
  await kiosk.page.getByTestId('sms-instead').waitFor({ timeout: smsOfferTimeoutMs });
  await till('45-sms-offered');
  await refuseOnce(kiosk.page, /\/sms-code$/, 'sms_unavailable');
  await kiosk.tap('sms-instead');
  await kiosk.page.getByTestId('problem').waitFor();
  await till('45-sms-refused');
  await kiosk.tap('sms-instead');
  await kiosk.state('sms_code');
  await till('46-sms-code');
  const digits = await readCode(shopper.phone);
  await kiosk.digits(String((Number(digits) + 1) % 1_000_000).padStart(6, '0'));
  await kiosk.page.getByTestId('problem').waitFor();
  await till('46-sms-code-wrong');
  await kiosk.tap('back');
  await kiosk.state('phone_wait');
  await kiosk.page.locator('[data-testid="sms-instead"][data-sms="sent"]').waitFor();
  await till('47-sms-type');
  await kiosk.tap('sms-instead');
  await kiosk.digits(digits);
  await kiosk.state('paid');
  await kiosk.tap('done');
  await kiosk.state('idle');
  await phone.page.goBack();
  await phone.page.getByTestId('my-phone').waitFor();
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
  await kiosk.tap('scan-camera');
  await kiosk.page.locator('video').waitFor();
  await till('44-code-camera');
  await kiosk.tap('back');
  await kiosk.tap('other-way');
  await kiosk.tap('show-code');
  await kiosk.state('code');
  await kiosk.page.keyboard.type('123456789012345678');
  await kiosk.page.keyboard.press('Enter');
  await kiosk.page.getByTestId('problem').waitFor();
  await till('44-code-wrong');
  await kiosk.page.keyboard.type(digits.slice(0, 10));
  await till('44-code');
  await kiosk.page.keyboard.type(digits.slice(10));
  await kiosk.page.keyboard.press('Enter');
  await kiosk.state('paid');
  await phone.page.bringToFront();
  await phone.page.getByTestId('code-paid').waitFor();
  await own('47-pay-code-paid');
}

async function withoutNetwork({ phone, own }: Walk): Promise<void> {
  const { page } = phone;
  const network = await cut(page, /\/payment-code$/);
  await page.getByTestId('try-again').waitFor({ timeout: codeRenewalTimeoutMs });
  await own('48-pay-code-no-network');
  await phone.tap('to-wallet');
  await phone.tap('pay-code');
  await page.getByTestId('problem').waitFor();
  await own('48-pay-code-unreachable');
  await network.release();
}

/** Who is photographed in Chinese walks on at the small till: taking a payment back would rest their face. */
function payment({ locale }: Pick<OwnPhoneLook, 'locale'>): (walk: Walk) => Promise<void> {
  return async ({ phone, own }) => {
    const { page } = phone;
    await phone.tap('to-wallet');
    // The newest was paid by code; the one before by face, with the PIN at the till.
    await page.getByTestId('open-payment').nth(1).click();
    await page.getByTestId('not-me-paid').waitFor();
    await own('52-payment');
    await phone.tap('not-me-paid');
    await page.getByTestId('not-me-yes').waitFor();
    await own('53-payment-not-me');
    if (locale === 'zh-CN') return;
    await phone.tap('not-me-yes');
    await page.getByTestId('taken-back').waitFor();
    await own('54-payment-taken-back');
  };
}
