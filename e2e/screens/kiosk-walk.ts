// Walks every state of the till and photographs each.
import type { Browser } from 'playwright-core';
import { enrolShopper } from '../../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../../apps/cli/src/demo/stage.ts';
import type { Camera } from '../harness/camera.ts';
import type { TestInstance } from '../harness/instance.ts';
import { openKiosk } from '../harness/kiosk-page.ts';
import type { KioskOptions, KioskPage } from '../harness/kiosk-page.ts';
import { putGroupInView, putInView } from '../harness/person-in-view.ts';
import type { Gallery, Look } from './gallery.ts';
import { breakCamera, changeOnce, cut, hold, loseAnswers, refuseOnce, unplugCamera } from './routes.ts';

export type Cast = { readonly rich: Shopper; readonly poor: Shopper };
export type Set = { readonly running: TestInstance; readonly browser: Browser; readonly camera: Camera; readonly gallery: Gallery; readonly cast: Cast };
export type KioskLook = Look & KioskOptions & { readonly surface: 'kiosk' | 'mini' };

// The till asks after a minute of nobody touching it.
const stillThereTimeoutMs = 120_000;

type Walk = Set & { readonly kiosk: KioskPage; shoot(name: string, hurried?: boolean): Promise<void>; readonly items: readonly string[] };

export async function castOf(running: TestInstance): Promise<Cast> {
  return { rich: await enrolShopper(running.stage, 0, 200_000n), poor: await enrolShopper(running.stage, 1, 100n) };
}

export async function walkKiosk(set: Set, look: KioskLook): Promise<void> {
  await putInView(set.camera, set.cast.rich.person);
  const kiosk = await openKiosk(set.browser, set.running.instance, look);
  const { items } = await set.running.stage.terminal.menu();
  const shoot = (name: string, hurried = false) => set.gallery.shoot({ page: kiosk.page, surface: look.surface, name, look, hurried });
  const walk: Walk = { ...set, kiosk, shoot, items: items.map(({ id }) => id) };
  try {
    for (const part of [setUp, order, look1, knownShopper, lostAnswer, askedForMore, refusals, unknownFace, cameras, withoutGuide, interruptions]) await part(walk);
  } finally {
    await kiosk.close();
  }
}

async function setUp({ kiosk, shoot, running }: Walk): Promise<void> {
  const { page } = kiosk;
  await shoot('02-idle');
  await kiosk.tap('help');
  await shoot('03-help');
  await kiosk.tap('close');
  await kiosk.tap('other-way');
  await kiosk.state('other_way');
  await shoot('02-other-way-empty');
  await kiosk.tap('back');
  await kiosk.state('idle');
  const kept = await page.evaluate(() => localStorage.getItem('sonrisa.till') ?? '');
  const profile = await hold(page, /\/api\/terminal\/profile/);
  await page.reload();
  await kiosk.state('starting');
  await shoot('01-starting');
  await profile.release();
  await kiosk.state('idle');
  await page.evaluate((text) => localStorage.setItem('sonrisa.till', text.replace(/("pinnedVaultThumbprint":")[^"]*/, `$1${'A'.repeat(43)}`)), kept);
  await page.reload();
  await kiosk.state('vault_key_changed');
  await shoot('01-vault-key-changed');
  await page.evaluate(() => localStorage.removeItem('sonrisa.till'));
  await page.reload();
  await kiosk.state('activation');
  await shoot('01-activation');
  await page.getByTestId('activation-code').fill('WRONG123');
  await kiosk.tap('activate');
  await page.getByTestId('problem').waitFor();
  await shoot('01-activation-wrong');
  const activation = await hold(page, /\/activations$/);
  await page.getByTestId('activation-code').fill(running.instance.activationCode ?? '');
  await kiosk.tap('activate');
  await kiosk.state('activating');
  await shoot('01-activating');
  await activation.release();
  await kiosk.state('idle');
}

async function order({ kiosk, shoot, items }: Walk): Promise<void> {
  await kiosk.tap('begin');
  await kiosk.state('basket');
  await shoot('04-basket-empty');
  for (const id of items.slice(0, 3)) await kiosk.tap(`item-${id}`);
  await kiosk.tap(`item-${items[0]}`);
  await shoot('05-basket');
  await kiosk.tap('pay-by-face');
  await kiosk.state('start');
  await shoot('06-start');
  await kiosk.page.getByTestId('still-there').waitFor({ timeout: stillThereTimeoutMs });
  await shoot('06-still-there', true);
  await kiosk.tap('stay');
}

async function look1({ kiosk, shoot, camera, cast, running }: Walk): Promise<void> {
  const { page } = kiosk;
  const looks = await hold(page, /\/looks$/);
  await kiosk.tap('start-look');
  await kiosk.state('opening');
  await shoot('07-opening');
  await putGroupInView(camera, running.stage.people);
  await looks.release();
  await kiosk.state('framing');
  await page.locator('[data-hint="one_person"]').waitFor({ timeout: 60_000 });
  await shoot('08-framing', true);
  await page.getByTestId('take-anyway').waitFor({ timeout: 60_000 });
  await shoot('08-framing-takes-long');
  await kiosk.tap('take-anyway');
  await kiosk.state('retake');
  await shoot('11-retake-several-people');
  await putInView(camera, cast.rich.person);
  const capture = await hold(page, /\/capture$/);
  await kiosk.tap('try-again');
  if ((await kiosk.state('challenge', 'matching')) === 'challenge') await shoot('09-challenge', true);
  await kiosk.state('matching');
  await shoot('10-matching');
  await capture.release();
  await kiosk.state('confirm');
}

async function knownShopper({ kiosk, shoot }: Walk): Promise<void> {
  await shoot('12-confirm');
  await kiosk.tap('not-me');
  await kiosk.state('start');
  await shoot('13-not-me');
  await kiosk.look();
  const confirm = await hold(kiosk.page, /\/confirm$/);
  await kiosk.tap('pay');
  await kiosk.state('paying');
  await shoot('14-paying');
  await confirm.release();
  await kiosk.state('paid');
  await shoot('15-paid', true);
  await kiosk.tap('done');
  await kiosk.state('idle');
}

async function lostAnswer({ kiosk, shoot, items }: Walk): Promise<void> {
  const { page } = kiosk;
  await kiosk.order(items[0] ?? '');
  await kiosk.look();
  const lost = await cut(page, /\/(confirm|payments\/pay_[0-9a-f]+)$/);
  await kiosk.tap('pay');
  await kiosk.state('checking');
  await shoot('16-checking');
  await page.waitForTimeout(6_500);
  await shoot('16-checking-still');
  await lost.release();
  await kiosk.state('start', 'paid', 'confirm');
  await shoot('16-checked');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
  await kiosk.order(items[0] ?? '');
  await kiosk.look();
  const answers = await loseAnswers(page, /\/confirm$/);
  await kiosk.tap('pay');
  await kiosk.state('paid');
  await shoot('16-paid-recovered', true);
  await answers.release();
  await kiosk.tap('done');
  await kiosk.state('idle');
}

async function askedForMore({ kiosk, shoot, items }: Walk): Promise<void> {
  const { page } = kiosk;
  await kiosk.order(items[0] ?? '');
  await changeOnce(page, /\/capture$/, (body) => ({ outcome: 'needs_digits', payment: { ...(body.payment as object), state: 'awaiting_digits', next: 'digits', payer: null, decision: null } }));
  await kiosk.look();
  await kiosk.state('digits');
  await shoot('17-digits');
  await refuseOnce(page, /\/digits$/, 'digits_wrong', { triesLeft: 2 });
  await kiosk.digits('0000');
  await page.getByTestId('problem').waitFor();
  await shoot('17-digits-wrong');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
  await kiosk.order(items[0] ?? '');
  await changeOnce(page, /\/capture$/, (body) => ({ ...body, payment: { ...(body.payment as object), next: 'confirm_with_pin' } }));
  await kiosk.look();
  await shoot('18-confirm-with-pin');
  await kiosk.digits('918273');
  await page.getByTestId('problem').waitFor();
  await shoot('18-pin-wrong');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
}

async function refusals({ kiosk, shoot, items, camera, cast }: Walk): Promise<void> {
  await putInView(camera, cast.poor.person);
  await kiosk.order(items[0] ?? '', items[1] ?? '');
  await kiosk.look();
  await kiosk.tap('pay');
  await kiosk.state('refused');
  await shoot('19-not-enough-money');
  await kiosk.tap('other-way');
  await kiosk.state('other_way');
  await shoot('20-other-way');
  await kiosk.tap('cancel');
  await kiosk.order(items[0] ?? '');
  for (const code of ['face_too_dark', 'face_turned', 'face_blurred'] as const) {
    await refuseOnce(kiosk.page, /\/capture$/, code);
    await kiosk.look();
    await kiosk.state('retake');
    await shoot(`11-retake-${code.replaceAll('_', '-')}`);
  }
  await refuseOnce(kiosk.page, /\/looks$/, 'looks_used_up');
  await kiosk.tap('try-again');
  await kiosk.state('refused');
  await shoot('19-refused-looks-used-up');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
}

async function unknownFace({ kiosk, shoot, items, camera, running }: Walk): Promise<void> {
  const [stranger] = running.stage.people.strangers;
  if (!stranger) throw new Error('no stranger');
  await putInView(camera, stranger);
  await kiosk.order(items[0] ?? '');
  await kiosk.look();
  await kiosk.state('not_recognised');
  await shoot('21-not-recognised');
  await kiosk.tap('first-time');
  await kiosk.page.locator('[data-invite="open"]').waitFor();
  await shoot('22-first-time');
  await changeOnce(kiosk.page, /\/invites\/inv_/, (body) => ({ ...body, state: 'started' }));
  await kiosk.page.locator('[data-invite="started"]').waitFor();
  await shoot('22-first-time-started', true);
  await refuseOnce(kiosk.page, /\/invites$/, 'sms_unavailable');
  await kiosk.digits('13900000799');
  await kiosk.page.getByTestId('problem').waitFor();
  await shoot('22-first-time-sms-refused');
  await kiosk.tap('key-ok');
  await kiosk.page.getByTestId('invite-sent').waitFor();
  await shoot('22-first-time-sms-sent', true);
  await changeOnce(kiosk.page, /\/invites\/inv_/, (body) => ({ ...body, state: 'expired' }));
  await kiosk.page.getByTestId('new-link').waitFor();
  await shoot('22-first-time-expired');
  await kiosk.tap('new-link');
  await kiosk.page.locator('[data-invite="open"]').waitFor();
  await changeOnce(kiosk.page, /\/invites\/inv_/, (body) => ({ ...body, state: 'enrolled' }));
  await kiosk.state('start');
  await shoot('23-welcome');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
}

async function cameras({ kiosk, shoot, items, camera, running }: Walk): Promise<void> {
  // Several people in view keep the till looking long enough to lose its camera.
  await putGroupInView(camera, running.stage.people);
  await kiosk.order(items[0] ?? '');
  await kiosk.tap('start-look');
  await kiosk.page.locator('[data-hint="one_person"]').waitFor({ timeout: 60_000 });
  await unplugCamera(kiosk.page);
  await kiosk.state('camera_problem');
  await shoot('24-camera-unplugged');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
  // Each has an order of its own: an opened look counts, even when no picture comes of it.
  for (const [problem, name] of Object.entries({ denied: 'NotAllowedError', missing: 'NotFoundError', 'in-use': 'NotReadableError', unsupported: 'TypeError' })) {
    await kiosk.order(items[0] ?? '');
    await breakCamera(kiosk.page, name);
    await kiosk.look();
    await kiosk.state('camera_problem');
    await shoot(`24-camera-${problem}`);
    await kiosk.tap('cancel');
    await kiosk.state('idle');
  }
}

async function withoutGuide({ kiosk, shoot, items, camera, cast }: Walk): Promise<void> {
  await putInView(camera, cast.rich.person);
  const guide = await cut(kiosk.page, /\/models\//);
  await kiosk.page.reload();
  await kiosk.state('idle');
  await kiosk.order(items[0] ?? '');
  await kiosk.tap('start-look');
  await kiosk.page.locator('[data-hint="countdown"]').waitFor({ timeout: 60_000 });
  await shoot('08-framing-countdown', true);
  await kiosk.state('confirm');
  await kiosk.tap('cancel');
  await kiosk.state('idle');
  await guide.release();
}

async function interruptions({ kiosk, shoot, items }: Walk): Promise<void> {
  const { page } = kiosk;
  await kiosk.order(items[0] ?? '');
  await refuseOnce(page, /\/looks$/, 'vault_unavailable');
  await kiosk.tap('start-look');
  await kiosk.state('interrupted');
  await shoot('25-vault-resting');
  const network = await cut(page, /\/api\//);
  await kiosk.tap('try-again');
  await page.getByText('network', { exact: true }).waitFor();
  await shoot('25-network-lost');
  await page.reload();
  await kiosk.state('interrupted');
  await shoot('25-network-lost-at-start');
  await network.release();
}
