// Recovery through the real API: what an attacker has who holds only the number, only the PIN or only the face, and how the owner
// comes back. Clock and vault are the doubles of ../testing.
import { recoveryChallenge, signInChallenge } from '@sonrisa/protocol/recovery-api.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { softwarePasskey } from '../testing/software-passkey.ts';
import { activate, codeSentTo, enrol, freshKey, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let person: string;
let operatorToken: string;
const hourMs = 3_600_000;
const pin = '294615';
const newPin = '802947';

beforeAll(async () => {
  server = await startTestServer({ name: 'recovery' });
  till = (await activate(server)).token;
  operatorToken = (await server.ask('GET', '/api/sandbox/keys')).body.operatorToken;
  person = (await server.ask('POST', '/api/operator/people', { token: operatorToken, key: freshKey(), json: { name: 'Mia' } })).body.token;
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});
// Messages to a number and from an address are limited; they are not what is asked about here.
beforeEach(() => void (server.clock.ms += 24 * hourMs));

let people = 0;
const newPhone = () => `+86137${String(10_000_000 + (people += 1))}`;
async function owner(name = '王小明') {
  const phone = newPhone();
  return { phone, name, ...(await enrol(server, { phone, name, pin, face: phone, topUpMinor: '100000' })) };
}
type Owner = Awaited<ReturnType<typeof owner>>;

const api = (method: 'GET' | 'POST' | 'PUT', path: string, token: string, json?: unknown) => server.ask(method, `/api/phone/${path}`, { token, remoteAddress: `10.2.0.${(people % 200) + 1}`, ...(json === undefined ? {} : { json }), ...(path === 'withdrawals' ? { key: freshKey() } : {}) });
/** A code on this number, typed in: what a thief of the number, or its next owner, has. */
async function numberProved(phone: string, purpose: 'enter' | 'new_number' = 'enter') {
  const { body } = await server.ask('POST', '/api/phone/enrolments', { json: { phone, name: 'Whoever', locale: 'en', purpose }, remoteAddress: `10.3.0.${(people % 200) + 1}` });
  const who = { id: body.id as string, token: body.token as string };
  const entered = await api('POST', `enrolments/${who.id}/code`, who.token, { code: await codeSentTo(server, phone) });
  return { ...who, view: entered.body, sealed: (typed: string) => sealedPin(server, { pin: typed, subjectId: who.id }) };
}
const signIn = async (number: Awaited<ReturnType<typeof numberProved>>, typed: string, endOthers = false) => api('POST', `enrolments/${number.id}/sign-in`, number.token, { proof: { pin: await number.sealed(typed) }, endOthers });
const account = async (session: string) => (await api('GET', 'me/account', session)).body;
const events = async (session: string): Promise<string[]> => (await account(session)).events.map(({ kind }: { kind: string }) => kind);
const desk = (path: string, json: unknown, token = person) => server.ask('POST', `/api/operator/recoveries/${path}`, { token, json, ...(path === 'find' ? {} : { key: freshKey() }) });
const notices = async (phone: string): Promise<string[]> => (await server.pool.query<{ body: string }>(`SELECT body FROM sms_outbox WHERE to_e164 = $1 AND purpose = 'notice' ORDER BY created_at DESC`, [phone])).rows.map(({ body }) => body);
const byFace = async ({ phone }: Owner, amountMinor: string) => {
  const { paymentId, nonce } = await recognised(server, { token: till, amountMinor, face: phone });
  const { body } = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce } });
  return body.code ?? body.state;
};
const passkeyOf = (payerId: string) => softwarePasskey({ pool: server.pool, payerId, rpId: 'localhost', origin: 'http://localhost:8080' });

describe('who has only the number', () => {
  it('is signed in to nothing, and cannot set a PIN, a passkey or a bank account; with the PIN they are the owner', async () => {
    const victim = await owner();
    const thief = await numberProved(victim.phone);
    expect(thief.view).toMatchObject({ state: 'number_known', session: null });
    expect((await api('GET', 'me', thief.token)).body.code).toBe('unauthorised');
    expect((await api('POST', `enrolments/${thief.id}/pin`, thief.token, { pin: await thief.sealed(newPin) })).body.code).toBe('enrolment_state_conflict');
    expect((await signIn(thief, '111213')).body).toMatchObject({ code: 'pin_wrong', facts: { triesLeft: 4 } });
    // Control: the same code and the right PIN.
    const signed = await signIn(thief, pin);
    expect(signed.body).toMatchObject({ state: 'complete', session: { token: expect.any(String) } });
    expect(await account(signed.body.session.token)).toMatchObject({ payerId: victim.payerId, events: [{ kind: 'signed_in' }] });
    expect((await signIn(thief, pin)).body.code).toBe('enrolment_state_conflict');
  });

  it('has five guesses at the PIN in a quarter of an hour, twenty in all, and shuts nothing else by them', async () => {
    const victim = await owner();
    const thief = await numberProved(victim.phone);
    const guesses = await Promise.all(['111213', '222324', '333435', '444546', '555657', '666768', '777879'].map((guess) => signIn(thief, guess)));
    expect(guesses.filter(({ body }) => body.code === 'pin_wrong')).toHaveLength(5);
    expect((await signIn(thief, pin)).body.code).toBe('sign_in_locked');
    await server.pool.query('UPDATE payer SET sign_in_failures = 20, sign_in_locked_until = NULL WHERE id = $1', [victim.payerId]);
    expect((await signIn(thief, pin)).body.code).toBe('sign_in_off');
    // On the owner's own phone the PIN still proves everything.
    expect((await api('POST', 'me/passkeys/options', victim.session, { pin: await sealedPin(server, { pin, subjectId: victim.payerId }) })).status).toBe(200);
  });

  it('who does not even have it blocks nothing by asking and guessing, and has ten guesses a day with all their numbers', async () => {
    const victim = await owner();
    const ask = async (typed: string, number?: Awaited<ReturnType<typeof numberProved>>) => {
      const asking = number ?? (await numberProved(newPhone()));
      return (await api('POST', `enrolments/${asking.id}/recovery`, asking.token, { oldPhone: victim.phone, pin: await asking.sealed(typed) })).body;
    };
    for (let number = 0; number < 24; number += 1) expect((await ask('111213')).reference).toEqual(expect.any(String));
    const { rows } = await server.pool.query('SELECT lost_pin_failures AS strangers, sign_in_failures AS own FROM payer WHERE id = $1', [victim.payerId]);
    expect(rows[0]).toEqual({ strangers: 10, own: 0 });
    // The owner signs in on another phone, and changes their number on the one they have.
    expect((await signIn(await numberProved(victim.phone), pin)).body).toMatchObject({ state: 'complete' });
    const fresh = await numberProved(newPhone(), 'new_number');
    const wanted = { kind: 'number', enrolment: { id: fresh.id, token: fresh.token }, proof: { pin: await sealedPin(server, { pin, subjectId: victim.payerId }) } };
    expect((await api('POST', 'me/recoveries', victim.session, wanted)).body.recoveries[0]).toMatchObject({ kind: 'number', state: 'cooling' });
    // The next day the right PIN is heard from another number, whatever strangers asked before it.
    server.clock.ms += 24 * hourMs;
    for (let number = 0; number < 4; number += 1) await ask('111213');
    const { reference } = await ask(pin);
    expect((await desk('find', { reference })).body).toMatchObject({ kind: 'account', newNumber: true });
    // Control: that of a stranger after the third leads nowhere.
    await ask('111213');
    const { rows: asked } = await server.pool.query('SELECT payer_id FROM recovery WHERE old_phone_e164 = $1 ORDER BY asked_at DESC LIMIT 2', [victim.phone]);
    expect(asked).toEqual([{ payer_id: null }, { payer_id: victim.payerId }]);
  });

  it('gets a reference and no further without a document of the owner: three that do not fit end it', async () => {
    const victim = await owner('李雷');
    const thief = await numberProved(victim.phone);
    const asked = (await api('POST', `enrolments/${thief.id}/recovery`, thief.token, {})).body;
    const { id } = (await desk('find', { reference: asked.reference })).body;
    const show = (name: string) => desk(`${id}/attest`, { document: 'passport', name, bornOn: '1990-05-17' });
    for (const name of ['韩梅梅', '王五', '李大雷']) expect((await show(name)).body.code).toBe('document_mismatch');
    expect((await show('李雷')).body.code).toBe('recovery_not_found');
    expect((await api('GET', 'recoveries/mine', asked.token)).body.state).toBe('cancelled');
    expect((await account(victim.session)).guardedUntilMs).toBeNull();
    expect(await events(victim.session)).toContain('account_asked');
  });

  it('because it was given out again, opens an account of their own once the old owner had a day to object', async () => {
    const old = await owner();
    const first = await numberProved(old.phone);
    const waits = await api('POST', `enrolments/${first.id}/not-mine`, first.token);
    expect(waits.body).toMatchObject({ state: 'number_known', known: { claimEndsAtMs: expect.any(Number) } });
    const claim = (await account(old.session)).recoveries[0];
    expect(claim).toMatchObject({ kind: 'claim', state: 'cooling' });
    // Still theirs: one tap keeps it, and nothing was held back meanwhile.
    expect((await api('POST', `me/recoveries/${claim.id}/cancel`, old.session)).body).toMatchObject({ recoveries: [], guardedUntilMs: null });
    await api('POST', `enrolments/${first.id}/not-mine`, first.token);
    server.clock.ms += 23 * hourMs;
    const early = await numberProved(old.phone);
    expect((await api('POST', `enrolments/${early.id}/not-mine`, early.token)).body.state).toBe('number_known');
    server.clock.ms += hourMs;
    const late = await numberProved(old.phone);
    expect((await api('POST', `enrolments/${late.id}/not-mine`, late.token)).body).toMatchObject({ state: 'code_verified', session: null });
    const next = await enrol(server, { phone: old.phone, name: '赵六', pin, face: 'next owner' });
    expect(next.payerId).not.toBe(old.payerId);
    // The old account has its money, no number, and heard of it; nobody signs in to it by the number any more.
    expect((await api('GET', 'me', old.session)).body).toMatchObject({ payerId: old.payerId, phoneMasked: null, balance: { amountMinor: '100000' } });
    expect(await events(old.session)).toEqual(expect.arrayContaining(['number_claimed', 'number_lost', 'cancelled']));
    expect((await numberProved(old.phone)).view.state).toBe('number_known');
    expect((await api('POST', 'me/number-code', old.session)).body.code).toBe('number_missing');
  });
});

describe('who has only the PIN, or only the face', () => {
  it('comes in nowhere with the PIN: it counts after a code on the number, or beside a document', async () => {
    const victim = await owner('孙悦');
    const other = await numberProved(newPhone());
    expect(other.view.state).toBe('code_verified');
    expect((await signIn(other, pin)).body.code).toBe('enrolment_state_conflict');
    const asked = await api('POST', `enrolments/${other.id}/recovery`, other.token, { oldPhone: victim.phone, pin: await other.sealed(pin) });
    // The same answer for a number that nobody has.
    const nobody = await numberProved(newPhone());
    const same = await api('POST', `enrolments/${nobody.id}/recovery`, nobody.token, { oldPhone: newPhone(), pin: await nobody.sealed(pin) });
    const shape = ({ status, body }: typeof asked) => ({ status, ...body, id: '', token: '', reference: '', askedAtMs: 0, expiresAtMs: 0 });
    expect(shape(asked)).toEqual(shape(same));
    const { id } = (await desk('find', { reference: asked.body.reference })).body;
    expect((await desk(`${id}/attest`, { document: 'passport', name: '周冲', bornOn: '1990-05-17' })).body.code).toBe('document_mismatch');
    // Control: the owner, who knows the PIN and has the name in a document.
    expect((await desk(`${id}/attest`, { document: 'passport', name: '孙悦', bornOn: '1990-05-17' })).body).toMatchObject({ kind: 'account', coolDownEndsAtMs: expect.any(Number) });
  });

  it('is no owner for having the face: a namesake with another number and no PIN is sent away', async () => {
    const victim = await owner('吴迪');
    const lookAlike = await numberProved(newPhone());
    server.vault.rung = 'face';
    const asked = (await api('POST', `enrolments/${lookAlike.id}/recovery`, lookAlike.token, { oldPhone: victim.phone })).body;
    const { id } = (await desk('find', { reference: asked.reference })).body;
    expect((await desk(`${id}/attest`, { document: 'passport', name: '吴迪', bornOn: '1990-05-17' })).body.code).toBe('recovery_needs_proof');
    expect((await account(victim.session)).recoveries).toMatchObject([{ kind: 'account', state: 'asked' }]);
  });
});

describe('a forgotten PIN on a phone that is signed in', () => {
  it('takes a code and a day; meanwhile little is spent, nothing raised, and any phone or the link stops it', async () => {
    const me = await owner();
    const second = await signIn(await numberProved(me.phone), pin);
    const askBySms = async () => {
      // A number has three messages in ten minutes.
      server.clock.ms += 11 * 60_000;
      const { id, token } = (await api('POST', 'me/number-code', me.session)).body;
      await api('POST', `enrolments/${id}/code`, token, { code: await codeSentTo(server, me.phone) });
      return api('POST', 'me/recoveries', me.session, { kind: 'pin', proof: { enrolment: { id, token } } });
    };
    // The rules may ask somebody new for the PIN; no limit stands in the way.
    expect(['captured', 'pin_required']).toContain(await byFace(me, '15000'));
    const asked = await askBySms();
    expect(asked.body.recoveries).toMatchObject([{ kind: 'pin', state: 'cooling', isMine: true }]);
    const { id } = asked.body.recoveries[0];
    const finish = async (session: string, subjectId = id) => api('POST', `me/recoveries/${id}/finish`, session, { pin: await sealedPin(server, { pin: newPin, subjectId }) });
    expect((await finish(me.session)).body.code).toBe('recovery_waits');
    expect([await byFace(me, '15000'), await byFace(me, '9000')]).toEqual(['limit_payment', 'captured']);
    const raise = { maxMinor: null, proof: { pin: await sealedPin(server, { pin, subjectId: me.payerId }) } };
    await api('PUT', 'me/limits/leisure', me.session, { maxMinor: '1000' });
    expect((await api('PUT', 'me/limits/leisure', me.session, raise)).body.code).toBe('recovery_guards');
    expect((await api('POST', 'withdrawals', me.session, { amount: { amountMinor: '500', currency: 'CNY' } })).body.code).toBe('recovery_guards');
    const allowance = { token: me.session, key: freshKey(), json: { amount: { amountMinor: '500', currency: 'CNY' } } };
    expect((await server.ask('POST', `/api/phone/me/children/pyr_${'0'.repeat(32)}/allowance`, allowance)).body.code).toBe('recovery_guards');
    expect((await askBySms()).body.code).toBe('recovery_under_way');
    // Stopped by the link, without signing in; once.
    const token = /#stop=([\w-]+)/.exec((await notices(me.phone))[0] ?? '')?.[1];
    expect((await server.ask('POST', '/api/phone/recoveries/stop', { json: { token } })).status).toBe(204);
    expect((await server.ask('POST', '/api/phone/recoveries/stop', { json: { token } })).body.code).toBe('recovery_not_found');
    server.clock.ms += 25 * hourMs;
    expect((await finish(me.session)).body.code).toBe('recovery_not_found');
    expect(['captured', 'pin_required']).toContain(await byFace(me, '15000'));
    // Stopped from another phone that is signed in, which cannot finish it.
    const again = (await askBySms()).body.recoveries[0];
    server.clock.ms += 24 * hourMs;
    const sealed = { pin: await sealedPin(server, { pin: newPin, subjectId: again.id }) };
    expect((await api('POST', `me/recoveries/${again.id}/finish`, second.body.session.token, sealed)).body.code).toBe('forbidden');
    expect((await api('POST', `me/recoveries/${again.id}/cancel`, second.body.session.token)).status).toBe(200);
    expect((await api('POST', `me/recoveries/${again.id}/finish`, me.session, sealed)).body.code).toBe('recovery_not_found');
  });

  it('takes a passkey and an hour, bound to what it signs; then the new PIN holds and the account is watched', async () => {
    const me = await owner();
    const passkey = await passkeyOf(me.payerId);
    const nonce = (await api('POST', 'me/limits/nonce', me.session)).body.nonce;
    const proofOf = async (purpose: 'pin' | 'number') => ({ nonce, passkey: passkey.answer(await recoveryChallenge({ payerId: me.payerId, purpose, enrolmentId: '', nonce })) });
    expect((await api('POST', 'me/recoveries', me.session, { kind: 'pin', proof: await proofOf('number') })).body.code).toBe('passkey_invalid');
    expect((await api('POST', 'me/recoveries', me.session, { kind: 'pin', proof: await proofOf('pin') })).body.code, 'a nonce is good once').toBe('passkey_invalid');
    const fresh = (await api('POST', 'me/limits/nonce', me.session)).body.nonce;
    const signed = { nonce: fresh, passkey: passkey.answer(await recoveryChallenge({ payerId: me.payerId, purpose: 'pin', enrolmentId: '', nonce: fresh })) };
    const { id } = (await api('POST', 'me/recoveries', me.session, { kind: 'pin', proof: signed })).body.recoveries[0];
    server.clock.ms += hourMs;
    const finish = async (typed: string) => api('POST', `me/recoveries/${id}/finish`, me.session, { pin: await sealedPin(server, { pin: typed, subjectId: id }) });
    expect((await finish('123456')).body.code).toBe('pin_too_simple');
    expect((await finish(newPin)).body).toMatchObject({ recoveries: [], guardedUntilMs: expect.any(Number) });
    expect((await notices(me.phone))[0]).toContain('支付密码已更换');
    const other = await numberProved(me.phone);
    expect((await signIn(other, pin)).body.code).toBe('pin_wrong');
    expect((await signIn(other, newPin)).body.state).toBe('complete');
    expect(await byFace(me, '15000')).toBe('limit_payment');
    server.clock.ms += 72 * hourMs;
    expect(await byFace(me, '15000')).toBe('captured');
  });
});

describe('a lost phone', () => {
  it('is signed out by whoever signs in with number and PIN, or a passkey, and says so', async () => {
    const me = await owner();
    const back = await signIn(await numberProved(me.phone), pin, true);
    expect((await api('GET', 'me', me.session)).body.code).toBe('unauthorised');
    const passkey = await passkeyOf(me.payerId);
    const number = await numberProved(me.phone);
    expect(number.view.known.passkeyIds).toEqual([passkey.id]);
    const by = async (challenge: string) => api('POST', `enrolments/${number.id}/sign-in`, number.token, { proof: { passkey: passkey.answer(challenge) } });
    expect((await by(await signInChallenge(`enr_${'0'.repeat(32)}`))).body.code).toBe('passkey_invalid');
    expect((await by(await signInChallenge(number.id))).body.state).toBe('complete');
    expect((await events(back.body.session.token)).slice(0, 2)).toEqual(['signed_in', 'signed_in']);
  });

  it('and a forgotten PIN: staff see a document, everybody is told, and a day later the account opens on the new phone alone', async () => {
    const me = await owner('王芳');
    await passkeyOf(me.payerId);
    const number = await numberProved(me.phone);
    const asked = (await api('POST', `enrolments/${number.id}/recovery`, number.token, {})).body;
    expect((await desk('find', { reference: asked.reference }, operatorToken)).body.code).toBe('forbidden');
    const found = (await desk('find', { reference: asked.reference })).body;
    expect(found).toEqual({ id: asked.id, kind: 'account', newNumber: false, numberEnds: me.phone.slice(-4), askedAtMs: expect.any(Number) });
    const attested = await desk(`${found.id}/attest`, { document: 'id_card', name: ' 王 芳', bornOn: '1990-05-17', endSessions: true });
    expect(attested.body.kind).toBe('account');
    expect((await api('GET', 'me', me.session)).body.code).toBe('unauthorised');
    expect((await notices(me.phone))[0]).toMatch(/另一部手机.*#stop=/);
    const finish = async () => api('POST', 'recoveries/mine/finish', asked.token, { pin: await sealedPin(server, { pin: newPin, subjectId: asked.id }) });
    expect((await finish()).body.code).toBe('recovery_waits');
    expect(await byFace(me, '15000')).toBe('limit_payment');
    server.clock.ms += 24 * hourMs;
    const done = await finish();
    expect(done.status).toBe(200);
    const session: string = done.body.session.token;
    expect(await account(session)).toMatchObject({ payerId: me.payerId, passkeyIds: [], guardedUntilMs: expect.any(Number) });
    // Right after signing in, and still no way to take the money out.
    expect((await server.ask('PUT', '/api/phone/bank-account', { token: session, key: freshKey(), json: { holder: 'X', number: 'DE89370400440532013000', bic: 'COBADEFFXXX', currency: 'CNY' } })).body.code).toBe('recovery_guards');
    expect((await api('POST', 'me/passkeys/options', session, {})).body.code).toBe('recovery_guards');
    expect((await finish()).body.code).toBe('recovery_not_found');
  });
});

describe('a new number', () => {
  it('is taken from the old phone with the PIN after a day, and both numbers hear of it', async () => {
    const me = await owner();
    const next = newPhone();
    const number = await numberProved(next, 'new_number');
    const wanted = async (typed: string) => ({ kind: 'number', enrolment: { id: number.id, token: number.token }, proof: { pin: await sealedPin(server, { pin: typed, subjectId: me.payerId }) } });
    expect((await api('POST', 'me/recoveries', me.session, await wanted('111213'))).body.code).toBe('pin_wrong');
    const { id } = (await api('POST', 'me/recoveries', me.session, await wanted(pin))).body.recoveries[0];
    expect([(await notices(me.phone))[0], (await notices(next))[0]]).toEqual([expect.stringContaining('#stop='), expect.not.stringContaining('#stop=')]);
    server.clock.ms += 24 * hourMs;
    expect((await api('POST', `me/recoveries/${id}/finish`, me.session, {})).body.phoneMasked).toContain(next.slice(-4));
    expect((await numberProved(me.phone)).view.state).toBe('code_verified');
    const back = await signIn(await numberProved(next), pin);
    expect(await account(back.body.session.token)).toMatchObject({ payerId: me.payerId });
    // A number that somebody has is not taken.
    const other = await owner();
    const theirs = await numberProved(other.phone, 'new_number');
    const taken = { kind: 'number', enrolment: { id: theirs.id, token: theirs.token }, proof: { pin: await sealedPin(server, { pin, subjectId: me.payerId }) } };
    expect((await api('POST', 'me/recoveries', back.body.session.token, taken)).body.code).toBe('number_taken');
  });

  it('without the old phone or the PIN takes a document with the date of birth that was attested', async () => {
    const me = await owner('陈静');
    const asked = await api('POST', 'me/identity/reference', me.session, { proof: { pin: await sealedPin(server, { pin, subjectId: me.payerId }) } });
    const first = (await desk('find', { reference: asked.body.reference })).body;
    expect((await desk(`${first.id}/attest`, { document: 'id_card', name: '陈静', bornOn: '1988-02-29' })).body).toEqual({ id: first.id, kind: 'identity', coolDownEndsAtMs: null });
    const next = newPhone();
    const number = await numberProved(next);
    const lost = (await api('POST', `enrolments/${number.id}/recovery`, number.token, { oldPhone: me.phone })).body;
    const { id, newNumber } = (await desk('find', { reference: lost.reference })).body;
    expect(newNumber).toBe(true);
    expect((await desk(`${id}/attest`, { document: 'id_card', name: '陈静', bornOn: '1988-02-28' })).body.code).toBe('document_mismatch');
    expect((await desk(`${id}/attest`, { document: 'id_card', name: '陈静', bornOn: '1988-02-29' })).status).toBe(200);
    server.clock.ms += 24 * hourMs;
    const done = await api('POST', 'recoveries/mine/finish', lost.token, { pin: await sealedPin(server, { pin: newPin, subjectId: lost.id }) });
    expect(await account(done.body.session.token)).toMatchObject({ payerId: me.payerId, level: 'attested', phoneMasked: expect.stringContaining(next.slice(-4)) });
    expect([(await notices(me.phone))[0], (await notices(next))[0]]).toEqual([expect.stringContaining('另一部手机'), expect.stringContaining('另一部手机')]);
  });
});

describe('a code', () => {
  const textTo = async (phone: string): Promise<string> => (await server.pool.query<{ body: string }>(`SELECT body FROM sms_outbox WHERE to_e164 = $1 AND purpose = 'code' ORDER BY created_at DESC LIMIT 1`, [phone])).rows[0]?.body ?? '';
  const sealedProof = async (me: Owner) => ({ pin: await sealedPin(server, { pin, subjectId: me.payerId }) });

  it('says what it is for, also when it is sent again', async () => {
    const me = await owner();
    const { id, token } = (await api('POST', 'me/number-code', me.session)).body;
    expect(await textTo(me.phone)).toContain('用于重设您的“微笑付”支付密码');
    server.clock.ms += 30_000;
    await api('POST', `enrolments/${id}/resend`, token);
    expect(await textTo(me.phone)).toContain('用于重设您的“微笑付”支付密码');
    const next = newPhone();
    await numberProved(next, 'new_number');
    expect(await textTo(next)).toContain('is the code to move a smile payment account to this number');
    await numberProved(next);
    expect(await textTo(next)).toContain('is your code to open, sign in to or recover smile payments');
  });

  it('proves nothing but what its text said', async () => {
    const me = await owner();
    // Read out as one to sign in, it chooses no new PIN and takes no number to another account.
    const entering = await numberProved(me.phone);
    const proof = { enrolment: { id: entering.id, token: entering.token } };
    expect((await api('POST', 'me/recoveries', me.session, { kind: 'pin', proof })).body.code).toBe('enrolment_state_conflict');
    const next = newPhone();
    const fresh = await numberProved(next);
    expect((await api('POST', 'me/recoveries', me.session, { kind: 'number', enrolment: { id: fresh.id, token: fresh.token }, proof: await sealedProof(me) })).body.code).toBe('enrolment_state_conflict');
    // As one for a new PIN or number it signs in nobody, opens no account and asks for none.
    server.clock.ms += 11 * 60_000;
    const { id, token } = (await api('POST', 'me/number-code', me.session)).body;
    await api('POST', `enrolments/${id}/code`, token, { code: await codeSentTo(server, me.phone) });
    expect((await api('POST', `enrolments/${id}/sign-in`, token, { proof: { pin: await sealedPin(server, { pin, subjectId: id }) } })).body.code).toBe('enrolment_state_conflict');
    expect((await api('POST', `enrolments/${id}/not-mine`, token)).body.code).toBe('enrolment_state_conflict');
    expect((await api('POST', `enrolments/${id}/recovery`, token, {})).body.code).toBe('enrolment_state_conflict');
    const moving = await numberProved(newPhone(), 'new_number');
    const { version } = (await server.ask('GET', '/api/phone/consent?locale=zh')).body;
    const agreed = { version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 };
    expect((await api('POST', `enrolments/${moving.id}/consent`, moving.token, agreed)).body.code).toBe('enrolment_state_conflict');
    // Control: each for its own.
    expect((await api('POST', `enrolments/${fresh.id}/consent`, fresh.token, agreed)).body.state).toBe('consented');
    expect((await api('POST', 'me/recoveries', me.session, { kind: 'pin', proof: { enrolment: { id, token } } })).body.recoveries).toMatchObject([{ kind: 'pin', state: 'cooling' }]);
  });
});

describe('who somebody is', () => {
  it('is confirmed by an identity provider, or not; the limits follow, and no other person can be attested after', async () => {
    await server.pool.query(`INSERT INTO limit_setting (currency, settings, reason, set_by, at) SELECT currency, jsonb_set(settings, '{levels}', '{"phone":{"payment":"100000","day":"200000","month":"900000"},"attested":{"payment":"500000","day":"900000","month":"9000000"}}'), 'a test', 'a test', now() FROM limit_setting ORDER BY version DESC LIMIT 1`);
    const me = await owner('Ana');
    const largest = async () => (await api('GET', 'me/limits', me.session)).body.limits[0].platformMinor;
    const proof = { pin: await sealedPin(server, { pin, subjectId: me.payerId }) };
    const check = (name: string, documentNumber: string) => api('POST', 'me/identity', me.session, { proof, name, bornOn: '1990-05-17', documentNumber });
    expect((await account(me.session)).identityProvider).toEqual({ name: 'Sandbox identity provider', isSandbox: true, asks: 'document' });
    expect((await check('Ana Maria', 'P0000')).body.code).toBe('identity_not_confirmed');
    expect(await largest()).toBe('100000');
    expect((await check('Ana Maria', 'P1234567')).body).toMatchObject({ level: 'attested', name: 'Ana Maria' });
    expect(await largest()).toBe('500000');
    expect((await check('Bea', 'P7654321')).body.code).toBe('document_mismatch');
    const wrong = { proof: { pin: await sealedPin(server, { pin: '111213', subjectId: me.payerId }) }, name: 'Ana Maria', bornOn: '1990-05-17', documentNumber: 'P1' };
    expect((await api('POST', 'me/identity', me.session, wrong)).body.code).toBe('pin_wrong');
  });
});
