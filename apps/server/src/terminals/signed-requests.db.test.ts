// Every request of a terminal is signed with its own key: what a copied token, a copied request or another body is worth.
import { createRequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import { signatureFreshMs } from '@sonrisa/protocol/request-signature.ts';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../adapters/log.ts';
import { systemRandom } from '../adapters/random.ts';
import { createServer, type Server } from '../server.ts';
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

describe('a copy that reaches another process', () => {
  let second: Server;
  beforeAll(async () => {
    second = await createServer({ config: server.config, pool: server.pool, clock: server.clock, random: systemRandom, vault: server.vault, log: createLog({ level: 'silent' }) });
    // What is signed within the second in which a process starts is stale for it.
    server.clock.ms += 2_000;
  });
  afterAll(() => second.app.close());

  const newPayment = async () => (await server.ask('POST', url, { token: till.token, key: freshKey(), json })).body.id as string;
  async function write(path: string, body: object | null) {
    const bytes = body === null ? null : new TextEncoder().encode(JSON.stringify(body));
    const headers = { authorization: `Bearer ${till.token}`, ...(bytes ? { 'content-type': 'application/json' } : {}) };
    const signature = await server.terminals.get(till.token)!.sign({ method: 'POST', target: path, headers, body: bytes });
    return { method: 'POST' as const, url: path, headers: { ...headers, ...signature }, ...(bytes ? { payload: Buffer.from(bytes) } : {}) };
  }

  it.each([['digits', { digits: '1234' }], ['not-me', null], ['cancel', null], ['looks', {}], ['invites', {}]])('%s changes nothing', async (act, body) => {
    const request = await write(`${url}/${await newPayment()}/${act}`, body);
    expect((await server.app.inject(request)).json<{ code?: string }>().code).not.toBe('signature_replayed');
    const again = await second.app.inject(request);
    expect(again.json()).toMatchObject({ code: 'signature_replayed', status: 409 });
  });

  it('of two that come at once one counts', async () => {
    const request = await write(`${url}/${await newPayment()}/looks`, {});
    const answers = await Promise.all([server.app, second.app, server.app, second.app].map((app) => app.inject(request)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is kept for as long as it is fresh, and no longer', async () => {
    const kept = async () => (await server.pool.query<{ count: string }>('SELECT count(*) FROM seen_signature')).rows[0]!.count;
    expect(Number(await kept())).toBeGreaterThan(0);
    server.clock.ms += 3 * signatureFreshMs - 10_000;
    await server.runRound('signatures');
    expect(Number(await kept())).toBeGreaterThan(0);
    server.clock.ms += 15_000;
    await server.runRound('signatures');
    expect(Number(await kept())).toBe(0);
  });
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
