// A whole vault over a real database for tests: fake or real engine, a clock that only moves when told, and the calls a
// server would make, by name.
import { fileURLToPath } from 'node:url';
import type { LookTicket, PublicJwk } from '@sonrisa/protocol/capture.ts';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { LookOf, MintLook } from '@sonrisa/protocol/vault-api.ts';
import { createTestDatabase } from '../../../../tools/test-database.ts';
import type { TestDatabase } from '../../../../tools/test-database.ts';
import { systemRandom } from '../adapters/system.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import type { FaceEngine } from '../face-engine.ts';
import { openKeyFiles } from '../key-files.ts';
import type { KeyWrapping } from '../key-files.ts';
import { openKeyRing } from '../keys.ts';
import { createLog } from '../log.ts';
import { createVault } from '../vault.ts';
import type { Vault, VaultDeps } from '../vault.ts';
import { createFakeEngine } from './fake-engine.ts';
import { openScansHere } from './scan-here.ts';
import { createTestTerminal } from './terminal.ts';
import type { TestTerminal } from './terminal.ts';

export const migrationsDir = fileURLToPath(new URL('../db/migrations', import.meta.url));
const secret = 'a secret that is only used in tests';

export const createVaultDatabase = (name: string): Promise<TestDatabase> =>
  createTestDatabase({ migrationsDir, name, migrate: (url) => withDatabase(url, (db) => migrate(db, migrationsDir)) });

export async function withDatabase<Result>(url: string, use: (db: ReturnType<typeof openDatabase>) => Promise<Result>): Promise<Result> {
  const db = openDatabase({ url, onIdleError: () => undefined });
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

export type TestVault = Awaited<ReturnType<typeof startTestVault>>;

export async function startTestVault(
  input: { url: string; keysDir: string; wrappings?: readonly KeyWrapping[]; engine?: FaceEngine; logTo?: { write(line: string): void } } & Partial<
    Pick<VaultDeps, 'mode' | 'budget' | 'confirm' | 'wrapGallery' | 'search' | 'keepsRegulars' | 'liveness' | 'random'>
  >,
) {
  const { url, keysDir, wrappings = [], engine = createFakeEngine(), logTo, mode = 'sandbox', budget = 1e-3, ...rest } = input;
  const time = { nowMs: 1_800_000_000_000 };
  const waiting = new Set<() => void>();
  const db = openDatabase({ url, onIdleError: () => undefined });
  const keys = await openKeyRing({ files: openKeyFiles(keysDir, ...wrappings), random: systemRandom });
  const terminal = await createTestTerminal();
  const vault = await createVault({
    db,
    engine,
    keys,
    log: createLog({ level: logTo ? 'trace' : 'silent', ...(logTo ? { destination: logTo } : {}) }),
    clock: { nowMs: () => time.nowMs },
    random: systemRandom,
    schedule: (work) => {
      waiting.add(work);
      return () => void waiting.delete(work);
    },
    mode,
    budget,
    secret,
    keepsRegulars: true,
    search: { openScans: openScansHere, threads: 1, peopleMax: 10_000 },
    ...rest,
  });
  await vault.load();

  const calls = callsOf(vault.app);
  const requests = requestsOf(terminal.thumbprint);
  const look = lookTaker({ calls, terminal, vaultKey: keys.exported.sealing.jwk });
  return {
    ...vault,
    ...calls,
    ...requests,
    look,
    take: async (request: MintLook, frames: readonly Uint8Array<ArrayBuffer>[]) => (await look(request, frames)).submit(),
    /** Captures and activates: what the server does when an account opens. */
    enrol: async (request: Extract<MintLook, { purpose: 'enrolment' }>, frames: readonly Uint8Array<ArrayBuffer>[]) => {
      const captured = await (await look(request, frames)).submit();
      if (captured.status === 200) await calls.activate(request.payerRef, request.faceEpoch);
      return captured;
    },
    db,
    keys,
    terminal,
    time,
    /** Runs what was scheduled for later. */
    ringTimers: () => [...waiting].forEach((work) => work()),
    stop: async () => {
      await vault.app.close();
      await db.close();
    },
  };
}

export const captureUrl = ({ nonce, purpose, subjectId }: LookOf & { nonce: string }): string => `${vaultPaths.capture(nonce)}?${new URLSearchParams({ purpose, subjectId })}`;

type Call = { method: 'GET' | 'POST' | 'PUT'; url: string; payload?: object | Buffer; type?: string };

function callsOf(app: Vault['app']) {
  async function call({ method, url, payload, type = 'application/json' }: Call) {
    const headers = { authorization: `Bearer ${secret}`, ...(payload ? { 'content-type': type } : {}) };
    const reply = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
  }
  return {
    call,
    mint: (look: MintLook) => call({ method: 'POST', url: vaultPaths.looks, payload: look }),
    submit: (look: LookOf & { nonce: string }, sealed: Uint8Array) =>
      call({ method: 'PUT', url: captureUrl(look), payload: Buffer.from(sealed), type: 'application/octet-stream' }),
    digits: (nonce: string, digits: string) => call({ method: 'POST', url: vaultPaths.digits(nonce), payload: { digits } }),
    activate: (payerRef: string, faceEpoch: number) => call({ method: 'POST', url: vaultPaths.activate(payerRef), payload: { faceEpoch } }),
    forget: (payerRef: string, faceEpoch: number) => call({ method: 'POST', url: vaultPaths.forget(payerRef), payload: { faceEpoch } }),
    stats: () => call({ method: 'GET', url: vaultPaths.stats }),
  };
}

function requestsOf(signerThumbprint: string) {
  const shop = { amountMinor: '1250', currency: 'CNY', merchantId: 'mer_1', storeId: 'sto_1' };
  return {
    payment: (subjectId: string, mode: MintLook['mode'] = 'sandbox'): MintLook => ({ purpose: 'payment', subjectId, ...shop, signerThumbprint, mode }),
    enrolment: (payerRef: string, more: { faceEpoch?: number; lastFour?: string; subjectId?: string } = {}): Extract<MintLook, { purpose: 'enrolment' }> => ({
      purpose: 'enrolment',
      subjectId: more.subjectId ?? `enr_${payerRef}_${more.faceEpoch ?? 1}`,
      payerRef,
      faceEpoch: more.faceEpoch ?? 1,
      lastFour: more.lastFour ?? '0000',
      signerThumbprint,
      mode: 'sandbox',
    }),
    verification: (payerRef: string, subjectId = `ver_${payerRef}`): MintLook => ({
      purpose: 'verification',
      subjectId,
      payerRef,
      signerThumbprint,
      mode: 'sandbox',
    }),
  };
}

/** Mints a look, and seals frames for it as it wants them. */
function lookTaker(deps: { calls: ReturnType<typeof callsOf>; terminal: TestTerminal; vaultKey: PublicJwk }) {
  const { calls, terminal, vaultKey } = deps;
  return async (request: MintLook, frames: readonly Uint8Array<ArrayBuffer>[]) => {
    const minted = await calls.mint(request);
    if (minted.status !== 201) throw new Error(`no look: ${JSON.stringify(minted.body)}`);
    const { nonce } = minted.body as unknown as LookTicket;
    const bound = { nonce, purpose: request.purpose, subjectId: request.subjectId };
    const sealed = await terminal.seal({ bound, frames, vaultKey });
    return { nonce, bound, sealed, submit: () => calls.submit(bound, sealed) };
  };
}
