// Face payment again after an erasure: only with a new consent that the owner's PIN or passkey proves, on their own phone, and then a
// new look; tills know them again, and they are told. Vault: the labelled double.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consentText } from '../enrolment/consent-text.ts';
import { activate, enrol, freshKey, newSigner, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
beforeAll(async () => {
  server = await startTestServer({ name: 'consent_again' });
  till = (await activate(server)).token;
});
afterAll(() => server.stop());

let lastPhone = 13_400_000_000;
type Owner = { session: string; payerId: string; phone: string };
async function erased(): Promise<Owner> {
  const phone = `+86${++lastPhone}`;
  const owner = await enrol(server, { phone, name: '周周', pin: '294615', face: phone });
  expect((await server.ask('DELETE', '/api/phone/me/face', { token: owner.session })).status).toBe(200);
  return { ...owner, phone };
}
const agree = async ({ session, payerId }: Owner, pin = '294615') =>
  server.ask('POST', '/api/phone/me/face/consent', {
    token: session, key: freshKey(), json: { version: consentText('zh').version, locale: 'zh', agreedToFace: true, proof: { pin: await sealedPin(server, { pin, subjectId: payerId }) } },
  });
const openLook = async ({ session }: Owner) => server.ask('POST', '/api/phone/me/face/looks', { token: session, json: { signer: await newSigner() } });
const capture = ({ session }: Owner, nonce: string, face: string) => server.ask('PUT', `/api/phone/me/face/looks/${nonce}/capture`, { token: session, bytes: Buffer.from(face) });
const outcomeAtTill = async (face: string) => (await recognised(server, { token: till, amountMinor: '1200', face })).result.body.outcome;
const messagesTo = async (phone: string): Promise<string[]> => (await server.ask('GET', `/api/sandbox/outbox?phone=${encodeURIComponent(phone)}`)).body.messages.map(({ text }: { text: string }) => text);

it('takes a consent with proof, then a look; tills know them again, the history has both consents, and they hear of it', async () => {
  const owner = await erased();
  expect((await openLook(owner)).body.code).toBe('consent_required');
  expect(await agree(owner, '111222')).toMatchObject({ status: 422, body: { code: 'pin_wrong' } });
  expect((await openLook(owner)).body.code).toBe('consent_required');
  expect((await agree(owner)).body).toMatchObject({ state: 'off', consents: [{ agreedToFace: true, agreedToService: false, faceWithdrawnAtMs: null, text: consentText('zh') }, { faceWithdrawnAtMs: expect.any(Number) }] });
  const look = await openLook(owner);
  expect((await capture(owner, look.body.nonce, `${owner.phone} again`)).body).toMatchObject({ face: { state: 'on', needsNewLook: false } });
  expect([await outcomeAtTill(owner.phone), await outcomeAtTill(`${owner.phone} again`)]).toEqual(['not_recognised', 'identified']);
  expect((await messagesTo(owner.phone))[0]).toContain('重新开启了刷脸支付');
  expect((await agree(owner)).body.code).toBe('enrolment_state_conflict');
});

it('is good for half an hour, and not after it was taken back', async () => {
  const owner = await erased();
  await agree(owner);
  const look = await openLook(owner);
  await server.ask('DELETE', '/api/phone/me/face', { token: owner.session });
  expect((await capture(owner, look.body.nonce, `${owner.phone} again`)).body.code).toBe('face_paused');
  expect(server.vault.faces.has(`${owner.phone} again`)).toBe(false);
  expect((await openLook(owner)).body.code).toBe('consent_required');
  await agree(owner);
  server.clock.ms += 30 * 60_000;
  expect((await openLook(owner)).body.code).toBe('consent_required');
});

it('waits while the vault has yet to forget the face from before', async () => {
  const phone = `+86${++lastPhone}`;
  const owner = { ...(await enrol(server, { phone, name: '周周', pin: '294615', face: phone })), phone };
  server.vault.up = false;
  await server.ask('DELETE', '/api/phone/me/face', { token: owner.session });
  server.vault.up = true;
  await agree(owner);
  expect((await openLook(owner)).body.code).toBe('vault_unavailable');
  await server.runRound('deleted faces');
  expect((await openLook(owner)).status).toBe(201);
});
