// A face that the vault's new models cannot compare: the owner hears of it, takes one look, and pays again. Over the real
// API and a real database; the vault is the labelled double of ../testing.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activate, enrol, newSigner, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
beforeAll(async () => {
  server = await startTestServer({ name: 'new_look' });
  till = (await activate(server)).token;
});
afterAll(() => server.stop());

let lastPhone = 13_600_000_000;
const newOwner = (face: string) => enrol(server, { phone: `+86${++lastPhone}`, name: '李雷', pin: '294615', face });
type Owner = { session: string; payerId: string };
const faceOf = async (session: string) => (await server.ask('GET', '/api/phone/me', { token: session })).body.face;
/** With the PIN; what stands without it is in put-face.db.test.ts. */
const openLook = async ({ session, payerId }: Owner) =>
  server.ask('POST', '/api/phone/me/face/looks', { token: session, json: { signer: await newSigner(), proof: { pin: await sealedPin(server, { pin: '294615', subjectId: payerId }) } } });
const capture = (session: string, nonce: string, face: string) => server.ask('PUT', `/api/phone/me/face/looks/${nonce}/capture`, { token: session, bytes: Buffer.from(face) });
const outcomeAtTill = async (face: string) => (await recognised(server, { token: till, amountMinor: '1200', face })).result.body.outcome;

it('is told on the phone, and one look puts it right', async () => {
  const { payerId, session } = await newOwner('before');
  expect(await faceOf(session)).toMatchObject({ state: 'on', needsNewLook: false });
  server.vault.otherPack.add(payerId);
  expect(await faceOf(session)).toMatchObject({ state: 'on', needsNewLook: true });
  const look = await openLook({ session, payerId });
  expect(look.status).toBe(201);
  const taken = await capture(session, look.body.nonce, 'after');
  expect(taken).toMatchObject({ status: 200, body: { payerId, face: { state: 'on', needsNewLook: false } } });
  expect(await outcomeAtTill('after')).toBe('identified');
});

it('is not offered where nothing is wrong: no second face beside a good one', async () => {
  const { session, payerId } = await newOwner('fine');
  expect(await openLook({ session, payerId })).toMatchObject({ status: 409, body: { code: 'enrolment_state_conflict' } });
});

it('does not undo a deletion that overtakes it', async () => {
  const { payerId, session } = await newOwner('leaving');
  server.vault.otherPack.add(payerId);
  const look = await openLook({ session, payerId });
  await server.ask('DELETE', '/api/phone/me/face', { token: session });
  expect(await capture(session, look.body.nonce, 'leaving again')).toMatchObject({ status: 409, body: { code: 'face_paused' } });
  expect(server.vault.faces.has('leaving again')).toBe(false);
  expect(await faceOf(session)).toMatchObject({ state: 'off', needsNewLook: false });
});

it('asks again when the vault fell silent before the new face was let in', async () => {
  const { payerId, session } = await newOwner('cut');
  server.vault.otherPack.add(payerId);
  const look = await openLook({ session, payerId });
  const activateAtVault = server.vault.activate;
  server.vault.activate = () => Promise.reject(new Error('gone'));
  expect((await capture(session, look.body.nonce, 'cut again')).status).toBeGreaterThanOrEqual(500);
  server.vault.activate = activateAtVault;
  expect(await faceOf(session)).toMatchObject({ state: 'on', needsNewLook: true });
  expect(await outcomeAtTill('cut again')).toBe('not_recognised');
  const again = await openLook({ session, payerId });
  expect((await capture(session, again.body.nonce, 'cut at last')).body.face).toMatchObject({ needsNewLook: false });
});

it('sends nobody to the camera while the vault does not answer', async () => {
  const { payerId, session } = await newOwner('quiet');
  server.vault.otherPack.add(payerId);
  server.vault.up = false;
  expect(await faceOf(session)).toMatchObject({ needsNewLook: false });
  server.vault.up = true;
  expect(await faceOf(session)).toMatchObject({ needsNewLook: true });
});
