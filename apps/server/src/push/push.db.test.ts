// Notices as a push service and a phone get them: a local push service that checks the server's signature, and a phone that decrypts.
import { createDecipheriv, createECDH, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, enrol, freshKey, recognised, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';
import { pushGiveUpMs, pushPausesMs } from './due.ts';
import { pushFailingMaxMs, pushFailuresMax } from './index.ts';

type Heard = { path: string; headers: IncomingHttpHeaders; body: Buffer };

let server: TestServer;
let till: Awaited<ReturnType<typeof activate>>;
let owner: { session: string; payerId: string };
const heard: Heard[] = [];
const service = { status: 201, origin: '', onHeard: async () => {}, stop: async () => {} };
beforeAll(async () => {
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      heard.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      await service.onHeard();
      response.writeHead(service.status, service.status === 302 ? { location: `${service.origin}/elsewhere` } : {}).end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  Object.assign(service, { origin: `http://${host}`, stop: () => new Promise((resolve) => (http.closeAllConnections(), http.close(resolve))) });
  server = await startTestServer({ name: 'push', environment: { SONRISA_PUSH_HOSTS: host } });
  till = await activate(server);
  owner = await enrol(server, { phone: '+8613900030001', name: 'Ana', pin: '294615', face: 'ana', topUpMinor: '100000' });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
  await service.stop();
});

function newPhone(path: string) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const auth = randomBytes(16);
  const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') };
  return { subscription: { endpoint: `${service.origin}${path}`, expirationTime: null, keys }, open: (body: Buffer) => decrypt(body, { ecdh, auth }) };
}

// RFC 8188, section 2, with the keys of RFC 8291, section 3.4.
function decrypt(body: Buffer, { ecdh, auth }: { ecdh: ReturnType<typeof createECDH>; auth: Buffer }): unknown {
  const hmac = (key: Buffer, ...data: (Buffer | string)[]) => data.reduce((sum, part) => sum.update(part), createHmac('sha256', key)).digest();
  const [salt, senderKey] = [body.subarray(0, 16), body.subarray(21, 21 + body[20]!)];
  const prkKey = hmac(auth, ecdh.computeSecret(senderKey));
  const ikm = hmac(prkKey, 'WebPush: info\0', ecdh.getPublicKey(), senderKey, Buffer.from([1]));
  const prk = hmac(salt, ikm);
  const cek = hmac(prk, 'Content-Encoding: aes128gcm\0', Buffer.from([1])).subarray(0, 16);
  const nonce = hmac(prk, 'Content-Encoding: nonce\0', Buffer.from([1])).subarray(0, 12);
  const sealed = body.subarray(21 + body[20]!);
  const opener = createDecipheriv('aes-128-gcm', cek, nonce).setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]);
  // The last record ends in 2, then zeros.
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString('utf8'));
}

const phone = (method: 'GET' | 'POST' | 'PUT', path: string, json?: unknown, token = owner.session) => server.ask(method, `/api/phone/me/${path}`, { token, ...(json === undefined ? {} : { json }) });
const subscribed = async () => (await server.pool.query<{ endpoint: string }>('SELECT endpoint FROM push_subscription ORDER BY endpoint')).rows.map(({ endpoint }) => endpoint.slice(service.origin.length));
async function payByFace(amountMinor = '1280'): Promise<string> {
  const { paymentId } = await recognised(server, { token: till.token, amountMinor, face: 'ana' });
  const paid = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till.token, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  if (paid.status !== 200) throw new Error(paid.text);
  return paymentId;
}
async function roundHeard(): Promise<Heard[]> {
  heard.length = 0;
  await server.runRound('push notices');
  return [...heard];
}

describe('a phone that wants to be told', () => {
  it('is told once of a payment by face, encrypted for it alone and signed by the server', async () => {
    const ana = newPhone('/ana');
    const other = newPhone('/other');
    expect((await phone('POST', 'push', ana.subscription)).status).toBe(204);
    const paymentId = await payByFace();
    const [notice, ...more] = await roundHeard();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ path: '/ana', headers: { 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'normal' } });
    expect(ana.open(notice!.body)).toEqual({ title: '刷脸付款 12.80 CNY', body: expect.stringContaining('。'), tag: paymentId, lang: 'zh' });
    expect(() => other.open(notice!.body)).toThrow();
    expect(notice!.body.includes('12.80')).toBe(false);

    // RFC 8292: the signature is the key's that the phone subscribed with, for this push service, and not for long.
    const { publicKey } = (await phone('GET', 'push')).body;
    const [, token, key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(String(notice!.headers.authorization)) ?? [];
    expect(key).toBe(publicKey);
    const point = Buffer.from(publicKey, 'base64url');
    const verifyWith = (x: Buffer) => importJWK({ kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: point.subarray(33).toString('base64url') }, 'ES256');
    const { payload } = await jwtVerify(token!, await verifyWith(point.subarray(1, 33)), { audience: service.origin });
    expect(payload.sub).toMatch(/^(mailto|https):/);
    expect(payload.exp! - Date.now() / 1000).toBeLessThan(24 * 3_600);
    expect(await roundHeard()).toEqual([]);
  });

  it('hears at once that a till waits, and of a payment by code nothing', async () => {
    await phone('PUT', 'ask-phone-from', { amountMinor: '0' });
    const { paymentId } = await recognised(server, { token: till.token, amountMinor: '700', face: 'ana' });
    await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till.token, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
    const [asked, ...more] = await roundHeard();
    expect([more.length, asked?.headers.urgency, Number(asked?.headers.ttl) <= 120]).toEqual([0, 'high', true]);
    await server.ask('POST', `/api/terminal/payments/${paymentId}/cancel`, { token: till.token });
    await phone('PUT', 'ask-phone-from', { amountMinor: null });
    expect(await roundHeard()).toEqual([]);
  });

  it('names an address of a push service and no other', async () => {
    const { subscription } = newPhone('/x');
    for (const endpoint of ['http://127.0.0.1:1/x', 'https://10.0.0.7/x', 'http://169.254.169.254/latest', `${service.origin}@example.org/x`]) {
      expect((await phone('POST', 'push', { ...subscription, endpoint })).body.code, endpoint).toBe('push_endpoint_unknown');
    }
    expect((await phone('POST', 'push', { ...subscription, keys: { ...subscription.keys, auth: 'short' } })).body.code).toBe('input_invalid');
    expect(await subscribed()).toEqual(['/ana']);
  });
});

describe('a notice', () => {
  const later = async (ms: number) => ((server.clock.ms += ms), roundHeard());
  const stateOf = async (paymentId: string) => (await server.pool.query<{ pushed: boolean; due: boolean; attempts: number }>(
    'SELECT pushed_at IS NOT NULL AS pushed, push_next_at IS NOT NULL AS due, push_attempts AS attempts FROM limit_use WHERE payment_id = $1', [paymentId])).rows[0];

  it('that was sent by a process that died before it was marked is told again, under the same tag, and then no more', async () => {
    const ana = newPhone('/ana');
    await phone('POST', 'push', ana.subscription);
    const paymentId = await payByFace();
    service.onHeard = async () => void (await server.pool.query('REVOKE UPDATE ON limit_use FROM sonrisa_server'));
    await expect(roundHeard()).rejects.toThrow();
    service.onHeard = async () => {};
    await server.pool.query('GRANT UPDATE ON limit_use TO sonrisa_server');
    expect(heard).toHaveLength(1);
    expect(await stateOf(paymentId)).toMatchObject({ pushed: false, due: true });
    expect(await roundHeard()).toEqual([]);
    const [again, ...more] = await later(pushPausesMs[0]);
    expect([more.length, ana.open(again!.body)]).toEqual([0, expect.objectContaining({ tag: paymentId })]);
    expect(await stateOf(paymentId)).toMatchObject({ pushed: true, due: false, attempts: 2 });
    expect(await later(pushGiveUpMs / 2)).toEqual([]);
  });

  it('that no push service took is tried again with growing pauses, says when the payment was once that is a while ago, and is given up after a day', async () => {
    owner = { ...owner, session: (await enrol(server, { phone: '+8613900030009', name: 'Ana', pin: '294615', face: 'ana', topUpMinor: '100000' })).session };
    const ana = newPhone('/ana');
    await phone('POST', 'push', ana.subscription);
    service.status = 503;
    const paymentId = await payByFace();
    expect(await roundHeard()).toHaveLength(1);
    expect(await later(pushPausesMs[0] - 1)).toEqual([]);
    expect(await later(1)).toHaveLength(1);
    expect(await later(pushPausesMs[0])).toEqual([]);
    expect(await later(pushPausesMs[1])).toHaveLength(1);
    expect(await later(60 * 60_000)).toHaveLength(1);
    service.status = 201;
    const [late] = await later(60 * 60_000);
    expect(ana.open(late!.body)).toMatchObject({ tag: paymentId, title: '刷脸付款 12.80 CNY', body: expect.stringMatching(/^11月2\d日 \d\d:\d\d，/) });
    service.status = 503;
    const lost = await payByFace();
    expect(await roundHeard()).toHaveLength(1);
    await later(pushGiveUpMs);
    service.status = 201;
    expect(await later(pushGiveUpMs)).toEqual([]);
    expect(await stateOf(lost)).toMatchObject({ pushed: false, due: false });
  });

  it('of a payment that nobody asked to be told of is none, also for whoever asks afterwards', async () => {
    await server.pool.query('DELETE FROM push_subscription');
    const paymentId = await payByFace();
    expect(await roundHeard()).toEqual([]);
    await phone('POST', 'push', newPhone('/ana').subscription);
    expect(await later(pushPausesMs[0])).toEqual([]);
    expect(await stateOf(paymentId)).toMatchObject({ pushed: false, due: false });
  });
});

describe('a subscription', () => {
  it.each([404, 410])('that the push service answers with %d is forgotten; one that fails for now is not', async (status) => {
    await phone('POST', 'push', newPhone('/ana').subscription);
    service.status = 503;
    await payByFace();
    expect(await roundHeard()).toHaveLength(1);
    expect(await subscribed()).toEqual(['/ana']);
    service.status = status;
    await payByFace();
    await roundHeard();
    expect(await subscribed()).toEqual([]);
    service.status = 201;
  });

  it('that fails ten times in a row is forgotten, and nobody follows a redirect', async () => {
    await phone('POST', 'push', newPhone('/ana').subscription);
    service.status = 302;
    await server.pool.query('UPDATE push_subscription SET failures = $1', [pushFailuresMax - 2]);
    await payByFace();
    expect((await roundHeard()).map(({ path }) => path)).toEqual(['/ana']);
    expect(await subscribed()).toEqual(['/ana']);
    await payByFace();
    await roundHeard();
    expect(await subscribed()).toEqual([]);
    service.status = 201;
  });

  it('that takes nothing for a week is forgotten, whatever is wrong with its push service', async () => {
    await phone('POST', 'push', newPhone('/ana').subscription);
    service.status = 503;
    await payByFace();
    await roundHeard();
    await server.pool.query('UPDATE push_subscription SET failing_since = failing_since - $1 * interval \'1 millisecond\'', [pushFailingMaxMs]);
    await payByFace();
    await roundHeard();
    expect(await subscribed()).toEqual([]);
    service.status = 201;
  });

  it('of a phone that has signed out, or was taken back, hears nothing', async () => {
    await phone('POST', 'push', newPhone('/ana').subscription);
    const bo = await enrol(server, { phone: '+8613900030002', name: 'Bo', pin: '294615', face: 'bo' });
    await phone('POST', 'push/remove', { endpoint: `${service.origin}/ana` }, bo.session);
    expect(await subscribed()).toEqual(['/ana']);
    await server.ask('POST', '/api/phone/sign-out', { token: owner.session });
    await payByFace();
    expect(await roundHeard()).toEqual([]);
  });
});
