// A phone whose face was erased: face payment again, with a new consent and a real look, and then the whole account closed.
import type { Camera } from '../harness/camera.ts';
import type { Person } from '../../apps/cli/src/demo/people.ts';
import { putInView } from '../harness/person-in-view.ts';
import type { PhonePage } from '../harness/phone-page.ts';
import { changeOnce, hold } from './routes.ts';

export type Leaving = { readonly phone: PhonePage; readonly camera: Camera; readonly person: Person; readonly pin: string; shoot(name: string): Promise<void> };

/** Begins and ends in the wallet; face payment is on again. */
export async function walkFaceAgain({ phone, camera, person, pin, shoot }: Leaving): Promise<void> {
  const { page } = phone;
  await phone.tap('my-face');
  await phone.tap('face-again');
  await phone.state('consent_again');
  await page.getByTestId('consent-face').waitFor({ state: 'attached' });
  await shoot('33-consent-again');
  await page.getByTestId('consent-face').check({ force: true });
  await phone.tap('agree-again');
  await page.getByTestId('prove-pin').waitFor();
  await typePin(phone, '111222');
  await page.getByTestId('problem').waitFor();
  await shoot('34-consent-again-proof');
  await typePin(phone, pin);
  await phone.state('look');
  await putInView(camera, person, 'enrolment');
  await phone.tap('start-capture');
  await phone.state('home');
  await page.locator('[data-testid="face-state"][data-face="on"]').waitFor();
}

/** Begins in the wallet, which has money in it; ends with no account. */
export async function walkClosing({ phone, pin, shoot }: Leaving): Promise<void> {
  const { page } = phone;
  const answer = await hold(page, /\/me\/closing$/);
  await openClosing(phone);
  await shoot('35-closing-loading');
  await answer.release();
  await page.getByTestId('withdraw-all').scrollIntoViewIfNeeded();
  await shoot('35-closing-money');
  await phone.tap('to-wallet');
  await changeOnce(page, /\/me\/closing$/, (body) => ({ ...body, blocks: ['closing_first_payment', 'closing_case_open', 'closing_money_left'] }));
  await openClosing(phone);
  await page.locator('[data-code="closing_case_open"]').scrollIntoViewIfNeeded();
  await shoot('36-closing-blocked');
  await phone.tap('closing-to-payments');
  await phone.state('home');
  await openClosing(phone);
  await page.getByTestId('bank-holder').fill('Ada');
  await page.getByTestId('bank-number').fill('6222 0212 3456 7890');
  await phone.tap('withdraw-all');
  await page.getByTestId('close-account').waitFor();
  await shoot('37-closing');
  await phone.tap('close-account');
  await page.getByTestId('prove-pin').waitFor();
  await shoot('38-closing-sure');
  await changeOnce(page, /\/me\/close$/, (body) => ({ ...body, receipt: null }));
  const receipt = await hold(page, /\/closings\//);
  await typePin(phone, pin);
  await phone.state('closed');
  await shoot('39-closed-waits');
  await receipt.release();
  await page.getByTestId('save-receipt').waitFor();
  await shoot('40-closed');
  await phone.tap('closed-done');
  await phone.state('number');
}

async function openClosing(phone: PhonePage): Promise<void> {
  await phone.tap('my-face');
  await phone.tap('close-account-wanted');
  await phone.state('close_account');
}

async function typePin(phone: PhonePage, pin: string): Promise<void> {
  for (const digit of pin) await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
}
