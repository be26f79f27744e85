// Signed requests: what holds, that nothing altered does, and that another implementation of RFC 9421 agrees.
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { httpbis } from 'http-message-signatures';
import { beforeAll, describe, expect, it } from 'vitest';
import { webCryptoSigner } from './burst.ts';
import { publicJwkSchema, type PublicJwk } from './capture.ts';
import { checkRequestSignature, contentDigest, createRequestSigner, type RequestHead } from './request-signature.ts';

const nowMs = Date.UTC(2026, 10, 29, 9, 0, 0, 500);
const body = new TextEncoder().encode('{"digits":"1234"}');
const head: RequestHead = {
  method: 'POST',
  target: '/api/terminal/payments/pay_1/digits?a=b%20c',
  headers: { authorization: 'Bearer one', 'idempotency-key': 'key-1', 'content-type': 'application/json' },
};
let publicJwk: PublicJwk;
let publicKey: Awaited<ReturnType<typeof generateKeyPair>>['publicKey'];
let thumbprint: string;
let signed: RequestHead & { hasBody: boolean; publicJwk: PublicJwk; thumbprint: string };
let signer: ReturnType<typeof createRequestSigner>;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  publicKey = pair.publicKey;
  publicJwk = publicJwkSchema.parse(await exportJWK(pair.publicKey));
  thumbprint = await calculateJwkThumbprint(publicJwk);
  signer = createRequestSigner({ signer: webCryptoSigner({ publicJwk, privateKey: pair.privateKey }), nowMs: () => nowMs });
  signed = { ...head, headers: { ...head.headers, ...(await signer.sign({ ...head, body })) }, hasBody: true, publicJwk, thumbprint };
});

it('holds, and says when it was made and by which nonce', async () => {
  expect(await checkRequestSignature(signed)).toEqual({ ok: true, createdMs: Math.floor(nowMs / 1000) * 1000, nonce: expect.stringMatching(/^[\w-]{22}$/) as string });
});

it('holds without query, body and key of its own', async () => {
  const read: RequestHead = { method: 'GET', target: '/api/terminal/menu', headers: { authorization: 'Bearer one' } };
  const headers = { ...read.headers, ...(await signer.sign({ ...read, body: null })) };
  expect(headers['content-digest']).toBeUndefined();
  expect(await checkRequestSignature({ ...read, headers, hasBody: false, publicJwk, thumbprint })).toMatchObject({ ok: true });
});

describe('does not hold', () => {
  const withHeader = (name: string, value: string | undefined) => (of: typeof signed) => ({ ...of, headers: { ...of.headers, [name]: value } });
  const replaced = (name: string, from: string, to: string) => (of: typeof signed) => withHeader(name, of.headers[name]?.replace(from, to))(of);
  it.each<[string, (of: typeof signed) => typeof signed | Promise<typeof signed>]>([
    ['for another method', (of) => ({ ...of, method: 'PUT' })],
    ['for another path', (of) => ({ ...of, target: of.target.replace('pay_1', 'pay_2') })],
    ['for another query', (of) => ({ ...of, target: `${of.target}1` })],
    ['without the query', (of) => ({ ...of, target: of.target.split('?')[0]! })],
    ['with another token', withHeader('authorization', 'Bearer two')],
    ['with another idempotency key', withHeader('idempotency-key', 'key-2')],
    ['without the idempotency key', withHeader('idempotency-key', undefined)],
    ['as another type', withHeader('content-type', 'text/plain')],
    ['for another body', async (of) => withHeader('content-digest', await contentDigest(body.slice(1)))(of)],
    ['without the digest of its body', withHeader('content-digest', undefined)],
    ['with a header added that would count', (of) => {
      const { 'idempotency-key': _, ...rest } = of.headers;
      return { ...of, headers: { ...rest, 'idempotency-key': 'key-3' } };
    }],
    ['made at another time', replaced('signature-input', 'created=17', 'created=18')],
    ['with another nonce', replaced('signature-input', 'nonce="', 'nonce="A')],
    ['by another algorithm', replaced('signature-input', 'ecdsa-p256-sha256', 'hmac-sha256')],
    ['with fewer parts covered', replaced('signature-input', ' "authorization"', '')],
    ['with a part covered twice', replaced('signature-input', '"authorization"', '"authorization" "authorization"')],
    ['without an input', withHeader('signature-input', undefined)],
    ['with an input that cannot be read', withHeader('signature-input', 'sonrisa=("@method";')],
    ['without a signature', withHeader('signature', undefined)],
    ['with a signature of no bytes', withHeader('signature', 'sonrisa=::')],
    ['under another label', replaced('signature', 'sonrisa=', 'other=')],
    ['by a key of another name', (of) => ({ ...of, thumbprint: `${of.thumbprint.slice(1)}A` })],
    ['under another key', async (of) => ({ ...of, publicJwk: publicJwkSchema.parse(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)) })],
  ])('%s', async (_what, change) => {
    expect(await checkRequestSignature(await change(signed))).toEqual({ ok: false });
  });

  it('with any bit of the signature turned', async () => {
    const bytes = Buffer.from(signed.headers['signature']!.slice('sonrisa=:'.length, -1), 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const turned = Buffer.from(bytes);
      turned[at]! ^= 1 << (at & 7);
      const signature = `sonrisa=:${turned.toString('base64')}:`;
      expect(await checkRequestSignature({ ...signed, headers: { ...signed.headers, signature } }), `byte ${at}`).toEqual({ ok: false });
    }
  });
});

it('follows the clock of the server', async () => {
  const serverMs = nowMs + 7 * 3_600_000;
  signer.followClock(serverMs);
  const headers = { ...head.headers, ...(await signer.sign({ ...head, body })) };
  expect(await checkRequestSignature({ ...signed, headers })).toMatchObject({ ok: true, createdMs: Math.floor(serverMs / 1000) * 1000 });
  signer.followClock(nowMs);
});

it('holds for another implementation of RFC 9421, which finds what is wrong too', async () => {
  const verify = (target: string): Promise<boolean | null> =>
    httpbis.verifyMessage(
      {
        keyLookup: async ({ keyid }) => ({
          id: keyid ?? '',
          algs: ['ecdsa-p256-sha256'],
          verify: (data, signature) => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, Uint8Array.from(signature), Uint8Array.from(data)),
        }),
        // No age is too old; nothing is from the future of the clock it was made by.
        notAfter: new Date(nowMs),
      },
      { method: head.method, url: `http://till.example${target}`, headers: signed.headers as Record<string, string> },
    );
  expect(await verify(head.target)).toBe(true);
  expect(await verify('/api/terminal/payments/pay_2/digits?a=b%20c')).toBe(false);
});
