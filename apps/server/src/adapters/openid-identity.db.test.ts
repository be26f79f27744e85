// Owners who say who they are by OpenID Connect: a real server, a real provider over TCP, and everything an answer can have wrong.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrol, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';
import { openIdClient, startOpenIdServer } from './openid-server.fixture.ts';

const pin = '294615';
let server: TestServer;
let provider: Awaited<ReturnType<typeof startOpenIdServer>>;
let me: Awaited<ReturnType<typeof enrol>>;
let people = 0;

beforeAll(async () => {
  provider = await startOpenIdServer({ redirectUri: () => 'http://localhost:8080/phone/' });
  server = await startTestServer({
    name: 'openid', environment: {
      SONRISA_IDENTITY_PROVIDER: 'openid', SONRISA_OPENID_ISSUER: provider.origin, SONRISA_OPENID_CLIENT_ID: openIdClient.id, SONRISA_OPENID_CLIENT_SECRET: openIdClient.secret,
      SONRISA_OPENID_NAME: 'City ID', SONRISA_OPENID_ACR: 'substantial',
    },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(async () => {
  people += 1;
  me = await newPerson();
  Object.assign(provider.told, { person: { name: '陈静', birthdate: '1988-02-29', acr: 'substantial' }, inToken: true, wrongKey: false, wrongNonce: false, otherSubject: false, status: 200 });
});

let phones = 0;
const newPerson = () => enrol(server, { phone: `+8613900070${String((phones += 1)).padStart(3, '0')}`, name: 'Jing', pin, face: `face${phones}` });
const api = (path: string, json: unknown, session = me.session) => server.ask('POST', `/api/phone/me/identity/visits${path}`, { token: session, json });
const begin = async (who = me) => api('', { proof: { pin: await sealedPin(server, { pin, subjectId: who.payerId }) } }, who.session);
const finish = (answer: object, session = me.session) => api('/finish', answer, session);
const visit = async () => provider.signIn((await begin()).body.url);
const account = async (session = me.session) => (await server.ask('GET', '/api/phone/me/account', { token: session })).body;

it('whoever signs in there is attested with the name and the date of birth the provider signed', async () => {
  expect((await account()).identityProvider).toEqual({ name: 'City ID', isSandbox: false, asks: 'visit' });
  const { body: { url } } = await begin();
  const asked = new URL(url).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', scope: 'openid profile', redirect_uri: 'http://localhost:8080/phone/', code_challenge_method: 'S256', acr_values: 'substantial' });
  expect(Math.min(asked.get('state')!.length, asked.get('nonce')!.length, asked.get('code_challenge')!.length)).toBeGreaterThanOrEqual(43);
  const done = await finish(await provider.signIn(url));
  expect([done.status, done.body]).toMatchObject([200, { level: 'attested', name: '陈静' }]);
  const { rows } = await server.pool.query('SELECT name, born_on::text, source, document FROM identity_attestation WHERE payer_id = $1', [me.payerId]);
  expect(rows).toEqual([{ name: '陈静', born_on: '1988-02-29', source: 'City ID', document: 'provider' }]);
  expect((await server.pool.query('SELECT FROM identity_visit')).rowCount).toBe(0);
});

it('a profile that only the userinfo endpoint gives counts, of the same person', async () => {
  provider.told.inToken = false;
  provider.told.person = { given_name: 'Ana', family_name: 'Bo', birthdate: '1990-05-17', acr: 'substantial' };
  expect((await finish(await visit())).body).toMatchObject({ level: 'attested', name: 'Ana Bo' });
  me = await newPerson();
  provider.told.otherSubject = true;
  expect((await finish(await visit())).body.code).toBe('identity_not_confirmed');
});

describe('nobody is attested', () => {
  it.each<[string, object]>([
    ['who says no there', { person: { refuses: true } }],
    ['whose name is missing', { person: { birthdate: '1988-02-29', acr: 'substantial' } }],
    ['whose date of birth is missing', { person: { name: '陈静', acr: 'substantial' } }],
    ['of whom the provider knows the year alone', { person: { name: '陈静', birthdate: '1988', acr: 'substantial' } }],
    ['of whom it hides the year', { person: { name: '陈静', birthdate: '0000-02-29', acr: 'substantial' } }],
    ['born on a day that was none', { person: { name: '陈静', birthdate: '1989-02-29', acr: 'substantial' } }],
    ['whom it knows less well than was asked for', { person: { name: '陈静', birthdate: '1988-02-29', acr: 'low' } }],
    ['whom it does not say how well it knows', { person: { name: '陈静', birthdate: '1988-02-29' } }],
    ['by a token that another key signed', { wrongKey: true }],
    ['by a token of another visit', { wrongNonce: true }],
  ])('%s', async (_what, told) => {
    Object.assign(provider.told, told);
    expect((await finish(await visit())).body.code).toBe('identity_not_confirmed');
    expect(await account()).toMatchObject({ level: 'phone', name: 'Jing' });
  });

  it('by an answer that is not of this owner’s own visit, is used twice, or comes late', async () => {
    // Somebody hands the victim a link with an answer of their own.
    const attacker = await newPerson();
    const answer = await provider.signIn((await begin(attacker)).body.url);
    await begin();
    expect((await finish(answer)).body.code).toBe('identity_not_confirmed');
    expect((await finish(answer, attacker.session)).status).toBe(200);
    expect((await finish(answer, attacker.session)).body.code).toBe('identity_not_confirmed');
    // A newer visit takes the place of an older one.
    const older = await visit();
    const newer = await visit();
    expect((await finish(older)).body.code).toBe('identity_not_confirmed');
    expect((await finish({ ...newer, code: older.code })).body.code).toBe('identity_not_confirmed');
    const late = await visit();
    server.clock.ms += 15 * 60_000;
    expect((await finish(late)).body.code).toBe('identity_not_confirmed');
    expect(await account()).toMatchObject({ level: 'phone' });
  });

  it('without the PIN, and an account that was attested as somebody else stays theirs', async () => {
    expect((await api('', { proof: { pin: await sealedPin(server, { pin: '111213', subjectId: me.payerId }) } })).body.code).toBe('pin_wrong');
    expect((await finish(await visit())).status).toBe(200);
    provider.told.person = { name: 'Somebody Else', birthdate: '1970-01-01', acr: 'substantial' };
    expect((await finish(await visit())).body.code).toBe('document_mismatch');
    expect(await account()).toMatchObject({ name: '陈静' });
  });
});

it('a provider that is away says so, and the next visit goes through', async () => {
  const begun = await visit();
  provider.told.status = 503;
  expect((await finish(begun)).body.code).toBe('identity_provider_away');
  provider.told.status = 200;
  expect((await finish(await visit())).status).toBe(200);
});

it('the document form of another kind of provider is refused here, and its answers carry nothing besides', async () => {
  const proof = { pin: await sealedPin(server, { pin, subjectId: me.payerId }) };
  expect((await server.ask('POST', '/api/phone/me/identity', { token: me.session, json: { proof, name: 'Jing', bornOn: '1988-02-29', documentNumber: 'P1' } })).body.code).toBe('identity_provider_missing');
  expect((await finish({ ...(await visit()), redirect_uri: 'https://evil.example' })).body.code).toBe('input_invalid');
});
