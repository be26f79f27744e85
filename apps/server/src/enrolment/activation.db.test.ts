// When a face begins to pay: with its account and not before, whatever is left half-way or cut off in between. Over the
// real API and a real database; the vault is the labelled double of ../testing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate, codeSentTo, enrol, newSigner, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
beforeAll(async () => {
  server = await startTestServer({ name: 'activation' });
  till = (await activate(server)).token;
});
afterAll(() => server.stop());

let lastPhone = 13_700_000_000;
const newPhone = () => `+86${++lastPhone}`;
type Started = { body: { id: string; token: string } };
const at = (started: Started, path: string, json: unknown) =>
  server.ask('POST', `/api/phone/enrolments/${started.body.id}/${path}`, { token: started.body.token, json });
const capture = (started: Started, nonce: string, face: string) =>
  server.ask('PUT', `/api/phone/enrolments/${started.body.id}/looks/${nonce}/capture`, { token: started.body.token, bytes: Buffer.from(face) });
const openLook = async (started: Started) => (await at(started, 'looks', { signer: await newSigner() })).body.nonce as string;
const sealPin = (started: Started) => sealedPin(server, { pin: '802947', subjectId: started.body.id });
const setPin = async (started: Started) => at(started, 'pin', { pin: await sealPin(started) });
const faceOf = async (session: string) => (await server.ask('GET', '/api/phone/me', { token: session })).body.face;
const outcomeAtTill = async (face: string) => (await recognised(server, { token: till, amountMinor: '1200', face })).result.body.outcome;

async function consented(phone: string): Promise<Started> {
  const started = await server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三丰' } });
  await at(started, 'code', { code: await codeSentTo(server, phone) });
  const { body: consent } = await server.ask('GET', '/api/phone/consent');
  await at(started, 'consent', { version: consent.version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 });
  return started;
}

async function captured(phone: string, face: string): Promise<Started> {
  const started = await consented(phone);
  expect((await capture(started, await openLook(started), face)).body.state).toBe('face_captured');
  return started;
}

describe('a face', () => {
  it('is nobody at a till before the PIN, and somebody after it', async () => {
    const started = await captured(newPhone(), 'early');
    expect(await outcomeAtTill('early')).toBe('not_recognised');
    const { body: done } = await setPin(started);
    expect(await faceOf(done.session.token)).toEqual({ state: 'on', enrolledAtMs: expect.any(Number), needsNewLook: false });
    expect(await outcomeAtTill('early')).toBe('identified');
  });

  it('left half-way is forgotten when the same number opens an account', async () => {
    const phone = newPhone();
    await captured(phone, 'left');
    const orphan = server.vault.faces.get('left')?.payerRef;
    server.clock.ms += 60_000;
    const { payerId } = await enrol(server, { phone, name: '韩梅梅', pin: '294615', face: 'finished' });
    expect(server.vault.forgotten).toContain(orphan);
    expect(server.vault.forgotten).not.toContain(payerId);
    expect(server.vault.faces.has('left')).toBe(false);
  });

  it('whose vault is away when the account opens stays off, and is on after the next round', async () => {
    const started = await captured(newPhone(), 'patient');
    const pin = await sealPin(started);
    server.vault.up = false;
    const { body: done } = await at(started, 'pin', { pin });
    server.vault.up = true;
    expect(done.state).toBe('complete');
    expect(await faceOf(done.session.token)).toEqual({ state: 'off', enrolledAtMs: null, needsNewLook: false });
    expect(await outcomeAtTill('patient')).toBe('not_recognised');
    await server.runRound('enrolments');
    expect(await faceOf(done.session.token)).toMatchObject({ state: 'on' });
    expect(await outcomeAtTill('patient')).toBe('identified');
  });

  it('is the one of the newest look: an answer to an older one comes too late', async () => {
    const started = await consented(newPhone());
    const older = await openLook(started);
    const { capture: answer } = server.vault;
    let newer = '';
    // The vault has the older capture when the phone opens a new look.
    server.vault.capture = async (look) => {
      server.vault.capture = answer;
      const outcome = await answer(look);
      newer = await openLook(started);
      return outcome;
    };
    expect((await capture(started, older, 'older')).body).toMatchObject({ status: 410, code: 'nonce_expired' });
    expect((await capture(started, newer, 'newer')).body.state).toBe('face_captured');
  });

  it('that its owner deletes before the vault heard of its account stays off, and the vault forgets it', async () => {
    const started = await captured(newPhone(), 'second thoughts');
    const pin = await sealPin(started);
    server.vault.up = false;
    const { body: done } = await at(started, 'pin', { pin });
    expect((await server.ask('DELETE', '/api/phone/me/face', { token: done.session.token })).body.code).toBe('vault_unavailable');
    server.vault.up = true;
    await server.runRound('enrolments');
    await server.runRound('deleted faces');
    expect(await faceOf(done.session.token)).toEqual({ state: 'off', enrolledAtMs: null, needsNewLook: false });
    expect(server.vault.faces.has('second thoughts')).toBe(false);
  });
});
