// FOR TESTS: the real server on a real PostgreSQL, asked without a socket, with a clock that moves a millisecond a request and
// the vault double of this folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { webCryptoSigner, type CaptureSigner } from '@sonrisa/protocol/burst.ts';
import type { PublicJwk } from '@sonrisa/protocol/capture.ts';
import { createRequestSigner, type RequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { exportJWK, generateKeyPair } from 'jose';
import { createTestDatabase, serverRole } from '../../../../tools/test-database.ts';
import { createLog } from '../adapters/log.ts';
import { systemRandom } from '../adapters/random.ts';
import type { SmsProvider } from '../adapters/sms/provider.ts';
import { readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { liftLimits } from '../limits/lifted.fixture.ts';
import { createPool } from '../db/pool.ts';
import { createServer } from '../server.ts';
import { createVaultDouble } from './vault-double.ts';

export const migrationsDir = fileURLToPath(new URL('../db/migrations', import.meta.url));
export const activationCode = 'TESTCODE';
const startMs = Date.UTC(2026, 10, 23, 8, 0, 0);

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
export type Ask = { token?: string; json?: unknown; bytes?: Buffer; key?: string; headers?: Record<string, string>; remoteAddress?: string };
type Start = { name: string; mode?: 'sandbox' | 'production'; webDir?: string; smsProviders?: readonly SmsProvider[]; environment?: Record<string, string>; limits?: 'lifted' | 'as_they_come' };

export async function startTestServer({ name, mode = 'sandbox', webDir, smsProviders, environment, limits = 'lifted' }: Start) {
  const database = await createTestDatabase({ migrationsDir, name, migrate: migrateFresh });
  const keysDir = mkdtempSync(join(tmpdir(), 'sonrisa-server-keys-'));
  // The tests look and meddle as the owner; the server has the role it has in production.
  const pool = createPool({ url: database.url });
  const serverPool = createPool({ url: database.serverUrl });
  if (limits === 'lifted') await liftLimits(pool);
  const clock = { ms: startMs, nowMs: () => clock.ms };
  const vault = await createVaultDouble({ clock });
  const logged: string[] = [];
  const config = readConfig({
    SONRISA_MODE: mode,
    SONRISA_PUBLIC_URL: 'http://localhost:8080',
    SONRISA_DATABASE_URL: database.serverUrl,
    SONRISA_MIGRATIONS_DIR: migrationsDir,
    SONRISA_VAULT_URL: 'http://127.0.0.1:9',
    SONRISA_VAULT_SECRET: 'a secret that is never used',
    SONRISA_SECRET: Buffer.alloc(32, 1).toString('base64url'),
    SONRISA_PIN_PEPPER: Buffer.alloc(32, 2).toString('base64url'),
    SONRISA_KEYS_DIR: keysDir,
    SONRISA_WEB_DIR: webDir,
    ...(mode === 'sandbox' ? { SONRISA_SANDBOX_ACTIVATION_CODE: activationCode } : {}),
    ...environment,
  });
  const destination = new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) });
  const log = createLog({ level: 'info', destination });
  const { app, rounds } = await createServer({ config, pool: serverPool, clock, random: systemRandom, vault, log, ...(smsProviders ? { smsProviders } : {}) });
  // Terminals that this file's keys activated sign what they ask.
  const terminals = new Map<string, RequestSigner>();
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, { token, json, bytes, key, headers, remoteAddress }: Ask = {}) => {
    // The newest of two messages must be told from the one before.
    clock.ms += 1;
    const payload = bytes ?? (json === undefined ? undefined : Buffer.from(JSON.stringify(json)));
    const asked = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(payload ? { 'content-type': bytes ? 'application/octet-stream' : 'application/json' } : {}),
      ...headers,
    };
    const signature = (await terminals.get(token ?? '')?.sign({ method, target: url, headers: asked, body: payload ? Uint8Array.from(payload) : null })) ?? {};
    const answer = await app.inject({
      method,
      url,
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      headers: { ...asked, ...signature },
      ...(payload ? { payload } : {}),
    });
    const signer = url === '/api/terminal/activations' ? signers.get((json as { publicJwk?: PublicJwk } | undefined)?.publicJwk?.x ?? '') : undefined;
    if (signer && answer.statusCode === 201) terminals.set(answer.json<{ token: string }>().token, createRequestSigner({ signer, nowMs: clock.nowMs }));
    const text = answer.body;
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    return { status: answer.statusCode, text, body: JSON.parse(isJson ? text : 'null'), headers: answer.headers };
  };
  const runRound = (round: string) => rounds.find(({ name: each }) => each === round)?.run();
  const stop = async () => {
    await app.close();
    await Promise.all([pool.end(), serverPool.end()]);
    await database.drop();
    rmSync(keysDir, { recursive: true });
  };
  return { app, pool, clock, vault, config, logged, ask, terminals, runRound, stop, keysDir };
}

async function migrateFresh(url: string): Promise<void> {
  const pool = createPool({ url });
  await migrate({ pool, migrationsDir, serverRole });
  await pool.end();
}

const signers = new Map<string, CaptureSigner>();

/** The public half; `ask` finds the other. */
export async function newSigner(): Promise<PublicJwk> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const { x = '', y = '' } = await exportJWK(pair.publicKey);
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  signers.set(x, webCryptoSigner({ publicJwk, privateKey: pair.privateKey }));
  return publicJwk;
}

/** A fresh Idempotency-Key, or a fresh id of no particular thing. */
export const freshKey = (): string => makeId('message', systemRandom.bytes(16));

export async function activate(server: TestServer) {
  const answer = await server.ask('POST', '/api/terminal/activations', { json: { code: activationCode, publicJwk: await newSigner() } });
  if (answer.status !== 201) throw new Error(answer.text);
  return { token: answer.body.token as string, terminalId: answer.body.terminalId as string };
}

/** The newest code sent to this number. */
export async function codeSentTo(server: TestServer, phone: string): Promise<string> {
  const texts = server.config.mode === 'sandbox' ? await outboxTexts(server, phone) : await queuedTexts(server, phone);
  const code = texts.flatMap((text) => /\b[0-9]{6}\b/.exec(text)?.[0] ?? [])[0];
  if (code === undefined) throw new Error(`no code was sent to ${phone}`);
  return code;
}

async function outboxTexts(server: TestServer, phone: string): Promise<string[]> {
  const { body } = await server.ask('GET', `/api/sandbox/outbox?phone=${encodeURIComponent(phone)}`);
  return body.messages.map((message: { text: string }) => message.text);
}

// Production has no page for them.
async function queuedTexts(server: TestServer, phone: string): Promise<string[]> {
  const { rows } = await server.pool.query<{ body: string }>('SELECT body FROM sms_outbox WHERE to_e164 = $1 ORDER BY created_at DESC', [phone]);
  return rows.map(({ body }) => body);
}

export async function sealedPin(server: TestServer, input: { pin: string; subjectId: string }): Promise<string> {
  const keys = await server.ask('GET', '/api/phone/keys');
  return sealPin({ ...input, sealedAtMs: server.clock.ms, serverKey: keys.body.serverKey.jwk });
}

/** From number to open account, with money in the wallet. */
export async function enrol(server: TestServer, input: { phone: string; name: string; pin: string; face: string; topUpMinor?: string; currency?: string; inviteId?: string }) {
  const started = await server.ask('POST', '/api/phone/enrolments', { json: { phone: input.phone, name: input.name, locale: 'zh', ...(input.inviteId ? { inviteId: input.inviteId } : {}) } });
  if (started.status !== 201) throw new Error(started.text);
  const { id, token } = started.body;
  const step = async (method: 'POST' | 'PUT', path: string, ask: Ask) => {
    const answer = await server.ask(method, `/api/phone/enrolments/${id}/${path}`, { token, ...ask });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  await step('POST', 'code', { json: { code: await codeSentTo(server, input.phone) } });
  const { body: consent } = await server.ask('GET', '/api/phone/consent?locale=zh');
  await step('POST', 'consent', { json: { version: consent.version, locale: 'zh', agreedToService: true, agreedToFace: true, statedAgeMin: 18 } });
  const look = await step('POST', 'looks', { json: { signer: await newSigner() } });
  await step('PUT', `looks/${look.nonce}/capture`, { bytes: Buffer.from(input.face) });
  const done = await step('POST', 'pin', { json: { pin: await sealedPin(server, { pin: input.pin, subjectId: id }) } });
  const session: string = done.session.token;
  if (input.topUpMinor !== undefined) {
    const topUp = await server.ask('POST', '/api/phone/top-ups', { token: session, key: freshKey(), json: { amount: { amountMinor: input.topUpMinor, currency: input.currency ?? 'CNY' }, source: 'test_bank' } });
    if (topUp.status !== 201) throw new Error(topUp.text);
  }
  const { body: me } = await server.ask('GET', '/api/phone/me', { token: session });
  return { enrolmentId: id as string, enrolmentToken: token as string, session, payerId: me.payerId as string };
}

type ByTwo = { ask: TestServer['ask']; operatorToken: string };

/** Tokens of two people, who can agree on something. */
export async function twoPeople({ ask, operatorToken }: ByTwo): Promise<[maker: string, checker: string]> {
  const add = async (name: string) => (await ask('POST', '/api/operator/people', { token: operatorToken, key: freshKey(), json: { name } })).body.token as string;
  return [await add('Mia'), await add('Cai')];
}

/** `path`: of the operator API. Proposed by one person, approved by another. */
export async function byTwo(by: ByTwo, { method, path, json }: { method: 'PUT' | 'POST'; path: string; json: object }): Promise<void> {
  const [maker, checker] = await twoPeople(by);
  const proposed = await by.ask(method, `/api/operator${path}`, { token: maker, key: freshKey(), json });
  const approved = await by.ask('POST', `/api/operator/proposals/${proposed.body.id}/approve`, { token: checker, key: freshKey() });
  if (approved.body.state !== 'done') throw new Error(`${proposed.text} ${approved.text}`);
}

export const setBankAccountByTwo = (by: ByTwo, path: string, json: object): Promise<void> => byTwo(by, { method: 'PUT', path, json });

/** What the till shows of who was found: Pay carries it. */
export async function shownNonce(server: TestServer, paymentId: string): Promise<string> {
  const { rows } = await server.pool.query<{ look_nonce: string | null }>('SELECT look_nonce FROM payment WHERE id = $1', [paymentId]);
  return rows[0]?.look_nonce ?? 'nobody';
}

/** A payment that reached "identified". */
export async function recognised(server: TestServer, input: { token: string; amountMinor: string; face: string; currency?: string }) {
  const created = await server.ask('POST', '/api/terminal/payments', { token: input.token, key: freshKey(), json: { amount: { amountMinor: input.amountMinor, currency: input.currency ?? 'CNY' }, lines: [] } });
  if (created.status !== 201) throw new Error(created.text);
  const paymentId: string = created.body.id;
  const look = await server.ask('POST', `/api/terminal/payments/${paymentId}/looks`, { token: input.token });
  if (look.status !== 201) throw new Error(look.text);
  const result = await server.ask('PUT', `/api/terminal/payments/${paymentId}/looks/${look.body.nonce}/capture`, { token: input.token, bytes: Buffer.from(input.face) });
  return { paymentId, nonce: look.body.nonce as string, result };
}
