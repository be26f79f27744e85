// Bad captures: each refusal next to the same capture unaltered, which passes; and what was refused changed nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { captureLimits, publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import { toBase64Url } from '@sonrisa/protocol/bytes.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { capturesPerSubjectMax, lookLifetimeMs } from './looks.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createFakeEngine, createHeldEngine, encodeFrame, personFrame } from './testing/fake-engine.ts';
import { createTestTerminal } from './testing/terminal.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { captureUrl, createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const anaFrames = [1, 2, 3, 4].map(() => encodeFrame(personFrame(1)));
const keys = temporaryKeys();
let database: TestDatabase;
let vault: TestVault;
let subjects = 0;

const freshPayment = () => vault.payment(`pay_${(subjects += 1)}`);
const paymentLook = () => vault.look(freshPayment(), anaFrames);
const passes = { status: 200, body: { outcome: 'identified', receipt: expect.any(String) as string, rung: 'face' } };
const refused = (status: number, code: string) => ({ status, body: expect.objectContaining({ code, status }) as object });

beforeAll(async () => {
  database = await createVaultDatabase('captures');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir });
  expect((await vault.enrol(vault.enrolment('pyr_ana'), anaFrames)).status).toBe(200);
});
afterAll(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

test('an unaltered capture passes', async () => {
  expect(await (await paymentLook()).submit()).toEqual(passes);
});

describe('refused, and the look is still there for the right capture', () => {
  test('sealed for another vault', async () => {
    const look = await paymentLook();
    const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
    const otherKey = publicJwkSchema.parse(await exportJWK(pair.publicKey));
    const sealed = await vault.terminal.seal({ bound: look.bound, frames: anaFrames, vaultKey: otherKey });
    expect(await vault.submit(look.bound, sealed)).toEqual(refused(422, 'capture_sealed_for_another'));
    expect(await look.submit()).toEqual(passes);
  });

  test('altered in one byte, wherever it lies', async () => {
    const look = await paymentLook();
    for (let offset = 0; offset < look.sealed.length; offset += 61) {
      const altered = look.sealed.slice();
      altered[offset] = (altered[offset] ?? 0) ^ 1;
      expect((await vault.submit(look.bound, altered)).status, `byte ${offset}`).toBe(422);
    }
    expect(await look.submit()).toEqual(passes);
  });

  test.each([
    ['payment', { subjectId: 'pay_other' }],
    ['purpose', { purpose: 'enrolment' as const }],
  ])('handed in by the server as the look of another %s', async (_what, change) => {
    const look = await paymentLook();
    expect(await vault.submit({ ...look.bound, ...change }, look.sealed)).toEqual(refused(422, 'capture_binding_mismatch'));
    expect((await vault.call({ method: 'PUT', url: `/v1/looks/${look.nonce}/capture`, payload: Buffer.from(look.sealed), type: 'application/octet-stream' })).status).toBe(400);
    expect(await look.submit()).toEqual(passes);
  });

  test('sent for another nonce', async () => {
    const [one, two] = [await paymentLook(), await paymentLook()];
    expect(await vault.submit(two.bound, one.sealed)).toEqual(refused(422, 'capture_binding_mismatch'));
    expect([await one.submit(), await two.submit()]).toEqual([passes, passes]);
  });

  test.each([
    ['payment', { subjectId: 'pay_other' }],
    ['purpose', { purpose: 'verification' as const }],
    ['terminal', { signerThumbprint: 'x'.repeat(43) }],
  ])('made for another %s', async (_what, change) => {
    const look = await paymentLook();
    const sealed = await vault.terminal.seal({ bound: { ...look.bound, ...change }, frames: anaFrames, vaultKey: vault.keys.exported.sealing.jwk });
    expect(await vault.submit(look.bound, sealed)).toEqual(refused(422, 'capture_binding_mismatch'));
    expect(await look.submit()).toEqual(passes);
  });

  test('signed by another terminal under the right name', async () => {
    const look = await paymentLook();
    const stranger = await createTestTerminal();
    const bound = { ...look.bound, signerThumbprint: vault.terminal.thumbprint };
    const sealed = await stranger.seal({ bound, frames: anaFrames, vaultKey: vault.keys.exported.sealing.jwk });
    expect(await vault.submit(look.bound, sealed)).toEqual(refused(422, 'capture_signature_invalid'));
    expect(await look.submit()).toEqual(passes);
  });

  test('taken through a virtual camera, while a real one and a browser\'s own for tests pass in a sandbox', async () => {
    const through = async (label: string, look: Awaited<ReturnType<typeof paymentLook>>) => {
      const camera = { label, deviceIdHash: null, width: 1280, height: 720, frameRate: 30, facingMode: 'user' as const };
      const sealed = await vault.terminal.seal({ bound: look.bound, frames: anaFrames, vaultKey: vault.keys.exported.sealing.jwk, camera });
      return vault.submit(look.bound, sealed);
    };
    const look = await paymentLook();
    expect(await through('OBS Virtual Camera', look)).toEqual(refused(422, 'camera_refused'));
    const real = await through('FaceTime HD Camera', look);
    expect(real).toEqual(passes);
    const other = await through('fake_device_0', await paymentLook());
    expect(other).toEqual(passes);
    const claims = [real, other].map(({ body }) => decodeJwt<ReceiptClaims>(body['receipt'] as string));
    expect(claims.map(({ camera }) => camera?.length)).toEqual([43, 43]);
    expect(claims[0]?.camera).not.toBe(claims[1]?.camera);
  });

  test('truncated, empty, too large, of another type', async () => {
    const look = await paymentLook();
    const half = look.sealed.slice(0, look.sealed.length / 2);
    expect((await vault.submit(look.bound, half)).status).toBe(422);
    expect(await vault.submit(look.bound, look.sealed.slice(0, 5))).toEqual(refused(422, 'capture_malformed'));
    expect(await vault.submit(look.bound, new Uint8Array(captureLimits.captureBytesMax + 1))).toEqual(refused(413, 'body_too_large'));
    const asJson = await vault.call({ method: 'PUT', url: captureUrl(look.bound), payload: {} });
    expect(asJson).toEqual(refused(415, 'media_type_unsupported'));
    const asText = await vault.call({ method: 'PUT', url: captureUrl(look.bound), payload: Buffer.from('x'), type: 'text/plain' });
    expect(asText).toEqual(refused(415, 'media_type_unsupported'));
    expect(await look.submit()).toEqual(passes);
  });
});

test('a nonce that nobody minted', async () => {
  const nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const bound = { nonce, purpose: 'payment' as const, subjectId: 'pay_x' };
  const sealed = await vault.terminal.seal({ bound, frames: anaFrames, vaultKey: vault.keys.exported.sealing.jwk });
  expect(await vault.submit(bound, sealed)).toEqual(refused(422, 'nonce_unknown'));
});

test('replayed: the second time it is used up', async () => {
  const look = await paymentLook();
  expect(await look.submit()).toEqual(passes);
  expect(await look.submit()).toEqual(refused(409, 'nonce_used'));
});

test('expired: a millisecond before, it passes', async () => {
  const [late, intime] = [await paymentLook(), await paymentLook()];
  vault.time.nowMs += lookLifetimeMs - 1;
  expect(await intime.submit()).toEqual(passes);
  vault.time.nowMs += 1;
  expect(await late.submit()).toEqual(refused(410, 'nonce_expired'));
  expect(await intime.submit()).toEqual(refused(409, 'nonce_used'));
});

test('ten parallel submissions of one capture: exactly one counts', async () => {
  const look = await paymentLook();
  const answers = await Promise.all(Array.from({ length: 10 }, () => look.submit()));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.body.code === 'nonce_used')).toHaveLength(9);
});

test('one payment may search three times, in a row or at once', async () => {
  const payment = freshPayment();
  const looks = await Promise.all([1, 2, 3, 4, 5].map(() => vault.look(payment, anaFrames)));
  const answers = await Promise.all(looks.map((look) => look.submit()));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 429, 429]);
  expect(await vault.mint(payment)).toEqual(refused(429, 'looks_used_up'));
});

test('pictures refused for their quality do not use up searches, but they are counted', async () => {
  const payment = freshPayment();
  const dark = [1, 2, 3].map(() => encodeFrame({ problem: 'too_dark' }));
  for (let i = 0; i < capturesPerSubjectMax; i++) expect(await vault.take(payment, dark)).toEqual(refused(422, 'face_too_dark'));
  expect(await vault.mint(payment)).toEqual(refused(429, 'looks_used_up'));
});

test('without the secret, or with a wrong one, nothing answers but the health route', async () => {
  for (const authorization of ['', 'Bearer wrong', 'Basic x']) {
    const reply = await vault.app.inject({ method: 'GET', url: '/v1/keys', headers: { authorization } });
    expect(reply.statusCode).toBe(401);
  }
  expect((await vault.app.inject({ method: 'GET', url: '/health' })).json()).toEqual({ status: 'ok', packId: 'fake-1', waitingForNewLook: 0 });
  expect((await vault.call({ method: 'GET', url: '/v1/keys' })).body).toEqual(vault.keys.exported);
  expect(vault.keys.exported.sealing.thumbprint).toBe(await calculateJwkThumbprint(vault.keys.exported.sealing.jwk));
  expect(JSON.stringify(vault.keys.exported)).not.toContain('"d"');
});

test('a mint with missing or unknown fields is refused by name', async () => {
  const answer = await vault.call({ method: 'POST', url: '/v1/looks', payload: { purpose: 'payment', subjectId: 'x', surprise: 1 } });
  expect(answer).toEqual(refused(400, 'input_invalid'));
  expect(JSON.stringify(answer.body.errors)).toContain('amountMinor');
});

test('while it drains, a capture under way is finished', async () => {
  const engine = createHeldEngine();
  const draining = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
  const origin = await draining.app.listen({ host: '127.0.0.1', port: 0 });
  const look = await draining.look(draining.payment('pay_drain'), anaFrames);
  const headers = { authorization: 'Bearer a secret that is only used in tests', 'content-type': 'application/octet-stream' };
  const answer = fetch(`${origin}${captureUrl(look.bound)}`, { method: 'PUT', headers, body: Buffer.from(look.sealed) });
  await engine.reached;
  const stopped = draining.stop();
  engine.release();
  expect(await (await answer).json()).toMatchObject({ outcome: 'identified' });
  await stopped;
});

test('what breaks inside is answered without a detail, and logged without a body', async () => {
  const lines: string[] = [];
  const failure = Object.assign(new Error('the pool broke'), { detail: 'Key (template)=(0.5772)' });
  const engine = { ...createFakeEngine(), analyse: () => Promise.reject(failure) };
  const broken = await startTestVault({ url: database.url, keysDir: keys.dir, engine, logTo: { write: (line) => void lines.push(line) } });
  const answer = await broken.take(broken.payment('pay_broken'), anaFrames);
  expect(answer).toEqual(refused(500, 'internal'));
  expect(JSON.stringify(answer.body)).not.toContain('pool');
  expect(lines.join('')).toContain('the pool broke');
  expect(lines.join('')).not.toContain('0.5772');
  await broken.stop();
});

test('frames, sealed bytes and opened burst are all zeros once a capture was judged', async () => {
  const kept: Uint8Array[] = [];
  const fake = createFakeEngine();
  const engine: typeof fake = { ...fake, analyse: (job) => (kept.push(...job.frames), fake.analyse(job)) };
  const watched = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
  expect(await watched.take(watched.payment('pay_watched'), anaFrames)).toEqual(passes);
  expect(kept).toHaveLength(anaFrames.length);
  for (const frame of kept) expect(new Uint8Array(frame.buffer).every((byte) => byte === 0)).toBe(true);
  await watched.stop();
});
