// Walks every state of the phone and photographs each; the number it enrols with is used once.
import type { Page } from 'playwright-core';
import type { Person } from '../../apps/cli/src/demo/people.ts';
import { openPhone } from '../harness/phone-page.ts';
import type { PhoneOptions, PhonePage } from '../harness/phone-page.ts';
import { putGroupInView, putInView } from '../harness/person-in-view.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';
import { walkClosing, walkFaceAgain } from './leaving-walk.ts';
import { breakCamera, changeOnce, cut, hold, refuseOnce } from './routes.ts';

export type PhoneLook = Look & PhoneOptions & { readonly number: string; readonly name: string; readonly personIndex: number };

type Walk = Set & { readonly phone: PhonePage; readonly person: Person; readonly look: PhoneLook; shoot(name: string, hurried?: boolean, phone?: PhonePage): Promise<void> };

export async function walkPhone(set: Set, look: PhoneLook): Promise<void> {
  const person = set.running.stage.people.shoppers[look.personIndex];
  if (!person) throw new Error('nobody to enrol');
  await putInView(set.camera, person, 'enrolment');
  const phone = await openPhone(set.browser, set.running.instance, look);
  const shoot = (name: string, hurried = false, shown = phone) => set.gallery.shoot({ page: shown.page, surface: 'phone', name, look, hurried });
  try {
    for (const part of [opening, number, code, consent, face, pin, money, wallet]) await part({ ...set, phone, person, look, shoot });
  } finally {
    await phone.close();
  }
}

async function opening({ phone, shoot }: Walk): Promise<void> {
  const keys = await hold(phone.page, /\/api\/phone\/keys/);
  await phone.page.reload();
  await phone.state('starting');
  await shoot('01-starting');
  await keys.release();
  const network = await cut(phone.page, /\/api\/phone\/keys/);
  await phone.page.reload();
  await phone.state('unreachable');
  await shoot('02-unreachable');
  await network.release();
  await phone.tap('try-again');
  await phone.state('number');
}

async function number({ phone, look, shoot, browser, running }: Walk): Promise<void> {
  await shoot('03-number');
  const invited = await openPhone(browser, running.instance, { ...look, url: `${running.instance.url}/phone/?invite=inv_${'0'.repeat(32)}` });
  await shoot('03-number-invited', false, invited);
  await invited.close();
  await phone.start({ phone: '12', name: look.name });
  await phone.page.getByTestId('problem').waitFor();
  await shoot('04-number-is-none');
  await phone.start({ phone: look.number, name: look.name });
  await phone.state('code');
}

async function code({ phone, look, shoot }: Walk): Promise<void> {
  await shoot('05-code');
  const right = await phone.codeFromOutboxPage(look.number);
  await phone.enterCode(right === '123456' ? '654321' : '123456');
  await phone.page.getByTestId('problem').waitFor();
  await shoot('06-code-wrong');
  await changeOnce(phone.page, /\/enrolments\/enr_[0-9a-f]+$/, (body) => ({ ...body, smsState: 'waiting' }));
  await phone.page.getByTestId('sms-slow').waitFor();
  await shoot('06-code-slow');
  await phone.enterCode(right);
  await phone.state('consent');
}

async function consent({ phone, shoot }: Walk): Promise<void> {
  await phone.page.getByTestId('age-adult').waitFor();
  await shoot('07-age');
  await phone.tap('age-younger');
  await phone.page.getByTestId('guardian-needed').waitFor();
  await shoot('07-age-younger');
  await phone.tap('age-back');
  await phone.tap('age-adult');
  await phone.page.getByTestId('consent-face').waitFor({ state: 'attached' });
  await shoot('07-consent');
  await phone.page.getByTestId('consent-service').check({ force: true });
  await phone.page.locator('summary').last().click();
  await shoot('08-consent-one-tick');
  await phone.page.getByTestId('consent-face').check({ force: true });
  await phone.tap('continue');
  await phone.state('look');
}

async function face({ phone, shoot, look, running, browser, camera, person }: Walk): Promise<void> {
  const { page } = phone;
  await shoot('09-look');
  // Two people keep the guide talking for as long as a picture takes.
  await putGroupInView(camera, running.stage.people);
  await phone.tap('start-capture');
  await page.locator('[data-hint="one_person"]').waitFor({ timeout: 60_000 });
  await shoot('10-framing', true);
  await phone.tap('leave-camera');
  await phone.state('look');
  await putInView(camera, person, 'enrolment');
  const capture = await hold(page, /\/capture$/);
  await phone.tap('start-capture');
  if ((await phone.state('challenge', 'sending')) === 'challenge') await shoot('11-challenge', true);
  await phone.state('sending');
  await shoot('12-sending');
  await capture.release();
  await phone.state('pin');
  // The rarer endings of a look, on a page of their own: this enrolment has moved on.
  const other = await openPhone(browser, running.instance, look);
  await rarerLooks(other, (name) => shoot(name, false, other), look);
  await other.close();
}

async function rarerLooks(phone: PhonePage, shoot: (name: string) => Promise<void>, look: PhoneLook): Promise<void> {
  const second = `${look.number.slice(0, -1)}9`;
  await phone.start({ phone: second, name: look.name });
  await phone.state('code');
  await phone.enterCode(await phone.codeFromOutboxPage(second));
  await phone.state('consent');
  await phone.agree();
  await phone.state('look');
  await refuseOnce(phone.page, /\/looks$/, 'vault_unavailable');
  await phone.tap('start-capture');
  await phone.page.getByTestId('problem').waitFor();
  await shoot('13-look-refused');
  await breakCamera(phone.page, 'NotAllowedError');
  await phone.tap('start-capture');
  await phone.state('camera_problem');
  await shoot('14-camera-denied');
  await phone.tap('try-again');
  await breakCamera(phone.page, 'TypeError');
  await phone.tap('start-capture');
  await phone.state('camera_problem');
  await shoot('14-camera-unsupported');
}

async function pin({ phone, shoot }: Walk): Promise<void> {
  const { page } = phone;
  await shoot('15-pin');
  for (const digit of '271') await phone.tap(`key-${digit}`);
  await shoot('16-pin-half');
  for (const digit of '828') await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
  await page.getByTestId('pin-2').waitFor();
  await shoot('17-pin-again');
  for (const digit of '000111') await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
  await page.getByTestId('pin-differs').waitFor();
  await shoot('18-pin-differs');
  await refuseOnce(page, /\/pin$/, 'pin_too_simple');
  await phone.pin('123456');
  await page.getByTestId('problem').waitFor();
  await shoot('18-pin-too-simple');
  const account = await hold(page, /\/pin$/);
  await phone.pin('271828');
  await phone.state('opening');
  await shoot('19-opening');
  await account.release();
  await phone.state('top_up');
}

async function money({ phone, shoot }: Walk): Promise<void> {
  await phone.page.locator('[data-testid="top-up-500"]:enabled').waitFor();
  await shoot('20-top-up');
  await refuseOnce(phone.page, /\/top-ups$/, 'payment_source_refused');
  await phone.tap('top-up-100');
  await phone.page.getByTestId('problem').waitFor();
  await shoot('21-top-up-refused');
  await phone.tap('top-up-500');
  await phone.state('done');
  await phone.page.getByTestId('balance').waitFor();
  await shoot('22-done');
}

async function wallet({ phone, shoot, running, look, camera, person }: Walk): Promise<void> {
  const { page } = phone;
  await phone.tap('to-wallet');
  await phone.state('home');
  await page.getByTestId('face-state').waitFor();
  await shoot('23-wallet-new');
  await phone.tap('my-face');
  await page.getByTestId('looks-none').waitFor();
  await shoot('27-my-face-no-looks');
  await phone.tap('to-wallet');
  await payAndRefund({ running, personIndex: look.personIndex });
  await page.reload();
  await page.getByTestId('payment').first().waitFor();
  await shoot('24-wallet');
  await phone.tap('notices-seen');
  await page.getByTestId('notice').first().waitFor({ state: 'detached' });
  await shoot('24-wallet-payments');
  await newLook({ phone, shoot });
  await myFace({ phone, shoot });
  await shoot('26-wallet-without-face');
  const leaving = { phone, camera, person, pin: '271828', shoot };
  await walkFaceAgain(leaving);
  await walkClosing(leaving);
}

async function newLook({ phone, shoot }: Pick<Walk, 'phone' | 'shoot'>): Promise<void> {
  const { page } = phone;
  await changeOnce(page, /\/me$/, (body) => ({ ...body, face: { ...(body.face as object), needsNewLook: true } }));
  await page.reload();
  await page.getByTestId('needs-new-look').waitFor();
  await shoot('25-new-look-needed');
  await phone.tap('new-look');
  await phone.state('look');
  await shoot('25-new-look');
  await phone.tap('new-look-later');
  await phone.state('home');
}

async function myFace({ phone, shoot }: Pick<Walk, 'phone' | 'shoot'>): Promise<void> {
  const { page } = phone;
  const answer = await hold(page, /\/me\/face$/);
  await phone.tap('my-face');
  await phone.state('my_face');
  await shoot('27-my-face-loading');
  await answer.release();
  await page.getByTestId('face-look').first().waitFor();
  await shoot('28-my-face');
  await phone.tap('pause-face');
  await page.locator('[data-testid="my-face-state"][data-face="paused"]').waitFor();
  await phone.tap('resume-face');
  await page.getByTestId('resume-soon').waitFor();
  await page.locator('[data-testid="resume-face"]:enabled').waitFor();
  await shoot('29-my-face-paused');
  await page.locator('details').first().evaluate((details) => details.setAttribute('open', ''));
  await scrollTo(page, 'consent-record');
  await shoot('29-my-face-consent');
  await phone.tap('to-wallet');
  await page.locator('[data-testid="face-state"][data-face="paused"]').waitFor();
  await shoot('29-wallet-paused');
  await phone.tap('my-face');
  await phone.tap('erase-face');
  await page.getByTestId('erase').waitFor();
  await shoot('30-my-face-erase');
  await phone.tap('erase-yes');
  await page.getByTestId('save-receipt').waitFor();
  await shoot('31-my-face-erased');
  await scrollTo(page, 'erasure');
  await shoot('32-my-face-receipt');
  await changeOnce(page, /\/me\/face$/, (body) => ({ ...body, erasures: (body.erasures as object[]).map((erasure) => ({ ...erasure, receipt: null })) }));
  await phone.tap('to-wallet');
  await phone.tap('my-face');
  await page.getByTestId('receipt-waits').waitFor();
  await scrollTo(page, 'erasure');
  await shoot('32-my-face-receipt-waits');
  await phone.tap('to-wallet');
  await page.locator('[data-face="off"]').waitFor();
}

const scrollTo = (page: Page, testId: string): Promise<void> => page.getByTestId(testId).first().evaluate((element) => element.scrollIntoView({ block: 'start' }));

async function payAndRefund({ running, personIndex }: { running: Set['running']; personIndex: number }): Promise<void> {
  const { terminal, offices, people } = running.stage;
  for (const [index, amountMinor] of ['2800', '990', '8600'].entries()) {
    const payment = await terminal.createPayment({ amountMinor });
    const look = await terminal.look(payment.id, (count) => people.shoppers[personIndex]?.burst({ kind: 'enrolment', seed: 50 + index, count }) ?? Promise.resolve([]));
    await terminal.confirm(look.payment);
    if (index === 0) await offices.refund(payment.id, { reason: 'screenshot' });
    if (index === 2) await offices.refund(payment.id, { amount: { amountMinor: '5600', currency: 'CNY' }, reason: 'screenshot' });
  }
}
