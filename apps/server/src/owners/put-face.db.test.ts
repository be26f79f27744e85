// A face that comes to an account which is there already, an owner's whose face the vault cannot compare any more or a child's: only with
// the owner's passkey or PIN, on this phone and just now; the owner is told, and whom it looks like is noted. Vault: the labelled double.
import { ownerChallenge } from '@sonrisa/protocol/owner-proof.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { softwarePasskey } from '../testing/software-passkey.ts';
import { codeSentTo, enrol, freshKey, newSigner, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ name: 'put_face' });
});
afterAll(() => server.stop());

const pin = '294615';
let lastPhone = 13_200_000_000;
async function newOwner(face: string) {
  const phone = `+86${++lastPhone}`;
  return { ...(await enrol(server, { phone, name: '李雷', pin, face })), phone };
}
type Owner = Awaited<ReturnType<typeof newOwner>>;
async function outdated(face: string): Promise<Owner> {
  const owner = await newOwner(face);
  server.vault.otherPack.add(owner.payerId);
  return owner;
}
const byPin = async ({ payerId }: Owner, typed = pin) => ({ pin: await sealedPin(server, { pin: typed, subjectId: payerId }) });
const ask = ({ session }: Pick<Owner, 'session'>, method: 'GET' | 'POST', path: string, json?: object) => server.ask(method, `/api/phone/me${path}`, { token: session, ...(json === undefined ? {} : { key: freshKey(), json }) });
const openLook = async (owner: Pick<Owner, 'session'>, proof?: object, of = '/face') => ask(owner, 'POST', `${of}/looks`, { signer: await newSigner(), ...(proof ? { proof } : {}) });
const handIn = ({ session }: Owner, nonce: string, face: string, of = '/face') => server.ask('PUT', `/api/phone/me${of}/looks/${nonce}/capture`, { token: session, bytes: Buffer.from(face) });
const messagesTo = async ({ phone }: Owner): Promise<string[]> => (await server.ask('GET', `/api/sandbox/outbox?phone=${encodeURIComponent(phone)}`)).body.messages.map(({ text }: { text: string }) => text);
const eventsOf = async (owner: Owner): Promise<string[]> => (await ask(owner, 'GET', '/account')).body.events.map(({ kind }: { kind: string }) => kind);
/** The same account, signed in on another phone. */
async function otherPhone({ phone, payerId }: Owner): Promise<{ session: string; payerId: string }> {
  const { body } = await server.ask('POST', '/api/phone/enrolments', { json: { phone, name: 'Li', locale: 'zh' } });
  const of = (step: string, json: object) => server.ask('POST', `/api/phone/enrolments/${body.id}/${step}`, { token: body.token, json });
  await of('code', { code: await codeSentTo(server, phone) });
  const signed = await of('sign-in', { proof: { pin: await sealedPin(server, { pin, subjectId: body.id }) } });
  if (signed.status !== 200) throw new Error(signed.text);
  return { session: signed.body.session.token, payerId };
}
async function newChild(guardian: Owner): Promise<string> {
  const { version } = (await ask(guardian, 'GET', '/children/consent?locale=zh')).body;
  const added = await ask(guardian, 'POST', '/children', {
    name: '小米', bornOn: '2016-05-04', consent: { version, locale: 'zh', agreedToService: true, agreedToFace: true }, limits: { payment: '3000', day: '6000', month: '50000' }, categories: ['food'], proof: await byPin(guardian),
  });
  if (added.status !== 201) throw new Error(added.text);
  return added.body.id;
}

it('an unlocked phone alone opens no camera for an outdated face; the PIN does, and then for a few minutes and this account', async () => {
  const owner = await outdated('lee');
  expect(await openLook(owner)).toMatchObject({ status: 422, body: { code: 'look_needs_proof' } });
  expect(await openLook(owner, await byPin(owner, '111222'))).toMatchObject({ status: 422, body: { code: 'pin_wrong' } });
  expect((await openLook(owner)).body.code).toBe('look_needs_proof');
  expect((await openLook(owner, await byPin(owner))).status).toBe(201);
  // A look that went wrong is taken again without another PIN.
  expect((await openLook(owner)).status).toBe(201);
  server.clock.ms += 10 * 60_000;
  expect((await openLook(owner)).body.code).toBe('look_needs_proof');
});

it('is good on the phone that proved it alone, and for one face', async () => {
  const owner = await outdated('two phones');
  const childId = await newChild(owner);
  // Adding the child was proved: it may look now.
  expect((await openLook(owner, undefined, `/children/${childId}`)).status).toBe(201);
  expect((await openLook(owner)).body.code).toBe('look_needs_proof');
  const other = await otherPhone(owner);
  expect((await openLook(owner, await byPin(owner))).status).toBe(201);
  for (const phone of [owner, other]) expect((await openLook(phone, undefined, `/children/${childId}`)).body.code).toBe('look_needs_proof');
  expect((await openLook(other)).body.code).toBe('look_needs_proof');
});

it('takes a passkey that signs this very act, once, and none that signed another', async () => {
  const owner = await outdated('by key');
  const key = await softwarePasskey({ pool: server.pool, payerId: owner.payerId, rpId: 'localhost', origin: 'http://localhost:8080' });
  const signed = async (subject: string) => {
    const { nonce } = (await ask(owner, 'POST', '/limits/nonce')).body;
    return { nonce, passkey: key.answer(await ownerChallenge({ act: 'new_look', payerId: owner.payerId, subject, nonce })) };
  };
  expect((await openLook(owner, await signed('somebody else'))).body.code).toBe('passkey_invalid');
  const proof = await signed(owner.payerId);
  expect((await openLook(owner, proof)).status).toBe(201);
  server.clock.ms += 10 * 60_000;
  expect((await openLook(owner, proof)).body.code).toBe('passkey_invalid');
});

it('is used up by the face it was for, which its owner is told of on every phone and by message', async () => {
  const owner = await outdated('told');
  const { nonce } = (await openLook(owner, await byPin(owner))).body;
  expect((await handIn(owner, nonce, 'told anew')).body).toMatchObject({ face: { state: 'on', needsNewLook: false } });
  expect((await messagesTo(owner))[0]).toContain('刷脸支付启用了新的人脸');
  expect((await eventsOf(owner))[0]).toBe('face_new');
  server.vault.otherPack.add(owner.payerId);
  expect((await openLook(owner)).body.code).toBe('look_needs_proof');
});

it("notes whom it looks like, for an officer", async () => {
  const [owner, twin] = [await outdated('alike'), await newOwner('the twin')];
  server.vault.alike.push(['alike anew', 'the twin']);
  const { nonce } = (await openLook(owner, await byPin(owner))).body;
  expect((await handIn(owner, nonce, 'alike anew')).status).toBe(200);
  const { rows } = await server.pool.query('SELECT payer_id, other_id FROM face_review WHERE payer_id = $1', [owner.payerId]);
  expect(rows).toEqual([{ payer_id: owner.payerId, other_id: twin.payerId }]);
});

it("of a child: its guardian proves it every time, and is told", async () => {
  const guardian = await newOwner('guardian');
  const childId = await newChild(guardian);
  const of = `/children/${childId}`;
  expect((await handIn(guardian, (await openLook(guardian, undefined, of)).body.nonce, 'mi', of)).body).toMatchObject({ state: 'on' });
  expect((await messagesTo(guardian))[0]).toContain('孩子的刷脸支付启用了新的人脸');
  expect((await eventsOf(guardian))[0]).toBe('child_face_new');
  server.vault.otherPack.add(childId);
  expect((await openLook(guardian, undefined, of)).body.code).toBe('look_needs_proof');
  expect((await openLook(guardian, await byPin(guardian, '111222'), of)).body.code).toBe('pin_wrong');
  const again = await openLook(guardian, await byPin(guardian), of);
  expect((await handIn(guardian, again.body.nonce, 'mi anew', of)).body).toMatchObject({ state: 'on', needsNewLook: false });
});

it('a child that was added and not looked at for long waits for the PIN again', async () => {
  const guardian = await newOwner('slow');
  const childId = await newChild(guardian);
  server.clock.ms += 10 * 60_000;
  expect((await openLook(guardian, undefined, `/children/${childId}`)).body.code).toBe('look_needs_proof');
});
