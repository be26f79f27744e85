// The sandbox's own pages, and what strains a layout: a long name, a huge amount, text at twice its size.
import { openKiosk } from '../harness/kiosk-page.ts';
import { putInView } from '../harness/person-in-view.ts';
import { openPhone } from '../harness/phone-page.ts';
import type { Look } from './gallery.ts';
import type { KioskLook, Set } from './kiosk-walk.ts';
import { changeOnce } from './routes.ts';

export async function walkPages({ running, browser, gallery }: Set, look: Look & { locale: 'en' | 'zh-CN'; dark: boolean }): Promise<void> {
  const context = await browser.newContext({ locale: look.locale, viewport: { width: 1_280, height: 800 }, colorScheme: look.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const shoot = (name: string) => gallery.shoot({ page, surface: 'sandbox', name, look });
  try {
    await page.goto(running.instance.url);
    await page.locator('main').waitFor();
    await shoot('01-start-page');
    await page.goto(`${running.instance.url}/sandbox/outbox/`);
    await page.getByTestId('outbox-message').first().waitFor();
    await shoot('02-outbox');
    await page.getByTestId('outbox-search').fill('999999');
    await page.getByTestId('outbox-none-found').waitFor();
    await shoot('03-outbox-none-found');
    await changeOnce(page, /\/api\/sandbox\/outbox(\?.*)?$/, () => ({ messages: [] }));
    await page.goto(`${running.instance.url}/sandbox/outbox/`);
    await page.getByTestId('outbox-empty').waitFor();
    await shoot('04-outbox-empty');
  } finally {
    await context.close();
  }
}

const longName = 'Wolfeschlegelsteinhausen-Bergerdorff';

export async function walkStrains(set: Set, look: KioskLook): Promise<void> {
  const { running, browser, camera, gallery, cast } = set;
  const { items } = await running.stage.terminal.menu();
  await putInView(camera, cast.rich.person);
  const kiosk = await openKiosk(browser, running.instance, look);
  const shoot = (name: string) => gallery.shoot({ page: kiosk.page, surface: 'strain', name, look });
  try {
    const dear = items.map((item) => ({ ...item, name: `${item.name} with a name that nobody can say in one breath`, unitAmountMinor: '4999999' }));
    await changeOnce(kiosk.page, /\/api\/terminal\/menu$/, (body) => ({ ...body, items: dear }));
    await kiosk.page.reload();
    await kiosk.state('idle');
    await kiosk.order(dear[0]?.id ?? '');
    await shoot('01-huge-amount-start');
    await changeOnce(kiosk.page, /\/capture$/, (body) => ({ ...body, payment: { ...(body.payment as object), payer: { maskedName: `${longName} ***********`, nonce: 'shown' } } }));
    await kiosk.look();
    await shoot('02-huge-amount-long-name-pin');
    await kiosk.tap('cancel');
    await kiosk.state('idle');
    await kiosk.tap('begin');
    await kiosk.tap(`item-${dear[0]?.id}`);
    await shoot('03-huge-amount-basket');
  } finally {
    await kiosk.close();
  }
  await walkPhoneStrain(set, look);
}

// The till's text is already about twice the usual size; people's own phones are where text is set larger.
async function walkPhoneStrain({ running, browser, gallery }: Set, look: KioskLook): Promise<void> {
  const phone = await openPhone(browser, running.instance, { locale: look.locale ?? 'en' });
  try {
    await phone.page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await gallery.shoot({ page: phone.page, surface: 'strain', name: '04-phone-number-text-200', look });
    await phone.start({ phone: '+8613900000790', name: longName });
    await phone.state('code');
    await gallery.shoot({ page: phone.page, surface: 'strain', name: '05-phone-code-text-200', look });
    await phone.enterCode(await phone.codeFromOutboxPage('+8613900000790'));
    await phone.page.getByTestId('consent-face').waitFor({ state: 'attached' });
    await gallery.shoot({ page: phone.page, surface: 'strain', name: '06-phone-consent-text-200', look });
  } finally {
    await phone.close();
  }
}
