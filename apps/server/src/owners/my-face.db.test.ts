// My face, my data: who looked is shown, a pause and a withdrawal hold from the next request on, an erasure gives a receipt that
// verifies and one with a byte changed does not, and nobody sees anything of somebody else. Vault: the labelled double.
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase } from '../db/database.ts';
import { consentText } from '../enrolment/consent-text.ts';
import { activate, enrol, recognised, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';
import { isGenuineReceipt } from './erased-receipt.fixture.ts';
import { createFaceCount } from './index.ts';
import { unusedNoticeDays } from './retention.ts';
import { noticeText } from './tell-owner.ts';

let server: TestServer;
let till: string;
beforeAll(async () => {
  server = await startTestServer({ name: 'my_face', environment: { SONRISA_FACE_UNUSED_DAYS: '30' } });
  till = (await activate(server)).token;
});
afterAll(() => server.stop());

let lastPhone = 13_500_000_000;
const newOwner = (face: string) => enrol(server, { phone: `+86${++lastPhone}`, name: '韩梅梅', pin: '294615', face, topUpMinor: '50000' });
const get = async (path: string, session: string) => (await server.ask('GET', `/api/phone${path}`, { token: session })).body;
const post = (path: string, session: string) => server.ask('POST', `/api/phone${path}`, { token: session });
const lookOf = async (face: string) => (await recognised(server, { token: till, amountMinor: '1200', face })).result.body;
const isGenuine = (note: string) => isGenuineReceipt(server.keysDir, note);
const dayMs = 24 * 60 * 60_000;

it('shows every look that named the owner, also those nobody paid with, and nothing of others', async () => {
  const [ana, ben] = [await newOwner('ana'), await newOwner('ben')];
  const first = await lookOf('ana');
  expect(first.outcome).toBe('identified');
  await lookOf('ben');
  await post('/me/face/pause', ana.session);
  await lookOf('ana');
  const { looks } = await get('/me/face', ana.session);
  expect(looks).toMatchObject([
    { result: 'paused', purpose: 'payment', amount: { amountMinor: '1200', currency: 'CNY' } },
    { result: 'waiting', paymentId: first.payment.id },
  ]);
  expect((await get('/me/face', ben.session)).looks).toMatchObject([{ result: 'waiting' }]);
});

it('a pause holds from the next look on, and for a look that was taken before; it ends when those have run out', async () => {
  const { session } = await newOwner('carla');
  const before = await lookOf('carla');
  expect((await post('/me/face/pause', session)).body.face.state).toBe('paused');
  expect((await lookOf('carla')).code).toBe('face_paused');
  const nonce = await shownNonce(server, before.payment.id);
  const confirmed = await server.ask('POST', `/api/terminal/payments/${before.payment.id}/confirm`, { token: till, json: { nonce }, key: `confirm-${before.payment.id}` });
  expect(confirmed.body).toMatchObject({ code: 'face_paused' });
  expect(await post('/me/face/resume', session)).toMatchObject({ status: 503, body: { code: 'busy' } });
  server.clock.ms += 121_000;
  expect((await post('/me/face/resume', session)).body.face.state).toBe('on');
  expect((await lookOf('carla')).outcome).toBe('identified');
});

it('an erasure is one request, withdraws the consent, and its receipt verifies; with a letter changed it does not', async () => {
  const { payerId, session } = await newOwner('dora');
  const [given] = (await get('/me/face', session)).consents;
  expect(given).toMatchObject({ agreedToFace: true, statedAgeMin: 18, faceWithdrawnAtMs: null, text: consentText('zh'), textSha256: consentText('zh').sha256 });
  server.vault.up = false;
  expect((await server.ask('DELETE', '/api/phone/me/face', { token: session })).body.code).toBe('vault_unavailable');
  // Off at once; signed only when the vault has forgotten.
  expect(await get('/me/face', session)).toMatchObject({ state: 'off', erasures: [{ reason: 'owner', receipt: null }] });
  server.vault.up = true;
  const erased = (await server.ask('DELETE', '/api/phone/me/face', { token: session })).body;
  const after = await get('/me/face', session);
  expect(after.erasures).toEqual([erased.erasure]);
  expect(after.consents[0].faceWithdrawnAtMs).toBeGreaterThan(given.agreedAtMs);
  expect((await lookOf('dora')).outcome).toBe('not_recognised');
  const note: string = erased.erasure.receipt;
  expect(parseErasureReceipt(note)).toMatchObject({ payerId, reason: 'owner', templatesErased: 1, id: erased.erasure.id });
  expect(isGenuine(note)).toBe(true);
  expect(isGenuine(note.replace('templates 1', 'templates 2'))).toBe(false);
  expect(isGenuine(note.replace(payerId, payerId.replace(/.$/, (last) => (last === '0' ? '1' : '0'))))).toBe(false);
});

it('a face that nobody uses goes after the set time, its owner told two weeks before; one look, and it stays', async () => {
  const [idle, used, back] = [await newOwner('emil'), await newOwner('fang'), await newOwner('gina')];
  const round = () => server.runRound('unused faces');
  const states = async () => (await server.pool.query('SELECT face_state FROM payer WHERE id = ANY ($1) ORDER BY phone_e164', [[idle.payerId, used.payerId, back.payerId]])).rows.map((row) => row.face_state);
  const told = async () => (await server.pool.query("SELECT to_e164 FROM sms_outbox WHERE body = $1 ORDER BY 1", [noticeText('zh', { name: 'face_unused', days: unusedNoticeDays })])).rows.map((row) => row.to_e164);
  const numbers = [lastPhone - 2, lastPhone - 1, lastPhone].map((number) => `+86${number}`);
  expect((await get('/me/face', idle.session)).unusedUntilMs).toBeGreaterThan(server.clock.ms + 29 * dayMs);
  server.clock.ms += 15 * dayMs;
  await lookOf('fang');
  await round();
  expect((await told()).filter((number) => numbers.includes(number))).toEqual([]);
  server.clock.ms += 2 * dayMs;
  await round();
  await round();
  expect((await told()).filter((number) => numbers.includes(number))).toEqual([numbers[0], numbers[2]]);
  await lookOf('gina');
  server.clock.ms += 13 * dayMs + dayMs / 2;
  await round();
  // The thirty days are over, the two weeks since they were told are not.
  expect(await states()).toEqual(['on', 'on', 'on']);
  server.clock.ms += dayMs;
  await round();
  expect(await states()).toEqual(['off', 'on', 'on']);
  const { rows: erasures } = await server.pool.query('SELECT reason, receipt IS NOT NULL AS signed FROM erasure WHERE payer_id = $1', [idle.payerId]);
  expect(erasures).toEqual([{ reason: 'unused', signed: true }]);
});

it('the control: somebody who was never told loses nothing, however long it is', async () => {
  const { payerId } = await newOwner('hugo');
  await server.pool.query("UPDATE payer SET face_enrolled_at = $2, face_unused_told_at = $3 WHERE id = $1", [payerId, new Date(server.clock.ms - 400 * dayMs), new Date(server.clock.ms - 401 * dayMs)]);
  await server.runRound('unused faces');
  expect((await server.pool.query('SELECT face_state FROM payer WHERE id = $1', [payerId])).rows).toEqual([{ face_state: 'on' }]);
});

it('the export as pages has the same in it, Chinese as well, and no picture', async () => {
  const { session } = await newOwner('hana');
  const { headers, statusCode, rawPayload } = await server.app.inject({ method: 'GET', url: '/api/phone/me/export.pdf?locale=zh', headers: { authorization: `Bearer ${session}` } });
  expect([statusCode, headers['content-type'], rawPayload.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
  const streams = streamsOf(rawPayload);
  // The map back from glyphs to text has the name of the owner: U+97E9, U+6885.
  for (const character of ['97e9', '6885']) expect(streams.some((stream) => stream.toLowerCase().includes(`<${character}>`))).toBe(true);
  expect(rawPayload.includes('/FontFile2')).toBe(true);
  expect(rawPayload.includes('/Subtype /Image')).toBe(false);
  expect((await server.ask('GET', '/api/phone/me/export.pdf')).status).toBe(401);
});

it('the operator hears of many faces in the log, in /health and when they ask', async () => {
  const { operatorToken } = (await server.ask('GET', '/api/sandbox/keys')).body;
  const { body } = await server.ask('GET', '/api/operator/faces', { token: operatorToken });
  expect(body).toMatchObject({ warnFrom: 80_000, filingFrom: 100_000, level: 'ok', unusedDaysMax: 30 });
  expect((await server.ask('GET', '/health')).body.faces).toBe('unknown');
  await server.runRound('count of faces');
  expect((await server.ask('GET', '/health')).body.faces).toBe('ok');
  const warned: string[] = [];
  const counting = (warnFrom: number, filingFrom: number) =>
    createFaceCount({ db: createDatabase(server.pool), log: { warn: (_fields, line) => void warned.push(line) }, faceUnusedDaysMax: 30, warnFrom, filingFrom });
  for (const [count, level] of [[counting(body.enrolled + 1, body.enrolled + 2), 'ok'], [counting(body.enrolled, body.enrolled + 1), 'near_filing'], [counting(1, body.enrolled), 'filing']] as const) {
    await count.round();
    await count.round();
    expect(count.level()).toBe(level);
  }
  expect(warned).toEqual([expect.stringContaining('some places want a filing'), expect.stringContaining('File it')]);
});

it('the export holds what is kept, and no number of a template', async () => {
  const { payerId, session } = await newOwner('gao');
  await lookOf('gao');
  await server.ask('PUT', '/api/phone/me/limits/day', { token: session, json: { maxMinor: '9000' } });
  await server.ask('PUT', '/api/phone/me/ask-phone-from', { token: session, json: { amountMinor: '5000' } });
  await server.ask('POST', '/api/phone/me/push', { token: session, json: { endpoint: 'https://fcm.googleapis.com/fcm/send/secret-of-a-push', keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) } } });
  await server.pool.query("INSERT INTO passkey (id, payer_id, name, public_key, counter, transports, created_at) VALUES ('secret-of-a-passkey', $1, 'phone', '\\x00', 0, '{}', now())", [payerId]);
  const file = await get('/me/export', session);
  expect(file).toMatchObject({
    format: 'sonrisa-export-v4',
    account: { payerId, name: '韩梅梅', phone: `+86${lastPhone}`, balance: { amountMinor: '50000' } },
    face: { state: 'on', looks: [{ result: 'waiting' }], consents: [{ text: { locale: 'zh' } }] },
    topUps: [{ amount: { amountMinor: '50000' } }],
    allowances: [],
    limits: { own: [{ kind: 'day', maxMinor: '9000' }], caps: expect.arrayContaining([{ kind: 'day', maxMinor: '9000', usedMinor: '0' }, { kind: 'food', maxMinor: null, usedMinor: '0' }]), askPhoneFromMinor: '5000' },
    passkeys: [{ name: 'phone', lastUsedAtMs: null }],
    signIns: [{ signedOutAtMs: null }],
    enrolments: [{ state: 'complete', wasSignIn: false }],
    messages: [{ purpose: 'code' }],
    pushSubscriptions: [{ service: 'fcm.googleapis.com' }],
    children: [],
  });
  // No key to anything, and no code that could still be good.
  for (const secret of ['secret-of-a-passkey', 'secret-of-a-push', session, '294615']) expect(JSON.stringify(file)).not.toContain(secret);
  expect((await server.ask('GET', '/api/phone/me/export')).status).toBe(401);
});

/** What the compressed parts of a PDF hold. */
function streamsOf(pdf: Buffer): string[] {
  const found: string[] = [];
  for (let at = pdf.indexOf('stream\n'); at !== -1; at = pdf.indexOf('stream\n', at + 1)) {
    if (pdf.subarray(at - 3, at).toString() === 'end') continue;
    try {
      found.push(inflateSync(pdf.subarray(at + 'stream\n'.length)).toString('latin1'));
    } catch {
      // Not compressed: nothing to read in it.
    }
  }
  return found;
}
