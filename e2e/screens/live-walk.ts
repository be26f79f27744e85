// What a live terminal, and a phone in production, ask of a living person. The server's own ticket is changed into the prompts
// to be photographed: a challenge is chosen by chance, and most prompts are gone in a second or two.
import type { Page } from 'playwright-core';
import type { Prompt } from '@sonrisa/protocol/challenge.ts';
import { openKiosk } from '../harness/kiosk-page.ts';
import { liveActivationCode } from '../harness/live-code.ts';
import { putGroupInView, putInView } from '../harness/person-in-view.ts';
import { openPhone } from '../harness/phone-page.ts';
import type { PhoneOptions } from '../harness/phone-page.ts';
import type { Look } from './gallery.ts';
import type { KioskLook, Set } from './kiosk-walk.ts';
import { changeOnce, refuseOnce } from './routes.ts';

// The same again and again stands long enough for a picture.
const repeated = { turn_left: 4, turn_right: 4, blink: 4, smile: 4, flash_red: 8, flash_green: 8, flash_blue: 8 } as const satisfies Record<Prompt, number>;
const photographed: readonly Prompt[] = ['turn_left', 'turn_right', 'blink', 'smile', 'flash_red', 'flash_green', 'flash_blue'];
const hintTimeoutMs = 60_000;

type Shoot = (name: string, hurried?: boolean) => Promise<void>;

export async function walkLiveKiosk(set: Set, look: KioskLook): Promise<void> {
  const activationCode = await liveActivationCode(set.running);
  const kiosk = await openKiosk(set.browser, set.running.instance, { ...look, activationCode, motion: 'no-preference' });
  const shoot: Shoot = (name, hurried = false) => set.gallery.shoot({ page: kiosk.page, surface: look.surface, name, look, hurried });
  const { items } = await set.running.stage.terminal.menu();
  const [item] = items;
  if (!item) throw new Error('nothing to sell');
  try {
    await putGroupInView(set.camera, set.running.stage.people);
    await kiosk.order(item.id);
    await kiosk.tap('start-look');
    await otherProof(kiosk.page, shoot);
    await kiosk.tap('cancel');
    await putInView(set.camera, set.cast.rich.person);
    for (const prompt of photographed) {
      await kiosk.order(item.id);
      await askFor(kiosk.page, prompt);
      await kiosk.tap('start-look');
      await catchPrompt(kiosk.page, { prompt, shoot });
      await kiosk.tap('cancel');
      await kiosk.state('idle');
    }
    await kiosk.order(item.id);
    await refuseOnce(kiosk.page, /\/capture$/, 'liveness_failed');
    await kiosk.look();
    await kiosk.state('retake');
    await shoot('11-retake-liveness-failed');
    await kiosk.tap('other-proof');
    await shoot('11-retake-liveness-failed-other-proof');
  } finally {
    await kiosk.close();
  }
}

export async function walkLivePhone(set: Set, look: Look & PhoneOptions & { readonly number: string; readonly name: string }): Promise<void> {
  const { browser, camera, gallery, running, cast } = set;
  const phone = await openPhone(browser, running.instance, { ...look, motion: 'no-preference' });
  const { page } = phone;
  const shoot: Shoot = (name, hurried = false) => gallery.shoot({ page, surface: 'phone', name, look, hurried });
  try {
    await phone.start({ phone: look.number, name: look.name });
    await phone.state('code');
    await phone.enterCode(await phone.codeFromOutboxPage(look.number));
    await phone.state('consent');
    await phone.agree();
    await phone.state('look');
    await putGroupInView(camera, running.stage.people);
    await askFor(page, 'smile');
    await phone.tap('start-capture');
    await otherProof(page, shoot);
    await phone.tap('leave-camera');
    await putInView(camera, cast.rich.person, 'enrolment');
    for (const prompt of photographed) {
      await phone.state('look');
      await askFor(page, prompt);
      await phone.tap('start-capture');
      await catchPrompt(page, { prompt, shoot });
      await phone.tap('leave-camera');
    }
    await phone.state('look');
    await refuseOnce(page, /\/capture$/, 'liveness_failed');
    await phone.look();
    await shoot('13-look-liveness-failed');
    await phone.tap('other-proof');
    await shoot('13-look-liveness-failed-other-proof');
  } finally {
    await phone.close();
  }
}

const askFor = (page: Page, prompt: Prompt): Promise<void> =>
  changeOnce(page, /\/looks$/, (body) => ({ ...body, mode: 'live', challenge: { kind: 'smile', prompts: Array.from({ length: repeated[prompt] }, () => prompt) } }));

async function catchPrompt(page: Page, { prompt, shoot }: { prompt: Prompt; shoot: Shoot }): Promise<void> {
  await page.locator(`[data-phase="prompt"] [data-hint="${prompt}"]`).waitFor({ timeout: hintTimeoutMs });
  await shoot(`09-live-${prompt.replaceAll('_', '-')}`, true);
}

// Several people in view keep the guide talking.
async function otherProof(page: Page, shoot: Shoot): Promise<void> {
  await page.locator('[data-hint="one_person"]').waitFor({ timeout: hintTimeoutMs });
  await shoot('08-live-framing', true);
  await page.getByTestId('other-proof').click();
  await shoot('08-live-other-proof', true);
  await page.getByTestId('take-anyway').waitFor({ timeout: hintTimeoutMs });
  await shoot('08-live-framing-takes-long');
}
