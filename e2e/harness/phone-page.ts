// Drives the phone page, and reads the code from the outbox page in a second tab as a person would.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Instance } from '../../apps/cli/src/instance.ts';
import type { StateName } from '../../apps/web/src/phone/state.ts';

export type PhoneOptions = { readonly locale?: 'en' | 'zh-CN'; readonly dark?: boolean; readonly url?: string; readonly motion?: 'reduce' | 'no-preference' };

export type PhonePage = {
  readonly page: Page;
  readonly context: BrowserContext;
  state(...names: StateName[]): Promise<StateName>;
  tap(testId: string): Promise<void>;
  /** Number and name, up to the screen that asks for the code. */
  start(input: { phone: string; name: string }): Promise<void>;
  /** The newest code that the outbox page shows for this number, live. */
  codeFromOutboxPage(phone: string): Promise<string>;
  enterCode(code: string): Promise<void>;
  /** Both ticks and on. */
  agree(): Promise<void>;
  /** Opens the camera; ends on the PIN, or back on the tap before it. */
  look(): Promise<StateName>;
  pin(pin: string): Promise<void>;
  /** From a number to an open account with money in it. */
  enrol(input: { phone: string; name: string; pin: string; topUp: 50 | 100 | 200 | 500 }): Promise<void>;
  balanceMinor(): Promise<bigint>;
  problem(): Promise<string | null>;
  close(): Promise<void>;
};

const size = { width: 390, height: 844 };
const stateTimeoutMs = 60_000;

export async function openPhone(browser: Browser, instance: Instance, options: PhoneOptions = {}): Promise<PhonePage> {
  const { locale = 'en', dark = false, url = `${instance.url}/phone/`, motion = 'reduce' } = options;
  const context = await browser.newContext({ locale, viewport: size, colorScheme: dark ? 'dark' : 'light', permissions: ['camera'], reducedMotion: motion });
  const page = await context.newPage();
  await page.goto(url);
  const phone = drive({ page, context, instance });
  await phone.state('number', 'home');
  return phone;
}

function drive({ page, context, instance }: { page: Page; context: BrowserContext; instance: Instance }): PhonePage {
  const tap = (testId: string) => page.getByTestId(testId).first().click();
  const state = async (...names: StateName[]): Promise<StateName> => {
    try {
      await page.locator(names.map((name) => `main[data-state="${name}"]`).join(', ')).first().waitFor({ state: 'attached', timeout: stateTimeoutMs });
    } catch (error) {
      const is = await whatIsShown(page);
      throw new Error(`waited for ${names.join(' or ')}, the phone shows ${is}`, { cause: error });
    }
    return (await page.locator('main').getAttribute('data-state')) as StateName;
  };
  const type = async (digits: string) => {
    for (const digit of digits) await tap(`key-${digit}`);
    await tap('key-ok');
  };
  const phone: PhonePage = {
    page,
    context,
    state,
    tap,
    start: async ({ phone: number, name }) => {
      await page.getByTestId('phone-name').fill(name);
      await page.getByTestId('phone-number').fill(number);
      await tap('continue');
    },
    codeFromOutboxPage: async (number) => {
      const tab = await context.newPage();
      await tab.goto(`${instance.url}/sandbox/outbox/?phone=${encodeURIComponent(number)}`);
      const code = (await tab.getByTestId('outbox-code').first().textContent()) ?? '';
      await tab.close();
      return code.trim();
    },
    enterCode: (code) => page.getByTestId('code-input').fill(code),
    agree: async () => {
      await tap('age-adult');
      await page.getByTestId('consent-service').check({ force: true });
      await page.getByTestId('consent-face').check({ force: true });
      await tap('continue');
    },
    look: async () => {
      await tap('start-capture');
      await state('framing', 'challenge', 'sending', 'camera_problem', 'pin');
      return state('pin', 'look', 'camera_problem');
    },
    pin: async (pin) => {
      await page.getByTestId('pin-1').waitFor();
      await type(pin);
      await page.getByTestId('pin-2').waitFor();
      await type(pin);
    },
    enrol: async ({ phone: number, name, pin, topUp }) => {
      await phone.start({ phone: number, name });
      await state('code');
      await phone.enterCode(await phone.codeFromOutboxPage(number));
      await state('consent');
      await phone.agree();
      await state('look');
      if ((await phone.look()) !== 'pin') throw new Error(`the look led to ${await page.locator('main').getAttribute('data-state')}: ${await phone.problem()}`);
      await phone.pin(pin);
      await state('top_up');
      await tap(`top-up-${topUp}`);
      await state('done');
    },
    balanceMinor: async () => minorOf((await page.getByTestId('balance').textContent()) ?? ''),
    problem: () => page.getByTestId('problem').first().getAttribute('data-code', { timeout: stateTimeoutMs }),
    close: () => context.close(),
  };
  return phone;
}

/** The first amount in a text, in the smallest unit of a currency with two decimals. */
function minorOf(shown: string): bigint {
  const amount = /([0-9,]+)\.([0-9]{2})/.exec(shown);
  if (!amount) throw new Error(`"${shown}" shows no amount`);
  return BigInt(`${amount[1]?.replaceAll(',', '')}${amount[2]}`);
}

const whatIsShown = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const main = document.querySelector('main');
    return `${main?.getAttribute('data-state') ?? 'nothing'}: ${main?.innerText.slice(0, 200) ?? ''}`;
  });
