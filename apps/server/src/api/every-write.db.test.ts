// Every route that writes, asked twice under one key: the second answer is the first, byte for byte, and what was done was done
// once. A route that nobody wrote a case for is at least known to take keys.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, activationCode, codeSentTo, enrol, freshKey, newSigner, recognised, sealedPin, shownNonce, startTestServer, type Ask, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let keys: { merchantKey: string; operatorToken: string };
let people = 0;
let addresses = 0;

beforeAll(async () => {
  server = await startTestServer({ name: 'every_write' });
  till = (await activate(server)).token;
  keys = (await server.ask('GET', '/api/sandbox/keys')).body;
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

// From another address each time: limits are not what is asked about here.
const remoteAddress = () => `10.1.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`;
const ask = (method: Method, url: string, more: Ask) => server.ask(method, url, { ...more, remoteAddress: remoteAddress() });
type Method = 'POST' | 'PUT' | 'DELETE';
type Write = { url: string; status: number } & Ask;

const phone = () => `+86139000${String(10_000 + (people += 1))}`;
const amount = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
async function person() {
  const number = phone();
  const owner = await enrol(server, { phone: number, name: 'Ana', pin: '294615', face: number, topUpMinor: '100000' });
  return { ...owner, face: number };
}
async function started() {
  const number = phone();
  const { body } = await ask('POST', '/api/phone/enrolments', { json: { phone: number, name: 'Bo', locale: 'zh' } });
  return { number, url: `/api/phone/enrolments/${body.id}`, id: body.id as string, token: body.token as string };
}
async function verified() {
  const enrolment = await started();
  await ask('POST', `${enrolment.url}/code`, { token: enrolment.token, json: { code: await codeSentTo(server, enrolment.number) } });
  return enrolment;
}
const consentNow = async () => ({ version: (await server.ask('GET', '/api/phone/consent?locale=zh')).body.version, locale: 'zh', agreedToService: true, agreedToFace: true });
async function consented() {
  const enrolment = await verified();
  await ask('POST', `${enrolment.url}/consent`, { token: enrolment.token, json: await consentNow() });
  return enrolment;
}
async function looking() {
  const enrolment = await consented();
  const { body } = await ask('POST', `${enrolment.url}/looks`, { token: enrolment.token, json: { signer: await newSigner() } });
  return { ...enrolment, capture: `${enrolment.url}/looks/${body.nonce}/capture` };
}
async function created() {
  const { body } = await ask('POST', '/api/terminal/payments', { token: till, key: freshKey(), json: { amount: amount('1200'), lines: [] } });
  return `/api/terminal/payments/${body.id}`;
}
async function captured() {
  const { face } = await person();
  const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face });
  await ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  return paymentId;
}

const cases: Record<string, () => Promise<Write>> = {
  'POST /api/terminal/activations': async () => ({ url: '/api/terminal/activations', status: 201, json: { code: activationCode, publicJwk: await newSigner() } }),
  'POST /api/terminal/payments': async () => ({ url: '/api/terminal/payments', status: 201, token: till, json: { amount: amount('900'), lines: [] } }),
  'POST /api/terminal/payments/:id/confirm': async () => {
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1100', face: (await person()).face });
    return { url: `/api/terminal/payments/${paymentId}/confirm`, status: 200, token: till, json: { nonce: await shownNonce(server, paymentId) } };
  },
  'POST /api/terminal/payments/:id/not-me': async () => {
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1100', face: (await person()).face });
    return { url: `/api/terminal/payments/${paymentId}/not-me`, status: 200, token: till };
  },
  'POST /api/terminal/payments/:id/cancel': async () => ({ url: `${await created()}/cancel`, status: 200, token: till }),
  'POST /api/terminal/payments/:id/looks': async () => ({ url: `${await created()}/looks`, status: 201, token: till }),
  'PUT /api/terminal/payments/:id/looks/:nonce/capture': async () => {
    const { face } = await person();
    const url = await created();
    const { body } = await ask('POST', `${url}/looks`, { token: till });
    return { url: `${url}/looks/${body.nonce}/capture`, status: 200, token: till, bytes: Buffer.from(face) };
  },
  'POST /api/terminal/payments/:id/invites': async () => ({ url: `${await created()}/invites`, status: 201, token: till, json: {} }),
  'POST /api/phone/enrolments': async () => ({ url: '/api/phone/enrolments', status: 201, json: { phone: phone(), name: 'Bo', locale: 'zh' } }),
  'POST /api/phone/enrolments/:id/code': async () => {
    const { url, token, number } = await started();
    return { url: `${url}/code`, status: 200, token, json: { code: await codeSentTo(server, number) } };
  },
  'POST /api/phone/enrolments/:id/resend': async () => {
    const { url, token } = await started();
    server.clock.ms += 120_000;
    return { url: `${url}/resend`, status: 200, token };
  },
  'POST /api/phone/enrolments/:id/consent': async () => {
    const { url, token } = await verified();
    return { url: `${url}/consent`, status: 200, token, json: await consentNow() };
  },
  'POST /api/phone/enrolments/:id/looks': async () => {
    const { url, token } = await consented();
    return { url: `${url}/looks`, status: 201, token, json: { signer: await newSigner() } };
  },
  'PUT /api/phone/enrolments/:id/looks/:nonce/capture': async () => {
    const { capture, token, number } = await looking();
    return { url: capture, status: 200, token, bytes: Buffer.from(number) };
  },
  'POST /api/phone/enrolments/:id/pin': async () => {
    const { url, capture, token, number, id } = await looking();
    await ask('PUT', capture, { token, bytes: Buffer.from(number) });
    return { url: `${url}/pin`, status: 200, token, json: { pin: await sealedPin(server, { pin: '294615', subjectId: id }) } };
  },
  'POST /api/phone/top-ups': async () => ({ url: '/api/phone/top-ups', status: 201, token: (await person()).session, json: { amount: amount('500'), source: 'test_bank' } }),
  'DELETE /api/phone/me/face': async () => ({ url: '/api/phone/me/face', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face/pause': async () => ({ url: '/api/phone/me/face/pause', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face/resume': async () => ({ url: '/api/phone/me/face/resume', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face-pin-lock/clear': async () => ({ url: '/api/phone/me/face-pin-lock/clear', status: 204, token: (await person()).session }),
  'POST /api/phone/sign-out': async () => ({ url: '/api/phone/sign-out', status: 204, token: (await person()).session }),
  'POST /api/merchant/payments/:id/refunds': async () => ({ url: `/api/merchant/payments/${await captured()}/refunds`, status: 201, token: keys.merchantKey, json: { amount: amount('100'), reason: 'burnt' } }),
  'POST /api/operator/audit/run': async () => ({ url: '/api/operator/audit/run', status: 200, token: keys.operatorToken }),
  'POST /api/operator/payers/:id/face-pin-lock/clear': async () => ({ url: `/api/operator/payers/${(await person()).payerId}/face-pin-lock/clear`, status: 204, token: keys.operatorToken }),
};
const methodOf = (name: string) => name.split(' ')[0] as Method;

it('every route that writes takes a key, and every case is one of them', () => {
  const routes = server.app.writeRoutes.map(({ method, url }) => `${method} ${url}`);
  const documented = Object.entries(server.app.swagger().paths ?? {}).flatMap(([path, item]) => Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`));
  for (const write of documented.filter((route) => !route.startsWith('GET '))) expect(routes).toContain(write);
  for (const name of Object.keys(cases)) expect(routes).toContain(name);
  // Money never moves without one.
  const needed = server.app.writeRoutes.filter(({ key }) => key === 'needed').map(({ url }) => url);
  expect(needed).toEqual(expect.arrayContaining(['/api/terminal/payments', '/api/terminal/payments/:id/confirm', '/api/phone/top-ups', '/api/merchant/payments/:id/refunds']));
});

describe('asked again under its key', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const { url, status, ...asked } = await cases[name]!();
    const key = freshKey();
    const [first, ...others] = await Promise.all(Array.from({ length: 3 }, () => ask(methodOf(name), url, { ...asked, key })));
    const heard = [first!, ...others].filter((answer) => answer.body?.code !== 'idempotency_in_progress');
    expect(heard.length).toBeGreaterThan(0);
    const again = await ask(methodOf(name), url, { ...asked, key });
    for (const answer of [...heard, again]) expect([answer.status, answer.text]).toEqual([status, heard[0]!.text]);
    const other = asked.bytes ? { bytes: Buffer.from('another burst') } : { json: { ...(asked.json as object), note: 'another' } };
    const reused = await ask(methodOf(name), url, { ...asked, ...other, key });
    // A body that the route does not take is refused before its key is looked at.
    expect(['idempotency_key_reused', 'input_invalid']).toContain(reused.body.code);
  });
});

it('a used key with a body that the route takes is told apart', async () => {
  const key = freshKey();
  const start = (name: string) => ask('POST', '/api/phone/enrolments', { key, json: { phone: '+8613900077001', name, locale: 'zh' } });
  expect((await start('Bo')).status).toBe(201);
  expect(await start('Bea')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

it('a final refusal is heard again and uses up nothing more', async () => {
  const { url, token, number } = await started();
  const right = await codeSentTo(server, number);
  const wrong = right === '111111' ? '222222' : '111111';
  const key = freshKey();
  const answers = [];
  for (let tries = 0; tries < 5; tries += 1) answers.push(await ask('POST', `${url}/code`, { token, key, json: { code: wrong } }));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 422, body: { code: 'code_wrong' } });
  expect((await ask('POST', `${url}/code`, { token, key: freshKey(), json: { code: right } })).status).toBe(200);

  const control = await started();
  for (let tries = 0; tries < 3; tries += 1) await ask('POST', `${control.url}/code`, { token: control.token, key: freshKey(), json: { code: wrong } });
  expect((await ask('POST', `${control.url}/code`, { token: control.token, json: { code: wrong } })).body.code).toBe('code_tries_used_up');
});

it('a transient refusal leaves the key free', async () => {
  const { url, token } = await consented();
  const key = freshKey();
  const signer = await newSigner();
  const look = () => ask('POST', `${url}/looks`, { token, key, json: { signer } });
  server.vault.up = false;
  const refused = await look();
  server.vault.up = true;
  expect(refused.body.code).toBe('vault_unavailable');
  expect((await look()).status).toBe(201);
});

it('without credentials a key must be hard to guess, and one of another person is none of mine', async () => {
  const start = { json: { phone: '+8613900077002', name: 'Bo', locale: 'zh' } };
  expect((await ask('POST', '/api/phone/enrolments', { ...start, key: 'easy-to-guess' })).body).toMatchObject({ code: 'input_invalid', errors: [{ path: 'headers.idempotency-key' }] });
  const [ana, bo] = [await person(), await person()];
  const key = freshKey();
  const clear = (token: string) => ask('DELETE', '/api/phone/me/face', { token, key });
  expect([(await clear(ana.session)).body.payerId, (await clear(bo.session)).body.payerId]).toEqual([ana.payerId, bo.payerId]);
});

it('no answer is kept in the clear', async () => {
  await ask('POST', '/api/terminal/activations', { key: freshKey(), json: { code: activationCode, publicJwk: await newSigner() } });
  const { rows } = await server.pool.query<{ body: string }>(`SELECT body FROM idempotency WHERE principal LIKE 'http:%' AND body IS NOT NULL`);
  expect(rows.length).toBeGreaterThan(0);
  for (const { body } of rows) expect(body).toMatch(/^sealed1\./);
});
