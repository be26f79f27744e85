// One person who enrolled twice, as the back office sees them: the pair is counted on the front page, shown without a picture, decided with a reason;
// the face goes with a receipt that says why, its owner is told, and the other account still pays.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { outboxSchema } from '@sonrisa/protocol/back-office-api.ts';
import { myFaceSchema } from '@sonrisa/protocol/my-face-api.ts';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import { enrolShopper, payByFace } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import { endWalk } from './harness/books.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';

const twicePhone = '+8613912345678';
const likePhone = '+8613912349999';
let running: TestInstance;
let camera: Camera;
let browser: Browser;
let page: Page;
let once: Shopper;
let twice: { session: string };

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  const { stage } = running;
  once = await enrolShopper(stage, 0);
  await enrolShopper(stage, 1, 0n);
  twice = await stage.phone.enrol({ phone: twicePhone, name: 'Another Name', pin: '837265', takeBurst: (count) => once.person.burst({ kind: 'enrolment', seed: 40, count }) });
  camera = createCamera();
  browser = await launchBrowser(camera);
  page = await browser.newPage({ locale: 'en', viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
});
afterAll(() => endWalk({ running, browser, camera }));

const tap = (testId: string) => page.getByTestId(testId).first().click();
const faceOf = (session: string) => running.stage.phone.api.ask({ path: '/api/phone/me/face', token: session }, myFaceSchema);
const noticesOf = async (phone: string) =>
  (await running.stage.phone.api.ask({ path: `/api/sandbox/outbox?phone=${encodeURIComponent(phone)}&limit=20` }, outboxSchema)).messages.filter(({ text }) => !/\b\d{6}\b/.test(text)).map(({ text }) => text);

test('a pair is counted, shown, decided; the face goes with a receipt, its owner is told and the other one stays', async () => {
  await page.goto(`${running.instance.url}/operator/`);
  await tap('sign-in-sandbox');
  await page.getByTestId('faces-waiting').waitFor();
  expect(await page.getByTestId('faces-waiting').getAttribute('data-count')).toBe('1');
  await tap('to-faces');
  await page.getByTestId('review').waitFor();
  expect(await page.getByTestId('review').count()).toBe(1);
  const shown = (await page.getByTestId('review').textContent()) ?? '';
  expect(shown).toMatch(/Likeness 0\.9\d\d/);
  for (const secret of ['Another Name', once.person.name, twicePhone, twicePhone.slice(3, -4), once.phone]) expect(shown).not.toContain(secret);
  expect(await page.locator('[data-testid="review"] img').count()).toBe(0);

  await tap('finding-same_newer');
  expect(await page.getByTestId('decide').isDisabled()).toBe(true);
  await page.getByTestId('review-note').fill('One woman, seen at the desk: she had forgotten her first account.');
  await tap('decide');
  await tap('decide-sure-yes');
  await page.getByTestId('reviews-none').waitFor();
  await page.getByTestId('faces-waiting').waitFor({ state: 'detached' });
  await tap('reviews-closed');
  await page.locator('[data-testid="decided"][data-finding="same"][data-party="newer"]').waitFor();
  expect(await page.getByTestId('decided').textContent()).toContain('she had forgotten her first account');

  const [erasure] = (await faceOf(twice.session)).erasures;
  expect(parseErasureReceipt(erasure?.receipt ?? '')).toMatchObject({ reason: 'review', templatesErased: 1 });
  expect(await noticesOf(twicePhone)).toEqual([expect.stringContaining('经人工核查')]);
  expect(await noticesOf(once.phone)).toEqual([]);
  expect((await faceOf(once.session)).state).toBe('on');
});

test('two people: the mark of the vault goes, the pair does not come back, and a look that could be either still asks for digits', async () => {
  await running.stage.phone.enrol({ phone: likePhone, name: 'A Sister', pin: '837265', takeBurst: (count) => once.person.burst({ kind: 'enrolment', seed: 50, count }) });
  const { vaultUrl, vaultSecret } = running.instance;
  const ofVault = async (path: string) => (await fetch(`${vaultUrl}${path}`, { headers: { authorization: `Bearer ${vaultSecret}` } })).json();
  expect(await ofVault(vaultPaths.stats)).toMatchObject({ lookAlikes: 2 });

  await page.reload();
  await tap('reviews-open');
  await tap('finding-different');
  await page.getByTestId('review-note').fill('Sisters: both came to the desk.');
  await tap('decide');
  await tap('decide-sure-yes');
  await page.getByTestId('reviews-none').waitFor();
  expect(await ofVault(vaultPaths.stats)).toMatchObject({ lookAlikes: 0 });
  const [review] = await withConnection(running.instance.databaseUrl, (query) => query("SELECT payer_id, other_id FROM face_review WHERE finding = 'different'"));
  for (const payer of [review?.['payer_id'], review?.['other_id']]) expect(await ofVault(vaultPaths.lookAlikes(String(payer)))).toEqual({ alikes: [] });

  const { askedForDigits, payment } = await payByFace(running.stage, { shopper: once, amountMinor: 100n, kind: 'enrolment', seed: 51 });
  expect([askedForDigits, payment.state]).toEqual([true, 'captured']);
});

test('what was decided cannot be decided again', async () => {
  const { api, offices } = { api: running.stage.phone.api, offices: running.stage.offices };
  const list = await api.raw({ path: '/api/operator/face-reviews?state=closed', token: offices.keys.operatorToken });
  const id = /rev_[A-Za-z0-9]+/.exec(JSON.stringify(list))?.[0];
  const answer = await api.raw({ method: 'POST', path: `/api/operator/face-reviews/${id}/close`, token: offices.keys.operatorToken, idempotencyKey: randomUUID(), json: { finding: 'same', party: 'older', note: 'both' } });
  expect(answer.status).toBe(409);
  expect((await faceOf(once.session)).state).toBe('on');
});
