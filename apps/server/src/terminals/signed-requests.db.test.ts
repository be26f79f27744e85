// Every request of a terminal is signed with its own key: what a copied token, a copied request or another body is worth.
import { createRequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import { signatureFreshMs } from '@sonrisa/protocol/request-signature.ts';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activate, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';
import { createSeenSignatures } from './seen-signatures.ts';

let server: TestServer;
let till: { token: string; terminalId: string };

beforeAll(async () => {
  server = await startTestServer({ name: 'signed' });
  till = await activate(server);
});
afterAll(() => server.stop());

const url = '/api/terminal/payments';
const json = { amount: { amountMinor: '1200', currency: 'CNY' }, lines: [] };
const count = async () => (await server.pool.query<{ count: string }>('SELECT count(*) FROM payment')).rows[0]!.count;

/** What goes over the wire for one new payment, as somebody in between could copy it. */
async function copied(change: { body?: string; key?: string } = {}) {
  const body = new TextEncoder().encode(JSON.stringify(json));
  const headers = { authorization: `Bearer ${till.token}`, 'idempotency-key': freshKey(), 'content-type': 'application/json' };
  const signature = await server.terminals.get(till.token)!.sign({ method: 'POST', target: url, headers, body });
  const payload = change.body ?? Buffer.from(body);
  return { method: 'POST' as const, url, headers: { ...headers, ...signature, ...(change.key ? { 'idempotency-key': change.key } : {}) }, payload };
}
const code = async (request: Awaited<ReturnType<typeof copied>>) => (await server.app.inject(request)).json<{ code?: string }>().code;

it('a signed one passes, once: its copy does not, nor one with a key or a body of its own', async () => {
  const before = Number(await count());
  const once = await copied();
  expect((await server.app.inject(once)).statusCode).toBe(201);
  expect(await code(once)).toBe('signature_replayed');
  expect(await code(await copied({ key: freshKey() }))).toBe('signature_invalid');
  expect(await code(await copied({ body: JSON.stringify({ ...json, amount: { ...json.amount, amountMinor: '1' } }) }))).toBe('signature_invalid');
  expect(await code(await copied({ body: '' }))).toBe('signature_invalid');
  expect(Number(await count())).toBe(before + 1);
});

it('a token without its key opens nothing', async () => {
  const thief = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = publicJwkSchema.parse(await exportJWK(thief.publicKey));
  const own = server.terminals.get(till.token)!;
  server.terminals.set(till.token, createRequestSigner({ signer: webCryptoSigner({ publicJwk, privateKey: thief.privateKey }), nowMs: server.clock.nowMs }));
  const asked = { token: till.token, key: freshKey(), json };
  expect((await server.ask('POST', url, asked)).body).toMatchObject({ code: 'signature_invalid', status: 401 });
  server.terminals.delete(till.token);
  expect((await server.ask('POST', url, asked)).body.code).toBe('signature_invalid');
  expect((await server.ask('GET', '/api/terminal/profile', asked)).body.code).toBe('signature_invalid');
  server.terminals.set(till.token, own);
  expect((await server.ask('POST', url, asked)).status).toBe(201);
});

it.each([
  ['too old', -signatureFreshMs - 1_000],
  ['ahead of time', signatureFreshMs + 1_000],
])('%s is refused with the time of the server, and signed by that passes', async (_what, offMs) => {
  const signer = server.terminals.get(till.token)!;
  signer.followClock(server.clock.ms + offMs);
  const { body } = await server.ask('GET', '/api/terminal/menu', till);
  expect(body).toMatchObject({ code: 'signature_stale', facts: { serverTimeMs: server.clock.ms } });
  signer.followClock(body.facts.serverTimeMs);
  expect((await server.ask('GET', '/api/terminal/menu', till)).status).toBe(200);
});

it('a copy is refused until it is stale, and nothing from before a restart passes after it', () => {
  const clock = { ms: 1_000_000, nowMs: () => clock.ms };
  const before = createSeenSignatures(clock);
  const ahead = { terminalId: 'ter_1', nonce: 'n', createdMs: clock.ms + signatureFreshMs };
  before.take(ahead);
  for (const afterMs of [0, signatureFreshMs, 2 * signatureFreshMs - 1]) {
    clock.ms = 1_000_000 + afterMs;
    expect(() => before.take(ahead), `${afterMs}`).toThrow(expect.objectContaining({ code: 'signature_replayed' }));
  }
  clock.ms = 1_000_000 + 2 * signatureFreshMs + 1;
  expect(() => before.take(ahead)).toThrow(expect.objectContaining({ code: 'signature_stale' }));
  const late = { ...ahead, createdMs: clock.ms - 5_000 };
  before.take({ ...late, nonce: 'm' });
  expect(() => createSeenSignatures(clock).take({ ...late, nonce: 'm' })).toThrow(expect.objectContaining({ code: 'signature_stale' }));
});
