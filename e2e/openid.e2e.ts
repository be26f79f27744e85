// An owner who says who they are by OpenID Connect, in a browser: out to the provider's page and back to the phone page, where the answer is good once.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openIdClient, startOpenIdServer } from '../apps/server/src/adapters/openid-server.fixture.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { putInView } from './harness/person-in-view.ts';
import { openPhone, type PhonePage } from './harness/phone-page.ts';

const pin = '294615';
let running: TestInstance;
let camera: Camera;
let browser: Browser;
let phone: PhonePage;
let provider: Awaited<ReturnType<typeof startOpenIdServer>>;

beforeAll(async () => {
  provider = await startOpenIdServer({ redirectUri: () => `${running.instance.url}/phone/` });
  Object.assign(process.env, { SONRISA_IDENTITY_PROVIDER: 'openid', SONRISA_OPENID_ISSUER: provider.origin, SONRISA_OPENID_CLIENT_ID: openIdClient.id, SONRISA_OPENID_CLIENT_SECRET: openIdClient.secret, SONRISA_OPENID_NAME: 'City ID' });
  running = await startTestInstance({ people: 1, logLevel: 'warn' });
  camera = createCamera();
  await putInView(camera, running.stage.people.shoppers[0]!, 'enrolment');
  browser = await launchBrowser(camera);
  phone = await openPhone(browser, running.instance);
  await phone.enrol({ phone: '+8613912340001', name: 'Lin', pin, topUp: 50 });
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (/^SONRISA_(OPENID_|IDENTITY_PROVIDER)/.test(name)) delete process.env[name];
  await endWalk({ running, browser, camera });
  await provider?.stop();
});

async function goThere(): Promise<void> {
  await phone.page.goto(`${running.instance.url}/phone/`);
  await phone.state('home');
  await phone.tap('my-phone');
  await phone.tap('account');
  await phone.tap('identity');
  await phone.tap('identity-online');
  await phone.page.getByTestId('prove-pin').waitFor();
  for (const digit of pin) await phone.tap(`key-${digit}`);
  await phone.tap('key-ok');
}
const outcome = (is: string) => phone.page.locator(`[data-testid="identity-outcome"][data-outcome="${is}"]`).waitFor();

test('no: the owner is told so and nothing changed', async () => {
  provider.told.person = { refuses: true };
  await goThere();
  await outcome('failed');
  expect(await phone.problem()).toBe('identity_not_confirmed');
});

test('yes: the name is attested, the address forgets the answer, and a reload asks nothing again', async () => {
  provider.told.person = { name: '林小满', birthdate: '1990-05-17' };
  await goThere();
  await outcome('attested');
  expect(new URL(phone.page.url()).search).toBe('');
  await phone.tap('identity-return-close');
  await phone.page.reload();
  await phone.state('home');
  expect(await phone.page.getByTestId('identity-return').count()).toBe(0);
  await phone.tap('my-phone');
  await phone.tap('account');
  await phone.page.locator('[data-testid="level"][data-level="attested"]').waitFor();
});
