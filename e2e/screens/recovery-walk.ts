// Ways back into an account, on the shopper's phones and at the service desk, and the owner's account page meanwhile.
import type { Page } from 'playwright-core';
import type { Shopper } from '../../apps/cli/src/demo/stage.ts';
import { openOwnPhone } from '../harness/own-phone.ts';
import type { OwnPhone } from '../harness/own-phone.ts';
import { openPhone } from '../harness/phone-page.ts';
import type { PhoneOptions, PhonePage } from '../harness/phone-page.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';
import { changeOnce, refuseOnce } from './routes.ts';

export type RecoveryLook = Look & PhoneOptions & { readonly shopper: Shopper };
type Walk = { readonly url: string; readonly look: RecoveryLook; readonly phone: PhonePage; readonly own: OwnPhone; readonly desk: Page; shoot(page: Page, name: string, hurried?: boolean): Promise<void> };

export async function walkRecovery({ browser, running, gallery }: Set, look: RecoveryLook): Promise<void> {
  const phone = await openPhone(browser, running.instance, look);
  const own = await openOwnPhone(browser, running.instance, look.shopper.session, look);
  const context = await browser.newContext({ locale: look.locale ?? 'en', viewport: { width: 1_280, height: 800 }, colorScheme: look.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const desk = await context.newPage();
  const shoot = (page: Page, name: string, hurried = false) => gallery.shoot({ page, surface: page === desk ? 'desk' : 'phone', name, look, hurried });
  const walk: Walk = { url: running.instance.url, look, phone, own, desk, shoot };
  try {
    const reference = await lostPhone(walk);
    await atDesk(walk, reference);
    await coolingDown(walk);
    await stopped(walk);
    await account(walk);
  } finally {
    await phone.close();
    await own.page.context().close();
    await context.close();
  }
}

async function lostPhone({ phone, look, shoot }: Walk): Promise<string> {
  const { page } = phone;
  await phone.tap('trouble');
  await phone.state('help');
  await shoot(page, '60-help');
  await phone.tap('help-lost_phone');
  await phone.start({ phone: look.shopper.phone, name: look.shopper.person.name });
  await phone.state('code');
  await phone.enterCode(await phone.codeFromOutboxPage(look.shopper.phone));
  await phone.state('known');
  await shoot(page, '61-known');
  await refuseOnce(page, /\/sign-in$/, 'pin_wrong', { triesLeft: 4 });
  for (const digit of '918273') await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
  await page.getByTestId('problem').waitFor();
  await shoot(page, '62-known-pin-wrong');
  await phone.tap('known-not-mine');
  await page.getByTestId('not-mine').waitFor();
  await shoot(page, '63-not-mine');
  await phone.tap('not-mine-yes');
  await page.getByTestId('claim-waits').waitFor();
  await shoot(page, '64-claim-waits');
  await phone.tap('known-forgot');
  await phone.state('recovering');
  await page.getByTestId('reference').waitFor();
  await shoot(page, '65-reference');
  return (await page.getByTestId('reference').textContent()) ?? '';
}

async function atDesk({ url, desk, look, shoot }: Walk, reference: string): Promise<void> {
  const { operatorToken } = (await (await fetch(`${url}/api/sandbox/keys`)).json()) as { operatorToken: string };
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const { token } = (await (await fetch(`${url}/api/operator/people`, { method: 'POST', headers, body: JSON.stringify({ name: 'Mia' }) })).json()) as { token: string };
  await desk.goto(`${url}/desk/`);
  await desk.getByTestId('desk-token').fill(token);
  await shoot(desk, '01-desk-sign-in');
  await desk.getByTestId('desk-begin').click();
  await desk.getByTestId('desk-reference').fill(reference);
  await shoot(desk, '02-desk-reference');
  await desk.getByTestId('desk-find').click();
  await desk.getByTestId('desk-name').fill('Nobody Here');
  await desk.getByTestId('desk-born').fill('1990-05-17');
  await shoot(desk, '03-desk-document');
  await desk.getByTestId('desk-attest').click();
  await desk.getByTestId('problem').waitFor();
  await shoot(desk, '04-desk-document-does-not-fit');
  await desk.getByTestId('desk-name').fill(look.shopper.person.name);
  await desk.getByTestId('desk-attest').click();
  await desk.getByTestId('desk-done').waitFor();
  await shoot(desk, '05-desk-done');
}

async function coolingDown({ phone, shoot }: Walk): Promise<void> {
  const { page } = phone;
  await page.getByTestId('reference').waitFor({ state: 'detached' });
  await shoot(page, '66-cooling-down');
  // The day is over a day later.
  await changeOnce(page, /\/recoveries\/mine$/, (body) => ({ ...body, state: 'ready' }));
  await page.getByTestId('pin-1').waitFor();
  await shoot(page, '67-new-pin', true);
}

async function stopped({ url, own, phone, look, shoot }: Walk): Promise<void> {
  await own.page.getByTestId('account-alert').waitFor();
  await shoot(own.page, '67-wallet-account-alert');
  await own.tap('account-alert');
  await own.page.getByTestId('recovery-account').waitFor();
  await shoot(own.page, '68-account-under-way');
  await own.tap('stop-account');
  await own.page.getByTestId('stop-change').waitFor();
  await shoot(own.page, '69-account-stop');
  await own.tap('stop-change-no');
  const { messages } = (await (await fetch(`${url}/api/sandbox/outbox?phone=${encodeURIComponent(look.shopper.phone)}`)).json()) as { messages: { text: string }[] };
  const link = messages.flatMap(({ text }) => /#stop=[\w-]+/.exec(text)?.[0] ?? [])[0] ?? '';
  const { page } = phone;
  await page.goto('about:blank');
  await page.goto(`${url}/phone/${link}`);
  await phone.state('stop');
  await shoot(page, '70-stop');
  await phone.tap('stop-yes');
  await page.getByTestId('stop-yes').waitFor({ state: 'detached' });
  await shoot(page, '71-stopped');
}

async function account({ own, look, shoot }: Walk): Promise<void> {
  const { page } = own;
  await page.getByTestId('recovery-account').waitFor({ state: 'detached' });
  await own.tap('stop-claim');
  await own.tap('stop-change-yes');
  await page.getByTestId('under-way').waitFor({ state: 'detached' });
  await shoot(page, '72-account');
  for (const [open, dialog, name] of [['forgot-pin', 'forgot-pin-dialog', '73-forgot-pin'], ['change-number', 'change-number-dialog', '74-change-number'], ['identity', 'identity-dialog', '75-identity']] as const) {
    await own.tap(open);
    await page.getByTestId(dialog).waitFor();
    await shoot(page, name);
    if (open !== 'identity') await own.tap('close');
  }
  await own.tap('identity-online');
  await shoot(page, '76-identity-document');
  await page.getByTestId('document-born').fill('1990-05-17');
  await page.getByTestId('document-number').fill('P1234567');
  await own.tap('document-check');
  await page.getByTestId('prove-pin').waitFor();
  await shoot(page, '77-identity-proof');
  await own.digits(look.shopper.pin);
  await page.locator('[data-testid="level"][data-level="attested"]').waitFor();
  await shoot(page, '78-account-attested');
}
