// Every route that writes, asked twice under one key: the second answer is the first, byte for byte, and what was done was done
// once. The same key with another body is refused, a final refusal is an answer like any other, a transient one leaves the key free.
// A route that nobody wrote a case for is at least known to take keys.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { startStripeDouble } from '../testing/stripe-double.ts';
import { activate, activationCode, codeSentTo, enrol, freshKey, newSigner, recognised, sealedPin, shownNonce, startTestServer, type Ask, type TestServer } from '../testing/test-server.ts';
import { limitWriteCases, moneyWriteCases, networkWriteCases, proposalWriteCases, setUpWriteCases, type Write, type WriteCases } from './write-cases.fixture.ts';

let server: TestServer;
let stripe: Awaited<ReturnType<typeof startStripeDouble>>;
let till: string;
let keys: { merchantKey: string; operatorToken: string };
let people = 0;
let addresses = 0;

beforeAll(async () => {
  stripe = await startStripeDouble({ nowMs: () => server.clock.ms });
  server = await startTestServer({ name: 'every_write', environment: { SONRISA_STRIPE_SECRET_KEY: 'sk_test_made_up', SONRISA_STRIPE_URL: stripe.url.href } });
  till = (await activate(server)).token;
  keys = (await server.ask('GET', '/api/sandbox/keys')).body;
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
  await stripe.stop();
});

// From another address each time: limits are not what is asked about here.
const remoteAddress = () => `10.1.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`;
const ask = (method: Method, url: string, more: Ask) => server.ask(method, url, { ...more, remoteAddress: remoteAddress() });
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const phone = () => `+86139000${String(10_000 + (people += 1))}`;
const amount = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
async function person() {
  const number = phone();
  const owner = await enrol(server, { phone: number, name: 'Ana', pin: '294615', face: number, topUpMinor: '100000' });
  return { ...owner, face: number };
}
/** The same one every time: where it does not matter who, since enrolling takes longest. */
let regular: ReturnType<typeof person> | undefined;
const somebody = (): ReturnType<typeof person> => (regular ??= person());
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
/** Whose number has an account. */
async function known() {
  const { face } = await person();
  const { body } = await ask('POST', '/api/phone/enrolments', { json: { phone: face, name: 'Bo', locale: 'zh' } });
  const url = `/api/phone/enrolments/${body.id}`;
  await ask('POST', `${url}/code`, { token: body.token, json: { code: await codeSentTo(server, face) } });
  return { url, id: body.id as string, token: body.token as string };
}
const consentNow = async () => ({ version: (await server.ask('GET', '/api/phone/consent?locale=zh')).body.version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 });
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
async function captured(who = somebody()) {
  const { face } = await who;
  const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face });
  await ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  return paymentId;
}

async function somebodyElseWhoPaid() {
  const owner = await person();
  return { session: owner.session, paymentId: await captured(Promise.resolve(owner)) };
}

/** A payment that waits for the digits of somebody's number, and those. */
async function askedForDigits() {
  const { face } = await somebody();
  server.vault.rung = 'face_digits';
  const { paymentId } = await recognised(server, { token: till, amountMinor: '1200', face });
  server.vault.rung = 'face';
  return { url: `/api/terminal/payments/${paymentId}/digits`, token: till, right: face.slice(-4), wrong: '0000' };
}
/** Somebody whose face the vault cannot compare any more. */
async function outdated() {
  const owner = await person();
  server.vault.otherPack.add(owner.payerId);
  return owner;
}
/** What a new look of theirs takes: a signer and the PIN. */
const newLookOf = async (payerId: string) => ({ signer: await newSigner(), proof: { pin: await sealedPin(server, { pin: '294615', subjectId: payerId }) } });
async function lookingAnew() {
  const { session, face, payerId } = await outdated();
  const { body } = await ask('POST', '/api/phone/me/face/looks', { token: session, json: await newLookOf(payerId) });
  return { token: session, url: `/api/phone/me/face/looks/${body.nonce}/capture`, bytes: Buffer.from(`${face} again`) };
}

const cases: WriteCases = {
  'POST /api/terminal/activations': async () => ({ url: '/api/terminal/activations', status: 201, json: { code: activationCode, publicJwk: await newSigner() } }),
  'POST /api/terminal/payments': async () => ({ url: '/api/terminal/payments', status: 201, token: till, json: { amount: amount('900'), lines: [] } }),
  'POST /api/terminal/payments/:id/confirm': async () => {
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1100', face: (await somebody()).face });
    return { url: `/api/terminal/payments/${paymentId}/confirm`, status: 200, token: till, json: { nonce: await shownNonce(server, paymentId) } };
  },
  'POST /api/terminal/payments/:id/not-me': async () => {
    const { paymentId } = await recognised(server, { token: till, amountMinor: '1100', face: (await somebody()).face });
    return { url: `/api/terminal/payments/${paymentId}/not-me`, status: 200, token: till };
  },
  'POST /api/terminal/payments/:id/cancel': async () => ({ url: `${await created()}/cancel`, status: 200, token: till }),
  'POST /api/terminal/payments/:id/looks': async () => ({ url: `${await created()}/looks`, status: 201, token: till }),
  'PUT /api/terminal/payments/:id/looks/:nonce/capture': async () => {
    const { face } = await somebody();
    const url = await created();
    const { body } = await ask('POST', `${url}/looks`, { token: till });
    return { url: `${url}/looks/${body.nonce}/capture`, status: 200, token: till, bytes: Buffer.from(face) };
  },
  'POST /api/terminal/payments/:id/digits': async () => {
    const { url, token, right, wrong } = await askedForDigits();
    return { url, status: 200, token, json: { digits: right }, other: { digits: wrong } };
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
  'POST /api/phone/enrolments/:id/sign-in': async () => {
    const { url, token, id } = await known();
    return { url: `${url}/sign-in`, status: 200, token, json: { proof: { pin: await sealedPin(server, { pin: '294615', subjectId: id }) } } };
  },
  'POST /api/phone/enrolments/:id/recovery': async () => {
    const { url, token } = await known();
    return { url: `${url}/recovery`, status: 201, token, json: {} };
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
  'POST /api/phone/top-ups': async () => ({ url: '/api/phone/top-ups', status: 201, token: (await somebody()).session, json: { amount: amount('500'), source: 'test_bank' } }),
  'POST /api/phone/cards': async () => ({ url: '/api/phone/cards', status: 200, token: (await somebody()).session, json: { paymentMethod: 'pm_card_visa' }, other: { paymentMethod: 'pm_card_other' } }),
  'POST /api/phone/me/face/looks': async () => {
    const { session, payerId } = await outdated();
    return { url: '/api/phone/me/face/looks', status: 201, token: session, json: await newLookOf(payerId), other: await newLookOf(payerId) };
  },
  'PUT /api/phone/me/face/looks/:nonce/capture': async () => ({ ...(await lookingAnew()), status: 200 }),
  'DELETE /api/phone/me/face': async () => ({ url: '/api/phone/me/face', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face/consent': async () => {
    const { session, payerId } = await person();
    await ask('DELETE', '/api/phone/me/face', { token: session });
    const { version } = await consentNow();
    const json = { version, locale: 'zh', agreedToFace: true, proof: { pin: await sealedPin(server, { pin: '294615', subjectId: payerId }) } };
    return { url: '/api/phone/me/face/consent', status: 200, token: session, json, other: { ...json, locale: 'en' } };
  },
  'POST /api/phone/me/close': async () => {
    const number = phone();
    const { session, payerId } = await enrol(server, { phone: number, name: 'Ana', pin: '294615', face: number });
    const json = { receiptId: `era_${'0'.repeat(32)}`, proof: { pin: await sealedPin(server, { pin: '294615', subjectId: payerId }) } };
    return { url: '/api/phone/me/close', status: 200, token: session, json, other: { ...json, receiptId: `era_${'1'.repeat(32)}` } };
  },
  'POST /api/phone/me/face/pause': async () => ({ url: '/api/phone/me/face/pause', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face/resume': async () => ({ url: '/api/phone/me/face/resume', status: 200, token: (await person()).session }),
  'POST /api/phone/me/face-pin-lock/clear': async () => ({ url: '/api/phone/me/face-pin-lock/clear', status: 204, token: (await person()).session }),
  'POST /api/phone/sign-out': async () => ({ url: '/api/phone/sign-out', status: 204, token: (await person()).session }),
  'POST /api/merchant/payments/:id/refunds': async () => ({ url: `/api/merchant/payments/${await captured()}/refunds`, status: 201, token: keys.merchantKey, json: { amount: amount('100'), reason: 'burnt' } }),
  'POST /api/operator/audit/run': async () => ({ url: '/api/operator/audit/run', status: 200, token: keys.operatorToken }),
  'POST /api/operator/payers/:id/face-pin-lock/clear': async () => ({ url: `/api/operator/payers/${(await person()).payerId}/face-pin-lock/clear`, status: 204, token: keys.operatorToken }),
  ...moneyWriteCases(() => ({ server, keys, ask, somebody, captured, somebodyElseWhoPaid })),
  ...networkWriteCases(() => ({ server, keys, ask, somebody, captured, somebodyElseWhoPaid })),
  ...limitWriteCases(() => ({ server, keys, ask, somebody, captured, somebodyElseWhoPaid })),
  ...proposalWriteCases(() => ({ server, keys, ask, somebody, captured, somebodyElseWhoPaid })),
  ...setUpWriteCases(() => ({ server, keys, ask, somebody, captured, somebodyElseWhoPaid })),
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
    const { url, status, other, ...asked }: Write = await cases[name]!();
    const key = freshKey();
    const [first, ...others] = await Promise.all(Array.from({ length: 3 }, () => ask(methodOf(name), url, { ...asked, key })));
    const heard = [first!, ...others].filter((answer) => answer.body?.code !== 'idempotency_in_progress');
    expect(heard.length).toBeGreaterThan(0);
    const again = await ask(methodOf(name), url, { ...asked, key });
    for (const answer of [...heard, again]) expect([answer.status, answer.text]).toEqual([status, heard[0]!.text]);
    const changed = asked.bytes ? { bytes: Buffer.from('another burst') } : { json: other ?? { ...(asked.json as object), note: 'another' } };
    const reused = await ask(methodOf(name), url, { ...asked, ...changed, key });
    if (other || asked.bytes) expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    // A body that the route does not take is refused before its key is looked at.
    else expect(['idempotency_key_reused', 'input_invalid']).toContain(reused.body.code);
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

it('wrong digits are heard again and cost one try', async () => {
  const { url, token, wrong } = await askedForDigits();
  const { digits } = server.vault;
  let tries = 0;
  server.vault.digits = (nonce, typed) => ((tries += 1), digits(nonce, typed));
  const type = (key: string) => ask('POST', url, { token, key, json: { digits: wrong } });
  const key = freshKey();
  const answers = [await type(key), await type(key), await type(key)];
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 422, body: { code: 'digits_wrong' } });
  expect(tries).toBe(1);
  // Control: under other keys each is a try.
  for (const _again of [1, 2]) await type(freshKey());
  expect(tries).toBe(3);
  server.vault.digits = digits;
});

it('a card that is refused is refused again, also when it would be taken', async () => {
  const { session } = await somebody();
  const add = (key: string) => ask('POST', '/api/phone/cards', { token: session, key, json: { paymentMethod: 'pm_stolen' } });
  const key = freshKey();
  const first = await add(key);
  expect(first).toMatchObject({ status: 422, body: { code: 'payment_source_refused' } });
  stripe.state.cardPrefix = 'pm_';
  expect((await add(key)).text).toBe(first.text);
  expect((await add(freshKey())).status).toBe(200);
  stripe.state.cardPrefix = 'pm_card';
});

/** A request that is refused while something is away, what is away, and how it comes back. */
const passing: Record<string, () => Promise<{ method: Method; url: string; asked: Ask; code: string; fail: () => () => void }>> = {
  'a look of an enrolment': async () => {
    const { url, token } = await consented();
    return { method: 'POST', url: `${url}/looks`, asked: { token, json: { signer: await newSigner() } }, code: 'vault_unavailable', fail: vaultAway };
  },
  digits: async () => {
    const { url, token, right } = await askedForDigits();
    return { method: 'POST', url, asked: { token, json: { digits: right } }, code: 'vault_unavailable', fail: () => failing('digits') };
  },
  'a card': async () => ({ method: 'POST', url: '/api/phone/cards', asked: { token: (await somebody()).session, json: { paymentMethod: 'pm_card_visa' } }, code: 'busy', fail: () => ((stripe.state.cardsAreDown = true), () => (stripe.state.cardsAreDown = false)) }),
  'a new look': async () => {
    const { session, payerId } = await outdated();
    return { method: 'POST', url: '/api/phone/me/face/looks', asked: { token: session, json: await newLookOf(payerId) }, code: 'vault_unavailable', fail: vaultAway };
  },
  'the capture of a new look': async () => {
    const { url, ...asked } = await lookingAnew();
    return { method: 'PUT', url, asked, code: 'vault_unavailable', fail: () => failing('capture') };
  },
};
const vaultAway = () => {
  server.vault.up = false;
  return () => (server.vault.up = true);
};
const failing = (what: 'digits' | 'capture') => {
  const before = server.vault[what];
  Object.assign(server.vault, { [what]: () => Promise.reject(new ProblemError('vault_unavailable')) });
  return () => Object.assign(server.vault, { [what]: before });
};

it.each(Object.keys(passing))('%s that is refused for the moment leaves the key free', async (name) => {
  const { method, url, asked, code, fail } = await passing[name]!();
  const key = freshKey();
  const mend = fail();
  const refused = await ask(method, url, { ...asked, key });
  mend();
  expect(refused).toMatchObject({ status: 503, body: { code } });
  const done = await ask(method, url, { ...asked, key });
  expect(done.status).toBeLessThan(300);
  expect((await ask(method, url, { ...asked, key })).text).toBe(done.text);
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
