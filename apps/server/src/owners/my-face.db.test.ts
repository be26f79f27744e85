// My face, my data: who looked is shown, a pause and a withdrawal hold from the next request on, an erasure gives a receipt that
// verifies and one with a byte changed does not, and nobody sees anything of somebody else. Vault: the labelled double.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseKey, isSignedBy } from '@sonrisa/ledger/checkpoint.ts';
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { join } from 'node:path';
import { consentText } from '../enrolment/consent-text.ts';
import { activate, enrol, recognised, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';

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
  expect(given).toMatchObject({ agreedToFace: true, faceWithdrawnAtMs: null, text: consentText('zh'), textSha256: consentText('zh').sha256 });
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

it('a face that nobody uses goes after the set time, one that was looked for stays', async () => {
  const [idle, used] = [await newOwner('emil'), await newOwner('fang')];
  server.clock.ms += 29 * dayMs;
  await lookOf('fang');
  server.clock.ms += 2 * dayMs;
  await server.runRound('deleted faces');
  const rows = await server.pool.query('SELECT id, face_state FROM payer WHERE id = ANY ($1) ORDER BY phone_e164', [[idle.payerId, used.payerId]]);
  expect(rows.rows).toEqual([{ id: idle.payerId, face_state: 'off' }, { id: used.payerId, face_state: 'on' }]);
  const { rows: erasures } = await server.pool.query('SELECT reason, receipt IS NOT NULL AS signed FROM erasure WHERE payer_id = $1', [idle.payerId]);
  expect(erasures).toEqual([{ reason: 'unused', signed: true }]);
});

it('the export holds what is kept, and no number of a template', async () => {
  const { payerId, session } = await newOwner('gao');
  await lookOf('gao');
  const file = await get('/me/export', session);
  expect(file).toMatchObject({
    format: 'sonrisa-export-v1',
    account: { payerId, name: '韩梅梅', phone: `+86${lastPhone}`, balance: { amountMinor: '50000' } },
    face: { state: 'on', looks: [{ result: 'waiting' }], consents: [{ text: { locale: 'zh' } }] },
    topUps: [{ amount: { amountMinor: '50000' } }],
  });
  expect((await server.ask('GET', '/api/phone/me/export')).status).toBe(401);
});

function isGenuine(note: string): boolean {
  const receipt = parseErasureReceipt(note);
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const key = parseKey(hash, readFileSync(join(server.keysDir, 'audit-public-key.txt'), 'utf8'));
  if (!receipt || !key) return false;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') }, format: 'jwk' });
  return isSignedBy(receipt, { hash, key, verify: ({ message, signature }) => verify(null, message, publicKey, signature) });
}
