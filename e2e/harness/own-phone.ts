// The page of a shopper who is signed in already, on a phone with an authenticator that finds its owner unless it is told not to.
import type { Browser, Page } from 'playwright-core';
import type { Instance } from '../../apps/cli/src/instance.ts';

export type OwnPhone = {
  readonly page: Page;
  tap(testId: string): Promise<void>;
  addPasskey(): Promise<void>;
  /** From now on the authenticator finds its owner, or somebody else's finger. */
  ownerIsThere(isThere: boolean): Promise<void>;
  askForEveryPayment(): Promise<void>;
  /** On the page of limits: another amount for one of them, in whole units; lower ones hold at once. */
  setLimit(kind: string, units: string): Promise<void>;
  /** Types digits on the number pad and sends them off. */
  digits(digits: string): Promise<void>;
  /** Waits until the request of a till has come to this, and returns what the page says. */
  outcome(name: 'asked' | 'paid' | 'denied' | 'not_me' | 'over'): Promise<string>;
  /** Opens the payment code and reads its digits. */
  paymentCode(): Promise<string>;
};

const size = { width: 390, height: 844 };

export async function openOwnPhone(browser: Browser, instance: Instance, session: string, options: { locale?: 'en' | 'zh-CN'; dark?: boolean } = {}): Promise<OwnPhone> {
  const context = await browser.newContext({ locale: options.locale ?? 'en', colorScheme: options.dark ? 'dark' : 'light', viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.addInitScript((token) => localStorage.setItem('sonrisa.phone', JSON.stringify({ session: token, enrolment: null, inviteId: null })), session);
  await page.goto(`${instance.url}/phone/`);
  const tap = (testId: string) => page.getByTestId(testId).first().click();
  const inSettings = async (act: () => Promise<void>): Promise<void> => {
    await tap('my-phone');
    await page.bringToFront();
    await act();
    await tap('to-wallet');
  };
  return {
    page,
    tap,
    addPasskey: () =>
      inSettings(async () => {
        await tap('add-passkey');
        await page.getByTestId('passkey-added').waitFor();
      }),
    ownerIsThere: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    askForEveryPayment: () =>
      inSettings(async () => {
        const chosen = page.waitForResponse(/\/ask-phone-from$/);
        await tap('ask-from-0');
        if (!(await chosen).ok()) throw new Error('the phone could not be told to ask always');
      }),
    setLimit: async (kind, units) => {
      await tap(`change-${kind}`);
      await page.getByTestId('limit-amount').fill(units);
      await tap('save-limit');
      await page.getByTestId('change-limit').waitFor({ state: 'detached' });
    },
    digits: async (digits) => {
      for (const digit of digits) await tap(`key-${digit}`);
      await tap('key-ok');
    },
    outcome: async (name) => {
      const sheet = page.locator(`[data-testid="phone-request"][data-outcome="${name}"]`);
      await sheet.waitFor({ timeout: 60_000 });
      return sheet.innerText();
    },
    paymentCode: async () => {
      await tap('pay-code');
      return (await page.getByTestId('pay-code').getAttribute('data-code')) ?? '';
    },
  };
}
