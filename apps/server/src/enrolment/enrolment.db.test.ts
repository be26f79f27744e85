// Enrolment over the real API and a real database; the vault is the labelled double of ../testing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, codeSentTo, enrol, freshKey, newSigner, recognised, sealedPin, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ name: 'enrolment' });
});
afterAll(() => server.stop());

let lastPhone = 13_800_000_000;
const newPhone = () => `+86${++lastPhone}`;
const start = async (phone: string, more: object = {}, remoteAddress = '127.0.0.1') =>
  server.ask('POST', '/api/phone/enrolments', { json: { phone, name: '张三丰', ...more }, remoteAddress });
const sentTo = async (phone: string) => (await server.pool.query('SELECT id FROM sms_outbox WHERE to_e164 = $1', [phone])).rows.length;
const at = (started: { body: { id: string; token: string } }, path: string, json: unknown) =>
  server.ask('POST', `/api/phone/enrolments/${started.body.id}/${path}`, { token: started.body.token, json });
const wrongFor = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('an enrolment', () => {
  it('leads from a number to a paid bun', async () => {
    const phone = newPhone();
    const { session, payerId } = await enrol(server, { phone, name: '张三丰', pin: '294615', face: 'zhang', topUpMinor: '10000' });
    const { body: me } = await server.ask('GET', '/api/phone/me', { token: session });
    expect(me).toMatchObject({ payerId, name: '张三丰', balance: { amountMinor: '10000', currency: 'CNY' }, face: { state: 'on' }, payments: [] });
    expect(JSON.stringify(me)).not.toContain(phone);

    const { token } = await activate(server);
    const { paymentId, result } = await recognised(server, { token, amountMinor: '1200', face: 'zhang' });
    expect(result.body).toMatchObject({ outcome: 'identified', payment: { next: 'confirm' } });
    const paid = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token, key: freshKey(), json: { nonce: result.body.payment.payer.nonce } });
    expect(paid.body).toMatchObject({ state: 'captured' });
    const after = await server.ask('GET', '/api/phone/me', { token: session });
    expect(after.body.balance.amountMinor).toBe('8800');
    expect(after.body.payments).toHaveLength(1);
    await assertBooksCoherent(server.pool);
  });

  it('signs the owner of a known number in by their PIN, and overwrites nothing', async () => {
    const phone = newPhone();
    const { payerId } = await enrol(server, { phone, name: '王小明', pin: '294615', face: 'wang' });
    server.clock.ms += 60_000;
    const again = await start(phone, { name: 'Somebody Else' });
    const entered = await at(again, 'code', { code: await codeSentTo(server, phone) });
    expect(entered.body).toMatchObject({ state: 'number_known', session: null, known: { passkeyIds: [], claimWaitMs: 86_400_000, claimEndsAtMs: null } });
    const signed = await at(again, 'sign-in', { proof: { pin: await sealedPin(server, { pin: '294615', subjectId: again.body.id }) } });
    expect(signed.body).toMatchObject({ state: 'complete', session: { token: expect.any(String) } });
    const { body: me } = await server.ask('GET', '/api/phone/me', { token: signed.body.session.token });
    expect(me).toMatchObject({ payerId, name: '王小明' });
    expect((await at(again, 'pin', { pin: 'x' })).body.code).toBe('enrolment_state_conflict');
  });

  it('answers known and unknown numbers alike until the code is right', async () => {
    const known = newPhone();
    await enrol(server, { phone: known, name: '李雷', pin: '294615', face: 'li' });
    server.clock.ms += 60_000;
    const [one, other] = [await start(known), await start(newPhone())];
    const shape = ({ body }: typeof one) => ({ ...body, id: '', token: '', device: '', phoneMasked: '', codeExpiresAtMs: 0, resendAfterMs: 0 });
    expect(shape(one)).toEqual(shape(other));
    const texts = await server.ask('GET', '/api/sandbox/outbox?limit=2');
    const [a, b] = texts.body.messages.map((message: { text: string }) => message.text.replace(/\d{6}/, '######'));
    expect(a).toBe(b);
  });

  it('starts afresh when an earlier enrolment of the number was left half-way', async () => {
    const phone = newPhone();
    const left = await start(phone);
    await at(left, 'code', { code: await codeSentTo(server, phone) });
    server.clock.ms += 60_000;
    await enrol(server, { phone, name: '韩梅梅', pin: '294615', face: 'han' });
    const { rows } = await server.pool.query('SELECT count(*)::int AS n FROM payer WHERE phone_e164 = $1', [phone]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('that two phones finish for one number opens one account and forgets the second face', async () => {
    const phone = newPhone();
    const half = await start(phone);
    await at(half, 'code', { code: await codeSentTo(server, phone) });
    const { body: consent } = await server.ask('GET', '/api/phone/consent');
    await at(half, 'consent', { version: consent.version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 });
    const look = await at(half, 'looks', { signer: await newSigner() });
    await server.ask('PUT', `/api/phone/enrolments/${half.body.id}/looks/${look.body.nonce}/capture`, { token: half.body.token, bytes: Buffer.from('second') });
    const secondRef = server.vault.faces.get('second')?.payerRef;
    const { payerId } = await enrol(server, { phone, name: '赵六', pin: '294615', face: 'first' });
    const done = await at(half, 'pin', { pin: await sealedPin(server, { pin: '802947', subjectId: half.body.id }) });
    // A code from before the account was there opens it no more than one from after.
    expect(done.body).toMatchObject({ state: 'number_known', session: null });
    expect(server.vault.forgotten).toContain(secondRef);
    const signIn = async (pin: string) => (await at(half, 'sign-in', { proof: { pin: await sealedPin(server, { pin, subjectId: half.body.id }) } })).body;
    expect((await signIn('802947')).code).toBe('pin_wrong');
    const { body: me } = await server.ask('GET', '/api/phone/me', { token: (await signIn('294615')).session.token });
    expect(me.payerId).toBe(payerId);
  });
});

describe('an SMS code', () => {
  it('is counted: two wrong ones are told how many are left, the third ends it, and then the right one fails too', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const code = await codeSentTo(server, phone);
    for (const triesLeft of [2, 1]) {
      expect((await at(started, 'code', { code: wrongFor(code) })).body).toMatchObject({ status: 422, code: 'code_wrong', facts: { triesLeft } });
    }
    expect((await at(started, 'code', { code: wrongFor(code) })).body.code).toBe('code_tries_used_up');
    expect((await at(started, 'code', { code })).body.code).toBe('code_tries_used_up');
  });

  it('is counted under many guesses at once', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const code = await codeSentTo(server, phone);
    const guesses = Array.from({ length: 20 }, () => at(started, 'code', { code: wrongFor(code) }));
    const answers = (await Promise.all(guesses)).map(({ body }) => body.code);
    expect(answers.filter((each) => each === 'code_wrong')).toHaveLength(2);
  });

  it('expires after five minutes', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const code = await codeSentTo(server, phone);
    server.clock.ms += 5 * 60_000;
    expect((await at(started, 'code', { code })).body).toMatchObject({ status: 410, code: 'code_expired' });
  });

  it('holds for its own enrolment only, and is kept as an HMAC', async () => {
    const phone = newPhone();
    const first = await start(phone);
    const code = await codeSentTo(server, phone);
    const second = await start(phone);
    const newer = await codeSentTo(server, phone);
    if (code !== newer) expect((await at(second, 'code', { code })).body.code).toBe('code_wrong');
    expect((await at(first, 'code', { code })).body.state).toBe('code_verified');
    const { rows } = await server.pool.query('SELECT * FROM enrolment WHERE id = $1', [second.body.id]);
    expect(JSON.stringify(rows)).not.toContain(newer);
    expect(rows[0].code_hmac).toMatch(/^[\w-]{43}$/);
  });

  it('is sent anew after a pause, and only the newest holds', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const old = await codeSentTo(server, phone);
    const early = await at(started, 'resend', undefined);
    expect(early.body).toMatchObject({ status: 429, code: 'code_resend_too_soon' });
    expect(early.headers['retry-after']).toBe('30');
    server.clock.ms += 30_000;
    expect((await at(started, 'resend', undefined)).status).toBe(200);
    const code = await codeSentTo(server, phone);
    if (old !== code) expect((await at(started, 'code', { code: old })).body.code).toBe('code_wrong');
    expect((await at(started, 'code', { code })).body.state).toBe('code_verified');
  });

  it('goes out three times in ten minutes and ten times a day, and the answer is the same past that', async () => {
    const phone = newPhone();
    const answers: Awaited<ReturnType<typeof start>>[] = [];
    for (let n = 0; n < 4; n++) answers.push(await start(phone, {}, `10.0.0.${n}`));
    const shape = ({ status, body }: (typeof answers)[0]) => ({ status, ...body, id: '', token: '', device: '', codeExpiresAtMs: 0, resendAfterMs: 0 });
    expect(shape(answers[0]!)).toMatchObject({ status: 201, state: 'code_sent', smsState: 'waiting' });
    expect(answers.map(shape)).toEqual(Array(4).fill(shape(answers[0]!)));
    expect(await sentTo(phone)).toBe(3);
    const past = answers[3]!;
    expect((await server.ask('GET', `/api/phone/enrolments/${past.body.id}`, { token: past.body.token })).body.smsState).toBe('waiting');
    for (let n = 0; n < 12; n++) {
      server.clock.ms += 10 * 60_000;
      await start(phone, {}, `10.0.1.${n}`);
    }
    expect(await sentTo(phone)).toBe(10);
  });

  it('goes out three times however many ask at once', async () => {
    const phone = newPhone();
    await Promise.all(Array.from({ length: 12 }, (_, n) => start(phone, {}, `10.0.2.${n}`)));
    expect(await sentTo(phone)).toBe(3);
  });

  it('that went out keeps holding when the number may have no other', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const code = await codeSentTo(server, phone);
    await start(phone);
    await start(phone);
    server.clock.ms += 30_000;
    expect((await at(started, 'resend', undefined)).body).toMatchObject({ state: 'code_sent', smsState: 'waiting' });
    expect(await sentTo(phone)).toBe(3);
    expect((await at(started, 'code', { code })).body.state).toBe('code_verified');
  });

  it('leaves no HMAC behind once it is over, and is told as over', async () => {
    const started = await start(newPhone());
    server.clock.ms += 5 * 60_000;
    await server.runRound('enrolments');
    const { rows } = await server.pool.query('SELECT code_hmac FROM enrolment WHERE id = $1', [started.body.id]);
    expect(rows).toEqual([{ code_hmac: null }]);
    expect((await at(started, 'code', { code: '000000' })).body.code).toBe('code_expired');
  });
});

describe('refused enrolments', () => {
  it.each([
    ['a number that is none', { phone: '12345', name: '张三' }, 'phone_invalid', 422],
    ['a landline', { phone: '010 8888 8888', name: '张三' }, 'phone_invalid', 422],
    ['a name that is none', { phone: '13800009999', name: '123' }, 'name_invalid', 422],
    ['no name', { phone: '13800009999' }, 'input_invalid', 400],
    ['an unknown field', { phone: '13800009999', name: '张三', admin: true }, 'input_invalid', 400],
    ['an invitation that is none', { phone: '13800009999', name: '张三', inviteId: `inv_${'0'.repeat(32)}` }, 'invite_invalid', 410],
  ])('%s', async (_what, json, code, status) => {
    const before = await server.pool.query('SELECT count(*) FROM sms_outbox');
    const answer = await server.ask('POST', '/api/phone/enrolments', { json });
    expect(answer.body).toMatchObject({ code, status, type: `/docs/problems#${code}`, detail: expect.any(String) });
    expect((await server.pool.query('SELECT count(*) FROM sms_outbox')).rows).toEqual(before.rows);
  });

  it('steps out of order, without both ticks, with an old text, a simple or misdirected PIN', async () => {
    const phone = newPhone();
    const started = await start(phone);
    const { body: consent } = await server.ask('GET', '/api/phone/consent?locale=en');
    const both = { version: consent.version, locale: 'en', agreedToService: true, agreedToFace: true, statedAgeMin: 18 };
    expect((await at(started, 'consent', both)).body.code).toBe('enrolment_state_conflict');
    await at(started, 'code', { code: await codeSentTo(server, phone) });
    expect((await at(started, 'consent', { ...both, agreedToFace: false })).body.code).toBe('consent_required');
    for (const statedAgeMin of [null, 17]) expect((await at(started, 'consent', { ...both, statedAgeMin })).body.code).toBe('adult_required');
    expect((await at(started, 'consent', { ...both, statedAgeMin: undefined })).body.code).toBe('input_invalid');
    expect((await server.ask('GET', '/api/phone/consent?locale=zh')).body.adultAgeYears).toBe(18);
    expect((await at(started, 'consent', { ...both, version: '2020-01' })).body.code).toBe('consent_version_old');
    expect((await at(started, 'consent', both)).body.state).toBe('consented');
    const look = await at(started, 'looks', { signer: await newSigner() });
    const capture = (nonce: string, face: string) =>
      server.ask('PUT', `/api/phone/enrolments/${started.body.id}/looks/${nonce}/capture`, { token: started.body.token, bytes: Buffer.from(face) });
    expect((await capture('A'.repeat(43), 'x')).body.code).toBe('nonce_unknown');
    expect((await capture(look.body.nonce, 'nobody')).body.code).toBe('face_none');
    const second = await at(started, 'looks', { signer: await newSigner() });
    expect((await capture(second.body.nonce, 'order')).body.state).toBe('face_captured');
    const pin = async (value: string, subjectId: string) => (await at(started, 'pin', { pin: await sealedPin(server, { pin: value, subjectId }) })).body;
    expect((await pin('123456', started.body.id)).code).toBe('pin_too_simple');
    expect((await pin('294615', 'enr_other')).code).toBe('pin_sealed_wrong');
    expect((await at(started, 'pin', { pin: 'rubbish' })).body.code).toBe('pin_sealed_wrong');
    expect((await pin('294615', started.body.id)).state).toBe('complete');
  });

  it('another token than its own reaches no enrolment', async () => {
    const [mine, other] = [await start(newPhone()), await start(newPhone())];
    const url = `/api/phone/enrolments/${mine.body.id}`;
    expect((await server.ask('GET', url, { token: mine.body.token })).status).toBe(200);
    expect((await server.ask('GET', url, { token: other.body.token })).body.code).toBe('enrolment_not_found');
    expect((await server.ask('GET', url, { token: 'x'.repeat(43) })).body.code).toBe('unauthorised');
    expect((await server.ask('GET', url)).body.code).toBe('unauthorised');
  });

  it('closes what nobody finished and has its face forgotten', async () => {
    const phone = newPhone();
    const started = await start(phone);
    await at(started, 'code', { code: await codeSentTo(server, phone) });
    const { body: consent } = await server.ask('GET', '/api/phone/consent');
    await at(started, 'consent', { version: consent.version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 });
    const look = await at(started, 'looks', { signer: await newSigner() });
    await server.ask('PUT', `/api/phone/enrolments/${started.body.id}/looks/${look.body.nonce}/capture`, { token: started.body.token, bytes: Buffer.from('left') });
    server.clock.ms += 31 * 60_000;
    expect((await at(started, 'pin', { pin: 'x' })).body.code).toBe('enrolment_not_found');
    await server.runRound('enrolments');
    expect(server.vault.faces.has('left')).toBe(false);
    expect((await server.ask('GET', `/api/phone/enrolments/${started.body.id}`, { token: started.body.token })).body.state).toBe('expired');
  });
});
