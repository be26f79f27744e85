// A guardian's phone: no child yet, one added with consent and proof, its look, money, limits, and the ways out.
import type { Person } from '../../apps/cli/src/demo/people.ts';
import type { Shopper } from '../../apps/cli/src/demo/stage.ts';
import { openOwnPhone } from '../harness/own-phone.ts';
import type { OwnPhone } from '../harness/own-phone.ts';
import { putInView } from '../harness/person-in-view.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';
import { changeOnce, cut, hold, refuseOnce } from './routes.ts';

export type ChildrenLook = Look & { readonly locale: 'en' | 'zh-CN'; readonly dark: boolean; readonly guardian: Shopper; readonly childIndex: number; readonly childName: string };
type Walk = { readonly set: Set; readonly look: ChildrenLook; readonly phone: OwnPhone; shoot(name: string): Promise<void>; state(name: string): Promise<void> };

export async function walkChildren(set: Set, look: ChildrenLook): Promise<void> {
  const phone = await openOwnPhone(set.browser, set.running.instance, look.guardian.session, look);
  const { page } = phone;
  await page.context().grantPermissions(['camera']);
  const walk: Walk = {
    set, look, phone,
    shoot: (name) => set.gallery.shoot({ page, surface: 'phone', name, look }),
    state: (name) => page.locator(`main[data-state="${name}"]`).waitFor({ state: 'attached' }),
  };
  try {
    for (const part of [nobody, add, money, limits, ends]) await part(walk);
  } finally {
    await page.context().close();
  }
}

async function nobody({ phone, shoot, state }: Walk): Promise<void> {
  const { page } = phone;
  await page.getByTestId('children').waitFor();
  await shoot('80-wallet-with-children');
  const list = await hold(page, /\/me\/children$/);
  await phone.tap('children');
  await state('children');
  await shoot('81-children-loading');
  await list.release();
  await page.getByTestId('no-children').waitFor();
  await shoot('81-children-none');
  await phone.tap('to-wallet');
  const away = await cut(page, /\/me\/children$/);
  await page.reload();
  await phone.tap('children');
  await page.getByTestId('try-again').waitFor();
  await shoot('81-children-network');
  await away.release();
  await phone.tap('try-again');
  await page.getByTestId('no-children').waitFor();
}

async function add(walk: Walk): Promise<void> {
  const { set, look, phone, shoot, state } = walk;
  const { page } = phone;
  await phone.tap('add-child');
  await state('add_child');
  await page.getByTestId('guardian-face').waitFor({ state: 'attached' });
  await shoot('82-add-child');
  await page.getByTestId('child-name').fill(look.childName);
  await page.getByTestId('child-born').fill('2016-05-04');
  await page.getByTestId('category-transport').uncheck();
  await page.getByTestId('guardian-service').check({ force: true });
  await page.getByTestId('guardian-face').check({ force: true });
  await shoot('83-add-child-filled');
  await phone.tap('guardian-agree');
  await page.getByTestId('prove-pin').waitFor();
  await shoot('84-add-child-proof');
  await phone.digits('111222');
  await page.getByTestId('problem').waitFor();
  await shoot('84-add-child-pin-wrong');
  await phone.digits(look.guardian.pin);
  await state('look');
  await shoot('85-child-look');
  await refuseOnce(page, /\/capture$/, 'face_of_guardian');
  await putInView(set.camera, childOf(walk), 'enrolment');
  await phone.tap('start-capture');
  await page.getByTestId('problem').waitFor();
  await shoot('86-child-look-guardian');
  await phone.tap('start-capture');
  await page.locator('[data-testid="child-face"][data-face="on"]').waitFor();
  await shoot('87-child');
}

function childOf({ set, look }: Walk): Person {
  const person = set.running.stage.people.shoppers[look.childIndex];
  if (!person) throw new Error('there is nobody to be the child');
  return person;
}

async function money({ phone, shoot }: Walk): Promise<void> {
  const { page } = phone;
  await page.getByTestId('allowance').fill('600');
  await phone.tap('give-allowance');
  await page.getByTestId('problem').waitFor();
  await shoot('88-allowance-too-much');
  await page.getByTestId('allowance').fill('50');
  await phone.tap('give-allowance');
  await page.getByTestId('allowance-given').waitFor();
  await shoot('88-allowance-given');
}

async function limits({ look, phone, shoot }: Walk): Promise<void> {
  const { page } = phone;
  await phone.setLimit('day', '40');
  await phone.tap('change-food');
  await page.getByTestId('limit-amount').fill('200');
  await shoot('89-child-limit');
  await phone.tap('save-limit');
  await page.getByTestId('change-limit').waitFor({ state: 'detached' });
  await phone.tap('change-day');
  await page.getByTestId('limit-amount').fill('80');
  await phone.tap('save-limit');
  await page.getByTestId('raise-pin').waitFor();
  await shoot('89-child-limit-proof');
  await phone.digits(look.guardian.pin);
  await page.getByTestId('raise-day').waitFor();
  await shoot('89-child-limits');
}

async function ends({ phone, shoot, state }: Walk): Promise<void> {
  const { page } = phone;
  await phone.tap('pause-child');
  await page.locator('[data-testid="child-face"][data-face="paused"]').waitFor();
  await shoot('90-child-paused');
  await phone.tap('erase-child');
  await page.getByTestId('erase-child-sure').waitFor();
  await shoot('91-child-erase');
  await phone.tap('erase-child-sure-yes');
  await page.getByTestId('child-consent').waitFor();
  await shoot('91-child-erased');
  await phone.tap('child-consent');
  await state('child_consent');
  await page.getByTestId('guardian-face').waitFor({ state: 'attached' });
  await shoot('92-child-consent');
  await phone.tap('back-children');
  await page.getByTestId('child').waitFor();
  await shoot('93-children');
  await changeOnce(page, /\/me\/children\/pyr_[0-9a-f]+$/, (body) => ({ ...body, state: 'of_age', ageYears: 18 }));
  await phone.tap('child');
  await page.getByTestId('of-age').waitFor();
  await shoot('94-child-of-age');
  await phone.tap('close-child');
  await page.getByTestId('close-child-sure').waitFor();
  await shoot('95-child-close');
  await phone.tap('close-child-sure-yes');
  await page.getByTestId('child-closed').waitFor();
  await shoot('95-child-closed');
}
