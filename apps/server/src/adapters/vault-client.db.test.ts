// The vault client against a real HTTP server on the loopback that plays a vault: what is sent, and what every way to fail
// becomes. (Needs no database; it is here because it opens a socket.)
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ProblemError, renderProblem, type ProblemCode } from '@sonrisa/protocol/problem.ts';
import { FramesSeenError } from '@sonrisa/protocol/vault-api.ts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVaultClient, type Vault } from './vault-client.ts';

type Asked = { method: string; url: string; authorization: string; type: string; body: Buffer };
const asked: Asked[] = [];
let answer: { status: number; body: string } = { status: 200, body: '{}' };
let server: Server;
let vault: Vault;
const clock = { nowMs: () => Date.UTC(2026, 10, 23) };
const of = { purpose: 'payment', subjectId: 'pay_1' } as const;

beforeAll(async () => {
  server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, authorization: headers.authorization ?? '', type: headers['content-type'] ?? '', body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vault = createVaultClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret: 'the secret', clock });
});
afterAll(() => new Promise<unknown>((resolve) => server.close(resolve)));

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof ProblemError ? error.code : error),
  );
const refuse = (code: ProblemCode, status: number) => (answer = { status, body: JSON.stringify(renderProblem(new ProblemError(code, { facts: { triesLeft: 1 } }))) });

describe('the vault client', () => {
  it('relays a capture byte for byte, with the secret', async () => {
    answer = { status: 200, body: '{"outcome":"not_recognised"}' };
    const sealed = new Uint8Array(randomBytes(100_000));
    expect(await vault.capture({ nonce: 'A'.repeat(43), of, sealed })).toEqual({ outcome: 'not_recognised' });
    const last = asked.at(-1);
    expect(last).toMatchObject({ method: 'PUT', url: `/v1/looks/${'A'.repeat(43)}/capture?purpose=payment&subjectId=pay_1`, authorization: 'Bearer the secret', type: 'application/octet-stream' });
    expect(last?.body.equals(Buffer.from(sealed))).toBe(true);
  });

  it('knows of frames that were seen before, and hands no fact on about why a living person was not seen', async () => {
    for (const facts of [{ framesSeen: true }, { anything: 1 }]) {
      answer = { status: 422, body: JSON.stringify(renderProblem(new ProblemError('liveness_failed', { facts }))) };
      const refusal = await vault.capture({ nonce: 'n', of, sealed: new Uint8Array(1) }).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'liveness_failed', facts: undefined });
      expect(refusal instanceof FramesSeenError).toBe('framesSeen' in facts);
    }
  });

  it('lets no nonce or name lead to another address of the vault', async () => {
    answer = { status: 200, body: '{"outcome":"not_recognised"}' };
    await vault.capture({ nonce: '../../stats?x=', of: { ...of, subjectId: 'a&purpose=b' }, sealed: new Uint8Array(1) });
    expect(asked.at(-1)?.url).toBe('/v1/looks/..%2F..%2Fstats%3Fx%3D/capture?purpose=payment&subjectId=a%26purpose%3Db');
  });

  it('hands on the vault’s own codes with their facts', async () => {
    refuse('face_too_dark', 422);
    await expect(vault.capture({ nonce: 'n', of, sealed: new Uint8Array(1) })).rejects.toMatchObject({ code: 'face_too_dark', facts: { triesLeft: 1 } });
    refuse('nonce_used', 409);
    expect(await codeOf(vault.capture({ nonce: 'n', of, sealed: new Uint8Array(1) }))).toBe('nonce_used');
  });

  it.each([
    ['a code that is none', { status: 422, body: '{"type":"","title":"","status":422,"detail":"","code":"made_up"}' }],
    ['no problem at all', { status: 500, body: '{"oops":true}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['another shape', { status: 200, body: '{"outcome":"paid"}' }],
    ['an unexpected secret', { status: 401, body: JSON.stringify(renderProblem(new ProblemError('unauthorised'))) }],
    ['a failure of its own', { status: 500, body: JSON.stringify(renderProblem(new ProblemError('internal'))) }],
  ])('takes %s for a vault that is not available', async (_what, given) => {
    answer = given;
    expect(await codeOf(vault.capture({ nonce: 'n', of, sealed: new Uint8Array(1) }))).toBe('vault_unavailable');
  });

  it('takes a closed port for a vault that is not available', async () => {
    const nobody = createVaultClient({ url: 'http://127.0.0.1:1', secret: 'x', clock });
    expect(await codeOf(nobody.keys())).toBe('vault_unavailable');
    expect(await nobody.isUp()).toBe(false);
  });

  it('reads the keys again when a receipt names one it does not know, and trusts no other', async () => {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const keysWith = async (keyId: string, key = pair.publicKey) => {
      const { x } = await exportJWK(key);
      const sealing = { jwk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }, thumbprint: 't' };
      answer = { status: 200, body: JSON.stringify({ sealing, receipts: { jwk: { kty: 'OKP', crv: 'Ed25519', x }, keyId } }) };
    };
    const receipt = await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA', typ: 'sonrisa-receipt+jwt', kid: 'second' }).sign(pair.privateKey);
    await keysWith('first');
    await vault.keys();
    const before = asked.length;
    await keysWith('second');
    expect(await vault.verifyReceipt(receipt)).toEqual({ ok: false, code: 'receipt_invalid' });
    expect(asked.length).toBe(before + 1);
    await vault.keys();
    expect(asked.length).toBe(before + 1);
    expect(await vault.verifyReceipt('rubbish')).toEqual({ ok: false, code: 'receipt_invalid' });
  });
});
