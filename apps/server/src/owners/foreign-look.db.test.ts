// A look is its payer's: the nonce of a look that was opened for somebody else puts no face on an account, wherever it is handed in. Over
// the real API, books and database; the vault is the labelled double of ../testing, the real one refuses in apps/vault/src/captures.db.test.ts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activate, enrol, freshKey, newSigner, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
beforeAll(async () => {
  server = await startTestServer({ name: 'foreign_look' });
  till = (await activate(server)).token;
});
afterAll(() => server.stop());

const pin = '294615';
let lastPhone = 13_300_000_000;
type Owner = { session: string; payerId: string };
const newOwner = (face: string): Promise<Owner> => enrol(server, { phone: `+86${++lastPhone}`, name: '李雷', pin, face });
const ask = ({ session }: Owner, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: object) => server.ask(method, `/api/phone/me/${path}`, { token: session, ...(json === undefined ? {} : { key: freshKey(), json }) });
const faceOf = async (owner: Owner) => (await server.ask('GET', '/api/phone/me', { token: owner.session })).body.face;
const outcomeAtTill = async (face: string) => (await recognised(server, { token: till, amountMinor: '1200', face })).result.body.outcome;
const handIn = ({ session }: Owner, path: string, face: string) => server.ask('PUT', `/api/phone/me/${path}/capture`, { token: session, bytes: Buffer.from(face) });
const rowOf = async ({ payerId }: Pick<Owner, 'payerId'>) => (await server.pool.query('SELECT face_state, face_epoch, face_enrolled_at FROM payer WHERE id = $1', [payerId])).rows[0];

/** A child of this owner, and the nonce of a look at it; `erasures` raise the epoch it is for. */
async function lookAtChildOf(guardian: Owner, erasures = 0): Promise<{ childId: string; nonce: string }> {
  const { version } = (await ask(guardian, 'GET', 'children/consent?locale=zh')).body;
  const consent = { version, locale: 'zh', agreedToService: true, agreedToFace: true };
  const proof = async () => ({ pin: await sealedPin(server, { pin, subjectId: guardian.payerId }) });
  const added = await ask(guardian, 'POST', 'children', { name: '小米', bornOn: '2016-05-04', consent, limits: { payment: '3000', day: '6000', month: '50000' }, categories: ['food'], proof: await proof() });
  if (added.status !== 201) throw new Error(added.text);
  const childId: string = added.body.id;
  for (let erased = 0; erased < erasures; erased += 1) await ask(guardian, 'DELETE', `children/${childId}/face`);
  if (erasures > 0) await ask(guardian, 'POST', `children/${childId}/consent`, { consent, proof: await proof() });
  const opened = await ask(guardian, 'POST', `children/${childId}/looks`, { signer: await newSigner() });
  if (opened.status !== 201) throw new Error(opened.text);
  return { childId, nonce: opened.body.nonce };
}

it("an attacker's look at their own child puts no face on an unlocked phone's wallet, nor makes its face look outdated", async () => {
  const [victim, attacker] = [await newOwner('victim'), await newOwner('attacker')];
  const { childId, nonce } = await lookAtChildOf(attacker);
  const before = await rowOf(victim);
  expect(await handIn(victim, `face/looks/${nonce}`, 'the attacker')).toMatchObject({ status: 422, body: { code: 'capture_binding_mismatch' } });
  expect(await rowOf(victim)).toEqual(before);
  expect(await faceOf(victim)).toMatchObject({ state: 'on', needsNewLook: false });
  expect((await ask(victim, 'POST', 'face/looks', { signer: await newSigner() })).status).toBe(409);
  expect([await outcomeAtTill('victim'), await outcomeAtTill('the attacker')]).toEqual(['identified', 'not_recognised']);
  // The control: refused, it is used up by nobody, and where it belongs it counts.
  expect((await handIn(attacker, `children/${childId}/looks/${nonce}`, 'the child')).status).toBe(200);
  expect(await outcomeAtTill('the child')).toBe('identified');
});

it('an erased face is not revived by it, with no consent', async () => {
  const [victim, attacker] = [await newOwner('erased'), await newOwner('reviver')];
  expect((await ask(victim, 'DELETE', 'face')).status).toBe(200);
  const { nonce } = await lookAtChildOf(attacker, 1);
  const before = await rowOf(victim);
  expect(await handIn(victim, `face/looks/${nonce}`, 'the reviver')).toMatchObject({ status: 422, body: { code: 'capture_binding_mismatch' } });
  expect(await rowOf(victim)).toEqual(before);
  expect(await faceOf(victim)).toMatchObject({ state: 'off' });
});

it("a child's look is that child's alone: neither its guardian's nor another child's", async () => {
  const guardian = await newOwner('guardian');
  const [one, other] = [await lookAtChildOf(guardian), await lookAtChildOf(guardian)];
  for (const path of [`face/looks/${one.nonce}`, `children/${other.childId}/looks/${one.nonce}`]) {
    expect(await handIn(guardian, path, 'one')).toMatchObject({ status: 422, body: { code: 'capture_binding_mismatch' } });
  }
  expect((await handIn(guardian, `children/${one.childId}/looks/${one.nonce}`, 'one')).status).toBe(200);
});

it('a face that the vault does not keep is a failure, and nothing is changed', async () => {
  const owner = await newOwner('kept');
  server.vault.otherPack.add(owner.payerId);
  const { nonce } = (await ask(owner, 'POST', 'face/looks', { signer: await newSigner(), proof: { pin: await sealedPin(server, { pin, subjectId: owner.payerId }) } })).body;
  const before = await rowOf(owner);
  const { activate: activateAtVault } = server.vault;
  server.vault.activate = async () => ({ activated: false });
  expect(await handIn(owner, `face/looks/${nonce}`, 'kept anew')).toMatchObject({ status: 409, body: { code: 'face_paused' } });
  server.vault.activate = activateAtVault;
  expect(await rowOf(owner)).toEqual(before);
});
