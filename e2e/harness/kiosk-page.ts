// Drives the kiosk page as a finger would: by what is on the screen, never past it.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Instance } from '../../apps/cli/src/instance.ts';
import type { StateName } from '../../apps/web/src/kiosk/state.ts';

export type KioskOptions = { readonly locale?: 'en' | 'zh-CN'; readonly size?: { width: number; height: number }; readonly dark?: boolean; readonly camera?: 'allowed' | 'denied'; readonly activationCode?: string; readonly motion?: 'reduce' | 'no-preference' };

export type KioskPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Waits until the screen shows one of these states and says which. */
  state(...names: StateName[]): Promise<StateName>;
  tap(testId: string): Promise<void>;
  /** Types digits on the number pad and sends them off. */
  digits(text: string): Promise<void>;
  /** From the shop window to the tap before the camera. */
  order(...itemIds: string[]): Promise<void>;
  /** Opens the camera and waits until the look has led somewhere. */
  look(): Promise<StateName>;
  /** Minor units shown as the payment's amount. */
  problem(): Promise<string | null>;
  close(): Promise<void>;
};

export const portrait = { width: 1080, height: 1920 };
const stateTimeoutMs = 60_000;
const afterLook: StateName[] = ['confirm', 'digits', 'retake', 'not_recognised', 'refused', 'camera_problem', 'interrupted', 'start'];

export async function openKiosk(browser: Browser, instance: Instance, options: KioskOptions = {}): Promise<KioskPage> {
  const { locale = 'en', size = portrait, dark = false, camera = 'allowed', activationCode = instance.activationCode, motion = 'reduce' } = options;
  const context = await browser.newContext({ locale, viewport: size, colorScheme: dark ? 'dark' : 'light', permissions: camera === 'allowed' ? ['camera'] : [], reducedMotion: motion });
  const page = await context.newPage();
  await page.goto(`${instance.url}/kiosk/#activate=${activationCode}`);
  const kiosk = drive(page, context);
  await kiosk.state('idle');
  return kiosk;
}

function drive(page: Page, context: BrowserContext): KioskPage {
  const tap = (testId: string) => page.getByTestId(testId).first().click();
  const state = async (...names: StateName[]): Promise<StateName> => {
    const shown = page.locator(names.map((name) => `main[data-state="${name}"]`).join(', '));
    try {
      await shown.first().waitFor({ state: 'attached', timeout: stateTimeoutMs });
    } catch (error) {
      const is = await whatIsShown(page);
      throw new Error(`waited for ${names.join(' or ')}, the kiosk shows ${is}`, { cause: error });
    }
    return (await page.locator('main').getAttribute('data-state')) as StateName;
  };
  return {
    page,
    context,
    tap,
    state,
    digits: async (text) => {
      for (const digit of text) await tap(`key-${digit}`);
      await tap('key-ok');
    },
    order: async (...itemIds) => {
      await tap('begin');
      for (const id of itemIds) await tap(`item-${id}`);
      await tap('pay-by-face');
      await state('start');
    },
    look: async () => {
      await page.locator('[data-testid="start-look"], [data-testid="try-again"]').first().click();
      await state('framing', 'challenge', 'matching', 'camera_problem', 'interrupted', ...afterLook.filter((name) => name !== 'start'));
      return state(...afterLook);
    },
    problem: () => page.getByTestId('problem').first().getAttribute('data-code', { timeout: stateTimeoutMs }),
    close: () => context.close(),
  };
}

const whatIsShown = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const main = document.querySelector('main');
    return `${main?.getAttribute('data-state') ?? 'nothing'}: ${main?.innerText.slice(0, 200) ?? ''}`;
  });
